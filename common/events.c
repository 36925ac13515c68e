/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The timeline's ring: the event with seq S lies at S modulo its size. Pure; see events.h. */
#include "common/events.h"

#include <stdio.h>

const char *thing_name(enum thing t)
{
	switch (t) {
	case THING_DAEMON:
		return "daemon";
	case THING_INSTANCE:
		return "instance";
	case THING_PROBE:
		return "probe";
	case THING_TUNNEL:
		return "tunnel";
	case THING_ALARM:
		return "alarm";
	}
	return "unknown";
}

static uint64_t next_seq(const struct events *e)
{
	return e->next_seq ? e->next_seq : 1;
}

const struct event *events_add(struct events *e, int64_t realtime_us, enum thing thing,
			       const char *name, const char *from, const char *to,
			       const char *reason)
{
	uint64_t seq = next_seq(e);
	struct event *v = &e->ring[seq % EVENTS_KEPT];

	v->seq = seq;
	v->realtime_us = realtime_us;
	v->thing = thing;
	snprintf(v->name, sizeof(v->name), "%s", name);
	snprintf(v->from, sizeof(v->from), "%s", from);
	snprintf(v->to, sizeof(v->to), "%s", to);
	snprintf(v->reason, sizeof(v->reason), "%s", reason);
	e->next_seq = seq + 1;
	return v;
}

const struct event *events_next(const struct events *e, uint64_t *seq)
{
	uint64_t end = next_seq(e);
	uint64_t first = end > EVENTS_KEPT ? end - EVENTS_KEPT : 1;

	if (*seq < first)
		*seq = first;
	if (*seq >= end)
		return NULL;
	return &e->ring[(*seq)++ % EVENTS_KEPT];
}
