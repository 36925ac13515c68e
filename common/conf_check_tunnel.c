/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rules of one tunnel. Most of them say in time what the kernel would not say at all: a tunnel
 * whose own packets fall under its policies, subnets without a partner, addresses that are not
 * this router's for good. Each says what to do instead. Pure.
 */
#include <string.h>

#include "common/conf_internal.h"

const struct pos *tunnel_own_pos(const struct draft *d, const struct addr *own)
{
	struct addr a;

	for (const struct stmt *s = d->stmt->body; s; s = s->next)
		if (strcmp(s->words[0].text, "own_address") == 0 && s->n > 1 &&
		    addr_parse(s->words[1].text, &a) && addr_equal(&a, own))
			return &s->words[1].pos;
	return draft_pos(d, "own_address");
}

const struct pos *tunnel_net_pos(const struct draft *d, const char *list, const struct prefix *net)
{
	const struct stmt *s = draft_find(d, list);
	struct prefix p;

	for (const struct stmt *line = s ? s->body : NULL; line; line = line->next)
		for (size_t i = 0; i < line->n; i++) {
			if (!prefix_parse(line->words[i].text, &p))
				continue;
			p = prefix_network(&p);
			if (prefix_equal(&p, net))
				return &line->words[i].pos;
		}
	return draft_pos(d, list);
}

static void check_end(struct parse *p, const struct draft *d, const char *which,
		      const struct addr *end)
{
	char a[ADDR_STRLEN];

	if (addr_is_link_local(end))
		conf_error(p, draft_pos(d, which),
			   "a link-local address ends no tunnel: it says nothing without its line");
	else if (addr_is_set(end) && !addr_is_host(end))
		conf_error(p, draft_pos(d, which), "%s %s is no address of a host", which,
			   addr_format(end, a));
}

static void check_outer(struct parse *p, const struct conf_tunnel *t, const struct draft *d)
{
	char a[ADDR_STRLEN];

	check_end(p, d, "local_address", &t->local);
	check_end(p, d, "remote_address", &t->remote);
	if (!addr_is_set(&t->local) || !addr_is_set(&t->remote))
		return;
	if (addr_equal(&t->local, &t->remote))
		conf_error(p, draft_pos(d, "remote_address"),
			   "local_address and remote_address are the same: one is this router's, "
			   "the other the peer's");
	if (t->local.family != t->remote.family)
		conf_error(
			p, draft_pos(d, "remote_address"),
			"remote_address %s is not of the family of local_address, %s: one packet "
			"has both",
			addr_format(&t->remote, a), family_name(t->local.family));
}

static void check_gateway(struct parse *p, const struct conf_tunnel *t, const struct draft *d)
{
	char a[ADDR_STRLEN];

	if (!addr_is_set(&t->gateway))
		return;
	addr_format(&t->gateway, a);
	if (addr_is_set(&t->local) && t->gateway.family != t->local.family)
		conf_error(p, draft_pos(d, "gateway"),
			   "gateway %s is not of local_address's family", a);
	if (addr_equal(&t->gateway, &t->local))
		conf_error(p, draft_pos(d, "gateway"),
			   "gateway %s is local_address: it has to be the line's next hop", a);
}

/* ---- subnets ---- */

struct subnets {
	const char *name;
	const struct prefix *list;
	size_t n;
};

/* What else is wrong with it follows from that. */
static bool is_everything(const struct prefix *p)
{
	return p->len == 0;
}

static void check_everything(struct parse *p, const struct subnets *s, const struct draft *d)
{
	char net[PREFIX_STRLEN];

	for (size_t i = 0; i < s->n; i++)
		if (is_everything(&s->list[i]))
			conf_error(p, tunnel_net_pos(d, s->name, &s->list[i]),
				   "%s %s is everything, the LAN and the tunnel's own packets "
				   "among it: list the networks on that side",
				   s->name, prefix_format(&s->list[i], net));
}

/* Neighbor discovery is ICMPv6 and asks the policies like any other packet: none may hold it. */
static void check_reach(struct parse *p, const struct subnets *s, const struct draft *d)
{
	static const struct prefix never[] = {{{FAMILY_IPV4, {0xe0}}, 4},
					      {{FAMILY_IPV6, {0xff}}, 8},
					      {{FAMILY_IPV6, {0xfe, 0x80}}, 10}};
	char net[PREFIX_STRLEN], own[PREFIX_STRLEN];

	for (size_t i = 0; i < s->n; i++)
		for (size_t k = 0; k < sizeof(never) / sizeof(never[0]); k++)
			if (!is_everything(&s->list[i]) && prefix_overlaps(&s->list[i], &never[k]))
				conf_error(p, tunnel_net_pos(d, s->name, &s->list[i]),
					   "%s holds addresses of %s, which belong to a link and "
					   "enter no tunnel",
					   prefix_format(&s->list[i], net),
					   prefix_format(&never[k], own));
}

static bool any_of_family(const struct subnets *s, uint8_t family)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->list[i].addr.family == family)
			return true;
	return false;
}

/* What has nothing on the other side would be blocked, or left alone, in silence. */
static void check_partners(struct parse *p, const struct subnets *s, const struct subnets *other,
			   const struct draft *d)
{
	char net[PREFIX_STRLEN];

	for (size_t i = 0; other->n > 0 && i < s->n; i++)
		if (!any_of_family(other, s->list[i].addr.family))
			conf_error(p, tunnel_net_pos(d, s->name, &s->list[i]),
				   "%s has no partner: list a %s of %s, or leave it out",
				   prefix_format(&s->list[i], net), other->name,
				   family_name(s->list[i].addr.family));
}

static void check_sides(struct parse *p, const struct conf_tunnel *t, const struct draft *d)
{
	char local[PREFIX_STRLEN], remote[PREFIX_STRLEN];

	for (size_t i = 0; i < t->n_remote_subnets; i++)
		for (size_t j = 0; j < t->n_local_subnets; j++) {
			const struct prefix *r = &t->remote_subnets[i], *l = &t->local_subnets[j];

			if (is_everything(r) || is_everything(l) || !prefix_overlaps(r, l))
				continue;
			conf_error(p, tunnel_net_pos(d, "remote_subnet", r),
				   "remote_subnet %s and local_subnet %s overlap: an address is "
				   "on one side of the tunnel, so list smaller networks",
				   prefix_format(r, remote), prefix_format(l, local));
		}
}

bool tunnel_check_inside(struct parse *p, const struct draft *d, const struct tunnel_inside *x)
{
	char net[PREFIX_STRLEN], a[ADDR_STRLEN];
	bool found = false;

	for (size_t i = 0; i < x->n; i++) {
		if (is_everything(&x->nets[i]) || !prefix_contains(&x->nets[i], x->address))
			continue;
		found = true;
		conf_error(p, tunnel_net_pos(d, x->list, &x->nets[i]),
			   "%s %s holds %s %s%s%s%s: %s; list smaller networks, without it",
			   x->list, prefix_format(&x->nets[i], net), x->end,
			   addr_format(x->address, a), x->other ? " of tunnel `" : "",
			   x->other ? x->other : "", x->other ? "'" : "", x->why);
	}
	return found;
}

/* To the peer the sides are exchanged: what it may not hold, it may not hold there either. */
static void check_ends(struct parse *p, const struct conf_tunnel *t, const struct draft *d)
{
	const struct tunnel_inside all[] = {
		{"remote_subnet", t->remote_subnets, t->n_remote_subnets, "remote_address",
		 &t->remote, NULL, "the tunnel's own packets would be sent into the tunnel"},
		{"remote_subnet", t->remote_subnets, t->n_remote_subnets, "local_address",
		 &t->local, NULL, "this router is on the near side"},
		{"local_subnet", t->local_subnets, t->n_local_subnets, "local_address", &t->local,
		 NULL, "the peer would send the tunnel's own packets into the tunnel"},
		{"local_subnet", t->local_subnets, t->n_local_subnets, "remote_address", &t->remote,
		 NULL, "the peer is on the far side"},
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		tunnel_check_inside(p, d, &all[i]);
}

static void check_subnets(struct parse *p, const struct conf_tunnel *t, const struct draft *d)
{
	const struct subnets local = {"local_subnet", t->local_subnets, t->n_local_subnets},
			     remote = {"remote_subnet", t->remote_subnets, t->n_remote_subnets};

	check_everything(p, &local, d);
	check_everything(p, &remote, d);
	check_reach(p, &local, d);
	check_reach(p, &remote, d);
	check_partners(p, &local, &remote, d);
	check_partners(p, &remote, &local, d);
	check_sides(p, t, d);
	check_ends(p, t, d);
}

/* ---- own_address ---- */

static bool has_address(const struct conf_vip list[], size_t n, const struct addr *a)
{
	for (size_t i = 0; i < n; i++)
		if (addr_equal(&list[i].prefix.addr, a))
			return true;
	return false;
}

/* The instance to which it belongs, unless that is its owner's, who has it always. */
static const struct conf_instance *virtual_of(const struct conf *c, const struct addr *a)
{
	for (size_t i = 0; i < c->n_instances; i++) {
		const struct conf_instance *in = &c->instances[i];

		if (in->priority != 255 && (has_address(in->vips, in->n_vips, a) ||
					    has_address(in->excluded, in->n_excluded, a)))
			return in;
	}
	return NULL;
}

static void check_own_address(struct parse *p, const struct conf_tunnel *t, const struct draft *d,
			      const struct addr *own)
{
	const struct pos *pos = tunnel_own_pos(d, own);
	const struct conf_instance *in = virtual_of(p->conf, own);
	char a[ADDR_STRLEN];

	addr_format(own, a);
	if (t->n_local_subnets > 0 &&
	    !prefix_any_contains(t->local_subnets, t->n_local_subnets, own))
		conf_error(p, pos,
			   "own_address %s is in no local_subnet: give an address of this router "
			   "in one",
			   a);
	if (!addr_is_host(own))
		conf_error(p, pos, "own_address %s is no address of a host", a);
	if (in)
		conf_error(p, pos,
			   "own_address %s is a virtual address of instance `%s', which moves: "
			   "give this router's own address in the LAN",
			   a, in->name);
}

static void check_own(struct parse *p, const struct conf_tunnel *t, const struct draft *d)
{
	for (size_t i = 0; i < N_FAMILIES; i++)
		if (addr_is_set(&t->own[i]))
			check_own_address(p, t, d, &t->own[i]);
	if (t->check_interval_us > 0 && !draft_find(d, "own_address"))
		conf_error(p, draft_pos(d, "health_check"),
			   "health_check without own_address, which the cloud checks");
}

/* ---- all ---- */

static void check_keys(struct parse *p, const struct conf_tunnel *t, const struct draft *d)
{
	bool sa = draft_find(d, "static_sa") != NULL;

	if (t->keys == KEYS_STATIC && !sa)
		conf_error(p, draft_pos(d, "keys"), "`keys static' needs a `static_sa' block");
	if (t->keys == KEYS_IKE && sa)
		conf_error(p, draft_pos(d, "static_sa"), "`static_sa' without `keys static'");
}

void conf_check_tunnel(struct parse *p, const struct conf_tunnel *t, const struct draft *d)
{
	check_outer(p, t, d);
	check_gateway(p, t, d);
	check_subnets(p, t, d);
	check_own(p, t, d);
	check_keys(p, t, d);
}
