/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A table of families, each with the list it is taken from and the path of its value there, so that
 * a new figure is one more row. A value that is null or absent has no sample.
 */
#include "vrrpctl/metrics.h"

#include <stdbool.h>
#include <stdio.h>

#include "vrrpctl/jsonx.h"
#include "vrrpctl/snapshot.h"

enum type { GAUGE, COUNTER };

struct family {
	const char *name; /* without the vrrp_sla_ in front and without _total */
	enum type type;
	const char *unit; /* NULL: none; else the name ends in it */
	const char *list; /* key of the status object */
	const char *label;
	const char *object; /* NULL, or the key of an object that holds the value */
	const char *key;
	double scale;
	const char *help;
};

#define INSTANCE "instances", "instance"
#define PROBE "probes", "probe"
#define TUNNEL "tunnels", "tunnel"

static const struct family families[] = {
	{"instance_priority", GAUGE, NULL, INSTANCE, "priority", "effective", 1,
	 "Priority after all changes."},
	{"instance_configured_priority", GAUGE, NULL, INSTANCE, "priority", "configured", 1,
	 "Priority as configured."},
	{"instance_drained", GAUGE, NULL, INSTANCE, NULL, "drained", 1,
	 "1 while the instance is drained."},
	{"instance_advert_interval_seconds", GAUGE, "seconds", INSTANCE, NULL, "advert_interval_ms",
	 1e-3, "Interval of the adverts."},
	{"instance_peer_priority", GAUGE, NULL, INSTANCE, "peer", "priority", 1,
	 "Priority in the peer's last advert."},
	{"instance_peer_age_seconds", GAUGE, "seconds", INSTANCE, "peer", "heard_ms_ago", 1e-3,
	 "Age of the peer's last advert."},
	{"instance_adverts_sent", COUNTER, NULL, INSTANCE, "counters", "adverts_sent", 1,
	 "Adverts sent."},
	{"instance_adverts_received", COUNTER, NULL, INSTANCE, "counters", "adverts_received", 1,
	 "Adverts received and accepted."},
	{"instance_became_active", COUNTER, NULL, INSTANCE, "counters", "became_active", 1,
	 "Transitions to Active."},
	{"instance_priority_zero_sent", COUNTER, NULL, INSTANCE, "counters", "priority_zero_sent",
	 1, "Adverts of priority 0 sent."},
	{"instance_priority_zero_received", COUNTER, NULL, INSTANCE, "counters",
	 "priority_zero_received", 1, "Adverts of priority 0 received."},
	{"tunnel_selected", GAUGE, NULL, TUNNEL, NULL, "selected", 1,
	 "1 while the tunnel is the one of its group that carries."},
	{"tunnel_policies_wanted", GAUGE, NULL, TUNNEL, "policies", "wanted", 1,
	 "Kernel policies that should be there."},
	{"tunnel_policies_installed", GAUGE, NULL, TUNNEL, "policies", "installed", 1,
	 "Of these, the ones that are."},
	{"probe_sent", COUNTER, NULL, PROBE, NULL, "sent", 1, "Probes sent."},
	{"probe_received", COUNTER, NULL, PROBE, NULL, "received", 1, "Replies in time."},
	{"probe_lost", COUNTER, NULL, PROBE, NULL, "lost", 1, "Probes without a reply in time."},
	{"probe_late", COUNTER, NULL, PROBE, NULL, "late", 1, "Replies after the timeout."},
	{"probe_duplicate", COUNTER, NULL, PROBE, NULL, "duplicate", 1, "Replies seen before."},
	{"probe_rejected", COUNTER, NULL, PROBE, NULL, "rejected", 1,
	 "Replies that did not match, and ICMP errors."},
	{"probe_send_errors", COUNTER, NULL, PROBE, NULL, "send_errors", 1,
	 "Probes that this host could not send."},
	{"probe_void", COUNTER, NULL, PROBE, NULL, "void", 1,
	 "Probes that say nothing about the path."},
	{"probe_transitions", COUNTER, NULL, PROBE, NULL, "transitions", 1, "Changes of verdict."},
	{"probe_loss_ratio", GAUGE, "ratio", PROBE, NULL, "loss_percent", 1e-2,
	 "Loss over the last minute."},
	{"probe_rtt_last_seconds", GAUGE, "seconds", PROBE, "rtt_us", "last", 1e-6,
	 "Last round trip."},
	{"probe_rtt_p50_seconds", GAUGE, "seconds", PROBE, "rtt_us", "p50", 1e-6,
	 "Median round trip over the last minute."},
	{"probe_rtt_p99_seconds", GAUGE, "seconds", PROBE, "rtt_us", "p99", 1e-6,
	 "99th percentile of the round trip over the last minute."},
	{"probe_rtt_jitter_seconds", GAUGE, "seconds", PROBE, "rtt_us", "jitter", 1e-6,
	 "Mean difference of successive round trips."},
	{"probe_hour_loss_ratio", GAUGE, "ratio", PROBE, "hour", "loss_percent", 1e-2,
	 "Loss over the last hour."},
};

static void describe(struct text *t, const char *name, const char *type, const char *unit,
		     const char *help)
{
	text_add(t, "# TYPE vrrp_sla_%s %s\n", name, type);
	if (unit)
		text_add(t, "# UNIT vrrp_sla_%s %s\n", name, unit);
	text_add(t, "# HELP vrrp_sla_%s %s\n", name, help);
}

/* A label's value: backslash, quote and newline are escaped. */
static void quoted(struct text *t, const char *s)
{
	text_add(t, "\"");
	for (; *s; s++) {
		if (*s == '\n')
			text_add(t, "\\n");
		else
			text_add(t, "%s%c", *s == '"' || *s == '\\' ? "\\" : "", *s);
	}
	text_add(t, "\"");
}

/* False: no sample. */
static bool number(const json_t *v, double *out)
{
	*out = json_is_true(v) ? 1 : json_number_value(v);
	return json_is_number(v) || json_is_boolean(v);
}

static void family(struct text *t, const json_t *snapshot, const struct family *f)
{
	size_t i;
	json_t *o;

	describe(t, f->name, f->type == COUNTER ? "counter" : "gauge", f->unit, f->help);
	json_array_foreach(json_object_get(snapshot, f->list), i, o) {
		const json_t *in = f->object ? json_object_get(o, f->object) : o;
		const json_t *value = json_object_get(in, f->key);
		double v;

		if (!number(value, &v))
			continue;
		text_add(t, "vrrp_sla_%s%s{%s=", f->name, f->type == COUNTER ? "_total" : "",
			 f->label);
		quoted(t, jx_str(o, "name", ""));
		if (json_is_integer(value) && f->type == COUNTER)
			text_add(t, "} %lld\n", (long long)json_integer_value(value));
		else
			text_add(t, "} %.10g\n", v * f->scale);
	}
}

/* A state set: one sample for each possible state, 1 for the present one. */
static void states(struct text *t, const json_t *snapshot, const char *list, const char *label,
		   const char *const words[], const char *help)
{
	char name[32];
	size_t i;
	json_t *o;

	snprintf(name, sizeof(name), "%s_state", label);
	describe(t, name, "stateset", NULL, help);
	json_array_foreach(json_object_get(snapshot, list), i, o) {
		for (size_t w = 0; words[w]; w++) {
			text_add(t, "vrrp_sla_%s{%s=", name, label);
			quoted(t, jx_str(o, "name", ""));
			text_add(t, ",vrrp_sla_%s=\"%s\"} %d\n", name, words[w],
				 jx_is(o, "state", words[w]));
		}
	}
}

static void daemon_up(struct text *t, const json_t *snapshot)
{
	const json_t *daemons = json_object_get(snapshot, "daemons");
	const json_t *slad = json_object_get(daemons, "slad");

	describe(t, "daemon_up", "gauge", NULL, "1 while the daemon answers.");
	text_add(t, "vrrp_sla_daemon_up{daemon=\"vrrpd\"} %d\n",
		 jx_true(json_object_get(daemons, "vrrpd"), "running"));
	text_add(t, "vrrp_sla_daemon_up{daemon=\"slad\"} %d\n",
		 jx_true(slad, "running") && !jx_true(slad, "stale"));
}

/* The reason is a label, so that a sum over all is one expression. */
static void refusals(struct text *t, const json_t *snapshot)
{
	const char *key;
	size_t i;
	json_t *o, *n;

	describe(t, "instance_adverts_refused", "counter", NULL,
		 "Adverts that did not count, by reason.");
	json_array_foreach(json_object_get(snapshot, "instances"), i, o) {
		json_object_foreach(json_object_get(o, "counters"), key, n) {
			if (!snapshot_counts_refusals(key))
				continue;
			text_add(t, "vrrp_sla_instance_adverts_refused_total{instance=");
			quoted(t, jx_str(o, "name", ""));
			text_add(t, ",reason=\"%s\"} %lld\n", key,
				 (long long)json_integer_value(n));
		}
	}
}

static bool is_standing(const json_t *of, const char *kind)
{
	size_t i;
	json_t *a;

	json_array_foreach(json_object_get(of, "alarms"), i, a)
		if (jx_is(a, "kind", kind))
			return true;
	return false;
}

/* One sample for each kind that has begun; an instance's, or those of the whole without that label.
 */
static void alarm_samples(struct text *t, const json_t *of, bool counts)
{
	const char *kind, *name = jx_str(of, "name", NULL);
	json_t *begun;

	json_object_foreach(json_object_get(of, "alarms_begun"), kind, begun) {
		text_add(t, counts ? "vrrp_sla_alarms_total{" : "vrrp_sla_alarm{");
		if (name) {
			text_add(t, "instance=");
			quoted(t, name);
			text_add(t, ",");
		}
		text_add(t, "kind=\"%s\"} %lld\n", kind,
			 counts ? (long long)json_integer_value(begun) : is_standing(of, kind));
	}
}

static void alarms(struct text *t, const json_t *snapshot, bool counts)
{
	size_t i;
	json_t *o;

	json_array_foreach(json_object_get(snapshot, "instances"), i, o)
		alarm_samples(t, o, counts);
	alarm_samples(t, snapshot, counts);
}

/* Bytes and packets of the SAs in use now, by direction. */
static void sa_traffic(struct text *t, const json_t *snapshot, const char *key, const char *unit)
{
	char name[32];
	size_t i, k;
	json_t *o, *sa;

	snprintf(name, sizeof(name), "tunnel_sa_%s", key);
	describe(t, name, "counter", unit, "Carried by the present SAs.");
	json_array_foreach(json_object_get(snapshot, "tunnels"), i, o) {
		json_array_foreach(json_object_get(o, "sas"), k, sa) {
			text_add(t, "vrrp_sla_%s_total{tunnel=", name);
			quoted(t, jx_str(o, "name", ""));
			text_add(t, ",direction=\"%s\",spi=\"%s\"} %lld\n",
				 jx_str(sa, "direction", ""), jx_str(sa, "spi", ""),
				 (long long)jx_int(sa, key));
		}
	}
}

void format_metrics(struct text *t, const json_t *snapshot)
{
	static const char *const vrrp[] = {"Initialize", "Backup", "Active", NULL};
	static const char *const sla[] = {"unknown", "up", "down", NULL};
	static const char *const ipsec[] = {"down", "no_sa", "up", NULL};

	daemon_up(t, snapshot);
	states(t, snapshot, INSTANCE, vrrp, "State of the VRRP instance.");
	states(t, snapshot, TUNNEL, ipsec, "State of the IPsec tunnel.");
	states(t, snapshot, PROBE, sla, "Verdict on the probe or group.");
	for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++)
		family(t, snapshot, &families[i]);
	refusals(t, snapshot);
	describe(t, "alarms", "counter", NULL, "Alarms that have begun, by kind.");
	alarms(t, snapshot, true);
	describe(t, "alarm", "gauge", NULL, "1 while the alarm stands, 0 when it is over.");
	alarms(t, snapshot, false);
	sa_traffic(t, snapshot, "bytes", "bytes");
	sa_traffic(t, snapshot, "packets", NULL);
	text_add(t, "# EOF\n");
}
