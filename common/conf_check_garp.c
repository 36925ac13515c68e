/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rules of gratuitous ARPs and neighbor advertisements: which defaults follow from other
 * statements, and which addresses keep which distance. Source: keepalived.conf(5). Pure.
 */
#include <stdio.h>
#include <string.h>

#include "common/arena.h"
#include "common/conf_internal.h"

static bool is_given(const struct parse *p, const struct draft *d, const char *name)
{
	char global[64];

	snprintf(global, sizeof(global), "vrrp_%s", name);
	return draft_find(d, name) || draft_find(&p->globals, global);
}

static void take_defaults(const struct parse *p, struct conf_instance *i, const struct draft *d)
{
	if (p->conf->min_garp && !is_given(p, d, "garp_master_repeat"))
		i->garp_repeat = 1;
	if (p->conf->min_garp && !is_given(p, d, "garp_master_delay"))
		i->garp_delay_us = 0;
	if (!is_given(p, d, "garp_lower_prio_repeat"))
		i->garp_lower_prio_repeat = i->garp_repeat;
	if (!is_given(p, d, "garp_lower_prio_delay"))
		i->garp_lower_prio_delay_us = i->garp_delay_us;
}

static int find_group(const struct conf *c, const char *interface)
{
	for (size_t k = 0; k < c->n_garp_groups; k++)
		for (size_t n = 0; n < c->garp_groups[k].n_interfaces; n++)
			if (strcmp(c->garp_groups[k].interfaces[n], interface) == 0)
				return (int)k;
	return -1;
}

/* Those of the file as a list that can grow. */
static void copy_groups(struct parse *p)
{
	const struct conf_garp_group *given = p->conf->garp_groups;
	struct conf_garp_group *list = NULL;

	for (size_t k = 0; k < p->conf->n_garp_groups; k++) {
		list = arena_append(p->keep, list, k, sizeof(*list));
		list[k] = given[k];
	}
	p->conf->garp_groups = list;
}

/* vrrp_garp_interval and vrrp_gna_interval: a group for each interface that is in none. */
static int make_group(struct parse *p, const char *interface)
{
	struct conf *c = p->conf;
	struct conf_garp_group *g;

	if (c->garp_us[0] == 0 && c->garp_us[1] == 0)
		return -1;
	c->garp_groups =
		arena_append(p->keep, c->garp_groups, c->n_garp_groups, sizeof(*c->garp_groups));
	g = &c->garp_groups[c->n_garp_groups];
	memcpy(g->interval_us, c->garp_us, sizeof(g->interval_us));
	g->interfaces = arena_alloc(p->keep, sizeof(*g->interfaces));
	memcpy(g->interfaces[0], interface, CONF_IFNAME_MAX);
	g->n_interfaces = 1;
	return (int)c->n_garp_groups++;
}

static void group_addresses(struct parse *p, const struct conf_instance *i, struct conf_vip *list,
			    size_t n)
{
	for (size_t k = 0; k < n; k++) {
		const char *interface = list[k].dev[0] ? list[k].dev : i->interface;

		list[k].garp_group = find_group(p->conf, interface);
		if (list[k].garp_group < 0)
			list[k].garp_group = make_group(p, interface);
	}
}

static void check_group(struct parse *p, size_t k)
{
	const struct conf_garp_group *g = &p->conf->garp_groups[k];
	const struct draft *d = &p->garp_groups[k];

	if (draft_find(d, "interface") && draft_find(d, "interfaces"))
		conf_error(p, draft_pos(d, "interfaces"),
			   "`interface' and `interfaces' exclude each other");
	else if (!draft_find(d, "interface") && !draft_find(d, "interfaces") && !d->stmt->broken)
		conf_error(p, draft_name_pos(d), "a garp_group needs `interface' or `interfaces'");
	for (size_t n = 0; n < g->n_interfaces; n++)
		if (find_group(p->conf, g->interfaces[n]) < (int)k)
			conf_error(p, draft_name_pos(d), "interface `%s' is in two garp_groups",
				   g->interfaces[n]);
}

void conf_check_garp(struct parse *p)
{
	struct conf *c = p->conf;

	for (size_t k = 0; k < c->n_garp_groups; k++)
		check_group(p, k);
	copy_groups(p);
	/* Nobody announces these. */
	for (size_t k = 0; k < c->n_static_addresses; k++)
		c->static_addresses[k].garp_group = -1;
	for (size_t k = 0; k < c->n_instances; k++) {
		struct conf_instance *i = &c->instances[k];

		take_defaults(p, i, &p->instances[k]);
		group_addresses(p, i, i->vips, i->n_vips);
		group_addresses(p, i, i->excluded, i->n_excluded);
	}
}
