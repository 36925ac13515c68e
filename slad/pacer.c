/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Absolute deadlines for a probe: the slots never drift, however late each is served. Pure; see
 * pacer.h. */
#include "slad/pacer.h"

void pacer_start(struct pacer *p, mono_t origin, int64_t interval_us, size_t index, size_t count)
{
	int64_t phase = count ? interval_us / (int64_t)count * (int64_t)index : 0;

	p->interval_us = interval_us;
	p->due = mono_add(origin, phase);
}

struct pacer_slot pacer_take(struct pacer *p, mono_t now)
{
	struct pacer_slot slot = {0};
	int64_t behind = mono_sub(now, p->due);

	if (behind < 0)
		return slot;
	slot.due = true;
	slot.missed = (uint64_t)(behind / p->interval_us);
	slot.late_us = behind % p->interval_us;
	p->due = mono_add(p->due, ((int64_t)slot.missed + 1) * p->interval_us);
	return slot;
}
