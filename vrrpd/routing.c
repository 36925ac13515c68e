/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Static addresses, routes and rules; see routing.h. The kernel drops IPv4 routes of an interface
 * that goes down without a word, so that every notice of an interface or an address is a reason to
 * look: a look is one dump of each kind and changes nothing where all is as wanted.
 */
#include "vrrpd/routing.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "common/nl.h"
#include "vrrpd/nl_addr.h"
#include "vrrpd/routing_put.h"
#include "vrrpd/rt_parse.h"

/* Two programs that want different things must not keep the host busy with it. */
#define LOOK_SPACING_US (20 * US_PER_MS)

/* Between attempts to read what is there. */
#define RETRY_US US_PER_S

struct routing {
	struct loop *loop;
	struct nl *nl; /* NULL: nothing is asked for, and nothing of ours is left */
	const struct conf *conf;
	const struct conf *before; /* in a reload: what was asked for until now */
	struct routing_claims claims;
	struct routing_claim statics;
	bool started;
	bool clean; /* nothing is asked for, and leftovers of earlier runs are away */
	bool owed;  /* the look that failed was to put what is not tracked, too */
	int failed; /* why the last look failed, 0: it did not */
	struct timer timer;
	mono_t looked;
};

static void tell(struct routing_claim *c, const struct put_result *r)
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
			struct put_result result = {0};

			if (c == &r->statics)
				put_addresses(r->nl, r->before, r->conf, &p, untracked, &result);
			put_paths(r->nl, c->paths, &p, untracked, &result);
			tell(c, &result);
		}
		*removed = present_remove_rest(&p, r->nl);
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
	struct put_result result = {0};

	routing_adopt(r, claim, c);
	if (!claim->held || !r->nl)
		return;
	put_paths(r->nl, claim->paths, NULL, true, &result);
	tell(claim, &result);
}

void routing_release(struct routing *r, struct routing_claim *claim)
{
	if (!claim->held)
		return;
	drop(claim);
	if (r->nl)
		remove_paths(r->nl, claim->paths, &r->claims);
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
		present_remove_rest(&p, nl);
		for (size_t i = 0; i < p.n_addresses; i++)
			nl_addr_del(nl, &p.addresses[i], 1, NULL);
		*removed += p.n_rules + p.n_routes + p.n_addresses;
	}
	present_free(&p);
	netlink_close(nl);
	return err;
}
