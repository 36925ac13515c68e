/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See pace.h. Pure. */
#include "vrrpd/pace.h"

mono_t pace_reserve(struct pace *p, mono_t now, int64_t interval_us)
{
	mono_t slot = mono_before(p->next, now) ? now : p->next;

	p->next = mono_add(slot, interval_us);
	return slot;
}

mono_t pace_take(struct pace *p, mono_t now, int64_t interval_us)
{
	mono_t first = mono_add(p->last, interval_us);

	if (mono_before(now, first))
		return first;
	p->last = now;
	return now;
}
