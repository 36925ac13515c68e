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
	enum track_state state;
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
		r->lines[i] = (struct verdict){TRACK_UP, LONG_AGO};
		r->unused[i] = is_unused(c, i);
	}
	for (size_t i = 0; i < c->n_instances; i++)
		r->claims[i] = (struct claim){-1, -1};
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

static void judge(struct verdict *v, enum track_state s, mono_t now)
{
	if (v->state != TRACK_UP && s == TRACK_UP)
		v->up_since = now;
	v->state = s;
}

void roles_sla(struct roles *r, int sla, enum track_state s, mono_t now)
{
	if (sla >= 0 && (size_t)sla < conf_n_slas(r->conf))
		judge(&r->slas[sla], s, now);
}

void roles_line(struct roles *r, size_t tunnel, bool down, mono_t now)
{
	judge(&r->lines[tunnel], down ? TRACK_DOWN : TRACK_UP, now);
}

static const struct verdict *sla_of(const struct roles *r, const struct conf_tunnel_member *m)
{
	static const struct verdict always = {TRACK_UP, LONG_AGO};

	return m->sla >= 0 ? &r->slas[m->sla] : &always;
}

static bool is_down(const struct roles *r, const struct conf_tunnel_member *m)
{
	return r->lines[m->tunnel].state == TRACK_DOWN || sla_of(r, m)->state == TRACK_DOWN;
}

/* When it will have held up; NEVER while that is not known. */
static mono_t better_from(const struct roles *r, const struct conf_tunnel_group *g, size_t member)
{
	const struct verdict *line = &r->lines[g->members[member].tunnel];
	const struct verdict *sla = sla_of(r, &g->members[member]);

	if (line->state != TRACK_UP || sla->state != TRACK_UP)
		return MONO_NEVER;
	return mono_add(mono_before(line->up_since, sla->up_since) ? sla->up_since : line->up_since,
			g->hold_up_us);
}

/*
 * The present one is only left for an earlier one that held up, unless it is down itself: then for
 * the first that is not. All down: it stays, since no other is known to be better. Returns when an
 * earlier one will have held up.
 */
static mono_t select_member(struct roles *r, size_t group, mono_t now)
{
	const struct conf_tunnel_group *g = &r->conf->tunnel_groups[group];
	size_t present = r->selected[group];
	bool leave = is_down(r, &g->members[present]);
	mono_t next = MONO_NEVER;

	for (size_t m = 0; leave ? m < g->n_members : m < present; m++) {
		mono_t from = better_from(r, g, m);

		if (leave ? !is_down(r, &g->members[m]) : mono_reached(from, now)) {
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

static void select_tunnel(struct roles *r, size_t group, size_t tunnel)
{
	const struct conf_tunnel_group *g = &r->conf->tunnel_groups[group];

	for (size_t m = 0; m < g->n_members; m++)
		if (g->members[m].tunnel == (int)tunnel)
			r->selected[group] = m;
}

void roles_adopt(struct roles *r, size_t tunnel, mono_t now)
{
	int group = r->conf->tunnels[tunnel].group;
	struct claim as_if = {group < 0 ? (int)tunnel : -1, group};

	linger(r, &as_if, now);
	if (group >= 0)
		select_tunnel(r, (size_t)group, tunnel);
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

static void carry_claim(struct roles *to, const struct roles *from, size_t owner)
{
	const struct claim *old = &from->claims[owner];
	int i = conf_find_instance(to->conf, from->conf->instances[owner].name);

	if (i >= 0 && (old->tunnel >= 0 || old->group >= 0))
		roles_claim(to, (size_t)i, to->conf->instances[i].tunnel,
			    to->conf->instances[i].tunnel_group);
}

static void carry_line(struct roles *to, const struct roles *from, size_t i, size_t t, mono_t now)
{
	bool carried = from->users[i] > 0 || from->unused[i];

	to->linger_until[t] = from->linger_until[i];
	if (carried && to->users[t] == 0)
		to->linger_until[t] = mono_add(now, to->conf->tunnels[t].linger_us);
	if (to->lines[t].state == TRACK_UP && from->lines[i].state == TRACK_UP)
		to->lines[t].up_since = from->lines[i].up_since;
}

/* Outside a group every tunnel counts as selected: there it is the one that carried. */
static void carry_selection(struct roles *to, const struct roles *from, size_t i, size_t t)
{
	int group = to->conf->tunnels[t].group;
	const struct tunnel_role *old = &from->now[i];

	if (group >= 0 && old->selected && (old->carry || from->conf->tunnels[i].group >= 0))
		select_tunnel(to, (size_t)group, t);
}

void roles_carry_over(struct roles *to, const struct roles *from, mono_t now)
{
	for (size_t i = 0; i < conf_n_slas(from->conf); i++) {
		int s = conf_find_sla(to->conf, conf_sla_name(from->conf, (int)i));

		if (s >= 0)
			to->slas[s] = from->slas[i];
	}
	for (size_t i = 0; i < from->conf->n_instances; i++)
		carry_claim(to, from, i);
	for (size_t i = 0; i < from->conf->n_tunnels; i++) {
		int t = conf_find_tunnel(to->conf, from->conf->tunnels[i].name);

		if (t < 0)
			continue;
		carry_line(to, from, i, (size_t)t, now);
		carry_selection(to, from, i, (size_t)t);
	}
}
