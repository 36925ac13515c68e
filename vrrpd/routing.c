/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Static addresses, routes and rules; see routing.h. The kernel drops IPv4 routes of an interface
 * that goes down without a word, so that every notice of an interface or an address is a reason to
 * look: a look is one dump of each kind and changes nothing where all is as wanted.
 */
#include "vrrpd/routing.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "common/nl.h"
#include "vrrpd/nl_addr.h"
#include "vrrpd/nl_route.h"
#include "vrrpd/nl_rule.h"
#include "vrrpd/rt_parse.h"
#include "vrrpd/wanted_conf.h"

/* Two programs that want different things must not keep the host busy with it. */
#define LOOK_SPACING_US (20 * US_PER_MS)

/* Between attempts to read what is there. */
#define RETRY_US US_PER_S

struct routing {
	struct loop *loop;
	struct nl *nl; /* NULL: nothing is asked for, and nothing of ours is left */
	const struct conf *conf;
	const struct conf *before; /* in a reload: what was asked for until now */
	LIST_HEAD(, routing_claim) claims;
	struct routing_claim statics;
	bool started;
	bool clean; /* nothing is asked for, and leftovers of earlier runs are away */
	bool owed;  /* the look that failed was to put what is not tracked, too */
	int failed; /* why the last look failed, 0: it did not */
	struct timer timer;
	mono_t looked;
};

/* What the kernel has under our mark; keep says what somebody wants. */
struct present {
	struct vip *addresses;
	struct route *routes;
	struct rule *rules;
	size_t n_addresses, n_routes, n_rules;
	bool *keep_addresses, *keep_routes, *keep_rules;
};

static void present_free(struct present *p)
{
	free(p->addresses);
	free(p->routes);
	free(p->rules);
	free(p->keep_addresses);
	free(p->keep_routes);
	free(p->keep_rules);
}

static int present_read(struct present *p, struct nl *nl)
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

static int index_of(const char *name)
{
	return (int)if_nametoindex(name);
}

/* ---- what is refused ---- */

/* The first refusal of a claim, which stands for all of them. */
struct refusal {
	int err;
	char what[ROUTE_STRLEN];
	bool skipped; /* something with no_track is not there, which is not put back */
};

static void tell(struct routing_claim *c, const struct refusal *r)
{
	const char *rest = r->skipped ? ", but for what has no_track" : "";

	if (c->told == r->err)
		return;
	c->told = r->err;
	if (r->err == 0 && c->name)
		log_thing(LOG_NOTICE, THING_INSTANCE, c->name,
			  "all virtual routes and rules are in place%s", rest);
	else if (r->err == 0)
		log_msg(LOG_NOTICE, "all static addresses, routes and rules are in place%s", rest);
	else if (c->name)
		log_thing(LOG_WARNING, THING_INSTANCE, c->name, "cannot add %s: %s", r->what,
			  strerror(-r->err));
	else
		log_msg(LOG_WARNING, "cannot add %s: %s", r->what, strerror(-r->err));
}

static void note_route(struct refusal *first, int err, const struct route *r)
{
	if (err == 0 || first->err)
		return;
	first->err = err;
	route_format(r, first->what);
}

static void note_rule(struct refusal *first, int err, const struct rule *r)
{
	if (err == 0 || first->err)
		return;
	first->err = err;
	rule_format(r, first->what);
}

static int skip(struct refusal *r)
{
	r->skipped = true;
	return 0;
}

/* ---- putting ---- */

/* One that the kernel has otherwise goes first: but for its lifetime, none of it can be changed in
 * place. */
static void settle_addresses(struct routing *r, struct present *p, bool untracked,
			     struct refusal *first)
{
	const struct conf *c = r->conf;
	struct vip v;

	for (size_t i = 0; i < c->n_static_addresses; i++)
		if (wanted_conf_address(&c->static_addresses[i], index_of, &v) &&
		    wanted_has_address(&v, p->addresses, p->n_addresses, p->keep_addresses) &&
		    wanted_new_lifetime(r->before, &c->static_addresses[i]))
			nl_addr_add(r->nl, &v, 1, NULL);
	for (size_t i = 0; i < p->n_addresses; i++)
		if (!p->keep_addresses[i])
			nl_addr_del(r->nl, &p->addresses[i], 1, NULL);
	for (size_t i = 0; i < c->n_static_addresses; i++) {
		int err = -ENODEV;

		if (wanted_conf_address(&c->static_addresses[i], index_of, &v)) {
			if (wanted_has_address(&v, p->addresses, p->n_addresses, p->keep_addresses))
				continue;
			if (untracked || !c->static_addresses[i].no_track)
				err = nl_addr_add_new(r->nl, &v);
			else
				err = skip(first);
		}
		if (err == 0 || first->err)
			continue;
		first->err = err;
		prefix_format(&v.prefix, first->what);
	}
}

/* p: what is there already, NULL when nobody looked. What is not tracked is put at a claim only. */
static void put_paths(struct routing *r, const struct routing_claim *claim, struct present *p,
		      bool untracked, struct refusal *first)
{
	const struct conf_paths *paths = claim->paths;

	for (size_t i = 0; i < paths->n_routes; i++) {
		const struct conf_route *c = &paths->routes[i];
		struct route w;
		int err = wanted_conf_route(c, index_of, &w) ? 0 : -ENODEV;

		if (err == 0 && p && wanted_has_route(&w, p->routes, p->n_routes, p->keep_routes))
			continue;
		if (err == 0 && (untracked || !c->no_track))
			err = nl_route_add(r->nl, &w, c->append);
		else if (err == 0)
			err = skip(first);
		note_route(first, err, &w);
	}
	for (size_t i = 0; i < paths->n_rules; i++) {
		const struct conf_rule *c = &paths->rules[i];

		if (p && wanted_has_rule(&c->rule, p->rules, p->n_rules, p->keep_rules))
			continue;
		if (untracked || !c->no_track)
			note_rule(first, nl_rule_add(r->nl, &c->rule), &c->rule);
		else
			skip(first);
	}
}

/* Rules before the routes that they lead to. Returns how many went. */
static size_t remove_rest(struct nl *nl, const struct present *p)
{
	size_t n = 0;

	for (size_t i = 0; i < p->n_rules; i++)
		if (!p->keep_rules[i]) {
			nl_rule_del(nl, &p->rules[i]);
			n++;
		}
	for (size_t i = 0; i < p->n_routes; i++)
		if (!p->keep_routes[i]) {
			nl_route_del(nl, &p->routes[i]);
			n++;
		}
	return n;
}

/* ---- looking ---- */

static bool asks(const struct conf_paths *p)
{
	return p->n_routes + p->n_rules > 0;
}

static bool conf_asks(const struct conf *c)
{
	for (size_t i = 0; i < c->n_instances; i++)
		if (asks(&c->instances[i].paths))
			return true;
	return asks(&c->static_paths) || c->n_static_addresses > 0;
}

/* Everything that somebody wants is put, everything else of ours goes; *removed: how many routes
 * and rules. */
static int settle(struct routing *r, bool untracked, size_t *removed)
{
	struct present p = {0};
	struct routing_claim *c;
	int err = present_read(&p, r->nl);

	if (err == 0) {
		LIST_FOREACH(c, &r->claims, next) {
			struct refusal first = {0};

			if (c == &r->statics)
				settle_addresses(r, &p, untracked, &first);
			put_paths(r, c, &p, untracked, &first);
			tell(c, &first);
		}
		*removed = remove_rest(r->nl, &p);
	}
	present_free(&p);
	return err;
}

static void look_soon(void *ctx)
{
	struct routing *r = ctx;
	mono_t earliest = mono_add(r->looked, LOOK_SPACING_US);

	if (r->started && !timer_armed(&r->timer))
		timer_set(&r->timer, earliest);
}

static void on_notice(void *ctx, const struct nlmsghdr *h)
{
	struct routing *r = ctx;
	struct route route;
	struct rule rule;
	bool gone = true;

	if (h->nlmsg_pid == netlink_port(r->nl))
		return;
	if (rt_parse_own_route(h, &route, &gone))
		gone &= route.proto == ROUTE_PROTO_CONF;
	else if (rt_parse_own_rule(h, &rule, &gone))
		gone &= rule.proto == ROUTE_PROTO_CONF;
	else if (h->nlmsg_type >= RTM_NEWROUTE)
		return; /* another's route or rule */
	if (gone)
		look_soon(r);
}

static int open_nl(struct routing *r)
{
	const int groups[] = {RTNLGRP_LINK,       RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV6_IFADDR,
			      RTNLGRP_IPV4_ROUTE, RTNLGRP_IPV6_ROUTE,  RTNLGRP_IPV4_RULE,
			      RTNLGRP_IPV6_RULE};

	return netlink_open(&r->nl, r->loop, NETLINK_ROUTE, groups,
			    sizeof(groups) / sizeof(groups[0]), on_notice, look_soon, r);
}

static void close_nl(struct routing *r)
{
	netlink_close(r->nl);
	r->nl = NULL;
	timer_set(&r->timer, MONO_NEVER);
}

/* Where nothing is asked for, leftovers of earlier runs go, once, and nothing is watched. */
static void go_through(struct routing *r, bool untracked)
{
	bool asked = conf_asks(r->conf);
	size_t removed = 0;
	int err = 0;

	if (!asked && r->clean)
		return;
	untracked |= r->owed;
	if (!r->nl)
		err = open_nl(r);
	if (err == 0)
		err = settle(r, untracked, &removed);
	/* The kernel does not take an IPv6 route beside one that has the same hop but other limits,
	 * nor a rule beside one that differs in `not' or in where it goes to. */
	if (err == 0 && removed > 0)
		err = settle(r, untracked, &removed);
	if (err && err != r->failed)
		log_msg(LOG_ERR, "routes and rules cannot be read: %s", strerror(-err));
	r->failed = err;
	r->owed = err && untracked;
	r->clean = !asked && err == 0;
	if (!asked)
		close_nl(r);
	if (err)
		timer_set(&r->timer, mono_add(loop_now(r->loop), RETRY_US));
}

static void on_timer(void *ctx, mono_t now)
{
	struct routing *r = ctx;

	r->looked = now;
	go_through(r, false);
}

/* ---- claims ---- */

static void hold(struct routing *r, struct routing_claim *claim, const char *name,
		 const struct conf_paths *paths)
{
	if (!claim->held)
		LIST_INSERT_HEAD(&r->claims, claim, next);
	claim->held = true;
	claim->name = name;
	claim->paths = paths;
}

static void drop(struct routing_claim *claim)
{
	/* The next one says anew what is refused. */
	if (claim->held)
		LIST_REMOVE(claim, next);
	claim->held = false;
	claim->told = 0;
}

void routing_adopt(struct routing *r, struct routing_claim *claim, const struct conf_instance *c)
{
	if (asks(&c->paths))
		hold(r, claim, c->name, &c->paths);
	else
		drop(claim);
}

void routing_claim(struct routing *r, struct routing_claim *claim, const struct conf_instance *c)
{
	struct refusal first = {0};

	routing_adopt(r, claim, c);
	if (!claim->held || !r->nl)
		return;
	put_paths(r, claim, NULL, true, &first);
	tell(claim, &first);
}

static bool others_route(const struct routing *r, const struct conf_route *c)
{
	const struct routing_claim *claim;

	LIST_FOREACH(claim, &r->claims, next)
		for (size_t i = 0; i < claim->paths->n_routes; i++)
			if (wanted_same_route(c, &claim->paths->routes[i]))
				return true;
	return false;
}

static bool others_rule(const struct routing *r, const struct rule *rule)
{
	const struct routing_claim *claim;

	LIST_FOREACH(claim, &r->claims, next)
		for (size_t i = 0; i < claim->paths->n_rules; i++)
			if (rule_same(rule, &claim->paths->rules[i].rule))
				return true;
	return false;
}

void routing_release(struct routing *r, struct routing_claim *claim)
{
	const struct conf_paths *paths = claim->paths;
	struct route route;

	if (!claim->held)
		return;
	drop(claim);
	if (!r->nl)
		return;
	for (size_t i = 0; i < paths->n_rules; i++)
		if (!others_rule(r, &paths->rules[i].rule))
			nl_rule_del(r->nl, &paths->rules[i].rule);
	/* A route of an interface that is gone went with it. */
	for (size_t i = 0; i < paths->n_routes; i++)
		if (!others_route(r, &paths->routes[i]) &&
		    wanted_conf_route(&paths->routes[i], index_of, &route))
			nl_route_del(r->nl, &route);
}

/* ---- the whole ---- */

int routing_open(struct routing **out, struct loop *loop, const struct conf *c)
{
	struct routing *r = calloc(1, sizeof(*r));
	int err;

	if (!r)
		return -ENOMEM;
	r->loop = loop;
	r->conf = c;
	timer_init(&r->timer, loop, on_timer, r);
	hold(r, &r->statics, NULL, &c->static_paths);
	err = open_nl(r);
	if (err) {
		routing_free(r);
		return err;
	}
	*out = r;
	return 0;
}

void routing_start(struct routing *r)
{
	r->started = true;
	go_through(r, true);
}

void routing_reload(struct routing *r, const struct conf *c)
{
	r->before = r->conf;
	r->conf = c;
	r->statics.paths = &c->static_paths;
	go_through(r, true);
	r->before = NULL;
}

void routing_stop(struct routing *r)
{
	static const struct conf nothing;

	if (!conf_asks(r->conf))
		return;
	r->conf = &nothing;
	r->statics.paths = &nothing.static_paths;
	go_through(r, false);
}

void routing_free(struct routing *r)
{
	if (!r)
		return;
	netlink_close(r->nl);
	timer_set(&r->timer, MONO_NEVER);
	free(r);
}

int routing_flush(size_t *removed)
{
	struct present p = {0};
	struct nl *nl = NULL;
	int err = netlink_open(&nl, NULL, NETLINK_ROUTE, NULL, 0, NULL, NULL, NULL);

	if (err == 0)
		err = present_read(&p, nl);
	if (err == 0) {
		remove_rest(nl, &p);
		for (size_t i = 0; i < p.n_addresses; i++)
			nl_addr_del(nl, &p.addresses[i], 1, NULL);
		*removed += p.n_rules + p.n_routes + p.n_addresses;
	}
	present_free(&p);
	netlink_close(nl);
	return err;
}
