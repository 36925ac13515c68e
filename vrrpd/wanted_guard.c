/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The nftables text of the guard; see wanted_guard in wanted.h. The policies' second layer: it
 * holds when somebody flushes them. What leaves by the line is judged after NAT, where the kernel
 * has already looked the policy up again for the new source; what comes in is judged before
 * connection tracking sees it. The TCP MSS is clamped in both directions, since each end's
 * announcement limits the other end only. A tunnel that falls silent leaves the cloud's health
 * checks unanswered, before anything else sees them. Pure.
 */
#include "vrrpd/wanted.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/esp.h"

/* Hook priorities by number, as nft of Debian 12 has no names in the inet family for all of them.
 */
#define AFTER_SRCNAT 300
#define BEFORE_CONNTRACK (-300)

struct text {
	FILE *f;
	const struct conf *c;
	const struct guard_line *lines;
};

static const char *ip_word(const struct addr *a)
{
	return a->family == FAMILY_IPV6 ? "ip6" : "ip";
}

/* side: "daddr" or "saddr", where the far end's address stands; interface: "oifname" or "iifname".
 */
static void write_drops(const struct text *x, const struct conf_tunnel *t, const char *interface,
			const char *side, const char *without)
{
	char net[PREFIX_STRLEN];

	for (size_t i = 0; i < t->n_remote_subnets; i++) {
		struct prefix p = prefix_network(&t->remote_subnets[i]);

		fprintf(x->f, "\t\t%s \"%s\" %s %s %s %s counter drop\n", interface, t->interface,
			ip_word(&p.addr), side, prefix_format(&p, net), without);
	}
}

static void write_guard(const struct text *x, const char *interface, const char *side,
			const char *without)
{
	for (size_t i = 0; i < x->c->n_tunnels; i++)
		if (x->c->tunnels[i].guard)
			write_drops(x, &x->c->tunnels[i], interface, side, without);
}

static unsigned clamp(const struct conf_tunnel *t, const struct guard_line *l,
		      const struct prefix *inner)
{
	unsigned headers = ip_header(inner->addr.family) + TCP_HEADER;
	unsigned room = esp_tunnel_mtu(l->mtu, l->encapsulated, t->remote.family);

	if (t->clamp_mss == MSS_FIXED)
		return t->mss;
	return room > headers ? room - headers : 0;
}

/*
 * Out of the tunnel's line `rt mtu` would know a path's smaller MTU, but not the way back, whose
 * route is the LAN's; one figure for both ways serves either end.
 */
static void write_clamp(const struct text *x, const struct conf_tunnel *t,
			const struct guard_line *l)
{
	char net[PREFIX_STRLEN];

	for (size_t i = 0; i < t->n_remote_subnets; i++) {
		struct prefix p = prefix_network(&t->remote_subnets[i]);
		unsigned mss = clamp(t, l, &p);
		const char *ip = ip_word(&p.addr);

		if (mss == 0)
			continue;
		prefix_format(&p, net);
		fprintf(x->f,
			"\t\toifname \"%s\" %s daddr %s tcp flags & (syn | rst) == syn "
			"tcp option maxseg size set %u\n",
			conf_tunnel_way(t), ip, net, mss);
		fprintf(x->f,
			"\t\tiifname \"%s\" %s saddr %s tcp flags & (syn | rst) == syn "
			"tcp option maxseg size set %u\n",
			conf_tunnel_way(t), ip, net, mss);
	}
}

/* Requests alone: the answers to our own probes are the tunnel's other use. */
static void write_silence(const struct text *x, const struct conf_tunnel *t)
{
	char net[PREFIX_STRLEN], own[ADDR_STRLEN];

	for (size_t i = 0; i < t->n_remote_subnets; i++) {
		struct prefix p = prefix_network(&t->remote_subnets[i]);
		const struct addr *a = conf_own_address(t, p.addr.family);
		const char *ip = ip_word(&p.addr);

		if (addr_is_set(a))
			fprintf(x->f,
				"\t\t%s saddr %s %s daddr %s %s type echo-request counter drop\n",
				ip, prefix_format(&p, net), ip, addr_format(a, own),
				p.addr.family == FAMILY_IPV6 ? "icmpv6" : "icmp");
	}
}

static void write_table(const struct text *x)
{
	fprintf(x->f, "add table inet " GUARD_TABLE "\ndelete table inet " GUARD_TABLE "\n"
		      "table inet " GUARD_TABLE " {\n");
	fprintf(x->f, "\tchain leave {\n\t\ttype filter hook postrouting priority %d\n",
		AFTER_SRCNAT);
	write_guard(x, "oifname", "daddr", "rt ipsec missing");
	fprintf(x->f, "\t}\n\tchain enter {\n\t\ttype filter hook prerouting priority %d\n",
		BEFORE_CONNTRACK);
	write_guard(x, "iifname", "saddr", "meta ipsec missing");
	for (size_t i = 0; i < x->c->n_tunnels; i++)
		if (x->lines[i].silent)
			write_silence(x, &x->c->tunnels[i]);
	fprintf(x->f, "\t}\n\tchain clamp {\n\t\ttype filter hook forward priority mangle\n");
	for (size_t i = 0; i < x->c->n_tunnels; i++)
		if (x->c->tunnels[i].clamp_mss != MSS_OFF)
			write_clamp(x, &x->c->tunnels[i], &x->lines[i]);
	fprintf(x->f, "\t}\n}\n");
}

static bool any_rule(const struct text *x)
{
	for (size_t i = 0; i < x->c->n_tunnels; i++)
		if (x->c->tunnels[i].guard || x->c->tunnels[i].clamp_mss != MSS_OFF ||
		    x->lines[i].silent)
			return true;
	return false;
}

char *wanted_guard(const struct conf *c, const struct guard_line lines[])
{
	char *out = NULL;
	size_t size = 0;
	struct text x = {.f = open_memstream(&out, &size), .c = c, .lines = lines};

	if (!x.f)
		return NULL;
	if (any_rule(&x))
		write_table(&x);
	if (fclose(x.f) != 0) {
		free(out);
		return NULL;
	}
	return out;
}
