/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See pace.h. Pure. */
#include "vrrpd/pace.h"

mono_t pace_reserve(mono_t *next, mono_t now, int64_t interval_us)
{
	mono_t slot = mono_before(*next, now) ? now : *next;

	*next = mono_add(slot, interval_us);
	return slot;
}
