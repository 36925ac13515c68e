/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Roles of tunnels; see roles.h. Pure. */
#include "vrrpd/roles.h"

#include <stdlib.h>
#include <string.h>

/* Up for so long that no hold_up matters. */
#define LONG_AGO ((mono_t){INT64_MIN / 2})

struct claim {
	int tunnel, group; /* -1: none */
};

struct verdict {
	bool down;
	mono_t up_since;
};

struct roles {
	const struct conf *conf;
	struct tunnel_role *now;
	mono_t *linger_until;  /* per tunnel */
	unsigned *users;       /* claims per tunnel, those of its group included */
	struct claim *claims;  /* per instance */
	struct verdict *slas;  /* per sla */
	struct verdict *lines; /* per tunnel */
	size_t *selected;      /* per group: a member's number */
	bool *unused;          /* per tunnel: no instance asks for it */
	bool shut;
};

static bool covers(const struct claim *c, const struct conf *conf, size_t tunnel)
{
	return c->tunnel == (int)tunnel ||
	       (c->group >= 0 && c->group == conf->tunnels[tunnel].group);
}

static bool is_unused(const struct conf *c, size_t tunnel)
{
	for (size_t i = 0; i < c->n_instances; i++) {
		struct claim wish = {c->instances[i].tunnel, c->instances[i].tunnel_group};

		if (covers(&wish, c, tunnel))
			return false;
	}
	return true;
}

static void *array(size_t n, size_t size)
{
	return calloc(n ? n : 1, size);
}

struct roles *roles_new(const struct conf *c)
{
	struct roles *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	r->conf = c;
	r->now = array(c->n_tunnels, sizeof(*r->now));
	r->linger_until = array(c->n_tunnels, sizeof(*r->linger_until));
	r->users = array(c->n_tunnels, sizeof(*r->users));
	r->claims = array(c->n_instances, sizeof(*r->claims));
	r->slas = array(conf_n_slas(c), sizeof(*r->slas));
	r->lines = array(c->n_tunnels, sizeof(*r->lines));
	r->selected = array(c->n_tunnel_groups, sizeof(*r->selected));
	r->unused = array(c->n_tunnels, sizeof(*r->unused));
	if (!r->now || !r->linger_until || !r->users || !r->claims || !r->slas || !r->lines ||
	    !r->selected || !r->unused) {
		roles_free(r);
		return NULL;
	}
	for (size_t i = 0; i < c->n_tunnels; i++) {
		r->linger_until[i] = LONG_AGO;
		r->lines[i].up_since = LONG_AGO;
		r->unused[i] = is_unused(c, i);
	}
	for (size_t i = 0; i < c->n_instances; i++)
		r->claims[i] = (struct claim){-1, -1};
	for (size_t i = 0; i < conf_n_slas(c); i++)
		r->slas[i].up_since = LONG_AGO;
	return r;
}

void roles_free(struct roles *r)
{
	if (!r)
		return;
	free(r->now);
	free(r->linger_until);
	free(r->users);
	free(r->claims);
	free(r->slas);
	free(r->lines);
	free(r->selected);
	free(r->unused);
	free(r);
}

const struct tunnel_role *roles_now(const struct roles *r)
{
	return r->now;
}

/* ---- claims ---- */

static bool in_range(int i, size_t n)
{
	return i < 0 || (size_t)i < n;
}

static void count(struct roles *r, const struct claim *c, int by)
{
	for (size_t i = 0; i < r->conf->n_tunnels; i++)
		if (covers(c, r->conf, i))
			r->users[i] += (unsigned)by;
}

bool roles_claim(struct roles *r, size_t owner, int tunnel, int group)
{
	if (owner >= r->conf->n_instances || !in_range(tunnel, r->conf->n_tunnels) ||
	    !in_range(group, r->conf->n_tunnel_groups))
		return false;
	count(r, &r->claims[owner], -1);
	r->claims[owner] = (struct claim){tunnel, group};
	count(r, &r->claims[owner], 1);
	return true;
}

/* Lets everything that the claim covers linger. */
static void linger(struct roles *r, const struct claim *c, mono_t now)
{
	for (size_t i = 0; i < r->conf->n_tunnels; i++)
		if (covers(c, r->conf, i))
			r->linger_until[i] = mono_add(now, r->conf->tunnels[i].linger_us);
}

bool roles_release(struct roles *r, size_t owner, int tunnel, int group, mono_t now, bool now_too)
{
	struct claim *c;

	if (owner >= r->conf->n_instances)
		return false;
	c = &r->claims[owner];
	if (c->tunnel != tunnel || c->group != group)
		return true;
	if (!now_too)
		linger(r, c, now);
	count(r, c, -1);
	*c = (struct claim){-1, -1};
	return true;
}

void roles_shut(struct roles *r)
{
	r->shut = true;
}

/* ---- groups ---- */

static void judge(struct verdict *v, bool down, mono_t now)
{
	if (v->down && !down)
		v->up_since = now;
	v->down = down;
}

void roles_sla(struct roles *r, int sla, bool down, mono_t now)
{
	if (sla >= 0 && (size_t)sla < conf_n_slas(r->conf))
		judge(&r->slas[sla], down, now);
}

void roles_line(struct roles *r, size_t tunnel, bool down, mono_t now)
{
	judge(&r->lines[tunnel], down, now);
}

/* When the member may be chosen; MONO_NEVER: its probe or its line is down. */
static mono_t usable_from(const struct roles *r, const struct conf_tunnel_group *g, size_t member)
{
	const struct conf_tunnel_member *m = &g->members[member];
	const struct verdict *line = &r->lines[m->tunnel], *last = line;

	if (m->sla >= 0 && !line->down) {
		const struct verdict *sla = &r->slas[m->sla];

		if (sla->down || mono_before(line->up_since, sla->up_since))
			last = sla;
	}
	return last->down ? MONO_NEVER : mono_add(last->up_since, g->hold_up_us);
}

static bool is_down(const struct roles *r, const struct conf_tunnel_group *g, size_t member)
{
	return mono_is_never(usable_from(r, g, member));
}

/*
 * The first member that is not down; the present one is only left for a better one that held
 * up, unless it is down itself. All down: the present one stays, since no other is known to be
 * better. Returns when a better one will have held up.
 */
static mono_t select_member(struct roles *r, size_t group, mono_t now)
{
	const struct conf_tunnel_group *g = &r->conf->tunnel_groups[group];
	size_t present = r->selected[group];
	bool leave = is_down(r, g, present);
	mono_t next = MONO_NEVER;

	for (size_t m = 0; m < g->n_members; m++) {
		mono_t from = usable_from(r, g, m);

		if (m == present && !leave)
			break;
		if (mono_is_never(from))
			continue;
		if (leave || mono_reached(from, now)) {
			r->selected[group] = m;
			break;
		}
		next = mono_min(next, from);
	}
	return next;
}

static bool is_selected(const struct roles *r, size_t tunnel)
{
	int group = r->conf->tunnels[tunnel].group;

	if (group < 0)
		return true;
	return r->conf->tunnel_groups[group].members[r->selected[group]].tunnel == (int)tunnel;
}

void roles_adopt(struct roles *r, size_t tunnel, mono_t now)
{
	int group = r->conf->tunnels[tunnel].group;
	struct claim as_if = {group < 0 ? (int)tunnel : -1, group};
	const struct conf_tunnel_group *g;

	linger(r, &as_if, now);
	if (group < 0)
		return;
	g = &r->conf->tunnel_groups[group];
	for (size_t m = 0; m < g->n_members; m++) {
		if (g->members[m].tunnel == (int)tunnel)
			r->selected[group] = m;
		else if (g->members[m].sla >= 0)
			r->slas[g->members[m].sla].up_since = now;
	}
}

/* ---- the result ---- */

static bool carries(const struct roles *r, size_t tunnel, mono_t now)
{
	if (r->shut)
		return false;
	return r->users[tunnel] > 0 || mono_before(now, r->linger_until[tunnel]) ||
	       r->unused[tunnel];
}

mono_t roles_update(struct roles *r, mono_t now, bool changed[])
{
	mono_t next = MONO_NEVER;

	for (size_t g = 0; g < r->conf->n_tunnel_groups; g++)
		next = mono_min(next, select_member(r, g, now));
	for (size_t i = 0; i < r->conf->n_tunnels; i++) {
		struct tunnel_role role = {carries(r, i, now), is_selected(r, i)};
		struct tunnel_role *old = &r->now[i];

		if (changed && (role.carry != old->carry || role.selected != old->selected))
			changed[i] = true;
		*old = role;
		if (!r->shut && mono_before(now, r->linger_until[i]))
			next = mono_min(next, r->linger_until[i]);
	}
	return next;
}

/* ---- from one configuration to the next ---- */

static int find_group(const struct conf *c, const char *name)
{
	for (size_t i = 0; i < c->n_tunnel_groups; i++)
		if (strcmp(c->tunnel_groups[i].name, name) == 0)
			return (int)i;
	return -1;
}

/* The same claim in the words of another configuration. */
static struct claim translate(const struct claim *c, const struct conf *from, const struct conf *to)
{
	struct claim out = {-1, -1};

	if (c->tunnel >= 0)
		out.tunnel = conf_find_tunnel(to, from->tunnels[c->tunnel].name);
	if (c->group >= 0)
		out.group = find_group(to, from->tunnel_groups[c->group].name);
	return out;
}

static void carry_claim(struct roles *to, const struct roles *from, size_t owner, mono_t now)
{
	struct claim c = translate(&from->claims[owner], from->conf, to->conf);
	int i = conf_find_instance(to->conf, from->conf->instances[owner].name);

	if (i >= 0 && to->conf->instances[i].tunnel == c.tunnel &&
	    to->conf->instances[i].tunnel_group == c.group)
		roles_claim(to, (size_t)i, c.tunnel, c.group);
	else
		linger(to, &c, now);
}

static void carry_selection(struct roles *to, const struct roles *from, size_t group)
{
	const struct conf_tunnel_group *old = &from->conf->tunnel_groups[group], *new;
	int g = find_group(to->conf, old->name);
	const char *name;

	if (g < 0)
		return;
	name = from->conf->tunnels[old->members[from->selected[group]].tunnel].name;
	new = &to->conf->tunnel_groups[g];
	for (size_t m = 0; m < new->n_members; m++)
		if (strcmp(to->conf->tunnels[new->members[m].tunnel].name, name) == 0)
			to->selected[g] = m;
}

void roles_carry_over(struct roles *to, const struct roles *from, mono_t now)
{
	for (size_t i = 0; i < from->conf->n_tunnels; i++) {
		int t = conf_find_tunnel(to->conf, from->conf->tunnels[i].name);

		if (t < 0)
			continue;
		to->linger_until[t] = from->linger_until[i];
		if (!to->lines[t].down && !from->lines[i].down)
			to->lines[t].up_since = from->lines[i].up_since;
	}
	for (size_t i = 0; i < conf_n_slas(from->conf); i++) {
		int s = conf_find_sla(to->conf, conf_sla_name(from->conf, (int)i));

		if (s >= 0)
			to->slas[s] = from->slas[i];
	}
	for (size_t i = 0; i < from->conf->n_tunnel_groups; i++)
		carry_selection(to, from, i);
	for (size_t i = 0; i < from->conf->n_instances; i++)
		carry_claim(to, from, i, now);
}
