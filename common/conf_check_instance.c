/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rules of virtual routers. Source: RFC 9568, RFC 3768, keepalived.conf(5). Pure. */
#include <inttypes.h>
#include <string.h>

#include "common/conf_internal.h"
#include "common/nearest.h"

#define SECOND INT64_C(1000000)
#define CENTISECOND INT64_C(10000)
#define V3_ADVERT_MAX (4095 * CENTISECOND)
#define VIPS_MAX 255

/* The first address fixes the family, and IPv6 the version, whatever global_defs say. */
static void take_family(struct conf_instance *i, const struct draft *d)
{
	i->family = i->n_vips > 0 ? i->vips[0].prefix.addr.family : FAMILY_IPV4;
	if (i->family == FAMILY_IPV6 && !draft_find(d, "version"))
		i->version = 3;
}

static void check_version(struct parse *p, const struct conf_instance *i, const struct draft *d)
{
	const struct pos *pos = draft_pos(d, "advert_int");

	if (i->family == FAMILY_IPV6 && i->version == 2) {
		conf_error(p, draft_pos(d, "version"), "IPv6 has only version 3 of VRRP");
		return;
	}
	if (i->version == 2 && i->advert_us % SECOND != 0)
		conf_error(
			p, pos,
			"version 2 takes whole seconds as `advert_int', 1 to 255; give `version 3' "
			"for less");
	if (i->version == 3 && i->advert_us > V3_ADVERT_MAX)
		conf_error(p, pos, "version 3 takes at most 40.95 as `advert_int'");
	if (i->version == 3 && i->advert_us % CENTISECOND != 0)
		conf_error(p, pos, "version 3 takes `advert_int' in steps of 0.01");
}

static void check_authentication(struct parse *p, const struct conf_instance *i,
				 const struct draft *d)
{
	const struct stmt *s = draft_find(d, "authentication");

	if (s && i->version == 3)
		conf_error(p, &s->words[0].pos, "`authentication' is refused: version 3 has none");
}

static void check_preemption(struct parse *p, struct conf_instance *i, const struct draft *d)
{
	if (i->start_active && !draft_find(d, "priority"))
		conf_error(p, draft_pos(d, "state"),
			   "`state MASTER' needs a `priority': without one keepalived takes 255, "
			   "which "
			   "is the owner's");
	if (i->nopreempt && i->start_active) {
		conf_warn(p, draft_pos(d, "nopreempt"),
			  "`nopreempt' has no effect with `state MASTER'");
		i->nopreempt = false;
	}
	if (draft_find(d, "accept") && draft_find(d, "no_accept"))
		conf_error(p, &draft_find(d, "no_accept")->words[0].pos,
			   "`accept' and `no_accept' exclude each other");
	if (!i->accept && i->priority == 255)
		conf_warn(p, draft_pos(d, draft_find(d, "no_accept") ? "no_accept" : "accept"),
			  "`no_accept' has no effect with priority 255: the owner accepts");
	if (i->nopreempt && i->preempt_delay_us > 0)
		conf_warn(p, draft_pos(d, "preempt_delay"),
			  "`preempt_delay' has no effect with `nopreempt'");
}

static void check_family(struct parse *p, const struct conf_instance *i, const struct draft *d)
{
	char a[ADDR_STRLEN];

	if (i->native_ipv6 && i->family != FAMILY_IPV6 && i->n_vips > 0)
		conf_error(p, draft_pos(d, "native_ipv6"), "`native_ipv6' with the IPv4 address %s",
			   addr_format(&i->vips[0].prefix.addr, a));
}

static bool is_virtual(const struct conf_instance *i, const struct addr *a)
{
	for (size_t k = 0; k < i->n_vips; k++)
		if (addr_equal(&i->vips[k].prefix.addr, a))
			return true;
	return false;
}

static void check_peer(struct parse *p, const struct conf_instance *i, const struct pos *pos,
		       const struct addr *peer)
{
	bool from_local = !addr_is_set(&i->source) || addr_is_link_local(&i->source);
	char a[ADDR_STRLEN];

	addr_format(peer, a);
	if (peer->family != i->family)
		conf_error(p, pos, "unicast_peer %s, but the instance's addresses are %s", a,
			   family_name(i->family));
	else if (is_virtual(i, peer))
		conf_error(p, pos, "unicast_peer %s is a virtual address of the instance", a);
	else if (addr_equal(peer, &i->source))
		conf_error(p, pos, "unicast_peer %s is the source of this router's own adverts", a);
	else if (i->family == FAMILY_IPV6 && addr_is_link_local(peer) != from_local)
		conf_error(p, pos,
			   "unicast_peer %s does not go with the source of the adverts: give "
			   "`unicast_src_ip', and both link-local or neither",
			   a);
}

static void check_peers(struct parse *p, const struct conf_instance *i, const struct draft *d)
{
	const struct stmt *source = draft_find(d, "unicast_src_ip");

	for (size_t k = 0; k < i->n_peers; k++)
		check_peer(p, i, draft_pos(d, "unicast_peer"), &i->peers[k].address);
	if (source && !draft_find(d, "unicast_peer"))
		conf_error(p, &source->words[0].pos, "`unicast_src_ip' needs `unicast_peer'");
	if (source && draft_find(d, "mcast_src_ip"))
		conf_error(p, &source->words[0].pos,
			   "`mcast_src_ip' and `unicast_src_ip' exclude each other");
}

static void check_source(struct parse *p, const struct conf_instance *i, const struct draft *d)
{
	const char *name = draft_find(d, "unicast_src_ip") ? "unicast_src_ip" : "mcast_src_ip";
	const struct pos *pos = draft_pos(d, name);
	char a[ADDR_STRLEN];

	if (!addr_is_set(&i->source))
		return;
	addr_format(&i->source, a);
	if (i->source.family != i->family)
		conf_error(p, pos, "%s %s, but the instance's addresses are %s", name, a,
			   family_name(i->family));
	else if (i->family == FAMILY_IPV6 && i->n_peers == 0 && !addr_is_link_local(&i->source))
		conf_error(p, pos, "%s %s is not link-local: RFC 9568, 5.1.2.1", name, a);
	if (!addr_is_host(&i->source))
		conf_error(p, pos, "%s %s is no address of a host", name, a);
	if (is_virtual(i, &i->source))
		conf_error(p, pos, "%s %s is a virtual address of the instance", name, a);
}

static void check_track_source(struct parse *p, struct conf_instance *i, const struct draft *d)
{
	if (i->track_source && !addr_is_set(&i->source))
		conf_warn(p, draft_pos(d, "track_src_ip"),
			  "`track_src_ip' does nothing without `mcast_src_ip' or `unicast_src_ip'");
	i->track_source &= addr_is_set(&i->source);
}

static void check_addresses(struct parse *p, const struct conf_instance *i, const struct draft *d)
{
	/* The count of addresses is one byte of the advert. */
	if (i->n_vips > VIPS_MAX)
		conf_error(p, draft_pos(d, "virtual_ipaddress"),
			   "%zu addresses, but an advert holds %d; put some into "
			   "`virtual_ipaddress_excluded'",
			   i->n_vips, VIPS_MAX);
	if (i->n_vips + i->n_excluded > CONF_ADDRESSES_MAX)
		conf_error(p, draft_pos(d, "virtual_ipaddress_excluded"),
			   "%zu addresses, of which an instance takes at most %d",
			   i->n_vips + i->n_excluded, CONF_ADDRESSES_MAX);
	check_family(p, i, d);
	check_source(p, i, d);
	check_peers(p, i, d);
}

static int instance_of(const struct conf_instance list[], size_t n)
{
	for (size_t k = 0; k < n; k++)
		if (list[k].vrid != 0 && list[k].vrid == list[n].vrid &&
		    list[k].family == list[n].family &&
		    strcmp(list[k].interface, list[n].interface) == 0)
			return (int)k;
	return -1;
}

static void check_vrid(struct parse *p, size_t n)
{
	const struct conf_instance *i = &p->conf->instances[n];
	int other = instance_of(p->conf->instances, n);

	if (other >= 0 && i->interface[0])
		conf_error(p, draft_pos(&p->instances[n], "virtual_router_id"),
			   "virtual_router_id %u on %s belongs to instance `%s' already", i->vrid,
			   i->interface, p->conf->instances[other].name);
}

/* Tracks of one name in keepalived's way: what the line does not say the definition does. */
static void check_file(struct parse *p, struct conf_track *t, const struct refs *r)
{
	const struct conf *c = p->conf;

	t->index = check_ref(p, r->name, "track_file", c->track_files, c->n_track_files,
			     sizeof(*c->track_files));
	if (t->index < 0 || r->weighted)
		return;
	t->weight = c->track_files[t->index].weight.weight;
	t->reverse = c->track_files[t->index].weight.reverse;
}

static void check_script(struct parse *p, struct conf_track *t, const struct refs *r)
{
	struct conf *c = p->conf;

	t->index =
		check_ref(p, r->name, "vrrp_script", c->scripts, c->n_scripts, sizeof(*c->scripts));
	if (t->index < 0)
		return;
	c->scripts[t->index].tracked = true;
	if (r->weighted)
		return;
	t->weight = c->scripts[t->index].weight.weight;
	t->reverse = c->scripts[t->index].weight.reverse;
}

static void check_tracks(struct parse *p, const struct conf_instance *i, const struct draft *d)
{
	bool weighted = false;

	for (size_t k = 0; k < i->n_tracks; k++) {
		struct conf_track *t = &i->tracks[k];
		const struct token *name = d->refs[k].name;

		if (t->kind == TRACK_SLA)
			t->index = check_sla_ref(p, name);
		else if (t->kind == TRACK_TUNNEL)
			t->index = check_tunnel_ref(p, name);
		else if (t->kind == TRACK_FILE)
			check_file(p, t, &d->refs[k]);
		else if (t->kind == TRACK_SCRIPT)
			check_script(p, t, &d->refs[k]);
		for (size_t j = 0; j < k; j++)
			if (i->tracks[j].kind == t->kind && strcmp(i->tracks[j].name, t->name) == 0)
				conf_error(p, &name->pos, "`%s' is tracked twice", t->name);
		weighted |= t->weight != 0;
	}
	if (weighted && i->priority == 255)
		conf_warn(p, draft_pos(d, "priority"),
			  "weights have no effect on priority 255, the owner's");
}

static int tunnel_group_ref(struct parse *p, const struct token *t)
{
	struct nearest near = {0};

	for (size_t k = 0; k < p->conf->n_tunnel_groups; k++) {
		if (strcmp(p->conf->tunnel_groups[k].name, t->text) == 0)
			return (int)k;
		nearest_try(&near, t->text, p->conf->tunnel_groups[k].name);
	}
	conf_error(p, &t->pos, "no ipsec_tunnel_group is named `%s'%s%s%s", t->text,
		   near.best ? "; did you mean `" : "", near.best ? near.best : "",
		   near.best ? "'?" : "");
	return -1;
}

static void check_tunnels_of(struct parse *p, struct conf_instance *i, const struct draft *d)
{
	const struct stmt *tunnel = draft_find(d, "ipsec_tunnel");
	const struct stmt *group = draft_find(d, "ipsec_tunnel_group");

	i->tunnel = tunnel ? check_tunnel_ref(p, &tunnel->words[1]) : -1;
	i->tunnel_group = group ? tunnel_group_ref(p, &group->words[1]) : -1;
	if (tunnel && group)
		conf_error(p, &group->words[0].pos,
			   "`ipsec_tunnel' and `ipsec_tunnel_group' exclude each other");
	else if (i->tunnel >= 0 && p->conf->tunnels[i->tunnel].group >= 0)
		conf_error(p, &tunnel->words[1].pos,
			   "tunnel `%s' is in group `%s'; name that with `ipsec_tunnel_group'",
			   tunnel->words[1].text,
			   p->conf->tunnel_groups[p->conf->tunnels[i->tunnel].group].name);
}

static void check_scripts(struct parse *p)
{
	for (size_t k = 0; k < p->conf->n_scripts; k++) {
		struct conf_script *s = &p->conf->scripts[k];

		if (s->timeout_us == 0)
			s->timeout_us = s->interval_us;
		if (!draft_find(&p->scripts[k], "script"))
			conf_warn(p, draft_name_pos(&p->scripts[k]),
				  "vrrp_script `%s' has no `script' and changes nothing", s->name);
		else if (!s->tracked)
			conf_warn(p, draft_name_pos(&p->scripts[k]),
				  "nobody tracks vrrp_script `%s': it is not run", s->name);
	}
}

/* A Backup hears nothing through an interface that is down: it must leave before it takes that for
 * the Active's death. */
static void limit_delay(struct parse *p, const struct conf_instance *i)
{
	int64_t most = (i->down_timer_adverts - 1) * i->advert_us;

	for (size_t k = 0; k < p->conf->n_delays; k++) {
		struct conf_delay *d = &p->conf->delays[k];

		if (strcmp(d->interface, i->interface) != 0 || d->down_us <= most)
			continue;
		conf_warn(
			p, draft_name_pos(&p->instances[i - p->conf->instances]),
			"the delay of `%s' is cut to %lld ms, since others would take over before "
			"this instance left",
			d->interface, (long long)(most / 1000));
		d->down_us = most;
	}
}

void conf_check_instances(struct parse *p)
{
	for (size_t n = 0; n < p->conf->n_instances; n++) {
		struct conf_instance *i = &p->conf->instances[n];
		const struct draft *d = &p->instances[n];

		take_family(i, d);
		check_version(p, i, d);
		check_authentication(p, i, d);
		check_preemption(p, i, d);
		check_addresses(p, i, d);
		check_vrid(p, n);
		check_tracks(p, i, d);
		check_tunnels_of(p, i, d);
		limit_delay(p, i);
		check_track_source(p, i, d);
	}
	check_scripts(p);
}
