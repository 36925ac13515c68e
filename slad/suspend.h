/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Notices that the host slept: CLOCK_BOOTTIME runs on then, CLOCK_MONOTONIC does not. Read in this
 * order, so that a pause between the two readings makes the difference smaller and does not look
 * like sleep. Pure.
 */
#ifndef SLAD_SUSPEND_H
#define SLAD_SUSPEND_H

#include <stdint.h>

#include "common/mono.h"

/* Less is the two clocks being read apart. */
#define SUSPEND_MIN_US (100 * US_PER_MS)

struct suspend {
	int64_t ahead_us; /* CLOCK_BOOTTIME of CLOCK_MONOTONIC */
};

static inline void suspend_init(struct suspend *s, int64_t boottime_us, mono_t now)
{
	s->ahead_us = boottime_us - now.us;
}

/* How long the host slept since the last time that it did, or 0. */
static inline int64_t suspend_notice(struct suspend *s, int64_t boottime_us, mono_t now)
{
	int64_t slept_us = boottime_us - now.us - s->ahead_us;

	if (slept_us < SUSPEND_MIN_US)
		return 0;
	s->ahead_us += slept_us;
	return slept_us;
}

#endif
