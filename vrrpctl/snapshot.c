/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Assembles and judges the status object. vrrpd's lists are taken as they are; a daemon that does
 * not answer has empty lists and nulls, never its last known state.
 */
#include "vrrpctl/snapshot.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "common/rfc3339.h"
#include "vrrpctl/jsonx.h"

static const char *sla_state_word(uint32_t state)
{
	return state == SLA_UP ? "up" : state == SLA_DOWN ? "down" : "unknown";
}

static json_t *text_or_null(const char *s)
{
	return s[0] ? json_string(s) : json_null();
}

/* An RTT is null while it is unknown (-1). */
static json_t *known_or_null(int64_t us)
{
	return us < 0 ? json_null() : json_integer(us);
}

static json_t *time_or_null(int64_t realtime_us)
{
	char buf[RFC3339_STRLEN];

	return realtime_us <= 0 ? json_null() : json_string(rfc3339_ms(realtime_us, buf));
}

/* Two decimals are about as much as an hour of probes can tell. */
static json_t *loss_percent(uint32_t sent, uint32_t lost)
{
	if (sent == 0)
		return json_null();
	return json_real((double)(lost * UINT64_C(10000) / sent) / 100);
}

static json_t *probe_rtt(const struct sla_verdict *v)
{
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "last",
			 known_or_null(v->rtt_last_us), "min", known_or_null(v->rtt_min_us), "avg",
			 known_or_null(v->rtt_avg_us), "p50", known_or_null(v->rtt_p50_us), "p95",
			 known_or_null(v->rtt_p95_us), "p99", known_or_null(v->rtt_p99_us), "max",
			 known_or_null(v->rtt_max_us), "jitter", known_or_null(v->rtt_jitter_us));
}

static json_t *count(uint64_t n)
{
	return json_integer((json_int_t)n);
}

static json_t *hour_rtt(const struct sla_verdict *v)
{
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "min",
			 known_or_null(v->hour_min_us), "avg", known_or_null(v->hour_avg_us), "p50",
			 known_or_null(v->hour_p50_us), "p95", known_or_null(v->hour_p95_us), "p99",
			 known_or_null(v->hour_p99_us), "max", known_or_null(v->hour_max_us),
			 "jitter", known_or_null(v->hour_jitter_us));
}

static json_t *mean_run(const struct sla_verdict *v)
{
	if (v->hour_runs == 0)
		return json_null();
	return json_real((double)(v->hour_run_losses * UINT64_C(100) / v->hour_runs) / 100);
}

static json_t *hour(const struct sla_verdict *v)
{
	if (v->kind == SLA_GROUP)
		return json_null();
	return json_pack("{s:o, s:o, s:{s:o, s:o, s:o}}", "loss_percent",
			 loss_percent(v->hour_sent, v->hour_lost), "rtt_us", hour_rtt(v),
			 "loss_runs", "count", count(v->hour_runs), "mean", mean_run(v), "longest",
			 count(v->hour_longest_run));
}

/* Two lists side by side, a quarter of the size of a list of objects. */
static json_t *history(const struct sla_verdict *v)
{
	json_t *rtt, *loss;

	if (v->kind == SLA_GROUP)
		return json_null();
	rtt = json_array();
	loss = json_array();
	for (size_t i = 0; i < SLA_HISTORY; i++) {
		const struct sla_second *s = &v->history[i];

		json_array_append_new(rtt,
				      s->rtt_us == SLA_NO_RTT ? json_null() : count(s->rtt_us));
		json_array_append_new(loss, loss_percent(s->decided, s->lost));
	}
	return json_pack("{s:o, s:o}", "rtt_us", rtt, "loss_percent", loss);
}

static json_t *probe_counters(const struct sla_verdict *v)
{
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "transitions",
			 count(v->transitions), "sent", count(v->sent), "received",
			 count(v->received), "lost", count(v->lost), "late", count(v->late),
			 "duplicate", count(v->duplicate), "rejected", count(v->rejected),
			 "send_errors", count(v->send_errors), "void", count(v->void_probes));
}

json_t *snapshot_probe(const struct sla_verdict *v)
{
	json_t *rest = probe_counters(v);
	json_t *o =
		json_pack("{s:s, s:s, s:o, s:o, s:o, s:s, s:o, s:s, s:o, s:o}", "name", v->name,
			  "kind", v->kind == SLA_GROUP ? "group" : "probe", "target",
			  text_or_null(v->target), "source", text_or_null(v->source), "tunnel",
			  text_or_null(v->tunnel), "state", sla_state_word(v->state), "since",
			  time_or_null(v->since_realtime_us), "cause", v->cause, "interval_ms",
			  v->kind == SLA_GROUP ? json_null() : json_integer(v->interval_us / 1000),
			  "timeout_ms",
			  v->kind == SLA_GROUP ? json_null() : json_integer(v->timeout_us / 1000));

	if (o && rest)
		json_object_update(o, rest);
	json_decref(rest);
	if (o) {
		json_object_set_new(o, "loss_percent",
				    loss_percent(v->window_sent, v->window_lost));
		json_object_set_new(o, "rtt_us", probe_rtt(v));
		json_object_set_new(o, "hour", hour(v));
		json_object_set_new(o, "history", history(v));
	}
	return o;
}

static json_t *probe_list(const struct slad_view *slad)
{
	json_t *list = json_array();

	for (size_t i = 0; list && slad->running && i < slad->n; i++)
		json_array_append_new(list, snapshot_probe(&slad->verdicts[i]));
	return list;
}

/* The reasons are words for people there, keys here. */
static json_t *reasons(json_t *by)
{
	json_t *o = json_object(), *n;
	const char *reason;

	json_object_foreach(by, reason, n) {
		char key[32];
		size_t i = 0;

		for (; reason[i] && i < sizeof(key) - 1; i++)
			key[i] = reason[i] == ' ' ? '_' : reason[i];
		key[i] = '\0';
		json_object_set(o, key, n);
	}
	return o;
}

void snapshot_add_reasons(json_t *snapshot, const json_t *answer)
{
	const json_t *probes = json_object_get(answer, "rejected");
	size_t i;
	json_t *o;

	json_array_foreach(json_object_get(snapshot, "probes"), i, o) {
		json_t *by = json_object_get(probes, jx_str(o, "name", ""));

		json_object_set_new(o, "rejected_by", by ? reasons(by) : json_null());
	}
}

static json_t *taken(const json_t *from, const char *key)
{
	json_t *v = json_object_get(from, key);

	return v ? json_incref(v) : json_null();
}

static json_t *list_taken(const json_t *from, const char *key)
{
	json_t *v = json_object_get(from, key);

	return json_is_array(v) ? json_incref(v) : json_array();
}

static json_t *daemons(const json_t *vrrpd, const struct slad_view *slad)
{
	return json_pack("{s:{s:b, s:o, s:o}, s:{s:b, s:o, s:o, s:b}}", "vrrpd", "running",
			 vrrpd != NULL, "pid", taken(vrrpd, "pid"), "uptime_ms",
			 taken(vrrpd, "uptime_ms"), "slad", "running", slad->running, "pid",
			 slad->running ? json_integer(slad->pid) : json_null(), "heartbeat_age_ms",
			 slad->running ? json_integer(slad->heartbeat_age_us / 1000) : json_null(),
			 "stale", !slad->running || slad->stale);
}

json_t *snapshot_build(const json_t *vrrpd, const struct slad_view *slad, const char *version)
{
	return json_pack("{s:o, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "router_id",
			 taken(vrrpd, "router_id"), "version", jx_str(vrrpd, "version", version),
			 "daemons", daemons(vrrpd, slad), "instances",
			 list_taken(vrrpd, "instances"), "tunnels", list_taken(vrrpd, "tunnels"),
			 "probes", probe_list(slad), "guard", taken(vrrpd, "guard"), "alarms",
			 list_taken(vrrpd, "alarms"), "alarms_begun", taken(vrrpd, "alarms_begun"));
}

/* ---- the verdict ---- */

/* The first finding is named, the others are counted. */
struct findings {
	char *why;
	size_t n;
};

static void __attribute__((format(printf, 2, 3))) found(struct findings *f, const char *format, ...)
{
	va_list ap;

	if (f->n++ > 0)
		return;
	va_start(ap, format);
	vsnprintf(f->why, HEALTH_WHY, format, ap);
	va_end(ap);
}

/* of: an instance, or the whole. */
static void judge_alarms(const json_t *of, struct findings *f)
{
	const char *name = jx_str(of, "name", NULL);
	size_t i;
	json_t *a;

	json_array_foreach(json_object_get(of, "alarms"), i, a)
		if (jx_is(a, "level", "warning"))
			found(f, "%s%s%s%s", name ? "instance " : "", name ? name : "",
			      name ? ": " : "", jx_str(a, "text", "?"));
}

static void judge_instances(const json_t *list, struct findings *f)
{
	size_t i;
	json_t *o;

	json_array_foreach(list, i, o)
		if (jx_is(o, "state", "Initialize"))
			found(f, "instance %s is in Initialize: %s", jx_str(o, "name", "?"),
			      jx_str(o, "reason", "?"));
	json_array_foreach(list, i, o)
		if (jx_true(o, "drained"))
			found(f, "instance %s is drained", jx_str(o, "name", "?"));
	json_array_foreach(list, i, o)
		judge_alarms(o, f);
}

static void judge_tunnels(const json_t *list, struct findings *f)
{
	size_t i;
	json_t *o;

	json_array_foreach(list, i, o) {
		const json_t *p = json_object_get(o, "policies");
		const char *name = jx_str(o, "name", "?");

		if (!jx_is(o, "state", "up"))
			found(f, "tunnel %s is %s", name,
			      jx_is(o, "state", "no_sa") ? "without SAs" : "down");
		if (jx_int(p, "installed") < jx_int(p, "wanted"))
			found(f, "tunnel %s has %lld of %lld policies", name,
			      (long long)jx_int(p, "installed"), (long long)jx_int(p, "wanted"));
	}
}

static void judge_probes(const json_t *list, struct findings *f)
{
	size_t i;
	json_t *o;

	json_array_foreach(list, i, o) {
		const char *name = jx_str(o, "name", "?");

		if (!jx_is(o, "state", "up"))
			found(f, "%s %s is %s: %s", jx_str(o, "kind", "probe"), name,
			      jx_str(o, "state", "?"), jx_str(o, "cause", "?"));
	}
}

static size_t count_in(const json_t *list, const char *state)
{
	size_t i, n = 0;
	json_t *o;

	json_array_foreach(list, i, o)
		n += jx_is(o, "state", state);
	return n;
}

/* "1 Active, 2 tunnel(s) up, 1 probe(s) up": what there is. */
static void sum_up(const json_t *s, char *why)
{
	const struct {
		const char *list, *state, *words;
	} sums[] = {{"instances", "Active", "Active"},
		    {"instances", "Backup", "Backup"},
		    {"tunnels", "up", "tunnel(s) up"},
		    {"probes", "up", "probe(s) up"}};
	size_t used = 0;

	snprintf(why, HEALTH_WHY, "no instance, tunnel or probe is configured");
	for (size_t i = 0; i < sizeof(sums) / sizeof(sums[0]); i++) {
		size_t n = count_in(json_object_get(s, sums[i].list), sums[i].state);

		if (n)
			used += (size_t)snprintf(why + used, HEALTH_WHY - used, "%s%zu %s",
						 used ? ", " : "", n, sums[i].words);
	}
}

static bool all_in_initialize(const json_t *instances)
{
	size_t n = json_array_size(instances);

	return n > 0 && count_in(instances, "Initialize") == n;
}

enum health snapshot_health(const json_t *s, char why[HEALTH_WHY])
{
	const json_t *d = json_object_get(s, "daemons");
	const json_t *slad = json_object_get(d, "slad");
	const json_t *instances = json_object_get(s, "instances");
	struct findings f = {why, 0};
	bool down = all_in_initialize(instances);
	size_t used;

	if (!jx_true(json_object_get(d, "vrrpd"), "running")) {
		snprintf(why, HEALTH_WHY, "vrrpd does not answer");
		return HEALTH_DOWN;
	}
	judge_instances(instances, &f);
	if (!jx_true(slad, "running"))
		found(&f, "slad does not answer: nothing is probed");
	else if (jx_true(slad, "stale"))
		found(&f, "slad's last heartbeat is %lld ms old",
		      (long long)jx_int(slad, "heartbeat_age_ms"));
	judge_alarms(s, &f);
	judge_tunnels(json_object_get(s, "tunnels"), &f);
	judge_probes(json_object_get(s, "probes"), &f);
	if (f.n == 0) {
		sum_up(s, why);
		return HEALTH_OK;
	}
	used = strlen(why);
	if (f.n > 1)
		snprintf(why + used, HEALTH_WHY - used, " (and %zu more)", f.n - 1);
	return down ? HEALTH_DOWN : HEALTH_DEGRADED;
}

const char *health_name(enum health h)
{
	return h == HEALTH_OK ? "OK" : h == HEALTH_DEGRADED ? "DEGRADED" : "DOWN";
}

const char *snapshot_state(const json_t *snapshot, const char *name)
{
	static const char *const lists[] = {"instances", "probes", "tunnels"};
	size_t i;
	json_t *o;

	for (size_t l = 0; l < sizeof(lists) / sizeof(lists[0]); l++)
		json_array_foreach(json_object_get(snapshot, lists[l]), i, o)
			if (jx_is(o, "name", name))
				return jx_str(o, "state", NULL);
	return NULL;
}

/* A reason more is a counter more: only those that are no reason are named. */
bool snapshot_counts_refusals(const char *key)
{
	static const char *const others[] = {"adverts_sent", "adverts_received", "became_active",
					     "priority_zero_sent", "priority_zero_received"};

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (strcmp(others[i], key) == 0)
			return false;
	return true;
}
