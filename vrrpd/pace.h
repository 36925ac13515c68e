/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Frames that keep a distance from each other, in the order in which they ask. Pure. */
#ifndef VRRPD_PACE_H
#define VRRPD_PACE_H

#include "common/mono.h"

/* At first zero. */
struct pace {
	mono_t next; /* what is not reserved yet */
	mono_t last; /* when a frame left */
};

/* The time for a frame, not before now. */
mono_t pace_reserve(struct pace *p, mono_t now, int64_t interval_us);
/* When its time has come: now, and the frame leaves; or later, since another one was late. */
mono_t pace_take(struct pace *p, mono_t now, int64_t interval_us);

#endif
