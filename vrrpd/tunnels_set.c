/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What belongs to one configuration of the tunnels: made at load, freed at the next; see
 * tunnels_int.h. */
#include <stdlib.h>

#include "vrrpd/line.h"
#include "vrrpd/tunnels_int.h"

static void *array(size_t n, size_t size)
{
	return calloc(n ? n : 1, size);
}

/* A switch takes one tunnel at a time. */
static size_t most_remotes(const struct conf *c)
{
	size_t most = 0;

	for (size_t i = 0; i < c->n_tunnels; i++)
		if (c->tunnels[i].n_remote_subnets > most)
			most = c->tunnels[i].n_remote_subnets;
	return most;
}

static bool allocate(struct tunnel_set *s)
{
	size_t n = s->conf->n_tunnels, most = wanted_policies_max(s->conf);

	s->roles = roles_new(s->conf);
	s->silence = silence_new(s->conf);
	s->seeks = array(n, sizeof(*s->seeks));
	s->gateways = array(n, sizeof(*s->gateways));
	s->wanted = array(most, sizeof(*s->wanted));
	s->changes = array(most, sizeof(*s->changes));
	s->routes = array(most_remotes(s->conf), sizeof(*s->routes));
	s->changed = array(n, sizeof(*s->changed));
	s->changed_list = array(n, sizeof(*s->changed_list));
	s->views = array(n, sizeof(*s->views));
	s->devices = array(n, sizeof(*s->devices));
	s->made = array(n, sizeof(*s->made));
	s->refused = array(n, sizeof(*s->refused));
	return s->roles && s->silence && s->seeks && s->gateways && s->wanted && s->changes &&
	       s->routes && s->changed && s->changed_list && s->views && s->devices && s->made &&
	       s->refused;
}

struct tunnel_set *tunnel_set_new(const struct conf *c, mono_t now)
{
	struct tunnel_set *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->conf = c;
	if (!allocate(s)) {
		tunnel_set_free(s);
		return NULL;
	}
	for (size_t i = 0; i < c->n_tunnels; i++) {
		struct line l = line_look(c->tunnels[i].interface);

		s->views[i].running = l.running;
		s->views[i].mtu = l.mtu;
		s->gateways[i] = c->tunnels[i].gateway;
		s->seeks[i] = !addr_is_set(&s->gateways[i]) && conf_shares_peer(c, i);
		if (!l.running)
			roles_line(s->roles, i, true, now);
	}
	return s;
}

bool tunnel_has_way(const struct tunnel_set *s, size_t tunnel)
{
	return s->views[tunnel].running &&
	       (s->conf->tunnels[tunnel].mode != MODE_INTERFACE || s->devices[tunnel]);
}

struct guard_line tunnel_guard_line(const struct tunnel_set *s, size_t tunnel)
{
	const struct tunnel_view *v = &s->views[tunnel];

	return (struct guard_line){v->mtu, v->encapsulated, silence_now(s->silence)[tunnel]};
}

void tunnel_set_free(struct tunnel_set *s)
{
	if (!s)
		return;
	roles_free(s->roles);
	silence_free(s->silence);
	free(s->seeks);
	free(s->gateways);
	free(s->wanted);
	free(s->changes);
	free(s->routes);
	free(s->changed);
	free(s->changed_list);
	free(s->views);
	free(s->devices);
	free(s->made);
	free(s->refused);
	free(s->sas);
	free(s);
}
