/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The answer to "why"; see explain.h. */
#include "vrrpd/explain.h"

#include <stdarg.h>
#include <stdio.h>

#include "common/rfc3339.h"

static void add(json_t *lines, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void add(json_t *lines, const char *format, ...)
{
	char text[320];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	json_array_append_new(lines, json_string(text));
}

static void add_track(json_t *lines, const struct instance *i, size_t k)
{
	const struct conf_track *t = &i->conf->tracks[k];
	int delta = priority_delta(t, &i->tracks[k]);
	char effect[64], view[TRACK_VIEW_STRLEN];

	if (priority_shuts(t, &i->tracks[k]))
		snprintf(effect, sizeof(effect), "shuts the instance");
	else if (delta)
		snprintf(effect, sizeof(effect), "%+d", delta);
	else
		snprintf(effect, sizeof(effect), "no change");
	add(lines, "  %s %s is %s: %s (%s:%u)", track_kind_name(t->kind), t->name,
	    track_view_text(t, &i->tracks[k], view), effect, t->pos.file, t->pos.line);
}

static void add_peer(json_t *lines, const struct instance *i, mono_t now)
{
	char peer[ADDR_STRLEN];

	if (!addr_is_set(&i->peer.address)) {
		add(lines, "No advert of another router has been heard.");
		return;
	}
	add(lines, "Last heard: %s with priority %u, %lld ms ago.",
	    addr_format(&i->peer.address, peer), i->peer.priority,
	    (long long)(mono_sub(now, i->peer.heard) / US_PER_MS));
}

static void add_alarms(json_t *lines, const struct alarm list[], size_t n)
{
	for (size_t k = 0; k < n; k++)
		if (list[k].stands)
			add(lines, "Alarm: %s.", list[k].text);
}

/* Of two Active routers of one priority the one with the greater address stays (RFC 9568, 6.4.3).
 */
static void add_rivals(json_t *lines, const struct instance *i)
{
	unsigned own = i->fsm.priority;

	if (own == VRRP_PRIORITY_OWNER) {
		add(lines, "It owns the addresses: no router with a lower priority takes over.");
		return;
	}
	add(lines, "A router with a priority above %u would take over%s.", own,
	    i->conf->nopreempt ? "" : ", unless it has nopreempt");
	add(lines, "So would an Active one of priority %u with a greater address.", own);
}

static void add_outlook(json_t *lines, const struct instance *i)
{
	const struct fsm *f = &i->fsm;
	long long down_ms = fsm_down_us(f, &i->fsm_conf) / US_PER_MS;

	if (instance_drained(i))
		add(lines, "It stays Backup until `vrrpctl resume %s`.", i->conf->name);
	else if (f->state == FSM_INITIALIZE)
		add(lines, "It takes part again as soon as that is over: %s.", i->blocked);
	else if (f->wants != FSM_WHY_NONE)
		add(lines, "It becomes Active as soon as all of its sync group would.");
	else if (f->state == FSM_ACTIVE)
		add_rivals(lines, i);
	else if (i->fsm_conf.preempt)
		add(lines,
		    "It becomes Active after %lld ms in which no priority of %u or more is heard.",
		    down_ms, f->priority);
	else
		add(lines, "It becomes Active after %lld ms without any advert (nopreempt).",
		    down_ms);
}

json_t *explain_instance(const struct instance *i, mono_t now)
{
	json_t *lines = json_array();
	char since[RFC3339_STRLEN];

	add(lines, "%s is %s since %s: %s.", i->conf->name, fsm_state_name(i->state),
	    rfc3339_ms(i->since_realtime_us, since),
	    i->state == FSM_INITIALIZE && i->blocked[0] ? i->blocked : i->reason);
	add(lines, "Priority %u configured (%s:%u), %u effective:", i->conf->priority,
	    i->conf->pos.file, i->conf->pos.line, i->fsm.priority);
	for (size_t k = 0; k < i->conf->n_tracks; k++)
		add_track(lines, i, k);
	add_peer(lines, i, now);
	add_alarms(lines, i->alarms, ALARM_INSTANCE_KINDS);
	if (i->conf->tunnel >= 0 || i->conf->tunnel_group >= 0)
		add_alarms(lines, i->host->tunnels_alarms, ALARM_TUNNELS_KINDS);
	add_outlook(lines, i);
	return lines;
}
