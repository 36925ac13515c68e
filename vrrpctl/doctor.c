/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The doctor's checks. Each says that it is content, too, so that silence never means "not looked
 * at". */
#include "vrrpctl/doctor.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "common/esp.h"
#include "vrrpctl/jsonx.h"

struct doctor {
	const struct conf *conf;
	const struct host_facts *host;
	json_t *findings;
};

static void __attribute__((format(printf, 5, 6)))
finding(struct doctor *d, const char *level, const char *check, const char *remedy,
	const char *format, ...)
{
	char text[300];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	json_array_append_new(d->findings,
			      json_pack("{s:s, s:s, s:s, s:s?}", "level", level, "check", check,
					"text", text, "remedy", remedy));
}

static bool is_lan(const struct conf *c, const char *name)
{
	for (size_t i = 0; i < c->n_instances; i++)
		if (strcmp(c->instances[i].interface, name) == 0)
			return true;
	return false;
}

/* The line of a tunnel in a group: another tunnel may carry the other direction. */
static bool is_line_of_group(const struct conf *c, const char *name)
{
	for (size_t i = 0; i < c->n_tunnels; i++)
		if (c->tunnels[i].group >= 0 && strcmp(c->tunnels[i].interface, name) == 0)
			return true;
	return false;
}

static bool has_instance(const struct conf *c, uint8_t family)
{
	for (size_t i = 0; i < c->n_instances; i++)
		if (c->instances[i].family == family)
			return true;
	return false;
}

/* Whether packets of that family pass this router. */
static bool forwards(const struct conf *c, uint8_t family)
{
	bool any = has_instance(c, family);

	for (size_t i = 0; i < c->n_tunnels; i++)
		any |= conf_carries(&c->tunnels[i], family);
	return any;
}

static bool has_outer(const struct conf *c, uint8_t family)
{
	for (size_t i = 0; i < c->n_tunnels; i++)
		if (c->tunnels[i].remote.family == family)
			return true;
	return false;
}

static const struct iface_facts *iface(const struct doctor *d, const char *name)
{
	for (size_t i = 0; i < d->host->n_ifaces; i++)
		if (strcmp(d->host->ifaces[i].name, name) == 0)
			return &d->host->ifaces[i];
	return NULL;
}

static void check_forwarding(struct doctor *d, const struct iface_facts *f)
{
	if (f->forwarding == 0)
		finding(d, "error", "forwarding",
			"sysctl -w net.ipv4.ip_forward=1, and a file in /etc/sysctl.d",
			"%s does not forward IPv4: the virtual address would be a dead end",
			f->name);
	else if (f->forwarding > 0)
		finding(d, "ok", "forwarding", NULL, "%s forwards IPv4", f->name);
}

/* The kernel asks the setting of all interfaces alone. */
static void check_forwarding6(struct doctor *d)
{
	if (d->host->forwarding6 == 0)
		finding(d, "error", "forwarding",
			"sysctl -w net.ipv6.conf.all.forwarding=1, and a file in /etc/sysctl.d",
			"this host does not forward IPv6: the virtual address would be a dead end");
	else if (d->host->forwarding6 > 0)
		finding(d, "ok", "forwarding", NULL, "this host forwards IPv6");
}

static void check_reverse_path(struct doctor *d, const struct iface_facts *f)
{
	if (f->rp_filter == 1 && is_line_of_group(d->conf, f->name))
		finding(d, "warning", "rp_filter",
			"set net.ipv4.conf.INTERFACE.rp_filter=2 for both lines",
			"%s filters strictly: packets of one line's address that come by the other "
			"are dropped",
			f->name);
	else if (f->rp_filter >= 0)
		finding(d, "ok", "rp_filter", NULL, "%s: reverse path filter %d", f->name,
			f->rp_filter);
}

static void check_arp(struct doctor *d, const struct iface_facts *f)
{
	if (f->arp_ignore == 0 && !is_lan(d->conf, f->name))
		finding(d, "hint", "arp",
			"set net.ipv4.conf.INTERFACE.arp_ignore=1 if both are in one switch",
			"%s answers ARP for the virtual addresses of other interfaces too",
			f->name);
	else if (f->arp_ignore >= 0)
		finding(d, "ok", "arp", NULL, "%s: arp_ignore %d", f->name, f->arp_ignore);
}

static void check_manager(struct doctor *d, const struct iface_facts *f)
{
	if (!is_lan(d->conf, f->name))
		return;
	if (f->manager)
		finding(d, "warning", "addresses",
			strcmp(f->manager, "NetworkManager") == 0
				? "list it in [keyfile] unmanaged-devices= of NetworkManager.conf"
				: "KeepConfiguration=static in its .network file",
			"%s configures %s and may delete the virtual addresses; vrrpd puts them "
			"back",
			f->manager, f->name);
	else
		finding(d, "ok", "addresses", NULL, "no manager of %s's addresses was seen",
			f->name);
}

static void check_interfaces(struct doctor *d)
{
	for (size_t i = 0; i < d->host->n_ifaces; i++) {
		const struct iface_facts *f = &d->host->ifaces[i];

		if (!f->exists) {
			finding(d, "error", "interface",
				"correct the name, or create it; vrrpd waits for it",
				"there is no interface %s", f->name);
			continue;
		}
		if (forwards(d->conf, FAMILY_IPV4))
			check_forwarding(d, f);
		check_reverse_path(d, f);
		check_arp(d, f);
		check_manager(d, f);
	}
}

/* Whether a rule accepts the adverts of each family that there is. */
static bool lets_adverts_in(const struct doctor *d, const struct ruleset *r)
{
	return (!has_instance(d->conf, FAMILY_IPV4) || r->mentions_vrrp[0]) &&
	       (!has_instance(d->conf, FAMILY_IPV6) || r->mentions_vrrp[1]);
}

static void check_firewall(struct doctor *d)
{
	struct ruleset r = ruleset_read(d->host->nft);

	if (!d->host->nft)
		finding(d, "hint", "firewall", "run vrrpctl doctor as root, with nft installed",
			"the nftables ruleset could not be read");
	else if (r.drops_vrrp)
		finding(d, "error", "firewall", "accept it from the peer: meta l4proto vrrp accept",
			"a rule drops protocol 112: both routers would become Active");
	else if (r.input_drops && !lets_adverts_in(d, &r))
		finding(d, "error", "firewall", "add to the input chain: meta l4proto vrrp accept",
			"an input chain drops by default and no rule accepts protocol 112%s",
			r.mentions_vrrp[0]   ? " of IPv6"
			: r.mentions_vrrp[1] ? " of IPv4"
					     : "");
	else
		finding(d, "ok", "firewall", NULL, "nftables lets protocol 112 in");
	if (r.drops_invalid && d->conf->n_tunnels)
		finding(d, "warning", "conntrack",
			"let traffic with the remote subnets pass before that rule",
			"forward drops `ct state invalid': while the routers change over, the two "
			"directions "
			"of a connection pass by different routers");
	if (r.translates && d->conf->n_tunnels)
		finding(d, "warning", "nat",
			"exempt the remote subnets: ip daddr or ip6 daddr SUBNET accept before the "
			"rule",
			"addresses are translated on this host, and that happens before IPsec "
			"policies match");
	if (d->host->legacy_iptables)
		finding(d, "hint", "firewall", "see iptables-legacy -S",
			"legacy iptables rules are loaded and were not read");
}

static bool same_group(const struct conf_tunnel *a, const struct conf_tunnel *b)
{
	return a == b || (a->group >= 0 && a->group == b->group);
}

/* The interface of the tunnel, or of another one of its group, which may be the selected one. */
static bool is_way(const struct doctor *d, const struct conf_tunnel *t, const char *name)
{
	for (size_t i = 0; i < d->conf->n_tunnels; i++)
		if (same_group(t, &d->conf->tunnels[i]) &&
		    strcmp(name, conf_tunnel_way(&d->conf->tunnels[i])) == 0)
			return true;
	return false;
}

/*
 * The interface that the main table leads over, of those that is_way accepts, or "". The kernel
 * lists the routes of all tables, and one in a table of the tunnel's own goes with its own_address.
 */
static void find_main_way6(const struct doctor *d, const struct conf_tunnel *t,
			   const struct prefix *p, char name[CONF_IFNAME_MAX])
{
	name[0] = '\0';
	for (size_t i = 0; i < d->conf->n_tunnels; i++) {
		const struct conf_tunnel *other = &d->conf->tunnels[i];
		size_t own = addr_is_set(conf_own_address(other, FAMILY_IPV6));

		if (same_group(t, other) &&
		    route6_count(d->host->routes6, p, conf_tunnel_way(other)) > own)
			snprintf(name, CONF_IFNAME_MAX, "%s", conf_tunnel_way(other));
	}
}

static void check_route(struct doctor *d, const struct conf_tunnel *t, const struct prefix *p)
{
	char name[CONF_IFNAME_MAX], text[PREFIX_STRLEN];

	prefix_format(p, text);
	if (p->addr.family == FAMILY_IPV6)
		route6_interface(d->host->routes6, &p->addr, name);
	else
		route_interface(d->host->routes, &p->addr, name);
	if (t->mode == MODE_INTERFACE && p->addr.family == FAMILY_IPV6 && is_way(d, t, name))
		find_main_way6(d, t, p, name);
	if (t->mode == MODE_INTERFACE && !is_way(d, t, name))
		finding(d, "error", "route", "start vrrpd, which keeps it; look for other routes",
			"%s is not routed over %s, the interface of tunnel %s: nothing enters the "
			"tunnel",
			text, t->device, t->name);
	else if (!name[0] && !t->route)
		finding(d, "error", "route", "a route over the line, or `route on' in the tunnel",
			"there is no route to %s: the kernel asks for one before it asks for a "
			"policy",
			text);
	else if (t->mode == MODE_POLICY && name[0] && strcmp(name, t->interface) != 0)
		finding(d, "warning", "route", "route it over the tunnel's interface",
			"%s is routed over %s, tunnel %s is on %s", text, name, t->name,
			t->interface);
	else
		finding(d, "ok", "route", NULL, "%s is routed over %s", text,
			t->mode == MODE_INTERFACE ? name : t->interface);
}

static void check_mtu(struct doctor *d, const struct conf_tunnel *t)
{
	const struct iface_facts *f = iface(d, t->interface);
	bool ipv6 = conf_carries(t, FAMILY_IPV6);
	unsigned inner = f && f->mtu > 0 ? esp_inner_mtu((unsigned)f->mtu, t->remote.family) : 0;
	unsigned headers = ip_header(ipv6 ? FAMILY_IPV6 : FAMILY_IPV4) + TCP_HEADER;

	if (inner < headers)
		return;
	if (ipv6 && inner < IPV6_MIN_MTU)
		finding(d, "error", "mtu", "a line with a larger MTU, or IPv6 by another way",
			"tunnel %s carries packets of %u bytes, and IPv6 needs %u", t->name, inner,
			IPV6_MIN_MTU);
	else if (t->clamp_mss == MSS_OFF)
		finding(d, "warning", "mtu", "clamp_mss auto",
			"tunnel %s carries packets of %u bytes and clamp_mss is off: larger ones "
			"of TCP stall "
			"where ICMP is filtered",
			t->name, inner);
	else if (t->clamp_mss == MSS_FIXED && t->mss > inner - headers)
		finding(d, "warning", "mtu", "clamp_mss auto, or less",
			"tunnel %s: clamp_mss %u is more than the %u that %s leaves%s", t->name,
			t->mss, inner - headers, f->name, ipv6 ? " to IPv6" : "");
	else
		finding(d, "ok", "mtu", NULL, "tunnel %s carries packets of %u bytes", t->name,
			inner);
}

static void check_module(struct doctor *d, const char *name, enum module_state s, const char *why)
{
	if (s == MODULE_MISSING)
		finding(d, "error", "kernel", "install the kernel's modules, or another kernel",
			"the kernel has no %s: %s", name, why);
	else if (s == MODULE_THERE)
		finding(d, "ok", "kernel", NULL, "the kernel has %s", name);
	else
		finding(d, "hint", "kernel", "modprobe it, and look again",
			"cannot tell whether the kernel has %s: %s", name, why);
}

static void check_tunnels(struct doctor *d)
{
	bool guard = false, interface = false;

	if (d->conf->n_tunnels == 0)
		return;
	for (size_t i = 0; i < d->conf->n_tunnels; i++) {
		const struct conf_tunnel *t = &d->conf->tunnels[i];

		guard = guard || t->guard;
		interface = interface || t->mode == MODE_INTERFACE;
		for (size_t k = 0; k < t->n_remote_subnets; k++)
			check_route(d, t, &t->remote_subnets[k]);
		check_mtu(d, t);
	}
	check_module(d, "xfrm_user", d->host->xfrm_user, "IPsec policies need it");
	if (has_outer(d->conf, FAMILY_IPV4))
		check_module(d, "esp4", d->host->esp4, "ESP over IPv4 needs it");
	if (has_outer(d->conf, FAMILY_IPV6))
		check_module(d, "esp6", d->host->esp6, "ESP over IPv6 needs it");
	if (interface)
		check_module(d, "xfrm_interface", d->host->xfrm_interface,
			     "mode interface needs it");
	if (guard)
		check_module(d, "nf_tables", d->host->nf_tables,
			     "the guard's second layer needs it");
}

/* Some of its macvlans' addresses are of that family. */
static bool has_vmac(const struct conf_instance *i, uint8_t family)
{
	const struct conf_vip *lists[] = {i->vips, i->excluded};
	const size_t n[] = {i->n_vips, i->n_excluded};

	for (int l = 0; l < 2; l++)
		for (size_t k = 0; k < n[l]; k++)
			for (size_t m = 0; m < i->n_vmacs; m++)
				if (lists[l][k].prefix.addr.family == family &&
				    strcmp(lists[l][k].dev, i->vmacs[m].name) == 0)
					return true;
	return false;
}

static void check_vmacs(struct doctor *d)
{
	bool four = false, six = false;

	for (size_t i = 0; i < d->conf->n_instances; i++) {
		four |= has_vmac(&d->conf->instances[i], FAMILY_IPV4);
		six |= has_vmac(&d->conf->instances[i], FAMILY_IPV6);
	}
	if (four || six)
		check_module(d, "macvlan", d->host->macvlan, "use_vmac needs it");
	if (four && d->host->arp_filter > 0)
		finding(d, "error", "arp", "sysctl -w net.ipv4.conf.all.arp_filter=0",
			"net.ipv4.conf.all.arp_filter is on: nobody is answered by the macvlans of "
			"use_vmac");
	if (six && d->host->new_no_ipv6 > 0)
		finding(d, "error", "ipv6", "sysctl -w net.ipv6.conf.default.disable_ipv6=0",
			"new interfaces begin without IPv6, and so do the macvlans of use_vmac");
}

static void check_accept(struct doctor *d)
{
	for (size_t i = 0; i < d->conf->n_instances; i++)
		if (!d->conf->instances[i].accept) {
			check_module(d, "nf_tables", d->host->nf_tables,
				     "without it no_accept has no effect");
			return;
		}
}

static void check_peers(struct doctor *d, const json_t *snapshot)
{
	size_t i;
	json_t *o;

	json_array_foreach(json_object_get(snapshot, "instances"), i, o)
		if (jx_is(json_object_get(o, "peer"), "checksum", "pseudo_header"))
			finding(d, "hint", "checksum",
				"nothing to do with `v3_checksum auto', which follows the peer",
				"%s: the peer's VRRPv3 checksum has a pseudo-header, as keepalived "
				"and FRR "
				"send it, and not as RFC 9568 has it",
				jx_str(o, "name", "?"));
}

static const char *alarm_remedy(const char *kind)
{
	static const struct {
		const char *kind, *remedy;
	} remedies[] = {
		{"duplicate_vrid", "give one of the virtual routers another virtual_router_id"},
		{"second_active", "let protocol 112 out of here and into the other router: "
				  "firewall, unicast_peer, switch"},
		{"address_claimed", "take the address from that host, or let its adverts in here "
				    "if it is the other router"},
		{"own_echo", "find the loop in the LAN, or the router with the same address"},
		{"other_version", "the same `version' on both routers"},
		{"other_password", "the same `authentication' on both routers"},
		{"bad_checksum", "find what damages packets between them, or update the software "
				 "of that router"},
		{"addresses_differ", "the same virtual_ipaddress on both routers"},
		{"other_interval", "the same `advert_int' on both routers"},
		{"interval_differs", "the same advert_int on both routers"},
		{"stranger", "list it in unicast_peer, or find out who it is"},
		{"policies_changed", "find who changes them: an IKE daemon that installs its own "
				     "(strongSwan: policies = no), a script with ip xfrm"},
		{"sas_removed", "find who removes them: an IKE daemon, a script with ip xfrm"},
		{"interface_changed", "find who changes it: a network manager, a script"},
		{"guard_changed", "leave the table vrrp_sla out of what reloads the firewall"},
		{"policies_wrong", "remove the other program's policy: ip xfrm policy delete"},
		{"sas_refused", "load the module that it names, or mend the key file; it is tried "
				"again"},
		{"interface_wrong", "remove what stands in its way"},
		{"routes_wrong", "look for the address or the gateway that is missing"},
		{"guard_missing", "a kernel with nf_tables and its inet family"},
	};

	for (size_t i = 0; i < sizeof(remedies) / sizeof(remedies[0]); i++)
		if (strcmp(remedies[i].kind, kind) == 0)
			return remedies[i].remedy;
	return NULL;
}

static void check_alarms(struct doctor *d, const json_t *snapshot)
{
	size_t i, k;
	json_t *o, *a;

	json_array_foreach(json_object_get(snapshot, "instances"), i, o)
		json_array_foreach(json_object_get(o, "alarms"), k, a)
			finding(d, jx_str(a, "level", "warning"), "alarm",
				alarm_remedy(jx_str(a, "kind", "")), "%s: %s",
				jx_str(o, "name", "?"), jx_str(a, "text", "?"));
	json_array_foreach(json_object_get(snapshot, "alarms"), k, a)
		finding(d, jx_str(a, "level", "warning"), "alarm",
			alarm_remedy(jx_str(a, "kind", "")), "%s", jx_str(a, "text", "?"));
}

void doctor_judge(const struct conf *c, const struct host_facts *h, const json_t *snapshot,
		  json_t *findings)
{
	struct doctor d = {c, h, findings};

	check_interfaces(&d);
	if (forwards(c, FAMILY_IPV6))
		check_forwarding6(&d);
	check_firewall(&d);
	check_tunnels(&d);
	check_vmacs(&d);
	check_accept(&d);
	check_peers(&d, snapshot);
	check_alarms(&d, snapshot);
}

size_t doctor_count(const json_t *findings, const char *level)
{
	size_t i, n = 0;
	json_t *f;

	json_array_foreach(findings, i, f)
		n += jx_is(f, "level", level);
	return n;
}

void format_findings(struct text *t, const json_t *findings)
{
	static const struct {
		const char *level;
		enum paint paint;
	} levels[] = {{"error", PAINT_BAD},
		      {"warning", PAINT_WARN},
		      {"hint", PAINT_BOLD},
		      {"ok", PAINT_GOOD}};
	size_t i;
	json_t *f;

	for (size_t l = 0; l < sizeof(levels) / sizeof(levels[0]); l++)
		json_array_foreach(findings, i, f) {
			if (!jx_is(f, "level", levels[l].level))
				continue;
			text_paint(t, levels[l].paint, "%s", levels[l].level);
			text_column(t, 9);
			text_add(t, "%s", jx_str(f, "check", "?"));
			text_column(t, 21);
			text_wrap(t, 21, jx_str(f, "text", "?"));
			if (!json_is_string(json_object_get(f, "remedy")))
				continue;
			text_column(t, 21);
			text_add(t, "-> ");
			text_wrap(t, 24, jx_str(f, "remedy", ""));
		}
	text_add(t, "%zu error(s), %zu warning(s), %zu hint(s), %zu ok\n",
		 doctor_count(findings, "error"), doctor_count(findings, "warning"),
		 doctor_count(findings, "hint"), doctor_count(findings, "ok"));
}
