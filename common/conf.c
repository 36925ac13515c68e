/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finding things in a configuration, and freeing it; see conf.h. Pure. */
#include "common/conf.h"

#include <string.h>

#include "common/arena.h"

int conf_find_instance(const struct conf *c, const char *name)
{
	for (size_t i = 0; i < c->n_instances; i++)
		if (strcmp(c->instances[i].name, name) == 0)
			return (int)i;
	return -1;
}

bool conf_is_synced(const struct conf *c, const struct conf_instance *i)
{
	return i->sync_group >= 0 && c->sync_groups[i->sync_group].n_members > 1;
}

static bool has_hooks(const struct conf_hooks *h)
{
	bool any = h->any.len > 0;

	for (size_t k = 0; k < N_NOTICE_COMMANDS; k++)
		any |= h->on[k].len > 0;
	return any;
}

bool conf_has_commands(const struct conf *c)
{
	bool any = c->n_scripts > 0 || c->startup.len > 0 || c->shutdown.len > 0;

	for (size_t k = 0; k < N_FIFOS; k++)
		any |= c->fifos[k][0] != '\0';
	for (size_t k = 0; k < c->n_instances; k++)
		any |= has_hooks(&c->instances[k].hooks);
	for (size_t k = 0; k < c->n_sync_groups; k++)
		any |= has_hooks(&c->sync_groups[k].hooks);
	return any;
}

int conf_find_tunnel(const struct conf *c, const char *name)
{
	for (size_t i = 0; i < c->n_tunnels; i++)
		if (strcmp(c->tunnels[i].name, name) == 0)
			return (int)i;
	return -1;
}

bool conf_shares_peer(const struct conf *c, size_t tunnel)
{
	const struct conf_tunnel *t = &c->tunnels[tunnel];

	for (size_t i = 0; i < c->n_tunnels; i++) {
		const struct conf_tunnel *o = &c->tunnels[i];

		if (!addr_equal(&o->local, &t->local) && addr_equal(&o->remote, &t->remote) &&
		    strcmp(o->interface, t->interface) != 0)
			return true;
	}
	return false;
}

const struct addr *conf_own_address(const struct conf_tunnel *t, uint8_t family)
{
	return &t->own[family == FAMILY_IPV6];
}

bool conf_carries(const struct conf_tunnel *t, uint8_t family)
{
	for (size_t i = 0; i < t->n_remote_subnets; i++)
		if (t->remote_subnets[i].addr.family == family)
			return true;
	return false;
}

const char *conf_tunnel_way(const struct conf_tunnel *t)
{
	return t->mode == MODE_INTERFACE ? t->device : t->interface;
}

int conf_find_sla(const struct conf *c, const char *name)
{
	for (size_t i = 0; i < conf_n_slas(c); i++)
		if (strcmp(conf_sla_name(c, (int)i), name) == 0)
			return (int)i;
	return -1;
}

const char *conf_sla_name(const struct conf *c, int sla)
{
	if (CONF_SLA_IS_PROBE(c, sla))
		return c->probes[sla].name;
	return c->sla_groups[(size_t)sla - c->n_probes].name;
}

size_t conf_n_slas(const struct conf *c)
{
	return c->n_probes + c->n_sla_groups;
}

void conf_free(struct conf *c)
{
	if (c)
		arena_free(c->arena);
}
