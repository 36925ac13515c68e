/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The timeline: the last EVENTS_KEPT transitions of a daemon in a ring. The caller gives the
 * storage and the time. Pure.
 */
#ifndef COMMON_EVENTS_H
#define COMMON_EVENTS_H

#include <stddef.h>
#include <stdint.h>

#define EVENTS_KEPT 1024

enum thing { THING_DAEMON, THING_INSTANCE, THING_PROBE, THING_TUNNEL, THING_ALARM };

/* "daemon", "instance", "probe", "tunnel", "alarm". */
const char *thing_name(enum thing t);

struct event {
	uint64_t seq;        /* from 1, never reused within a run */
	int64_t realtime_us; /* CLOCK_REALTIME */
	enum thing thing;
	char name[64];
	char from[16], to[16];
	char reason[160];
};

struct events {
	struct event ring[EVENTS_KEPT];
	uint64_t next_seq; /* of the next event; 0 and 1 both mean none yet */
};

/* Truncates long text; returns the stored event, valid until it is overwritten. */
const struct event *events_add(struct events *e, int64_t realtime_us, enum thing thing,
			       const char *name, const char *from, const char *to,
			       const char *reason);
/* The first event with seq >= *seq that is still kept, NULL at the end; sets *seq past it. */
const struct event *events_next(const struct events *e, uint64_t *seq);

#endif
