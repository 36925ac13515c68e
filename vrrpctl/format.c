/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The views of format.h: a heading line a thing, then indented lines of a label and a value. */
#include "vrrpctl/format.h"

#include <string.h>

#include "common/rfc3339.h"
#include "vrrpctl/jsonx.h"
#include "vrrpctl/snapshot.h"
#include "vrrpctl/spark.h"

#define COLUMN_STATE 20
#define COLUMN_AGE 32
#define COLUMN_VALUE 14

static enum paint state_paint(const char *state)
{
	static const struct {
		const char *state;
		enum paint paint;
	} table[] = {
		{"Active", PAINT_GOOD},  {"up", PAINT_GOOD},    {"Backup", PAINT_NONE},
		{"no_sa", PAINT_BAD},    {"down", PAINT_BAD},   {"Initialize", PAINT_BAD},
		{"unknown", PAINT_WARN}, {"raised", PAINT_BAD}, {"clear", PAINT_GOOD},
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (strcmp(table[i].state, state) == 0)
			return table[i].paint;
	return PAINT_NONE;
}

static void heading(struct text *t, const char *kind, const json_t *o)
{
	const char *state = jx_str(o, "state", "?");

	text_add(t, "\n%s ", kind);
	text_paint(t, PAINT_BOLD, "%s", jx_str(o, "name", "?"));
	text_column(t, COLUMN_STATE);
	text_paint(t, state_paint(state), "%s", state);
}

static void age_since(struct text *t, const json_t *o, int64_t now_us)
{
	char buf[TEXT_FIGURE];
	int64_t since;

	if (!rfc3339_parse(jx_str(o, "since", ""), &since))
		return;
	text_column(t, COLUMN_AGE);
	text_add(t, "for %s", text_duration(now_us > since ? (now_us - since) / 1000 : 0, buf));
}

static void label(struct text *t, const char *name)
{
	text_paint(t, PAINT_DIM, "  %s", name);
	text_column(t, COLUMN_VALUE);
}

static void labelled(struct text *t, const char *name, const char *value)
{
	label(t, name);
	text_wrap(t, COLUMN_VALUE, value);
}

/* ---- instances ---- */

static void priority(struct text *t, const json_t *p)
{
	const json_t *changes = json_object_get(p, "changes");
	size_t i;
	json_t *c;

	label(t, "priority");
	text_add(t, "%lld", (long long)jx_int(p, "configured"));
	json_array_foreach(changes, i, c) {
		long long delta = json_integer_value(json_object_get(c, "delta"));

		text_add(t, " %c%lld %s", delta < 0 ? '-' : '+', delta < 0 ? -delta : delta,
			 jx_str(c, "source", "?"));
	}
	if (json_array_size(changes) > 0)
		text_add(t, " = %lld", (long long)jx_int(p, "effective"));
	text_add(t, "\n");
}

static void addresses(struct text *t, const json_t *o)
{
	struct text all = {0};
	size_t i;
	json_t *a;

	json_array_foreach(json_object_get(o, "addresses"), i, a)
		text_add(&all, "%s ", json_string_value(a) ? json_string_value(a) : "?");
	if (all.len && !jx_is(o, "state", "Active"))
		text_add(&all, "(not held)");
	labelled(t, "addresses", all.data ? all.data : "none");
	text_free(&all);
}

static void vmac(struct text *t, const json_t *o)
{
	const char *mac = json_string_value(json_object_get(o, "vmac"));

	if (mac)
		labelled(t, "virtual MAC", mac);
}

static void peer(struct text *t, const json_t *p)
{
	char buf[TEXT_FIGURE];

	label(t, "peer");
	if (!json_is_object(p) || !json_string_value(json_object_get(p, "address"))) {
		text_add(t, "none heard\n");
		return;
	}
	text_add(t, "%s, priority %lld, heard %s ago", jx_str(p, "address", "?"),
		 (long long)jx_int(p, "priority"), text_duration(jx_int(p, "heard_ms_ago"), buf));
	if (jx_is(p, "checksum", "pseudo_header"))
		text_add(t, ", pseudo-header checksum");
	text_add(t, "\n");
}

static void alarms(struct text *t, const json_t *o)
{
	size_t i;
	json_t *a;

	json_array_foreach(json_object_get(o, "alarms"), i, a)
		labelled(t, "alarm", jx_str(a, "text", "?"));
}

/* Only what went wrong, and only when it did. */
static void refusals(struct text *t, json_t *counters)
{
	struct text all = {0};
	const char *key;
	json_t *n;

	json_object_foreach(counters, key, n)
		if (snapshot_counts_refusals(key) && json_integer_value(n) > 0)
			text_add(&all, "%s%s %lld", all.len ? ", " : "", key,
				 (long long)json_integer_value(n));
	if (all.len)
		labelled(t, "dropped", all.data);
	text_free(&all);
}

static void cloud(struct text *t, const json_t *o)
{
	char text[80];

	if (jx_is(o, "state", "moved")) {
		labelled(t, "cloud", "has moved its traffic to another tunnel");
	} else if (jx_is(o, "state", "moving")) {
		snprintf(text, sizeof(text), "moves its traffic within %.1f s",
			 (double)jx_int(o, "left_ms") / 1000);
		labelled(t, "cloud", text);
	} else if (json_is_object(o)) {
		labelled(t, "cloud", jx_str(o, "reason", "is not moved"));
	}
}

static void instance(struct text *t, const json_t *o, int64_t now_us)
{
	heading(t, "instance", o);
	age_since(t, o, now_us);
	text_column(t, 52);
	text_add(t, "%s vrid %lld VRRPv%lld\n", jx_str(o, "interface", "?"),
		 (long long)jx_int(o, "vrid"), (long long)jx_int(o, "version"));
	labelled(t, "reason", jx_str(o, "reason", "none given"));
	if (jx_true(o, "drained"))
		labelled(t, "drained", "stays Backup until `vrrpctl resume`");
	cloud(t, json_object_get(o, "cloud"));
	priority(t, json_object_get(o, "priority"));
	addresses(t, o);
	vmac(t, o);
	peer(t, json_object_get(o, "peer"));
	if (json_is_string(json_object_get(o, "tunnel")))
		labelled(t, "tunnel", jx_str(o, "tunnel", ""));
	alarms(t, o);
	refusals(t, json_object_get(o, "counters"));
}

/* ---- tunnels ---- */

static void sas(struct text *t, const json_t *list)
{
	char bytes[TEXT_FIGURE], age[TEXT_FIGURE];
	size_t i;
	json_t *sa;

	if (json_array_size(list) == 0)
		labelled(t, "SAs", "none");
	json_array_foreach(list, i, sa) {
		label(t, jx_is(sa, "direction", "out") ? "SA out" : "SA in");
		text_add(t, "%s, %s in %lld packets, %s old\n", jx_str(sa, "spi", "?"),
			 text_bytes(jx_int(sa, "bytes"), bytes), (long long)jx_int(sa, "packets"),
			 text_duration(jx_int(sa, "age_ms"), age));
	}
}

static void tunnel(struct text *t, const json_t *o)
{
	const json_t *p = json_object_get(o, "policies");
	long long wanted = jx_int(p, "wanted"), installed = jx_int(p, "installed");
	char path[160];

	heading(t, "tunnel", o);
	if (jx_true(o, "selected")) {
		text_column(t, COLUMN_AGE);
		text_add(t, "selected");
	}
	text_add(t, "\n");
	snprintf(path, sizeof(path), "%s -> %s, reqid %lld", jx_str(o, "local", "?"),
		 jx_str(o, "remote", "?"), (long long)jx_int(o, "reqid"));
	labelled(t, "path", path);
	if (!jx_is(o, "state", "up") && json_is_string(json_object_get(o, "reason")))
		labelled(t, "reason", jx_str(o, "reason", ""));
	sas(t, json_object_get(o, "sas"));
	label(t, "policies");
	text_paint(t, installed < wanted ? PAINT_BAD : PAINT_NONE, "%lld of %lld", installed,
		   wanted);
	text_add(t, "\n");
}

/* ---- probes ---- */

static void path(struct text *t, const json_t *o)
{
	bool has_source = json_is_string(json_object_get(o, "source"));
	bool has_tunnel = json_is_string(json_object_get(o, "tunnel"));
	char buf[TEXT_FIGURE], path[400];

	snprintf(path, sizeof(path), "%s%s%s%s%s, every %s", jx_str(o, "source", ""),
		 has_source ? " -> " : "", jx_str(o, "target", "?"), has_tunnel ? " through " : "",
		 jx_str(o, "tunnel", ""), text_duration(jx_int(o, "interval_ms"), buf));
	labelled(t, "path", path);
}

static void loss(struct text *t, const json_t *of, int decimals)
{
	const json_t *percent = json_object_get(of, "loss_percent");

	if (json_is_number(percent))
		text_paint(t, json_number_value(percent) > 0 ? PAINT_WARN : PAINT_NONE,
			   "loss %.*f %%", decimals, json_number_value(percent));
	else
		text_add(t, "loss ?");
}

static void quality(struct text *t, const json_t *o)
{
	const json_t *rtt = json_object_get(o, "rtt_us");
	char last[TEXT_FIGURE], p99[TEXT_FIGURE], jitter[TEXT_FIGURE];

	label(t, "quality");
	loss(t, o, 1);
	text_add(t, ", rtt %s, p99 %s, jitter %s\n", text_rtt(jx_int(rtt, "last"), last),
		 text_rtt(jx_int(rtt, "p99"), p99), text_rtt(jx_int(rtt, "jitter"), jitter));
}

static void last_hour(struct text *t, const json_t *o)
{
	const json_t *hour = json_object_get(o, "hour");
	const json_t *rtt = json_object_get(hour, "rtt_us");
	char p50[TEXT_FIGURE], p99[TEXT_FIGURE], max[TEXT_FIGURE];

	label(t, "last hour");
	loss(t, hour, 2);
	text_add(t, ", p50 %s, p99 %s, max %s\n", text_rtt(jx_int(rtt, "p50"), p50),
		 text_rtt(jx_int(rtt, "p99"), p99), text_rtt(jx_int(rtt, "max"), max));
}

static void spark_line(struct text *t, const json_t *o)
{
	char buf[SPARK_STRLEN];

	if (!spark_draw(json_object_get(o, "history"), buf)[0])
		return;
	label(t, "last minute");
	text_add(t, "%s\n", buf);
}

static void probe(struct text *t, const json_t *o, int64_t now_us)
{
	bool group = jx_is(o, "kind", "group");

	heading(t, group ? "group" : "probe", o);
	age_since(t, o, now_us);
	text_add(t, "\n");
	if (!jx_is(o, "cause", ""))
		labelled(t, "cause", jx_str(o, "cause", "none given"));
	if (group)
		return;
	path(t, o);
	quality(t, o);
	last_hour(t, o);
	spark_line(t, o);
}

/* Three of a group of times on a line. */
static void times(struct text *t, const char *name, const json_t *rtt, const char *const keys[3])
{
	char buf[TEXT_FIGURE];

	label(t, name);
	for (size_t i = 0; i < 3; i++)
		text_add(t, "%s%s %s", i ? ", " : "", keys[i], text_rtt(jx_int(rtt, keys[i]), buf));
	text_add(t, "\n");
}

/* Of the last hour. */
static void loss_runs(struct text *t, const json_t *runs)
{
	json_int_t n = jx_int(runs, "count");

	label(t, "loss runs");
	if (n > 0)
		text_add(t, "%lld, mean %.1f probes, longest %lld\n", (long long)n,
			 json_number_value(json_object_get(runs, "mean")),
			 (long long)jx_int(runs, "longest"));
	else
		text_add(t, "none\n");
}

/* What came and was not the reply, by reason; nothing when all counts are 0. */
static void rejected(struct text *t, json_t *by)
{
	char words[512] = "";
	size_t used = 0;
	const char *key;
	json_t *n;

	json_object_foreach(by, key, n) {
		if (json_integer_value(n) == 0 || used >= sizeof(words))
			continue;
		used += (size_t)snprintf(words + used, sizeof(words) - used, "%s%s %lld",
					 used ? ", " : "", key, (long long)json_integer_value(n));
	}
	if (used)
		labelled(t, "rejected", words);
}

static void probe_details(struct text *t, const json_t *o)
{
	static const char *const range[] = {"min", "avg", "max"};
	static const char *const percentiles[] = {"p50", "p95", "p99"};
	static const char *const counters[] = {"sent",      "received", "lost",        "late",
					       "duplicate", "rejected", "send_errors", "void"};

	times(t, "range", json_object_get(o, "rtt_us"), range);
	times(t, "percentiles", json_object_get(o, "rtt_us"), percentiles);
	loss_runs(t, json_object_get(json_object_get(o, "hour"), "loss_runs"));
	label(t, "counted");
	for (size_t i = 0; i < sizeof(counters) / sizeof(counters[0]); i++) {
		if (i == 4) {
			text_add(t, ",\n");
			text_column(t, COLUMN_VALUE);
		}
		text_add(t, "%s%s %lld", i % 4 ? ", " : "", counters[i],
			 (long long)jx_int(o, counters[i]));
	}
	text_add(t, "\n");
	rejected(t, json_object_get(o, "rejected_by"));
}

/* ---- whole views ---- */

static void daemon_line(struct text *t, const json_t *s)
{
	const json_t *vrrpd = json_object_get(json_object_get(s, "daemons"), "vrrpd");
	const json_t *slad = json_object_get(json_object_get(s, "daemons"), "slad");
	char buf[TEXT_FIGURE];

	if (jx_true(vrrpd, "running"))
		text_paint(t, PAINT_DIM, "vrrpd %s pid %lld up %s", jx_str(s, "version", "?"),
			   (long long)jx_int(vrrpd, "pid"),
			   text_duration(jx_int(vrrpd, "uptime_ms"), buf));
	else
		text_paint(t, PAINT_BAD, "vrrpd does not answer");
	text_add(t, ", ");
	if (!jx_true(slad, "running"))
		text_paint(t, PAINT_BAD, "slad does not answer");
	else
		text_paint(t, jx_true(slad, "stale") ? PAINT_BAD : PAINT_DIM,
			   "slad pid %lld heartbeat %s ago", (long long)jx_int(slad, "pid"),
			   text_duration(jx_int(slad, "heartbeat_age_ms"), buf));
	text_add(t, "\n");
}

void format_status(struct text *t, const json_t *s, int64_t now_us)
{
	static const enum paint paints[] = {[HEALTH_OK] = PAINT_GOOD,
					    [HEALTH_DEGRADED] = PAINT_WARN,
					    [HEALTH_DOWN] = PAINT_BAD};
	char why[HEALTH_WHY];
	enum health h = snapshot_health(s, why);
	size_t i;
	json_t *o;

	text_paint(t, paints[h], "%s", health_name(h));
	text_add(t, "  ");
	if (json_is_string(json_object_get(s, "router_id")))
		text_add(t, "%s: ", jx_str(s, "router_id", ""));
	text_wrap(t, 4, why);
	daemon_line(t, s);
	alarms(t, s);
	json_array_foreach(json_object_get(s, "instances"), i, o)
		instance(t, o, now_us);
	json_array_foreach(json_object_get(s, "tunnels"), i, o)
		tunnel(t, o);
	json_array_foreach(json_object_get(s, "probes"), i, o)
		probe(t, o, now_us);
}

/* Headings begin with an empty line, which the first one of a page does without. */
static void drop_first_newline(struct text *t)
{
	if (t->len == 0 || t->data[0] != '\n')
		return;
	memmove(t->data, t->data + 1, t->len);
	t->len--;
}

void format_probes(struct text *t, const json_t *s, int64_t now_us)
{
	size_t i;
	json_t *o;

	json_array_foreach(json_object_get(s, "probes"), i, o) {
		probe(t, o, now_us);
		if (!jx_is(o, "kind", "group"))
			probe_details(t, o);
	}
	drop_first_newline(t);
}

void format_tunnels(struct text *t, const json_t *s)
{
	size_t i;
	json_t *o;

	json_array_foreach(json_object_get(s, "tunnels"), i, o)
		tunnel(t, o);
	drop_first_newline(t);
}

void format_event(struct text *t, const json_t *e)
{
	const char *to = jx_str(e, "to", "?");

	text_paint(t, PAINT_DIM, "%s", jx_str(e, "time", "?"));
	text_add(t, " %s ", jx_str(e, "thing", "?"));
	text_paint(t, PAINT_BOLD, "%s", jx_str(e, "name", "?"));
	text_add(t, " %s -> ", jx_str(e, "from", "?"));
	text_paint(t, state_paint(to), "%s", to);
	if (!jx_is(e, "reason", ""))
		text_add(t, " (%s)", jx_str(e, "reason", ""));
	text_add(t, "\n");
}

void format_lines(struct text *t, const json_t *lines)
{
	size_t i;
	json_t *l;

	json_array_foreach(lines, i, l)
		text_add(t, "%s\n", json_string_value(l) ? json_string_value(l) : "?");
}
