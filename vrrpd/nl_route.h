/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Routes over an interface by netlink, in the main table. Every route of ours carries rtm_protocol
 * 112 as the owner's mark. Decides nothing. Returns 0 or a negative errno.
 */
#ifndef VRRPD_NL_ROUTE_H
#define VRRPD_NL_ROUTE_H

#include <linux/netlink.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/addr.h"

#define NL_ROUTE_PROTO 112

struct nl;

struct route {
	int ifindex;
	struct prefix dst;
	struct addr source; /* preferred; unset: the kernel's choice */
	uint32_t metric;    /* with dst it identifies the route */
};

bool route_same(const struct route *a, const struct route *b);

/* Adds or replaces. */
int nl_route_put(struct nl *nl, const struct route *r);
/* Its absence is a success. */
int nl_route_del(struct nl *nl, const struct route *r);
/* Routes with our mark; *out is malloc'ed. */
int nl_route_dump_own(struct nl *nl, struct route **out, size_t *n);
/* Whether a notice says that a route with our mark went. */
bool nl_route_lost(const struct nlmsghdr *h);

#endif
