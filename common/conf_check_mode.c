/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rules of tunnels with an interface of their own: what a name or a number may not be, and that a
 * route, which knows destinations only, leads to one tunnel. Pure.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/conf_internal.h"

/* What the rest of the configuration takes for the host's own is not ours to make. */
static void check_name(struct parse *p, const struct conf_tunnel *t, const struct draft *d)
{
	const struct conf *c = p->conf;
	bool taken = false;

	for (size_t i = 0; i < c->n_instances; i++)
		taken |= strcmp(t->device, c->instances[i].interface) == 0;
	for (size_t i = 0; i < c->n_tunnels; i++)
		taken |= strcmp(t->device, c->tunnels[i].interface) == 0;
	if (strcmp(t->device, t->interface) == 0)
		conf_error(p, draft_pos(d, "mode"),
			   "`%s' is the line: the tunnel's interface needs another name",
			   t->device);
	else if (taken)
		conf_error(p, draft_pos(d, "mode"),
			   "`%s' is the interface of a line or an instance: the tunnel's needs "
			   "another name",
			   t->device);
}

static void check_mode(struct parse *p, struct conf_tunnel *t, const struct draft *d)
{
	if (t->mode == MODE_POLICY) {
		if (draft_find(d, "if_id"))
			conf_error(p, draft_pos(d, "if_id"), "`if_id' without `mode interface'");
		return;
	}
	if (draft_find(d, "route"))
		conf_error(p, draft_pos(d, "route"),
			   "`route' is for `mode policy': an interface has its routes always");
	if (t->if_id == 0)
		t->if_id = t->reqid;
	if (t->device[0] == '\0')
		snprintf(t->device, sizeof(t->device), "xfrm%" PRIu32, t->if_id);
	check_name(p, t, d);
}

static bool share_remote(const struct conf_tunnel *a, const struct conf_tunnel *b)
{
	for (size_t i = 0; i < a->n_remote_subnets; i++)
		for (size_t j = 0; j < b->n_remote_subnets; j++)
			if (prefix_overlaps(&a->remote_subnets[i], &b->remote_subnets[j]))
				return true;
	return false;
}

/* b is the later one. */
static void check_two(struct parse *p, const struct conf_tunnel *a, const struct conf_tunnel *b,
		      const struct draft *d)
{
	bool grouped = a->group >= 0 && a->group == b->group;

	if (grouped && a->mode != b->mode)
		conf_error(p, draft_name_pos(d),
			   "tunnels of one group have one mode, but `%s' and `%s' differ", a->name,
			   b->name);
	if (a->mode == MODE_POLICY && b->mode == MODE_POLICY)
		return;
	if (!grouped && share_remote(a, b))
		conf_error(p, draft_pos(d, "remote_subnet"),
			   "`%s' and `%s' share a remote_subnet: routes to an interface know "
			   "destinations only, so put both into an ipsec_tunnel_group",
			   a->name, b->name);
	if (a->mode != b->mode)
		return;
	if (a->if_id != 0 && a->if_id == b->if_id)
		conf_error(p, draft_pos(d, draft_find(d, "if_id") ? "if_id" : "reqid"),
			   "if_id %" PRIu32 " belongs to tunnel `%s' already", b->if_id, a->name);
	else if (strcmp(a->device, b->device) == 0)
		conf_error(p, draft_pos(d, "mode"), "interface `%s' belongs to tunnel `%s' already",
			   b->device, a->name);
}

void conf_check_modes(struct parse *p)
{
	struct conf *c = p->conf;

	for (size_t i = 0; i < c->n_tunnels; i++)
		check_mode(p, &c->tunnels[i], &p->tunnels[i]);
	for (size_t i = 1; i < c->n_tunnels; i++)
		for (size_t j = 0; j < i; j++)
			check_two(p, &c->tunnels[j], &c->tunnels[i], &p->tunnels[i]);
}
