/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rules that hold between statements: names, references, probes and their groups. Pure. */
#include <inttypes.h>
#include <string.h>

#include "common/conf_internal.h"

/* Everything that has a name begins with it. */
static const char *name_at(const void *list, size_t size, size_t i)
{
	return (const char *)list + i * size;
}

static void check_names(struct parse *p, const void *list, size_t n, size_t size,
			const struct draft drafts[])
{
	for (size_t i = 1; i < n; i++)
		for (size_t j = 0; j < i && *name_at(list, size, i); j++)
			if (strcmp(name_at(list, size, i), name_at(list, size, j)) == 0) {
				conf_error(
					p, draft_name_pos(&drafts[i]),
					"%s `%s' is defined twice; the first is in line %" PRIu32,
					keyword_block(drafts[i].block)->name,
					name_at(list, size, i), drafts[j].stmt->words[0].pos.line);
				break;
			}
}

struct named {
	const void *list;
	size_t n, size;
	const struct draft *drafts;
};

static void check_apart(struct parse *p, const struct named *groups, const struct named *members)
{
	for (size_t i = 0; i < groups->n; i++) {
		const char *name = name_at(groups->list, groups->size, i);
		size_t j = 0;

		while (j < members->n &&
		       strcmp(name_at(members->list, members->size, j), name) != 0)
			j++;
		if (name[0] && j < members->n)
			conf_error(p, draft_name_pos(&groups->drafts[i]),
				   "%s `%s' has the name of the %s in line %" PRIu32,
				   keyword_block(groups->drafts[i].block)->name, name,
				   keyword_block(members->drafts[j].block)->name,
				   members->drafts[j].stmt->words[0].pos.line);
	}
}

/* Groups share a space of names with their members: statements, verdicts and commands name either.
 */
static void check_group_names(struct parse *p)
{
	const struct conf *c = p->conf;
	const struct named probes = {c->probes, c->n_probes, sizeof(*c->probes), p->probes};
	const struct named sla_groups = {c->sla_groups, c->n_sla_groups, sizeof(*c->sla_groups),
					 p->sla_groups};
	const struct named tunnels = {c->tunnels, c->n_tunnels, sizeof(*c->tunnels), p->tunnels};
	const struct named tunnel_groups = {c->tunnel_groups, c->n_tunnel_groups,
					    sizeof(*c->tunnel_groups), p->tunnel_groups};

	check_apart(p, &sla_groups, &probes);
	check_apart(p, &tunnel_groups, &tunnels);
}

/* A probe that is bound to a tunnel has to be traffic of that tunnel, whatever the router's role
 * is. */
static void check_tunnel_probe(struct parse *p, const struct conf_probe *probe,
			       const struct draft *d)
{
	const struct conf_tunnel *t = &p->conf->tunnels[probe->tunnel];
	char a[ADDR_STRLEN];

	if (addr_is_set(&probe->target) && t->n_remote_subnets > 0 &&
	    !prefix_any_contains(t->remote_subnets, t->n_remote_subnets, &probe->target))
		conf_error(p, draft_pos(d, "target"),
			   "target %s is in no remote_subnet of tunnel `%s'",
			   addr_format(&probe->target, a), t->name);
	if (!draft_find(d, "source")) {
		conf_error(p, draft_pos(d, "tunnel"), "a probe with `tunnel' needs `source'");
		return;
	}
	if (!addr_is_set(&probe->source))
		return;
	if (t->n_local_subnets > 0 &&
	    !prefix_any_contains(t->local_subnets, t->n_local_subnets, &probe->source))
		conf_error(p, draft_pos(d, "source"),
			   "source %s is in no local_subnet of tunnel `%s'",
			   addr_format(&probe->source, a), t->name);
	else if (!addr_equal(conf_own_address(t, probe->source.family), &probe->source))
		conf_warn(p, draft_pos(d, "source"),
			  "source %s is no own_address of tunnel `%s': the probe is blocked "
			  "while the tunnel carries no LAN traffic",
			  addr_format(&probe->source, a), t->name);
}

/* Nobody would answer, or many would. Of a subnet's broadcast address nothing is known here. */
static bool is_of_many(const struct addr *a)
{
	static const uint8_t everybody[] = {255, 255, 255, 255};

	return addr_is_multicast(a) ||
	       (a->family == FAMILY_IPV4 && memcmp(a->b, everybody, sizeof(everybody)) == 0);
}

static void check_probe_addresses(struct parse *p, const struct conf_probe *probe,
				  const struct draft *d)
{
	char target[ADDR_STRLEN], source[ADDR_STRLEN];

	if (!addr_is_set(&probe->target))
		return;
	addr_format(&probe->target, target);
	if (is_of_many(&probe->target))
		conf_error(p, draft_pos(d, "target"),
			   "target %s is a multicast or broadcast address: one host has to answer",
			   target);
	if (addr_is_set(&probe->source) && probe->source.family != probe->target.family)
		conf_error(p, draft_pos(d, "source"),
			   "source %s and target %s are of different families",
			   addr_format(&probe->source, source), target);
	if (addr_is_link_local(&probe->target) && !probe->interface[0])
		conf_error(p, draft_pos(d, "target"),
			   "target %s is link-local, which needs `interface'", target);
}

/* Probes wait for nobody, so a name is looked up beside them, and only where that is asked for. */
static void check_host(struct parse *p, const struct conf_probe *probe, const struct draft *d)
{
	if (!probe->host[0]) {
		if (probe->resolve_us && addr_is_set(&probe->target))
			conf_warn(p, draft_pos(d, "resolve"),
				  "`resolve' does nothing: the target is an address");
		return;
	}
	if (!draft_find(d, "resolve"))
		conf_error(p, draft_pos(d, "target"),
			   "target `%s' is no address, and a host name needs `resolve': it is "
			   "looked up beside the probes, which may not wait for a name server",
			   probe->host);
	if (draft_find(d, "tunnel"))
		conf_error(p, draft_pos(d, "target"),
			   "a probe with `tunnel' needs an address: nobody knows before the "
			   "look-up whether `%s' lies behind the tunnel",
			   probe->host);
}

static void check_probes(struct parse *p)
{
	for (size_t i = 0; i < p->conf->n_probes; i++) {
		struct conf_probe *probe = &p->conf->probes[i];
		const struct stmt *s = draft_find(&p->probes[i], "tunnel");

		check_probe_addresses(p, probe, &p->probes[i]);
		check_host(p, probe, &p->probes[i]);
		probe->tunnel = s ? check_tunnel_ref(p, &s->words[1]) : -1;
		if (probe->tunnel >= 0)
			check_tunnel_probe(p, probe, &p->probes[i]);
	}
}

static void check_sla_group(struct parse *p, struct conf_sla_group *g, const struct draft *d)
{
	const struct stmt *s = draft_find(d, "probes");

	for (size_t i = 0; i < g->n_probes; i++) {
		const struct token *t = &s->words[i + 1];

		g->probes[i] = check_sla_ref(p, t);
		if (g->probes[i] >= 0 && !CONF_SLA_IS_PROBE(p->conf, g->probes[i]))
			conf_error(p, &t->pos, "`%s' is a group; a group is made of probes",
				   t->text);
		for (size_t j = 0; j < i; j++)
			if (g->probes[i] >= 0 && g->probes[i] == g->probes[j])
				conf_error(p, &t->pos, "`%s' is named twice", t->text);
	}
	if (g->require == REQUIRE_COUNT && g->n_probes > 0 && g->count > g->n_probes)
		conf_error(p, draft_pos(d, "require"), "`require' is %u, but there are %zu probes",
			   g->count, g->n_probes);
}

static void check_fifo_scripts(struct parse *p)
{
	static const char *const fifos[N_FIFOS] = {"notify_fifo", "vrrp_notify_fifo"};
	static const char *const scripts[N_FIFOS] = {"notify_fifo_script",
						     "vrrp_notify_fifo_script"};

	for (size_t k = 0; k < N_FIFOS; k++)
		if (draft_find(&p->globals, scripts[k]) && !draft_find(&p->globals, fifos[k]))
			conf_error(p, draft_pos(&p->globals, scripts[k]), "`%s' needs `%s'",
				   scripts[k], fifos[k]);
}

void conf_check(struct parse *p)
{
	struct conf *c = p->conf;

	check_names(p, c->instances, c->n_instances, sizeof(*c->instances), p->instances);
	check_names(p, c->probes, c->n_probes, sizeof(*c->probes), p->probes);
	check_names(p, c->sla_groups, c->n_sla_groups, sizeof(*c->sla_groups), p->sla_groups);
	check_names(p, c->tunnels, c->n_tunnels, sizeof(*c->tunnels), p->tunnels);
	check_names(p, c->tunnel_groups, c->n_tunnel_groups, sizeof(*c->tunnel_groups),
		    p->tunnel_groups);
	check_names(p, c->sync_groups, c->n_sync_groups, sizeof(*c->sync_groups), p->sync_groups);
	check_names(p, c->track_files, c->n_track_files, sizeof(*c->track_files), p->track_files);
	check_names(p, c->scripts, c->n_scripts, sizeof(*c->scripts), p->scripts);
	check_group_names(p);
	check_probes(p);
	for (size_t i = 0; i < c->n_sla_groups; i++)
		check_sla_group(p, &c->sla_groups[i], &p->sla_groups[i]);
	check_fifo_scripts(p);
	conf_check_tunnels(p);
	conf_check_modes(p);
	conf_check_sync_groups(p);
	conf_check_instances(p);
	conf_check_sync_weights(p);
	conf_check_garp(p);
	conf_check_vmacs(p);
}
