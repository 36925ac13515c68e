/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which tunnels leave the cloud's health checks unanswered, so that the cloud moves its traffic to
 * another tunnel: those with a health_check whose instances are all drained. Pure; memory is taken
 * in silence_new only.
 */
#ifndef VRRPD_SILENCE_H
#define VRRPD_SILENCE_H

#include <stdbool.h>
#include <stddef.h>

#include "common/conf.h"
#include "common/mono.h"

struct silence;

/* c outlives it. Nobody is drained. NULL: out of memory. */
struct silence *silence_new(const struct conf *c);
void silence_free(struct silence *s);

/* Instance `owner` is drained, or not any more. True when a tunnel fell silent or answers again. */
bool silence_drain(struct silence *s, size_t owner, bool drained, mono_t now);
/* The rule that makes them silent came into place now only: every silent one begins anew. */
void silence_restart(struct silence *s, mono_t now);
bool silence_drained(const struct silence *s, size_t owner);
/* One per tunnel. */
const bool *silence_now(const struct silence *s);

/* What a drain does about the cloud. */
enum cloud_state {
	CLOUD_UNASKED, /* not drained, or no tunnel of it has a health_check */
	CLOUD_STAYS,   /* an instance that is not drained uses a tunnel of it too */
	CLOUD_MOVING,  /* its checks fail, but not for long enough yet */
	CLOUD_MOVED,
};

/* What the cloud may take from the last failed check until its traffic goes another way. */
#define SILENCE_MARGIN_US US_PER_S

/*
 * Of the tunnels of instance `owner`, the last one counts; *until, for CLOUD_MOVING, is when it
 * must have moved: the first check that finds silence begins within an interval, as many of them
 * fail as there are retries, the last at the end of its own interval, and then comes the margin.
 */
enum cloud_state silence_state(const struct silence *s, size_t owner, mono_t now, mono_t *until);

/* Takes over who is drained, and since when tunnels are silent, by name. */
void silence_carry_over(struct silence *to, const struct silence *from, mono_t now);

#endif
