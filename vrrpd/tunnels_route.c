/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The routes of tunnels with `route on`: to the remote subnets over the line, with own_address as
 * the source, so that the router's own traffic falls under P. There is no gateway: the outer packet
 * is routed by its own destination, and an inner one without a policy is dropped before it would
 * look for a neighbour. The kernel takes a route along when its line goes down; it is put again
 * when the line is back.
 */
#include <errno.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vrrpd/nl_route.h"
#include "vrrpd/tunnels_int.h"

static size_t most_routes(const struct conf *c)
{
	size_t n = 0;

	for (size_t i = 0; i < c->n_tunnels; i++)
		if (c->tunnels[i].route)
			n += c->tunnels[i].n_remote_subnets;
	return n;
}

/* The metric tells two lines to the same subnets apart, the first one first. */
static size_t wanted_routes(const struct tunnel_set *s, struct route out[])
{
	size_t n = 0;

	for (size_t i = 0; i < s->conf->n_tunnels; i++) {
		const struct conf_tunnel *t = &s->conf->tunnels[i];
		int ifindex = t->route ? (int)if_nametoindex(t->interface) : 0;

		for (size_t k = 0; ifindex && s->views[i].running && k < t->n_remote_subnets; k++) {
			struct prefix dst = prefix_network(&t->remote_subnets[k]);

			out[n] = (struct route){
				.ifindex = ifindex, .dst = dst, .metric = (uint32_t)i + 1};
			if (t->own.family == dst.addr.family)
				out[n].source = t->own;
			n++;
		}
	}
	return n;
}

static bool among(const struct route *r, const struct route list[], size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (route_same(r, &list[i]))
			return true;
	return false;
}

/* New ones first. The first error and its route. */
static int reconcile(struct nl *nl, const struct route wanted[], size_t n_wanted,
		     const struct route present[], size_t n_present, const struct route **culprit)
{
	int result = 0;

	for (size_t i = 0; i < n_wanted; i++) {
		int err = among(&wanted[i], present, n_present) ? 0 : nl_route_put(nl, &wanted[i]);

		if (err < 0 && result == 0) {
			result = err;
			*culprit = &wanted[i];
		}
	}
	for (size_t i = 0; i < n_present; i++)
		if (!among(&present[i], wanted, n_wanted))
			nl_route_del(nl, &present[i]);
	return result;
}

static void tell(struct tunnels *t, int err, const struct route *r)
{
	char dst[PREFIX_STRLEN], source[ADDR_STRLEN], text[200];

	if (err == t->route_error)
		return;
	t->route_error = err;
	if (err == 0)
		return;
	snprintf(text, sizeof(text), "no route to %s with source %s: %s",
		 r ? prefix_format(&r->dst, dst) : "the remote subnets",
		 r ? addr_format(&r->source, source) : "own_address", strerror(-err));
	t->fn(t->ctx, -1, TUNNEL_NO_SA, TUNNEL_NO_SA, text);
}

static void on_notice(void *ctx, const struct nlmsghdr *h)
{
	struct tunnels *t = ctx;

	if (h->nlmsg_pid == netlink_port(t->rt) || !nl_route_lost(h))
		return;
	t->look_at_routes = true;
	tunnels_wake(t);
}

static void on_resync(void *ctx)
{
	struct tunnels *t = ctx;

	t->look_at_routes = true;
	tunnels_wake(t);
}

void tunnels_apply_routes(struct tunnels *t)
{
	const int groups[] = {RTNLGRP_IPV4_ROUTE, RTNLGRP_IPV6_ROUTE};
	size_t most = most_routes(t->set->conf), n_present = 0;
	struct route *wanted, *present = NULL;
	const struct route *culprit = NULL;
	int err = 0;

	/* Nobody asks for routes, and nobody did. */
	if (most == 0 && !t->rt)
		return;
	wanted = calloc(most + 1, sizeof(*wanted));
	if (!wanted)
		err = -ENOMEM;
	if (err == 0 && !t->rt)
		err = netlink_open(&t->rt, t->loop, NETLINK_ROUTE, groups, 2, on_notice, on_resync,
				   t);
	if (err == 0)
		err = nl_route_dump_own(t->rt, &present, &n_present);
	if (err == 0)
		err = reconcile(t->rt, wanted, wanted_routes(t->set, wanted), present, n_present,
				&culprit);
	tell(t, err, culprit);
	free(wanted);
	free(present);
}

int tunnels_flush_routes(size_t *removed)
{
	struct route *present = NULL;
	struct nl *nl = NULL;
	size_t n = 0;
	int err = netlink_open(&nl, NULL, NETLINK_ROUTE, NULL, 0, NULL, NULL, NULL);

	if (err == 0)
		err = nl_route_dump_own(nl, &present, &n);
	for (size_t i = 0; err == 0 && i < n; i++) {
		err = nl_route_del(nl, &present[i]);
		*removed += err == 0;
	}
	free(present);
	netlink_close(nl);
	return err;
}
