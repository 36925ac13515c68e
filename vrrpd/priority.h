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

/* What is seen of a tracked thing. */
struct track_view {
	enum track_state state; /* of a file: down when its value is not 0 */
	int64_t value;          /* of a file: the number in it, within 32 bits; else 0 */
};

/* "unknown", "up", "down". */
const char *track_state_name(enum track_state s);
/* "interface", "sla", ... */
const char *track_kind_name(enum conf_track_kind k);
/* The state, or a file's value. Returns buf. */
#define TRACK_VIEW_STRLEN 24
const char *track_view_text(const struct conf_track *t, const struct track_view *v,
			    char buf[TRACK_VIEW_STRLEN]);

/* What one tracked thing does to the priority: its weight, or a file's value times its weight, 253
 * at most. */
int priority_delta(const struct conf_track *t, const struct track_view *v);
/* Whether it shuts the instance (keepalived's fault): `shutdown`, something without a weight, or a
 * file whose value times its weight is below -253. */
bool priority_shuts(const struct conf_track *t, const struct track_view *v);

struct priority {
	uint8_t effective; /* 1..254; an owner stays 255 */
	int shut_by;       /* index of the first track that shuts, -1: none */
};

struct priority priority_sum(uint8_t configured, const struct conf_track tracks[],
			     const struct track_view views[], size_t n);

#endif
