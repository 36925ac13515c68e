/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Routes and routing rules as values: what the configuration and the tunnels ask for, and what the
 * kernel has. After the kernel's struct rtmsg and struct fib_rule_hdr. Pure.
 */
#ifndef COMMON_ROUTE_H
#define COMMON_ROUTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/addr.h"

/* Our marks on what we put, by who asked for it: rtm_protocol of a route, FRA_PROTOCOL of a rule.
 */
#define ROUTE_PROTO_TUNNEL 112
#define ROUTE_PROTO_CONF 113 /* static and virtual ones of the configuration */

#define ROUTE_HOPS_MAX 8
#define ROUTE_LIMITS 18 /* RTAX_* are below */

struct hop {
	int ifindex;         /* 0: the kernel's choice */
	struct addr gateway; /* unset: what is matched is on the link */
	bool onlink;         /* the gateway need not be in a subnet of the interface */
	uint16_t weight;     /* among several hops, 1 to 256 */
};

/* Table, dst, tos and metric identify it to the kernel. */
struct route {
	uint8_t proto; /* whose */
	struct prefix dst;
	uint32_t table;
	uint32_t metric;
	uint8_t type; /* RTN_*, 0: RTN_UNICAST; those that refuse have no interface, gateway, source
		       */
	uint8_t scope; /* RT_SCOPE_*; IPv4 only */
	uint8_t tos;
	bool behind;         /* put behind others of its place; the kernel does not tell */
	bool onlink;         /* as in struct hop */
	int ifindex;         /* 0: the kernel's choice */
	struct addr gateway; /* unset: dst is on the link */
	struct addr source;  /* preferred; unset: the kernel's choice */
	uint32_t limits[ROUTE_LIMITS]; /* by RTAX_*, 0: none; at RTAX_LOCK a bit for each that holds
					*/
	size_t n_hops;                 /* 0: one, as said above */
	struct hop hops[ROUTE_HOPS_MAX];
};

struct range {
	uint32_t first, last;
};

/* What it asks of a packet, where that is set, and the table that the packet then goes to. */
struct rule {
	struct prefix src; /* length 0: any; its family is the rule's */
	uint32_t priority; /* lower ones are asked first */
	uint32_t table;
	uint8_t proto;     /* whose */
	uint8_t action;    /* FR_ACT_*, 0: FR_ACT_TO_TBL */
	struct prefix dst; /* unset: any */
	bool invert;       /* for packets that do not match */
	bool l3mdev;       /* the table is that of the packet's VRF */
	uint8_t tos, ip_proto;
	uint16_t suppress; /* routes with prefixes shorter than this do not count */
	char iif[16], oif[16];
	uint32_t mark, mask;
	uint32_t target;           /* FR_ACT_GOTO: a priority */
	struct range sport, dport; /* last 0: any */
	bool by_uid;
	struct range uids;
};

/* Whether the kernel has in `present` what is wanted: where the choice is the kernel's, any will
 * do. Whose it is does not count. */
bool route_same(const struct route *wanted, const struct route *present);
bool rule_same(const struct rule *a, const struct rule *b);

/* What it says to whoever reads the journal: "10.0.0.0/8 via 192.0.2.1 table 7". Returns buf. */
#define ROUTE_STRLEN 160
const char *route_format(const struct route *r, char buf[ROUTE_STRLEN]);
/* "from 10.0.0.0/8 priority 100 table 7". */
const char *rule_format(const struct rule *r, char buf[ROUTE_STRLEN]);

#endif
