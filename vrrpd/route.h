/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Routes and routing rules as values, the common words of wanted_route.c, rt_parse.c, nl_route.c
 * and nl_rule.c. After the kernel's struct rtmsg and struct fib_rule_hdr. Pure.
 */
#ifndef VRRPD_ROUTE_H
#define VRRPD_ROUTE_H

#include <stdbool.h>
#include <stdint.h>

#include "common/addr.h"

/* The tunnels' mark on what they put: rtm_protocol of a route, FRA_PROTOCOL of a rule. */
#define ROUTE_PROTO_TUNNEL 112

/* Table, dst and metric identify it to the kernel. */
struct route {
	struct prefix dst;
	uint32_t table;
	uint32_t metric;
	bool unreachable; /* refuses what it matches; interface, gateway and source are unset */
	int ifindex;
	struct addr gateway; /* unset: dst is on the link */
	struct addr source;  /* preferred; unset: the kernel's choice */
};

/* Sends what comes from `src` to a table. */
struct rule {
	struct prefix src;
	uint32_t priority; /* lower ones are asked first */
	uint32_t table;
};

bool route_same(const struct route *a, const struct route *b);
bool rule_same(const struct rule *a, const struct rule *b);

#endif
