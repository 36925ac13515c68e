/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Routes to and from the kernel; see nl_route.h. */
#include "vrrpd/nl_route.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <netlink/msg.h>

#include "common/nl.h"
#include "vrrpd/rt_parse.h"

static bool put_addr(struct nl_msg *m, int type, const struct addr *a)
{
	return !addr_is_set(a) || nla_put(m, type, (int)addr_len(a), a->b) == 0;
}

/* A gateway need not be in a subnet of the interface: lines with a single address are like that. */
static bool fill(struct nl_msg *m, const struct route *r)
{
	bool via = addr_is_set(&r->gateway);
	struct rtmsg info = {.rtm_family = (uint8_t)addr_af(&r->dst.addr),
			     .rtm_dst_len = r->dst.len,
			     .rtm_protocol = ROUTE_PROTO_TUNNEL,
			     .rtm_scope = via || r->unreachable ? RT_SCOPE_UNIVERSE : RT_SCOPE_LINK,
			     .rtm_type = r->unreachable ? RTN_UNREACHABLE : RTN_UNICAST,
			     .rtm_flags = via ? RTNH_F_ONLINK : 0};

	if (nlmsg_append(m, &info, sizeof(info), NLMSG_ALIGNTO) < 0 ||
	    !put_addr(m, RTA_DST, &r->dst.addr) || nla_put_u32(m, RTA_TABLE, r->table) < 0 ||
	    nla_put_u32(m, RTA_PRIORITY, r->metric) < 0)
		return false;
	if (r->unreachable)
		return true;
	return nla_put_u32(m, RTA_OIF, (uint32_t)r->ifindex) == 0 &&
	       put_addr(m, RTA_GATEWAY, &r->gateway) && put_addr(m, RTA_PREFSRC, &r->source);
}

static int send_route(struct nl *nl, int type, int flags, const struct route *r)
{
	struct nl_msg *m = nlmsg_alloc_simple(type, flags);
	int err = m && fill(m, r) ? netlink_batch(nl, &m, 1, NULL) : -ENOMEM;

	nlmsg_free(m);
	return err;
}

int nl_route_put(struct nl *nl, const struct route *r)
{
	return send_route(nl, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_REPLACE, r);
}

int nl_route_del(struct nl *nl, const struct route *r)
{
	int err = send_route(nl, RTM_DELROUTE, 0, r);

	return err == -ESRCH || err == -ENODEV ? 0 : err;
}

static bool present(const struct nlmsghdr *h, void *item)
{
	bool gone;

	return rt_parse_own_route(h, item, &gone) && !gone;
}

int nl_route_dump_own(struct nl *nl, struct route **out, size_t *n)
{
	void *items = NULL;
	int err = netlink_collect(nl, RTM_GETROUTE, sizeof(struct rtmsg), present,
				  sizeof(struct route), &items, n);

	*out = items;
	return err;
}
