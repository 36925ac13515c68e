/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Routes by netlink, with our mark. Decides nothing. Returns 0 or a negative errno.
 */
#ifndef VRRPD_NL_ROUTE_H
#define VRRPD_NL_ROUTE_H

#include <stddef.h>

#include "vrrpd/route.h"

struct nl;

/* Adds or replaces. */
int nl_route_put(struct nl *nl, const struct route *r);
/* Its absence is a success. */
int nl_route_del(struct nl *nl, const struct route *r);
/* Routes with our mark; *out is malloc'ed. */
int nl_route_dump_own(struct nl *nl, struct route **out, size_t *n);

#endif
