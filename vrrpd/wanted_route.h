/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The routes and routing rules that the tunnels ask for, by the state of their lines. Pure; the
 * caller gives the storage.
 */
#ifndef VRRPD_WANTED_ROUTE_H
#define VRRPD_WANTED_ROUTE_H

#include <stddef.h>

#include "common/conf.h"
#include "common/route.h"

/* The table of the tunnel with number 0; the next ones follow. All rules have one priority. */
#define WANTED_TABLE_BASE 11201u
#define WANTED_RULE_PRIORITY 11200u

/* An upper bound for wanted_routes. */
size_t wanted_routes_max(const struct conf *c);
/* ifindexes: of each tunnel's line, 0 while it has no carrier or is not there. Returns how many. */
size_t wanted_routes(const struct conf *c, const int ifindexes[], struct route out[]);
/* At most one a tunnel. Returns how many. */
size_t wanted_rules(const struct conf *c, struct rule out[]);

#endif
