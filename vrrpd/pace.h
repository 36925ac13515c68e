/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Frames that keep a distance from each other, in the order in which they ask. Pure. */
#ifndef VRRPD_PACE_H
#define VRRPD_PACE_H

#include "common/mono.h"

/* The time of the next frame, not before now; *next is when the one after it may go, at first zero.
 */
mono_t pace_reserve(mono_t *next, mono_t now, int64_t interval_us);

#endif
