/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Alarms between what raises them and who is told; see alarms.h. One timer looks for those that are
 * over: it is set when the first one is raised, and looks again while any stands that ends by
 * itself.
 */
#include "vrrpd/alarms.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "common/log.h"
#include "vrrpd/daemon.h"

#define LINE_STRLEN (ALARM_TEXT_MAX + 2 * ALARM_STORY_STRLEN)

static const char *subject(const struct instance *i)
{
	return i ? i->conf->name : "tunnels";
}

/* i is NULL for an alarm of the tunnels. */
static void tell(struct host *h, const struct instance *i, enum alarm_kind kind, struct alarm *a,
		 uint64_t more)
{
	char line[LINE_STRLEN];
	mono_t end = alarm_expires_at(kind, a);

	if (a->times == 1) {
		a->since_realtime_us = realtime_us();
		h->record(h->ctx, THING_ALARM, subject(i), "clear", "raised", a->text);
	}
	snprintf(line, sizeof(line), "%s", a->text);
	if (more > 0)
		snprintf(line, sizeof(line), "%s (%" PRIu64 " times since it was told)", a->text,
			 more + 1);
	log_alarm(i ? LOG_WARNING : LOG_ALERT, i ? i->conf->name : NULL, alarm_name(kind), line);
	if (!timer_armed(&h->alarm_timer))
		timer_set(&h->alarm_timer, end);
}

static void tell_end(struct host *h, const struct instance *i, enum alarm_kind kind,
		     const struct alarm *a)
{
	char story[ALARM_STORY_STRLEN], line[LINE_STRLEN];

	alarm_story(kind, a, story);
	snprintf(line, sizeof(line), "alarm over, %s: %s", story, a->text);
	log_alarm_end(i ? i->conf->name : NULL, alarm_name(kind), line);
	snprintf(line, sizeof(line), "%s: %s", alarm_name(kind), story);
	h->record(h->ctx, THING_ALARM, subject(i), "raised", "clear", line);
}

void instance_alarm(struct instance *i, enum alarm_kind kind, const char *format, ...)
{
	struct alarm *a = &i->alarms[kind];
	uint64_t more;
	va_list ap;

	if (!alarm_raise(a, loop_now(i->host->loop), &more))
		return;
	va_start(ap, format);
	vsnprintf(a->text, sizeof(a->text), format, ap);
	va_end(ap);
	tell(i->host, i, kind, a, more);
}

void alarms_of_tunnels(void *ctx, enum alarm_kind kind, const char *text)
{
	struct vrrpd *d = ctx;
	struct alarm *a = &d->host.tunnels_alarms[kind - ALARM_INSTANCE_KINDS];
	mono_t now = loop_now(d->host.loop);
	uint64_t more;

	if (!text) {
		if (alarm_clear(a, now))
			tell_end(&d->host, NULL, kind, a);
		return;
	}
	if (!alarm_raise(a, now, &more))
		return;
	snprintf(a->text, sizeof(a->text), "%s", text);
	tell(&d->host, NULL, kind, a, more);
}

/* Those of one list, from kind `first` on; returns when to look again. */
static mono_t expire(struct host *h, const struct instance *i, struct alarm list[],
		     enum alarm_kind first, size_t n, mono_t now)
{
	mono_t next = MONO_NEVER;

	for (size_t k = 0; k < n; k++) {
		enum alarm_kind kind = (enum alarm_kind)(first + k);

		if (alarm_expire(kind, &list[k], now))
			tell_end(h, i, kind, &list[k]);
		next = mono_min(next, alarm_expires_at(kind, &list[k]));
	}
	return next;
}

static void look(void *ctx, mono_t now)
{
	struct vrrpd *d = ctx;
	struct host *h = &d->host;
	mono_t next =
		expire(h, NULL, h->tunnels_alarms, ALARM_INSTANCE_KINDS, ALARM_TUNNELS_KINDS, now);

	for (size_t k = 0; k < d->n_instances; k++) {
		struct instance *i = d->instances[k];

		next = mono_min(next, expire(h, i, i->alarms, 0, ALARM_INSTANCE_KINDS, now));
	}
	timer_set(&h->alarm_timer, next);
}

void alarms_open(struct vrrpd *d)
{
	timer_init(&d->host.alarm_timer, d->host.loop, look, d);
}
