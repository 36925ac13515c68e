/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rtnetlink's messages about links, addresses, routes and rules as values. False for what is no
 * such message, is too short, or is not about a link of this host's network (a bridge's view of its
 * ports travels in the same message types). Pure.
 */
#ifndef VRRPD_RT_PARSE_H
#define VRRPD_RT_PARSE_H

#include <linux/netlink.h>
#include <stdbool.h>

#include "common/route.h"
#include "vrrpd/nl_addr.h"
#include "vrrpd/nl_link.h"

struct rt_addr {
	struct vip vip;
	bool gone;      /* RTM_DELADDR */
	bool ours;      /* carries our mark */
	bool secondary; /* IFA_F_SECONDARY: falls with its primary (IPv4) */
	bool tentative; /* nothing may be sent from it (IPv6): detection of duplicates runs, or
			   found one */
};

/* RTM_NEWLINK and RTM_DELLINK; *gone tells which. primary4 and local6 stay unset. */
bool rt_parse_link(const struct nlmsghdr *h, struct link *out, bool *gone);
bool rt_parse_addr(const struct nlmsghdr *h, struct rt_addr *out);

/*
 * RTM_NEWROUTE and RTM_DELROUTE; RTM_NEWRULE and RTM_DELRULE: those with one of our marks,
 * ROUTE_PROTO_*. *gone tells which.
 */
bool rt_parse_own_route(const struct nlmsghdr *h, struct route *out, bool *gone);
bool rt_parse_own_rule(const struct nlmsghdr *h, struct rule *out, bool *gone);

/* RTM_NEWROUTE of the main table, whoever put it, that `to` may fall under. */
bool rt_parse_covers(const struct nlmsghdr *h, const struct addr *to);
/* The next hop in the kernel's answer about an address; unset: it is on the link. False when the
 * next hop is of another family. */
bool rt_parse_gateway(const struct nlmsghdr *h, struct addr *gateway);

struct attr;
/* An attribute's address; unset when it is too short for the family. */
struct addr rt_addr_of(const struct attr *a, uint8_t family);
/* Its text with a NUL, cut to fit. */
void rt_copy_text(const struct attr *a, char *out, size_t size);

#endif
