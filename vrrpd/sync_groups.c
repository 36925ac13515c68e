/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The sync groups over the running instances; see sync_groups.h. */
#include "vrrpd/sync_groups.h"

#include "vrrpd/hooks.h"
#include "vrrpd/sync.h"

static struct sync_member look_at(const struct instance *i)
{
	return (struct sync_member){
		.fit = i->fit,
		.state = i->fsm.state,
		.wants = i->fsm.wants != FSM_WHY_NONE,
		.leaving = instance_drained(i),
	};
}

static void settle(struct vrrpd *d, const struct conf_sync_group *g)
{
	struct sync_member members[SYNC_MEMBERS_MAX];
	enum sync_order order;

	for (size_t k = 0; k < g->n_members; k++)
		members[k] = look_at(d->instances[g->members[k]]);
	order = sync_judge(members, g->n_members);
	for (size_t k = 0; k < g->n_members; k++) {
		int by = sync_blocker(members, g->n_members, k);
		struct instance *i = d->instances[g->members[k]];

		instance_sync(i, by >= 0 ? d->instances[g->members[by]]->conf->name : "", order);
	}
}

/* What all members agree in; N_NOTICES while they do not. */
static enum conf_notice state_of(const struct vrrpd *d, const struct conf_sync_group *g)
{
	enum conf_notice all = d->instances[g->members[0]]->noticed;

	for (size_t k = 0; k < g->n_members; k++) {
		enum conf_notice n = d->instances[g->members[k]]->noticed;

		if (n == NOTICE_FAULT)
			return NOTICE_FAULT;
		if (n != all)
			return N_NOTICES;
	}
	return all;
}

static void give_notice(struct vrrpd *d, const struct conf_sync_group *g)
{
	struct instance *first = d->instances[g->members[0]];
	enum conf_notice n = state_of(d, g);

	if (n == N_NOTICES || n == first->group_noticed)
		return;
	first->group_noticed = n;
	hooks_send(d->errands.runner, d->conf, &g->hooks, "GROUP", g->name, n, 0);
}

void sync_groups_settle(struct vrrpd *d)
{
	for (size_t k = 0; k < d->conf->n_sync_groups; k++) {
		const struct conf_sync_group *g = &d->conf->sync_groups[k];

		if (g->n_members > 1)
			settle(d, g);
		if (g->n_members > 0)
			give_notice(d, g);
	}
}

void sync_groups_tell(struct vrrpd *d)
{
	for (size_t k = 0; k < d->conf->n_sync_groups; k++)
		if (d->conf->sync_groups[k].n_members > 0)
			give_notice(d, &d->conf->sync_groups[k]);
}

void sync_groups_repeat(struct vrrpd *d)
{
	for (size_t k = 0; k < d->conf->n_sync_groups; k++) {
		const struct conf_sync_group *g = &d->conf->sync_groups[k];
		enum conf_notice n =
			g->n_members > 0 ? d->instances[g->members[0]]->group_noticed : N_NOTICES;

		if (n != N_NOTICES)
			hooks_line(d->errands.runner, d->conf, "GROUP", g->name, n, 0);
	}
}
