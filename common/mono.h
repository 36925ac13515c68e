/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Monotonic time as a type of its own, so that a wall-clock number or a duration cannot be passed for
 * a deadline. Unit: microseconds of CLOCK_MONOTONIC. Durations are plain int64_t in microseconds
 * and carry `_us` in their name. Reads no clock: loop.c does, once a turn.
 */
#ifndef COMMON_MONO_H
#define COMMON_MONO_H

#include <stdbool.h>
#include <stdint.h>

typedef struct mono {
	int64_t us;
} mono_t;

#define MONO_ZERO ((mono_t){0})
#define MONO_NEVER ((mono_t){INT64_MAX})

#define US_PER_MS INT64_C(1000)
#define US_PER_CS INT64_C(10000)
#define US_PER_S INT64_C(1000000)

static inline bool mono_is_never(mono_t t)
{
	return t.us == INT64_MAX;
}

/* NEVER plus anything stays NEVER. */
static inline mono_t mono_add(mono_t t, int64_t us)
{
	return mono_is_never(t) ? t : (mono_t){t.us + us};
}

/* a - b, in microseconds. */
static inline int64_t mono_sub(mono_t a, mono_t b)
{
	return a.us - b.us;
}

static inline bool mono_before(mono_t a, mono_t b)
{
	return a.us < b.us;
}

/* True when the deadline is now or past. */
static inline bool mono_reached(mono_t deadline, mono_t now)
{
	return deadline.us <= now.us;
}

static inline mono_t mono_min(mono_t a, mono_t b)
{
	return a.us < b.us ? a : b;
}

#endif
