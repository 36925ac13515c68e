/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The judgement of a sync group; see sync.h. It looks at the present alone: a member that has just
 * become Active finds all others wanting it too, since none does so of its own will, and one that
 * has just become Backup does not want it. So it is known who moved without remembering it. Pure.
 */
#include "vrrpd/sync.h"

int sync_blocker(const struct sync_member members[], size_t n, size_t self)
{
	for (size_t k = 0; k < n; k++)
		if (k != self && !members[k].fit)
			return (int)k;
	return -1;
}

enum sync_order sync_judge(const struct sync_member members[], size_t n)
{
	bool any_active = false, all = true, leaving = false;

	for (size_t k = 0; k < n; k++) {
		const struct sync_member *m = &members[k];

		if (!m->fit || m->state == FSM_INITIALIZE)
			return SYNC_STAY;
		any_active |= m->state == FSM_ACTIVE;
		all &= m->state == FSM_ACTIVE || m->wants;
		leaving |= m->leaving;
	}
	if (all && !leaving)
		return SYNC_TO_ACTIVE;
	return any_active ? SYNC_TO_BACKUP : SYNC_STAY;
}
