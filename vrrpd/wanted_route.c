/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Routes and rules of the tunnels; see wanted_route.h. Of two kinds:
 *
 * `route on`: to the remote subnets over the line, with own_address as the source, so that the
 * router's own traffic falls under P. There is no gateway: the outer packet is routed by its own
 * destination, and an inner one without a policy is dropped before it would look for a neighbour.
 *
 * `gateway`: outer packets are routed by their destination, which two lines to one peer share. So
 * what comes from local_address is routed by a table of the tunnel's own, to the peer over the
 * line's gateway. Without its line the table refuses: packets of this tunnel that left by another
 * line would make the probes judge that one.
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

static size_t subnet_routes(const struct conf_tunnel *t, size_t tunnel, int ifindex,
			    struct route out[])
{
	if (!t->route || !ifindex)
		return 0;
	for (size_t i = 0; i < t->n_remote_subnets; i++) {
		struct prefix dst = prefix_network(&t->remote_subnets[i]);

		/* The metric tells two lines to the same subnets apart, the first one first. */
		out[i] = (struct route){.proto = ROUTE_PROTO_TUNNEL,
					.dst = dst,
					.table = RT_TABLE_MAIN,
					.metric = (uint32_t)tunnel + 1,
					.ifindex = ifindex,
					.source = *conf_own_address(t, dst.addr.family)};
		if (dst.addr.family == FAMILY_IPV4)
			out[i].scope = RT_SCOPE_LINK;
	}
	return t->n_remote_subnets;
}

static size_t peer_routes(const struct conf_tunnel *t, size_t tunnel, int ifindex,
			  struct route out[])
{
	size_t n = 0;

	if (!addr_is_set(&t->gateway))
		return 0;
	/* The gateway need not be in a subnet: lines with a single address are like that. */
	if (ifindex)
		out[n++] = (struct route){.proto = ROUTE_PROTO_TUNNEL,
					  .dst = prefix_host(&t->remote),
					  .table = table_of(tunnel),
					  .metric = 1,
					  .ifindex = ifindex,
					  .onlink = true,
					  .gateway = t->gateway};
	out[n++] = (struct route){.proto = ROUTE_PROTO_TUNNEL,
				  .dst = prefix_host(&t->remote),
				  .table = table_of(tunnel),
				  .metric = LAST_METRIC,
				  .type = RTN_UNREACHABLE};
	return n;
}

size_t wanted_routes_max(const struct conf *c)
{
	size_t n = 0;

	for (size_t i = 0; i < c->n_tunnels; i++)
		n += c->tunnels[i].n_remote_subnets + 2;
	return n;
}

size_t wanted_routes(const struct conf *c, const int ifindexes[], struct route out[])
{
	size_t n = 0;

	for (size_t i = 0; i < c->n_tunnels; i++) {
		n += subnet_routes(&c->tunnels[i], i, ifindexes[i], out + n);
		n += peer_routes(&c->tunnels[i], i, ifindexes[i], out + n);
	}
	return n;
}

size_t wanted_rules(const struct conf *c, struct rule out[])
{
	size_t n = 0;

	for (size_t i = 0; i < c->n_tunnels; i++)
		if (addr_is_set(&c->tunnels[i].gateway))
			out[n++] = (struct rule){.proto = ROUTE_PROTO_TUNNEL,
						 .src = prefix_host(&c->tunnels[i].local),
						 .priority = WANTED_RULE_PRIORITY,
						 .table = table_of(i)};
	return n;
}
