/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Static addresses, routes and rules to the kernel and back; see routing_put.h. */
#include "vrrpd/routing_put.h"

#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/nl.h"
#include "vrrpd/nl_route.h"
#include "vrrpd/nl_rule.h"
#include "vrrpd/wanted_conf.h"

/* ---- what is there ---- */

void present_free(struct present *p)
{
	free(p->addresses);
	free(p->routes);
	free(p->rules);
	free(p->keep_addresses);
	free(p->keep_routes);
	free(p->keep_rules);
}

int present_read(struct present *p, struct nl *nl)
{
	int err = nl_addr_dump_own(nl, NL_ADDR_PROTO_STATIC, &p->addresses, &p->n_addresses);

	if (err == 0)
		err = nl_route_dump_own(nl, ROUTE_PROTO_CONF, &p->routes, &p->n_routes);
	if (err == 0)
		err = nl_rule_dump_own(nl, ROUTE_PROTO_CONF, &p->rules, &p->n_rules);
	p->keep_addresses = calloc(p->n_addresses + 1, sizeof(bool));
	p->keep_routes = calloc(p->n_routes + 1, sizeof(bool));
	p->keep_rules = calloc(p->n_rules + 1, sizeof(bool));
	if (!p->keep_addresses || !p->keep_routes || !p->keep_rules)
		err = -ENOMEM;
	return err;
}

size_t present_remove_rest(struct present *p, struct nl *nl)
{
	size_t n_rules = 0, n_routes = 0;

	for (size_t i = 0; i < p->n_rules; i++)
		if (!p->keep_rules[i])
			p->rules[n_rules++] = p->rules[i];
	for (size_t i = 0; i < p->n_routes; i++)
		if (!p->keep_routes[i])
			p->routes[n_routes++] = p->routes[i];
	nl_rule_del(nl, p->rules, n_rules, NULL);
	nl_route_del(nl, p->routes, n_routes, NULL);
	return n_rules + n_routes;
}

/* ---- putting ---- */

/* Many routes in a row have the same interface, and to ask takes three system calls. */
struct last_name {
	char name[CONF_IFNAME_MAX];
	int index;
};

static int index_of(void *ctx, const char *name)
{
	struct last_name *last = ctx;

	if (strcmp(last->name, name) != 0) {
		snprintf(last->name, sizeof(last->name), "%s", name);
		last->index = (int)if_nametoindex(name);
	}
	return last->index;
}

/* Takes it for the result when it is the first refusal. */
static bool is_first(struct put_result *r, int err)
{
	if (err == 0 || r->err)
		return false;
	r->err = err;
	return true;
}

static void note_route(struct put_result *r, int err, const struct route *route)
{
	if (is_first(r, err))
		route_format(route, r->what);
}

static void note_rule(struct put_result *r, int err, const struct rule *rule)
{
	if (is_first(r, err))
		rule_format(rule, r->what);
}

static void note_address(struct put_result *r, int err, const struct vip *v)
{
	if (is_first(r, err))
		prefix_format(&v->prefix, r->what);
}

/* One that the kernel has otherwise goes first: but for its lifetime, none of it can be changed in
 * place. */
void put_addresses(struct nl *nl, const struct conf *before, const struct conf *now,
		   struct present *p, bool untracked, struct put_result *r)
{
	struct last_name last = {0};
	struct vip v;

	for (size_t i = 0; i < now->n_static_addresses; i++)
		if (wanted_conf_address(&now->static_addresses[i], index_of, &last, &v) &&
		    wanted_has_address(&v, p->addresses, p->n_addresses, p->keep_addresses) &&
		    wanted_new_lifetime(before, &now->static_addresses[i]))
			nl_addr_add(nl, &v, 1, NULL);
	for (size_t i = 0; i < p->n_addresses; i++)
		if (!p->keep_addresses[i])
			nl_addr_del(nl, &p->addresses[i], 1, NULL);
	for (size_t i = 0; i < now->n_static_addresses; i++) {
		const struct conf_vip *c = &now->static_addresses[i];

		if (!wanted_conf_address(c, index_of, &last, &v))
			note_address(r, -ENODEV, &v);
		else if (wanted_has_address(&v, p->addresses, p->n_addresses, p->keep_addresses))
			continue;
		else if (c->no_track && !untracked)
			r->skipped = true;
		else
			note_address(r, nl_addr_add_new(nl, &v), &v);
	}
}

struct route_burst {
	size_t n;
	struct route list[NETLINK_BURST];
	int errors[NETLINK_BURST];
};

static void send_routes(struct nl *nl, struct route_burst *b, struct put_result *r)
{
	nl_route_add(nl, b->list, b->n, b->errors);
	for (size_t i = 0; i < b->n; i++)
		note_route(r, b->errors[i], &b->list[i]);
	b->n = 0;
}

static void put_routes(struct nl *nl, const struct conf_paths *paths, struct present *p,
		       bool untracked, struct put_result *r)
{
	struct last_name last = {0};
	struct route_burst b;

	b.n = 0;
	for (size_t i = 0; i < paths->n_routes; i++) {
		const struct conf_route *c = &paths->routes[i];
		struct route *w = &b.list[b.n];

		if (!wanted_conf_route(c, index_of, &last, w))
			note_route(r, -ENODEV, w);
		else if (p && wanted_has_route(w, p->routes, p->n_routes, p->keep_routes))
			continue;
		else if (c->no_track && !untracked)
			r->skipped = true;
		else if (++b.n == NETLINK_BURST)
			send_routes(nl, &b, r);
	}
	send_routes(nl, &b, r);
}

struct rule_burst {
	size_t n;
	struct rule list[NETLINK_BURST];
	int errors[NETLINK_BURST];
};

static void send_rules(struct nl *nl, struct rule_burst *b, struct put_result *r)
{
	nl_rule_add(nl, b->list, b->n, b->errors);
	for (size_t i = 0; i < b->n; i++)
		note_rule(r, b->errors[i], &b->list[i]);
	b->n = 0;
}

static void put_rules(struct nl *nl, const struct conf_paths *paths, struct present *p,
		      bool untracked, struct put_result *r)
{
	struct rule_burst b;

	b.n = 0;
	for (size_t i = 0; i < paths->n_rules; i++) {
		const struct conf_rule *c = &paths->rules[i];

		if (p && wanted_has_rule(&c->rule, p->rules, p->n_rules, p->keep_rules))
			continue;
		if (c->no_track && !untracked) {
			r->skipped = true;
			continue;
		}
		b.list[b.n] = c->rule;
		if (++b.n == NETLINK_BURST)
			send_rules(nl, &b, r);
	}
	send_rules(nl, &b, r);
}

void put_paths(struct nl *nl, const struct conf_paths *paths, struct present *p, bool untracked,
	       struct put_result *r)
{
	put_routes(nl, paths, p, untracked, r);
	put_rules(nl, paths, p, untracked, r);
}

/* ---- removing ---- */

static bool others_route(const struct routing_claims *others, const struct conf_route *c)
{
	const struct routing_claim *claim;

	LIST_FOREACH(claim, others, next)
		for (size_t i = 0; i < claim->paths->n_routes; i++)
			if (wanted_same_route(c, &claim->paths->routes[i]))
				return true;
	return false;
}

static bool others_rule(const struct routing_claims *others, const struct rule *rule)
{
	const struct routing_claim *claim;

	LIST_FOREACH(claim, others, next)
		for (size_t i = 0; i < claim->paths->n_rules; i++)
			if (rule_same(rule, &claim->paths->rules[i].rule))
				return true;
	return false;
}

static void remove_rules(struct nl *nl, const struct conf_paths *paths,
			 const struct routing_claims *others)
{
	struct rule gone[NETLINK_BURST];
	size_t n = 0;

	for (size_t i = 0; i < paths->n_rules; i++) {
		if (others_rule(others, &paths->rules[i].rule))
			continue;
		gone[n++] = paths->rules[i].rule;
		if (n == NETLINK_BURST) {
			nl_rule_del(nl, gone, n, NULL);
			n = 0;
		}
	}
	nl_rule_del(nl, gone, n, NULL);
}

/* A route of an interface that is gone went with it. */
static void remove_routes(struct nl *nl, const struct conf_paths *paths,
			  const struct routing_claims *others)
{
	struct last_name last = {0};
	struct route gone[NETLINK_BURST];
	size_t n = 0;

	for (size_t i = 0; i < paths->n_routes; i++) {
		if (others_route(others, &paths->routes[i]) ||
		    !wanted_conf_route(&paths->routes[i], index_of, &last, &gone[n]))
			continue;
		if (++n == NETLINK_BURST) {
			nl_route_del(nl, gone, n, NULL);
			n = 0;
		}
	}
	nl_route_del(nl, gone, n, NULL);
}

void remove_paths(struct nl *nl, const struct conf_paths *paths,
		  const struct routing_claims *others)
{
	remove_rules(nl, paths, others);
	remove_routes(nl, paths, others);
}
