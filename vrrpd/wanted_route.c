/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Routes and rules of the tunnels; see wanted_route.h. Of three kinds:
 *
 * `route on`: to the remote subnets over the line, with own_address as the source, so that the
 * router's own traffic falls under P. There is no gateway: the outer packet is routed by its own
 * destination, and an inner one without a policy is dropped before it would look for a neighbour.
 *
 * A gateway: outer packets are routed by their destination, which two lines to one peer share. So
 * what comes from local_address is routed by a table of the tunnel's own, to the peer over the
 * line's gateway. Without its line the table refuses: packets of this tunnel that left by another
 * line would make the probes judge that one.
 *
 * `mode interface': to the remote subnets over the tunnel's own interface, of a group over the
 * selected one's. What comes from own_address is routed by the tunnel's own table, to its own
 * interface, whichever is selected. Behind both the kernel refuses: without its interface the
 * traffic does not fall to the default route.
 *
 * Pure.
 */
#include "vrrpd/wanted_route.h"

#include <linux/rtnetlink.h>

/* Behind a table's other routes. */
#define LAST_METRIC UINT32_MAX

static uint32_t table_of(size_t tunnel)
{
	return WANTED_TABLE_BASE + (uint32_t)tunnel;
}

/* Without a gateway. */
static struct route over(int ifindex, const struct prefix *dst, uint32_t table, uint32_t metric)
{
	return (struct route){.proto = ROUTE_PROTO_TUNNEL,
			      .dst = *dst,
			      .table = table,
			      .metric = metric,
			      .scope = dst->addr.family == FAMILY_IPV4 ? RT_SCOPE_LINK : 0,
			      .ifindex = ifindex};
}

/* The source makes the router's own traffic fall under P. */
static size_t main_routes(const struct conf_tunnel *t, int ifindex, uint32_t metric,
			  struct route out[])
{
	for (size_t i = 0; i < t->n_remote_subnets; i++) {
		struct prefix dst = prefix_network(&t->remote_subnets[i]);

		out[i] = over(ifindex, &dst, RT_TABLE_MAIN, metric);
		out[i].source = *conf_own_address(t, dst.addr.family);
	}
	return t->n_remote_subnets;
}

/* The metric tells two lines to the same subnets apart, the first one first. */
static size_t subnet_routes(const struct conf_tunnel *t, size_t tunnel, int ifindex,
			    struct route out[])
{
	return t->route && ifindex ? main_routes(t, ifindex, (uint32_t)tunnel + 1, out) : 0;
}

static struct route unreachable(const struct prefix *dst, uint32_t table)
{
	return (struct route){.proto = ROUTE_PROTO_TUNNEL,
			      .dst = *dst,
			      .table = table,
			      .metric = LAST_METRIC,
			      .type = RTN_UNREACHABLE};
}

static size_t peer_routes(const struct conf_tunnel *t, size_t tunnel, const struct addr *gateway,
			  int ifindex, struct route out[])
{
	struct prefix peer;
	size_t n = 0;

	if (!addr_is_set(gateway))
		return 0;
	/* The gateway need not be in a subnet: lines with a single address are like that. */
	if (ifindex)
		out[n++] = (struct route){.proto = ROUTE_PROTO_TUNNEL,
					  .dst = prefix_host(&t->remote),
					  .table = table_of(tunnel),
					  .metric = 1,
					  .ifindex = ifindex,
					  .onlink = true,
					  .gateway = *gateway};
	peer = prefix_host(&t->remote);
	out[n++] = unreachable(&peer, table_of(tunnel));
	return n;
}

/* The place is the first one's of the group, whoever is selected, so that a switch replaces. */
static uint32_t device_metric(const struct conf *c, size_t tunnel)
{
	int group = c->tunnels[tunnel].group;

	return 1 +
	       (group < 0 ? (uint32_t)tunnel : (uint32_t)c->tunnel_groups[group].members[0].tunnel);
}

size_t wanted_device_routes(const struct conf *c, size_t tunnel, int device, struct route out[])
{
	return main_routes(&c->tunnels[tunnel], device, device_metric(c, tunnel), out);
}

/* For what comes from own_address. */
static size_t own_routes(const struct conf_tunnel *t, size_t tunnel, int device, struct route out[])
{
	size_t n = 0;

	for (size_t i = 0; i < t->n_remote_subnets; i++) {
		struct prefix dst = prefix_network(&t->remote_subnets[i]);

		if (!addr_is_set(conf_own_address(t, dst.addr.family)))
			continue;
		if (device)
			out[n++] = over(device, &dst, table_of(tunnel), 1);
		out[n++] = unreachable(&dst, table_of(tunnel));
	}
	return n;
}

static size_t device_routes(const struct conf *c, size_t tunnel, int device, bool selected,
			    struct route out[])
{
	const struct conf_tunnel *t = &c->tunnels[tunnel];
	size_t n = own_routes(t, tunnel, device, out);

	if (!selected)
		return n;
	if (device)
		n += wanted_device_routes(c, tunnel, device, out + n);
	for (size_t i = 0; i < t->n_remote_subnets; i++) {
		struct prefix dst = prefix_network(&t->remote_subnets[i]);

		out[n++] = unreachable(&dst, RT_TABLE_MAIN);
	}
	return n;
}

size_t wanted_routes_max(const struct conf *c)
{
	size_t n = 0;

	for (size_t i = 0; i < c->n_tunnels; i++)
		n += 4 * c->tunnels[i].n_remote_subnets + 2;
	return n;
}

size_t wanted_routes(const struct conf *c, const struct addr gateways[], const int lines[],
		     const int devices[], const struct tunnel_role roles[], struct route out[])
{
	size_t n = 0;

	for (size_t i = 0; i < c->n_tunnels; i++) {
		n += subnet_routes(&c->tunnels[i], i, lines[i], out + n);
		n += peer_routes(&c->tunnels[i], i, &gateways[i], lines[i], out + n);
		if (c->tunnels[i].mode == MODE_INTERFACE)
			n += device_routes(c, i, devices[i], roles[i].selected, out + n);
	}
	return n;
}

static void add_rule(struct rule out[], size_t *n, const struct addr *src, size_t tunnel)
{
	if (addr_is_set(src))
		out[(*n)++] = (struct rule){.proto = ROUTE_PROTO_TUNNEL,
					    .src = prefix_host(src),
					    .priority = WANTED_RULE_PRIORITY,
					    .table = table_of(tunnel)};
}

size_t wanted_rules(const struct conf *c, const struct addr gateways[], struct rule out[])
{
	size_t n = 0;

	for (size_t i = 0; i < c->n_tunnels; i++) {
		const struct conf_tunnel *t = &c->tunnels[i];

		if (addr_is_set(&gateways[i]))
			add_rule(out, &n, &t->local, i);
		if (t->mode != MODE_INTERFACE)
			continue;
		add_rule(out, &n, conf_own_address(t, FAMILY_IPV4), i);
		add_rule(out, &n, conf_own_address(t, FAMILY_IPV6), i);
	}
	return n;
}
