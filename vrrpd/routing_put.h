/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Static addresses, and static and virtual routes and rules, to the kernel and back: what it has
 * under our mark, what of that is wanted, and the difference. Routes and rules go in bursts of
 * netlink, and nothing but its messages is allocated to put them. Decides not when: routing.c does.
 */
#ifndef VRRPD_ROUTING_PUT_H
#define VRRPD_ROUTING_PUT_H

#include <stdbool.h>
#include <stddef.h>

#include "common/conf.h"
#include "vrrpd/nl_addr.h"
#include "vrrpd/routing.h"

struct nl;

/* What the kernel has under our mark; keep says what somebody wants. */
struct present {
	struct vip *addresses;
	struct route *routes;
	struct rule *rules;
	size_t n_addresses, n_routes, n_rules;
	bool *keep_addresses, *keep_routes, *keep_rules;
};

/* 0 or a negative errno. Zeroed at first; freed in either case. */
int present_read(struct present *p, struct nl *nl);
void present_free(struct present *p);
/* Takes routes and rules away that nobody wants, rules before the routes that they lead to. Returns
 * how many; only present_free may follow. */
size_t present_remove_rest(struct present *p, struct nl *nl);

/* How putting went; zeroed at first. */
struct put_result {
	int err; /* of one that the kernel refused, which stands for all of them; 0: none */
	char what[ROUTE_STRLEN]; /* that one */
	bool skipped;            /* something with no_track is not there, which is not put back */
};

/*
 * Puts what is not there already; present: what is, NULL when nobody looked. What is not tracked is
 * put only with `untracked`. Static addresses have their lifetime from `now`, where `before` (NULL:
 * no reload) gave another.
 */
void put_addresses(struct nl *nl, const struct conf *before, const struct conf *now,
		   struct present *present, bool untracked, struct put_result *r);
/* Routes before the rules that lead to them. */
void put_paths(struct nl *nl, const struct conf_paths *paths, struct present *present,
	       bool untracked, struct put_result *r);

/* Takes away what no other claim holds, rules first. */
void remove_paths(struct nl *nl, const struct conf_paths *paths,
		  const struct routing_claims *others);

#endif
