/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Routes by netlink, with our marks. Decides nothing. Returns 0 or a negative errno.
 */
#ifndef VRRPD_NL_ROUTE_H
#define VRRPD_NL_ROUTE_H

#include <stddef.h>

#include "common/route.h"

struct nl;

/*
 * All of them in one burst; errors[i] as netlink_batch's, may be NULL. 0 or the first error. Put
 * replaces whatever has their place. Add puts them before, or behind, others in their place; that
 * one is there already is a success, and so is to delete one that is not.
 */
int nl_route_put(struct nl *nl, const struct route list[], size_t n, int errors[]);
int nl_route_add(struct nl *nl, const struct route list[], size_t n, int errors[]);
int nl_route_del(struct nl *nl, const struct route list[], size_t n, int errors[]);
/* Routes with the mark `proto`; *out is malloc'ed. */
int nl_route_dump_own(struct nl *nl, uint8_t proto, struct route **out, size_t *n);

/*
 * The next hop to `to` over an interface by the routes of the host, ours for tunnels left out; `to`
 * itself when it is on the link. -ENETUNREACH or another errno: none leads there, or by a next hop
 * of the other family.
 */
int nl_route_next_hop(struct nl *nl, const struct addr *to, int ifindex, struct addr *gateway);

#endif
