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
#include "vrrpd/wanted.h"

/* The table of the tunnel with number 0; the next ones follow. All rules have one priority. */
#define WANTED_TABLE_BASE 11201u
#define WANTED_RULE_PRIORITY 11200u

/* An upper bound for wanted_routes. */
size_t wanted_routes_max(const struct conf *c);
/*
 * gateways: of each tunnel, the line's next hop to the peer, unset where the main table is to
 * decide. lines: the index of each tunnel's line, 0 while it has no carrier or is not there.
 * devices: of the interface of its own, 0 while there is none. Returns how many.
 */
size_t wanted_routes(const struct conf *c, const struct addr gateways[], const int lines[],
		     const int devices[], const struct tunnel_role roles[], struct route out[]);
/*
 * Of those, the ones that lead to the tunnel's own interface when it is the selected one of its
 * group: the place of each is the same for all of the group. One a remote subnet.
 */
size_t wanted_device_routes(const struct conf *c, size_t tunnel, int device, struct route out[]);
/* At most WANTED_RULES_MAX a tunnel. Returns how many. */
#define WANTED_RULES_MAX 3
size_t wanted_rules(const struct conf *c, const struct addr gateways[], struct rule out[]);

#endif
