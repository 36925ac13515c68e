/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rules between tunnels, and of their groups: two policies in one place, one tunnel's packets under
 * another one's policies, SAs that nobody can tell apart. Pure.
 */
#include <inttypes.h>
#include <string.h>

#include "common/conf_internal.h"

/* Rules of two tunnels that hold whether or not they share a group; b is the later one. */
static void check_pair(struct parse *p, const struct conf_tunnel *a, const struct conf_tunnel *b,
		       const struct draft *d)
{
	const struct pos *sa = draft_pos(d, "static_sa");
	char own[ADDR_STRLEN];

	if (a->reqid != 0 && a->reqid == b->reqid)
		conf_error(p, draft_pos(d, "reqid"),
			   "reqid %" PRIu32 " belongs to tunnel `%s' already: the SAs of each are "
			   "told by a number of its own",
			   b->reqid, a->name);
	for (size_t i = 0; i < N_FAMILIES; i++)
		if (addr_is_set(&a->own[i]) && addr_equal(&a->own[i], &b->own[i]))
			conf_error(p, tunnel_own_pos(d, &b->own[i]),
				   "own_address %s belongs to tunnel `%s' already: its traffic "
				   "uses one tunnel always, so give each an address of its own",
				   addr_format(&b->own[i], own), a->name);
	if (a->keys != KEYS_STATIC || b->keys != KEYS_STATIC)
		return;
	if (a->sa.spi_in != 0 && a->sa.spi_in == b->sa.spi_in && addr_equal(&a->local, &b->local))
		conf_error(p, sa, "spi_in belongs to tunnel `%s' already: take another", a->name);
	if (a->sa.spi_out != 0 && a->sa.spi_out == b->sa.spi_out &&
	    addr_equal(&a->remote, &b->remote))
		conf_error(p, sa, "spi_out belongs to tunnel `%s' already: take another", a->name);
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

static bool same_ends(const struct conf_tunnel *a, const struct conf_tunnel *b)
{
	return addr_is_set(&a->local) && addr_is_set(&a->remote) &&
	       addr_equal(&a->local, &b->local) && addr_equal(&a->remote, &b->remote);
}

/* Two tunnels between the same ends have different subnets, and one line. */
static void check_same_ends(struct parse *p, size_t tunnel)
{
	const struct conf_tunnel *list = p->conf->tunnels, *b = &list[tunnel];
	const struct pos *pos = draft_pos(&p->tunnels[tunnel], "remote_address");

	for (size_t a = 0; a < tunnel; a++) {
		if (!same_ends(&list[a], b))
			continue;
		if (strcmp(list[a].interface, b->interface) != 0)
			conf_warn(p, pos,
				  "`%s' on %s and `%s' on %s have the same outer addresses: the "
				  "packets of both take one line",
				  list[a].name, list[a].interface, b->name, b->interface);
		else if (b->group >= 0 && list[a].group == b->group)
			conf_warn(p, pos,
				  "`%s' and `%s' have the same outer addresses: what ends one "
				  "ends the other",
				  list[a].name, b->name);
		else
			continue;
		return;
	}
}

/* An end of `inner` in a subnet of `outer`. Its own subnets were looked at, and tunnels of one
 * group have the same. */
static bool check_nested(struct parse *p, size_t outer, size_t inner)
{
	const struct conf_tunnel *o = &p->conf->tunnels[outer], *i = &p->conf->tunnels[inner];
	const struct tunnel_inside both[] = {
		{"remote_subnet", o->remote_subnets, o->n_remote_subnets, "remote_address",
		 &i->remote, i->name, "its packets would be sent into this one"},
		{"remote_subnet", o->remote_subnets, o->n_remote_subnets, "local_address",
		 &i->local, i->name, "this router is on the near side"},
	};
	bool found = false;

	for (size_t k = 0; k < 2; k++)
		if (!addr_equal(both[k].address, &o->local) &&
		    !addr_equal(both[k].address, &o->remote) &&
		    !prefix_any_contains(i->remote_subnets, i->n_remote_subnets, both[k].address))
			found |= tunnel_check_inside(p, &p->tunnels[outer], &both[k]);
	return found;
}

/* One tunnel's packets under the policies of this one: the first such tunnel is named. */
static void check_others_inside(struct parse *p, size_t tunnel)
{
	size_t i = 0;

	while (i < p->conf->n_tunnels && (i == tunnel || !check_nested(p, tunnel, i)))
		i++;
}

/* The smaller one of two networks of that family that overlap, or NULL. */
static const struct prefix *overlap(const struct prefix a[], size_t na, const struct prefix b[],
				    size_t nb, uint8_t family)
{
	for (size_t i = 0; i < na; i++)
		for (size_t j = 0; j < nb; j++)
			if (a[i].addr.family == family && prefix_overlaps(&a[i], &b[j]))
				return a[i].len > b[j].len ? &a[i] : &b[j];
	return NULL;
}

/* Outside a group two tunnels must not want the same packets. */
static void check_overlap(struct parse *p, const struct conf_tunnel *a, const struct conf_tunnel *b,
			  const struct draft *d)
{
	static const uint8_t families[N_FAMILIES] = {FAMILY_IPV4, FAMILY_IPV6};
	char local[PREFIX_STRLEN], remote[PREFIX_STRLEN];

	if (a->group >= 0 && a->group == b->group)
		return;
	for (size_t f = 0; f < N_FAMILIES; f++) {
		const struct prefix *near =
			overlap(a->local_subnets, a->n_local_subnets, b->local_subnets,
				b->n_local_subnets, families[f]);
		const struct prefix *far =
			overlap(a->remote_subnets, a->n_remote_subnets, b->remote_subnets,
				b->n_remote_subnets, families[f]);

		if (near && far)
			conf_error(p, draft_name_pos(d),
				   "tunnel `%s' protects the same traffic as `%s', %s with %s: put "
				   "both into an ipsec_tunnel_group, or list subnets that do not "
				   "overlap",
				   b->name, a->name, prefix_format(near, local),
				   prefix_format(far, remote));
	}
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
		conf_check_tunnel(p, &c->tunnels[i], &p->tunnels[i]);
	}
	for (size_t g = 0; g < c->n_tunnel_groups; g++)
		for (size_t i = 0; i < c->tunnel_groups[g].n_members; i++)
			check_member(p, g, i);
	for (size_t i = 0; i < c->n_tunnels; i++)
		check_others_inside(p, i);
	for (size_t i = 1; i < c->n_tunnels; i++) {
		check_line(p, i);
		check_same_ends(p, i);
		for (size_t j = 0; j < i; j++) {
			check_pair(p, &c->tunnels[j], &c->tunnels[i], &p->tunnels[i]);
			check_overlap(p, &c->tunnels[j], &c->tunnels[i], &p->tunnels[i]);
		}
	}
}
