/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The effective priority: the configured one and what tracked things add or take, by keepalived's
 * rule of signs (a weight above 0 counts while the thing is up, one below 0 while it is down).
 * Unknown counts for nothing. RFC 9568, 5.2.4, for the range. Pure.
 */
#ifndef VRRPD_PRIORITY_H
#define VRRPD_PRIORITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/conf.h"

enum track_state { TRACK_UNKNOWN, TRACK_UP, TRACK_DOWN };

/* "unknown", "up", "down". */
const char *track_state_name(enum track_state s);

/* What one tracked thing does to the priority in this state. */
int priority_delta(const struct conf_track *t, enum track_state s);
/* Whether it shuts the instance: `shutdown`, or an interface without a weight (keepalived's fault).
 */
bool priority_shuts(const struct conf_track *t, enum track_state s);

struct priority {
	uint8_t effective; /* 1..254; an owner stays 255 */
	int shut_by;       /* index of the first track that shuts, -1: none */
};

struct priority priority_sum(uint8_t configured, const struct conf_track tracks[],
			     const enum track_state states[], size_t n);

#endif
