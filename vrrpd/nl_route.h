/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Routes by netlink, with our marks. Decides nothing. Returns 0 or a negative errno.
 */
#ifndef VRRPD_NL_ROUTE_H
#define VRRPD_NL_ROUTE_H

#include <stddef.h>

#include "common/route.h"

struct nl;

/* Adds or replaces whatever has its place. */
int nl_route_put(struct nl *nl, const struct route *r);
/* Adds it before, or behind, others in its place; that it is there already is a success. */
int nl_route_add(struct nl *nl, const struct route *r, bool behind);
/* Its absence is a success. */
int nl_route_del(struct nl *nl, const struct route *r);
/* Routes with the mark `proto`; *out is malloc'ed. */
int nl_route_dump_own(struct nl *nl, uint8_t proto, struct route **out, size_t *n);

/*
 * The next hop to `to` over an interface by the routes of the host, ours for tunnels left out; `to`
 * itself when it is on the link. -ENETUNREACH or another errno: none leads there, or by a next hop
 * of the other family.
 */
int nl_route_next_hop(struct nl *nl, const struct addr *to, int ifindex, struct addr *gateway);

#endif
