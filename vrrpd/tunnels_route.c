/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The tunnels' routes and rules, from what wanted_route.c asks for to the kernel, and the notices
 * that one of ours went. The kernel takes a route along when its line goes down, and an IPv4 one
 * with its source; of an IPv6 one it strikes the source in silence. It is put again when line and
 * source are back, which an IPv6 address is only when its duplicates have been looked for.
 */
#include <errno.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vrrpd/nl_route.h"
#include "vrrpd/nl_rule.h"
#include "vrrpd/rt_parse.h"
#include "vrrpd/tunnels_int.h"
#include "vrrpd/wanted_conf.h"
#include "vrrpd/wanted_route.h"

/* Wanted and present; the arrays are malloc'ed. */
struct route_job {
	int *lines;
	struct route *routes, *present_routes;
	struct rule *rules, *present_rules;
	size_t n_routes, n_present_routes, n_rules, n_present_rules;
};

static void job_free(struct route_job *j)
{
	free(j->lines);
	free(j->routes);
	free(j->present_routes);
	free(j->rules);
	free(j->present_rules);
}

/* One that was found stays: without its line a tunnel must not stray to the other one. */
static void find_gateway(struct nl *nl, const struct tunnel_set *s, size_t tunnel, int line)
{
	struct addr found;

	if (line && s->seeks[tunnel] &&
	    nl_route_next_hop(nl, &s->conf->tunnels[tunnel].remote, line, &found) == 0)
		s->gateways[tunnel] = found;
}

static int job_want(struct route_job *j, struct nl *nl, const struct tunnel_set *s)
{
	const struct conf *c = s->conf;

	j->lines = calloc(c->n_tunnels + 1, sizeof(*j->lines));
	j->routes = calloc(wanted_routes_max(c) + 1, sizeof(*j->routes));
	j->rules = calloc(WANTED_RULES_MAX * c->n_tunnels + 1, sizeof(*j->rules));
	if (!j->lines || !j->routes || !j->rules)
		return -ENOMEM;
	for (size_t i = 0; i < c->n_tunnels; i++) {
		if (s->views[i].running)
			j->lines[i] = (int)if_nametoindex(c->tunnels[i].interface);
		find_gateway(nl, s, i, j->lines[i]);
	}
	j->n_routes =
		wanted_routes(c, s->gateways, j->lines, s->devices, roles_now(s->roles), j->routes);
	j->n_rules = wanted_rules(c, s->gateways, j->rules);
	return 0;
}

static int job_look(struct route_job *j, struct nl *nl)
{
	int err =
		nl_route_dump_own(nl, ROUTE_PROTO_TUNNEL, &j->present_routes, &j->n_present_routes);

	return err ? err
		   : nl_rule_dump_own(nl, ROUTE_PROTO_TUNNEL, &j->present_rules,
				      &j->n_present_rules);
}

/* The first thing that the kernel refused. */
struct refusal {
	int err;
	const struct route *route;
	const struct rule *rule;
};

static void note(struct refusal *first, int err, const struct route *route, const struct rule *rule)
{
	if (err < 0 && first->err == 0)
		*first = (struct refusal){err, route, rule};
}

/* A table is filled before a rule leads to it, and emptied behind it. */
static void reconcile(struct nl *nl, const struct route_job *j, struct refusal *first)
{
	for (size_t i = 0; i < j->n_routes; i++)
		if (!wanted_has_route(&j->routes[i], j->present_routes, j->n_present_routes, NULL))
			note(first, nl_route_put(nl, &j->routes[i], 1, NULL), &j->routes[i], NULL);
	for (size_t i = 0; i < j->n_rules; i++)
		if (!wanted_has_rule(&j->rules[i], j->present_rules, j->n_present_rules, NULL))
			note(first, nl_rule_add(nl, &j->rules[i], 1, NULL), NULL, &j->rules[i]);
	for (size_t i = 0; i < j->n_present_rules; i++)
		if (!wanted_has_rule(&j->present_rules[i], j->rules, j->n_rules, NULL))
			nl_rule_del(nl, &j->present_rules[i], 1, NULL);
	for (size_t i = 0; i < j->n_present_routes; i++)
		if (!wanted_has_route(&j->present_routes[i], j->routes, j->n_routes, NULL))
			nl_route_del(nl, &j->present_routes[i], 1, NULL);
}

static void tell(struct tunnels *t, const struct refusal *r)
{
	char net[PREFIX_STRLEN], by[ADDR_STRLEN], text[200];

	if (r->err == 0) {
		tunnels_alarm(t, ALARM_ROUTES_WRONG, NULL);
		return;
	}
	if (r->rule)
		snprintf(text, sizeof(text), "no rule from %s: %s",
			 prefix_format(&r->rule->src, net), strerror(-r->err));
	else if (r->route && addr_is_set(&r->route->gateway))
		snprintf(text, sizeof(text), "no route to %s by gateway %s: %s",
			 prefix_format(&r->route->dst, net), addr_format(&r->route->gateway, by),
			 strerror(-r->err));
	else if (r->route)
		snprintf(text, sizeof(text), "no route to %s with source %s: %s",
			 prefix_format(&r->route->dst, net), addr_format(&r->route->source, by),
			 strerror(-r->err));
	else
		snprintf(text, sizeof(text), "routes and rules cannot be read: %s",
			 strerror(-r->err));
	tunnels_alarm(t, ALARM_ROUTES_WRONG, text);
}

static void look_again(struct tunnels *t)
{
	t->look_at_routes = true;
	tunnels_wake(t);
}

/* What goes wrong with an interface takes its routes along, of IPv4 ones without a word. */
static void look_at_all(void *ctx)
{
	struct tunnels *t = ctx;

	t->look_at_devices = true;
	look_again(t);
}

static bool is_own_address(const struct conf *c, const struct nlmsghdr *h)
{
	struct rt_addr a;

	if (!rt_parse_addr(h, &a))
		return false;
	for (size_t i = 0; i < c->n_tunnels; i++)
		if (addr_equal(conf_own_address(&c->tunnels[i], a.vip.prefix.addr.family),
			       &a.vip.prefix.addr))
			return true;
	return false;
}

/* One of ours went. */
static bool is_loss(const struct nlmsghdr *h)
{
	struct route route;
	struct rule rule;
	bool gone;

	if (rt_parse_own_route(h, &route, &gone))
		return gone && route.proto == ROUTE_PROTO_TUNNEL;
	return rt_parse_own_rule(h, &rule, &gone) && gone && rule.proto == ROUTE_PROTO_TUNNEL;
}

/* A tunnel's line may have got the route that tells its next hop, or another one. */
static bool may_tell_gateway(const struct tunnel_set *s, const struct nlmsghdr *h)
{
	for (size_t i = 0; i < s->conf->n_tunnels; i++)
		if (s->seeks[i] && rt_parse_covers(h, &s->conf->tunnels[i].remote))
			return true;
	return false;
}

static void on_notice(void *ctx, const struct nlmsghdr *h)
{
	struct tunnels *t = ctx;

	if (h->nlmsg_pid == netlink_port(t->rt))
		return;
	if (tunnels_is_device(t->set, h))
		look_at_all(t);
	else if (is_loss(h) || is_own_address(t->set->conf, h) || may_tell_gateway(t->set, h))
		look_again(t);
}

static int open_rt(struct tunnels *t)
{
	const int groups[] = {RTNLGRP_IPV4_ROUTE, RTNLGRP_IPV6_ROUTE,  RTNLGRP_IPV4_RULE,
			      RTNLGRP_IPV6_RULE,  RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV6_IFADDR,
			      RTNLGRP_LINK};
	int err = netlink_open(&t->rt, t->loop, NETLINK_ROUTE, groups,
			       sizeof(groups) / sizeof(groups[0]), on_notice, look_at_all, t);

	/* Of what happened to the interfaces before this nobody told. */
	if (err == 0)
		look_at_all(t);
	return err;
}

static bool asks_for_routes(const struct tunnel_set *s)
{
	const struct conf *c = s->conf;

	for (size_t i = 0; i < c->n_tunnels; i++)
		if (c->tunnels[i].route || addr_is_set(&c->tunnels[i].gateway) ||
		    c->tunnels[i].mode == MODE_INTERFACE || s->seeks[i])
			return true;
	return false;
}

/* Where nobody asks for routes, those of an earlier run are taken away, once, and none is watched.
 */
void tunnels_apply_routes(struct tunnels *t)
{
	bool asked = asks_for_routes(t->set);
	struct refusal first = {0};
	struct route_job j = {0};

	if (!asked && t->routes_removed)
		return;
	if (!t->rt)
		first.err = open_rt(t);
	if (first.err == 0)
		first.err = job_want(&j, t->rt, t->set);
	if (first.err == 0)
		first.err = job_look(&j, t->rt);
	if (first.err == 0)
		reconcile(t->rt, &j, &first);
	tell(t, &first);
	job_free(&j);
	t->routes_removed = !asked && first.err == 0;
	if (!asked) {
		netlink_close(t->rt);
		t->rt = NULL;
	}
}

int tunnels_switch_routes(struct tunnels *t)
{
	const struct tunnel_set *s = t->set;
	int err = 0;

	for (size_t i = 0; err == 0 && i < s->conf->n_tunnels; i++) {
		const struct conf_tunnel *c = &s->conf->tunnels[i];

		if (c->mode != MODE_INTERFACE || c->group < 0 || !s->changed[i] ||
		    !roles_now(s->roles)[i].selected)
			continue;
		if (!t->rt || s->devices[i] == 0) {
			look_again(t);
			continue;
		}
		err = nl_route_put(t->rt, s->routes,
				   wanted_device_routes(s->conf, i, s->devices[i], s->routes),
				   NULL);
	}
	if (err < 0)
		look_again(t);
	return err;
}

static bool leads_to(const struct route_job *j, int device)
{
	for (size_t i = 0; i < j->n_present_routes; i++)
		if (j->present_routes[i].table == RT_TABLE_MAIN &&
		    j->present_routes[i].ifindex == device)
			return true;
	return false;
}

void tunnels_adopt_routes(const struct tunnel_set *s, const bool carried[], mono_t now)
{
	struct route_job j = {0};
	struct nl *nl = NULL;
	int err = netlink_open(&nl, NULL, NETLINK_ROUTE, NULL, 0, NULL, NULL, NULL);

	if (err == 0)
		err = job_look(&j, nl);
	for (size_t i = 0; err == 0 && i < s->conf->n_tunnels; i++)
		if (carried[i] && s->devices[i] && leads_to(&j, s->devices[i]))
			roles_adopt(s->roles, i, now);
	job_free(&j);
	netlink_close(nl);
}

int tunnels_flush_routes(size_t *removed)
{
	struct refusal first = {0};
	struct route_job j = {0};
	struct nl *nl = NULL;
	int err = netlink_open(&nl, NULL, NETLINK_ROUTE, NULL, 0, NULL, NULL, NULL);

	if (err == 0)
		err = job_look(&j, nl);
	note(&first, err, NULL, NULL);
	for (size_t i = 0; err == 0 && i < j.n_present_rules; i++) {
		int refused = nl_rule_del(nl, &j.present_rules[i], 1, NULL);

		*removed += refused == 0;
		note(&first, refused, NULL, &j.present_rules[i]);
	}
	for (size_t i = 0; err == 0 && i < j.n_present_routes; i++) {
		int refused = nl_route_del(nl, &j.present_routes[i], 1, NULL);

		*removed += refused == 0;
		note(&first, refused, &j.present_routes[i], NULL);
	}
	job_free(&j);
	netlink_close(nl);
	return first.err;
}
