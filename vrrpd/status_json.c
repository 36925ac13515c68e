/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vrrpd's state as JSON; see status_json.h. */
#include "vrrpd/status_json.h"

#include <stdio.h>
#include <unistd.h>

#include "common/rfc3339.h"
#include "config.h"
#include "vrrpd/tunnels.h"

static json_t *text_or_null(const char *s)
{
	return s && s[0] ? json_string(s) : json_null();
}

static json_t *address(const struct addr *a)
{
	char text[ADDR_STRLEN];

	return addr_is_set(a) ? json_string(addr_format(a, text)) : json_null();
}

static json_t *priority(const struct instance *i)
{
	json_t *changes = json_array();

	for (size_t k = 0; k < i->conf->n_tracks; k++) {
		const struct conf_track *t = &i->conf->tracks[k];
		int delta = priority_delta(t, &i->tracks[k]);
		char source[CONF_NAME_MAX + 16];

		if (delta == 0)
			continue;
		snprintf(source, sizeof(source), "%s:%s", track_kind_name(t->kind), t->name);
		json_array_append_new(changes,
				      json_pack("{s:s, s:i}", "source", source, "delta", delta));
	}
	return json_pack("{s:i, s:i, s:o}", "configured", i->conf->priority, "effective",
			 i->fsm.priority, "changes", changes);
}

/* There is a choice of forms in version 3 over IPv4 only. */
static json_t *checksum(const struct instance *i)
{
	if (i->conf->version != 3 || i->conf->family != FAMILY_IPV4)
		return json_null();
	return json_string(i->peer.form == ADVERT_PSEUDO ? "pseudo_header" : "rfc9568");
}

static json_t *peer(const struct instance *i, mono_t now)
{
	if (!addr_is_set(&i->peer.address))
		return json_null();
	return json_pack("{s:o, s:i, s:o, s:I}", "address", address(&i->peer.address), "priority",
			 i->peer.priority, "checksum", checksum(i), "heard_ms_ago",
			 (json_int_t)(mono_sub(now, i->peer.heard) / US_PER_MS));
}

static json_t *standing_alarm(enum alarm_kind k, const struct alarm *a)
{
	char since[RFC3339_STRLEN];

	return json_pack("{s:s, s:s, s:s, s:s, s:I}", "kind", alarm_name(k), "level",
			 alarm_is_grave(k) ? "warning" : "hint", "text", a->text, "since",
			 rfc3339_ms(a->since_realtime_us, since), "times", (json_int_t)a->times);
}

/* Those that stand, and how often each kind has begun; from kind `first` on. */
static void add_alarms(json_t *o, const struct alarm list[], enum alarm_kind first, size_t n)
{
	json_t *standing = json_array(), *begun = json_object();

	for (size_t k = 0; k < n; k++) {
		enum alarm_kind kind = (enum alarm_kind)(first + k);

		if (list[k].stands)
			json_array_append_new(standing, standing_alarm(kind, &list[k]));
		if (list[k].begun > 0)
			json_object_set_new(begun, alarm_name(kind),
					    json_integer((json_int_t)list[k].begun));
	}
	json_object_set_new(o, "alarms", standing);
	json_object_set_new(o, "alarms_begun", begun);
}

static json_t *counters(const struct instance *i)
{
	const struct instance_counters *c = &i->counters;
	json_t *o =
		json_pack("{s:I, s:I, s:I, s:I, s:I}", "adverts_sent", (json_int_t)c->adverts_sent,
			  "adverts_received", (json_int_t)c->adverts_received, "became_active",
			  (json_int_t)c->became_active, "priority_zero_sent",
			  (json_int_t)c->priority_zero_sent, "priority_zero_received",
			  (json_int_t)c->priority_zero_received);

	for (int f = ADVERT_OK + 1; f < ADVERT_FAULTS; f++)
		json_object_set_new(o, advert_fault_name(f),
				    json_integer((json_int_t)(c->faults[f] + i->strays[f])));
	return o;
}

static json_t *addresses(const struct instance *i)
{
	json_t *list = json_array();
	char text[PREFIX_STRLEN];

	for (size_t k = 0; k < instance_n_addresses(i); k++)
		json_array_append_new(
			list, json_string(prefix_format(&instance_address(i, k)->prefix, text)));
	return list;
}

static json_t *vmac(const struct instance *i)
{
	const uint8_t *m = i->conf->use_vmac ? i->conf->vmacs[0].mac : NULL;

	if (!m)
		return json_null();
	return json_sprintf("%02x:%02x:%02x:%02x:%02x:%02x", m[0], m[1], m[2], m[3], m[4], m[5]);
}

static const char *tunnel_name(const struct instance *i)
{
	const struct conf *c = i->host->conf;

	if (i->conf->tunnel >= 0)
		return c->tunnels[i->conf->tunnel].name;
	return i->conf->tunnel_group >= 0 ? c->tunnel_groups[i->conf->tunnel_group].name : NULL;
}

/* null, unless a drain has to move the cloud's traffic too. */
static json_t *cloud(const struct instance *i)
{
	static const char *const words[] = {
		[CLOUD_STAYS] = "stays", [CLOUD_MOVING] = "moving", [CLOUD_MOVED] = "moved"};
	struct tunnels_cloud c = tunnels_cloud(i->host->tunnels, i->index);

	if (c.state == CLOUD_UNASKED)
		return json_null();
	return json_pack("{s:s, s:I, s:o}", "state", words[c.state], "left_ms",
			 (json_int_t)((c.left_us + US_PER_MS - 1) / US_PER_MS), "reason",
			 text_or_null(c.why));
}

json_t *status_json_instance(const struct instance *i, mono_t now)
{
	char since[RFC3339_STRLEN];
	json_t *o = json_pack(
		"{s:s, s:s, s:i, s:i, s:s, s:s, s:s, s:s, s:b}", "name", i->conf->name, "interface",
		i->conf->interface, "vrid", i->conf->vrid, "version", i->conf->version, "family",
		i->conf->family == FAMILY_IPV6 ? "ipv6" : "ipv4", "state", fsm_state_name(i->state),
		"since", rfc3339_ms(i->since_realtime_us, since), "reason",
		i->state == FSM_INITIALIZE && i->blocked[0] ? i->blocked : i->reason, "drained",
		instance_drained(i));

	json_object_set_new(o, "priority", priority(i));
	json_object_set_new(o, "advert_interval_ms", json_integer(i->conf->advert_us / US_PER_MS));
	json_object_set_new(o, "active_down_ms",
			    json_integer(fsm_down_us(&i->fsm, &i->fsm_conf) / US_PER_MS));
	json_object_set_new(o, "peer", peer(i, now));
	add_alarms(o, i->alarms, 0, ALARM_INSTANCE_KINDS);
	json_object_set_new(o, "addresses", addresses(i));
	json_object_set_new(o, "vmac", vmac(i));
	json_object_set_new(o, "tunnel", text_or_null(tunnel_name(i)));
	json_object_set_new(o, "cloud", cloud(i));
	json_object_set_new(o, "counters", counters(i));
	return o;
}

static json_t *sas(const struct tunnel_status *s)
{
	json_t *list = json_array();
	int64_t now = realtime_us();

	for (size_t k = 0; k < s->n_sas; k++) {
		const struct sa *sa = &s->sas[k];
		char spi[16];
		int64_t age = sa->added_realtime_us ? now - sa->added_realtime_us : 0;

		snprintf(spi, sizeof(spi), "0x%08x", sa->spi);
		json_array_append_new(list, json_pack("{s:s, s:s, s:I, s:I, s:I}", "direction",
						      sa->out ? "out" : "in", "spi", spi, "bytes",
						      (json_int_t)sa->bytes, "packets",
						      (json_int_t)sa->packets, "age_ms",
						      (json_int_t)(age / US_PER_MS)));
	}
	return list;
}

json_t *status_json_tunnel(const struct vrrpd *d, size_t tunnel)
{
	const struct conf_tunnel *t = &d->conf->tunnels[tunnel];
	struct tunnel_status s = {0};

	tunnels_status(d->host.tunnels, (int)tunnel, &s);
	return json_pack("{s:s, s:s, s:s, s:b, s:o, s:o, s:I, s:o, s:{s:I, s:I}}", "name", t->name,
			 "state", tunnel_state_name(s.state), "reason", s.reason, "selected",
			 s.selected, "local", address(&t->local), "remote", address(&t->remote),
			 "reqid", (json_int_t)t->reqid, "sas", sas(&s), "policies", "wanted",
			 (json_int_t)s.policies_wanted, "installed",
			 (json_int_t)s.policies_installed);
}

json_t *status_json(const struct vrrpd *d, mono_t now)
{
	json_t *instances = json_array(), *tunnels = json_array(), *o;

	for (size_t k = 0; k < d->n_instances; k++)
		json_array_append_new(instances, status_json_instance(d->instances[k], now));
	for (size_t k = 0; k < d->conf->n_tunnels; k++)
		json_array_append_new(tunnels, status_json_tunnel(d, k));
	o = json_pack("{s:b, s:s, s:s, s:i, s:I, s:o, s:o, s:o}", "ok", 1, "router_id",
		      d->conf->router_id, "version", PACKAGE_VERSION, "pid", (int)getpid(),
		      "uptime_ms", (json_int_t)(mono_sub(now, d->started) / US_PER_MS), "instances",
		      instances, "tunnels", tunnels, "guard",
		      text_or_null(tunnels_guard_missing(d->host.tunnels)));
	add_alarms(o, d->host.tunnels_alarms, ALARM_INSTANCE_KINDS, ALARM_TUNNELS_KINDS);
	return o;
}
