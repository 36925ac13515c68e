/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rules of tunnels and their groups. Most of them say in time what the kernel would not say at all:
 * two policies in one place, a tunnel whose own packets fall under its policies, keys with two
 * purposes. Pure.
 */
#include <inttypes.h>
#include <string.h>

#include "common/conf_internal.h"

static bool any_overlap(const struct prefix a[], size_t na, const struct prefix b[], size_t nb)
{
	for (size_t i = 0; i < na; i++)
		for (size_t j = 0; j < nb; j++)
			if (prefix_overlaps(&a[i], &b[j]))
				return true;
	return false;
}

/* Where that own_address stands. */
static const struct pos *own_pos(const struct draft *d, const struct addr *own)
{
	struct addr a;

	for (const struct stmt *s = d->stmt->body; s; s = s->next)
		if (strcmp(s->words[0].text, "own_address") == 0 && s->n > 1 &&
		    addr_parse(s->words[1].text, &a) && addr_equal(&a, own))
			return &s->words[1].pos;
	return draft_pos(d, "own_address");
}

static void check_outer(struct parse *p, const struct conf_tunnel *t, const struct draft *d)
{
	char a[ADDR_STRLEN];

	if (addr_is_link_local(&t->local) || addr_is_link_local(&t->remote))
		conf_error(p,
			   draft_pos(d, addr_is_link_local(&t->local) ? "local_address"
								      : "remote_address"),
			   "a link-local address ends no tunnel: it says nothing without its line");
	if (!addr_is_set(&t->local) || !addr_is_set(&t->remote))
		return;
	if (addr_equal(&t->local, &t->remote))
		conf_error(p, draft_pos(d, "remote_address"),
			   "local_address and remote_address are the same");
	if (t->local.family != t->remote.family)
		conf_error(p, draft_pos(d, "remote_address"),
			   "remote_address %s is not of the family of local_address, %s",
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

/* Neighbor discovery is ICMPv6 and asks the policies like any other packet: none may hold it. */
static void check_reach(struct parse *p, const struct prefix list[], size_t n,
			const struct pos *pos)
{
	static const struct prefix never[] = {{{FAMILY_IPV4, {0xe0}}, 4},
					      {{FAMILY_IPV6, {0xff}}, 8},
					      {{FAMILY_IPV6, {0xfe, 0x80}}, 10}};
	char net[PREFIX_STRLEN], own[PREFIX_STRLEN];

	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < sizeof(never) / sizeof(never[0]); k++)
			if (prefix_overlaps(&list[i], &never[k]))
				conf_error(p, pos,
					   "%s holds addresses of %s, which belong to a link and "
					   "enter no tunnel",
					   prefix_format(&list[i], net),
					   prefix_format(&never[k], own));
}

static bool any_of_family(const struct prefix list[], size_t n, uint8_t family)
{
	for (size_t i = 0; i < n; i++)
		if (list[i].addr.family == family)
			return true;
	return false;
}

/* What has nothing on the other side would be blocked, or left alone, in silence. */
static void check_partners(struct parse *p, const struct prefix list[], size_t n,
			   const struct prefix others[], size_t n_others, const char *other,
			   const struct pos *pos)
{
	char net[PREFIX_STRLEN];

	for (size_t i = 0; n_others > 0 && i < n; i++)
		if (!any_of_family(others, n_others, list[i].addr.family))
			conf_error(p, pos, "%s has no partner: there is no %s of %s",
				   prefix_format(&list[i], net), other,
				   family_name(list[i].addr.family));
}

static void check_subnets(struct parse *p, const struct conf_tunnel *t, const struct draft *d)
{
	const struct pos *local = draft_pos(d, "local_subnet"),
			 *remote = draft_pos(d, "remote_subnet");

	check_reach(p, t->local_subnets, t->n_local_subnets, local);
	check_reach(p, t->remote_subnets, t->n_remote_subnets, remote);
	check_partners(p, t->local_subnets, t->n_local_subnets, t->remote_subnets,
		       t->n_remote_subnets, "remote_subnet", local);
	check_partners(p, t->remote_subnets, t->n_remote_subnets, t->local_subnets,
		       t->n_local_subnets, "local_subnet", remote);
}

static void check_own(struct parse *p, const struct conf_tunnel *t, const struct draft *d)
{
	char a[ADDR_STRLEN];

	for (size_t i = 0; i < N_FAMILIES; i++)
		if (addr_is_set(&t->own[i]) && t->n_local_subnets > 0 &&
		    !prefix_any_contains(t->local_subnets, t->n_local_subnets, &t->own[i]))
			conf_error(p, own_pos(d, &t->own[i]),
				   "own_address %s is in no local_subnet",
				   addr_format(&t->own[i], a));
	if (t->check_interval_us > 0 && !draft_find(d, "own_address"))
		conf_error(p, draft_pos(d, "health_check"),
			   "health_check without own_address, which the cloud checks");
}

static void check_addresses(struct parse *p, const struct conf_tunnel *t, const struct draft *d)
{
	char a[ADDR_STRLEN];

	check_outer(p, t, d);
	check_gateway(p, t, d);
	check_subnets(p, t, d);
	check_own(p, t, d);
	if (prefix_any_contains(t->remote_subnets, t->n_remote_subnets, &t->remote))
		conf_error(
			p, draft_pos(d, "remote_subnet"),
			"a remote_subnet holds remote_address %s: the tunnel's own packets would "
			"be sent into the tunnel",
			addr_format(&t->remote, a));
	if (prefix_any_contains(t->remote_subnets, t->n_remote_subnets, &t->local))
		conf_error(p, draft_pos(d, "remote_subnet"),
			   "a remote_subnet holds local_address %s of the tunnel itself",
			   addr_format(&t->local, a));
	if (any_overlap(t->local_subnets, t->n_local_subnets, t->remote_subnets,
			t->n_remote_subnets))
		conf_error(p, draft_pos(d, "remote_subnet"),
			   "local_subnet and remote_subnet overlap");
}

static void check_keys(struct parse *p, const struct conf_tunnel *t, const struct draft *d)
{
	bool sa = draft_find(d, "static_sa") != NULL;

	if (t->keys == KEYS_STATIC && !sa)
		conf_error(p, draft_pos(d, "keys"), "`keys static' needs a `static_sa' block");
	if (t->keys == KEYS_IKE && sa)
		conf_error(p, draft_pos(d, "static_sa"), "`static_sa' without `keys static'");
}

/* Rules of two tunnels that hold whether or not they share a group; b is the later one. */
static void check_pair(struct parse *p, const struct conf_tunnel *a, const struct conf_tunnel *b,
		       const struct draft *d)
{
	const struct pos *sa = draft_pos(d, "static_sa");
	char own[ADDR_STRLEN];

	if (a->reqid != 0 && a->reqid == b->reqid)
		conf_error(p, draft_pos(d, "reqid"),
			   "reqid %" PRIu32 " belongs to tunnel `%s' already", b->reqid, a->name);
	for (size_t i = 0; i < N_FAMILIES; i++)
		if (addr_is_set(&a->own[i]) && addr_equal(&a->own[i], &b->own[i]))
			conf_error(p, own_pos(d, &b->own[i]),
				   "own_address %s belongs to tunnel `%s' already",
				   addr_format(&b->own[i], own), a->name);
	if (a->keys != KEYS_STATIC || b->keys != KEYS_STATIC)
		return;
	if (a->sa.spi_in != 0 && a->sa.spi_in == b->sa.spi_in && addr_equal(&a->local, &b->local))
		conf_error(p, sa, "spi_in belongs to tunnel `%s' already", a->name);
	if (a->sa.spi_out != 0 && a->sa.spi_out == b->sa.spi_out &&
	    addr_equal(&a->remote, &b->remote))
		conf_error(p, sa, "spi_out belongs to tunnel `%s' already", a->name);
	if (a->sa.key_file[0] && strcmp(a->sa.key_file, b->sa.key_file) == 0)
		conf_error(p, sa, "key_file belongs to tunnel `%s' already: one key, one purpose",
			   a->name);
}

static bool needs_gateway(const struct conf_tunnel *a, const struct conf_tunnel *b)
{
	return !addr_is_set(&a->gateway) && !addr_is_set(&b->gateway) &&
	       addr_equal(&a->remote, &b->remote) && !addr_equal(&a->local, &b->local) &&
	       strcmp(a->interface, b->interface) != 0;
}

/* The kernel routes outer packets by their destination alone, unless a rule says otherwise. Says it
 * once a tunnel. */
static void check_line(struct parse *p, size_t tunnel)
{
	const struct conf_tunnel *list = p->conf->tunnels, *b = &list[tunnel];
	char remote[ADDR_STRLEN];
	size_t a = 0;

	while (a < tunnel && !needs_gateway(&list[a], b))
		a++;
	if (a < tunnel)
		conf_warn(p, draft_pos(&p->tunnels[tunnel], "interface"),
			  "`%s' and `%s' reach %s by two lines: give each its line's `gateway', "
			  "or each line a route there",
			  list[a].name, b->name, addr_format(&b->remote, remote));
}

/* Outside a group two tunnels must not want the same packets. */
static void check_overlap(struct parse *p, const struct conf_tunnel *a, const struct conf_tunnel *b,
			  const struct draft *d)
{
	if (a->group >= 0 && a->group == b->group)
		return;
	if (any_overlap(a->local_subnets, a->n_local_subnets, b->local_subnets,
			b->n_local_subnets) &&
	    any_overlap(a->remote_subnets, a->n_remote_subnets, b->remote_subnets,
			b->n_remote_subnets))
		conf_error(p, draft_name_pos(d),
			   "tunnel `%s' protects the same traffic as `%s'; put both into an "
			   "ipsec_tunnel_group",
			   b->name, a->name);
}

static bool same_list(const struct prefix a[], size_t na, const struct prefix b[], size_t nb)
{
	size_t found = 0;

	for (size_t i = 0; i < na; i++)
		for (size_t j = 0; j < nb; j++)
			found += prefix_equal(&a[i], &b[j]);
	return na == nb && found == na;
}

static bool same_subnets(const struct conf_tunnel *a, const struct conf_tunnel *b)
{
	return same_list(a->local_subnets, a->n_local_subnets, b->local_subnets,
			 b->n_local_subnets) &&
	       same_list(a->remote_subnets, a->n_remote_subnets, b->remote_subnets,
			 b->n_remote_subnets);
}

static void check_member(struct parse *p, size_t group, size_t i)
{
	struct conf_tunnel_group *g = &p->conf->tunnel_groups[group];
	const struct refs *ref = &p->tunnel_groups[group].refs[i];
	struct conf_tunnel_member *m = &g->members[i];
	struct conf_tunnel *t;

	m->tunnel = check_tunnel_ref(p, ref->name);
	m->sla = ref->sla ? check_sla_ref(p, ref->sla) : -1;
	if (m->tunnel < 0)
		return;
	t = &p->conf->tunnels[m->tunnel];
	if (t->group >= 0)
		conf_error(p, &ref->name->pos, "tunnel `%s' is in group `%s' already", t->name,
			   p->conf->tunnel_groups[t->group].name);
	else
		t->group = (int)group;
	if (g->members[0].tunnel >= 0 && !same_subnets(t, &p->conf->tunnels[g->members[0].tunnel]))
		conf_error(
			p, &ref->name->pos,
			"tunnels of one group protect the same subnets, but `%s' and `%s' differ",
			p->conf->tunnels[g->members[0].tunnel].name, t->name);
}

void conf_check_tunnels(struct parse *p)
{
	struct conf *c = p->conf;

	for (size_t i = 0; i < c->n_tunnels; i++) {
		c->tunnels[i].group = -1;
		check_addresses(p, &c->tunnels[i], &p->tunnels[i]);
		check_keys(p, &c->tunnels[i], &p->tunnels[i]);
	}
	for (size_t g = 0; g < c->n_tunnel_groups; g++)
		for (size_t i = 0; i < c->tunnel_groups[g].n_members; i++)
			check_member(p, g, i);
	for (size_t i = 1; i < c->n_tunnels; i++) {
		check_line(p, i);
		for (size_t j = 0; j < i; j++) {
			check_pair(p, &c->tunnels[j], &c->tunnels[i], &p->tunnels[i]);
			check_overlap(p, &c->tunnels[j], &c->tunnels[i], &p->tunnels[i]);
		}
	}
}
