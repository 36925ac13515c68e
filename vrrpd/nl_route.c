/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Routes to and from the kernel; see nl_route.h. */
#include "vrrpd/nl_route.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <netlink/msg.h>
#include <stdlib.h>

#include "common/attr.h"
#include "common/nl.h"

bool route_same(const struct route *a, const struct route *b)
{
	return a->ifindex == b->ifindex && a->metric == b->metric &&
	       prefix_equal(&a->dst, &b->dst) && addr_equal(&a->source, &b->source);
}

static bool fill(struct nl_msg *m, const struct route *r)
{
	const struct addr *dst = &r->dst.addr;
	struct rtmsg info = {.rtm_family = (uint8_t)addr_af(dst),
			     .rtm_dst_len = r->dst.len,
			     .rtm_table = RT_TABLE_MAIN,
			     .rtm_protocol = NL_ROUTE_PROTO,
			     .rtm_scope = RT_SCOPE_LINK,
			     .rtm_type = RTN_UNICAST};

	if (nlmsg_append(m, &info, sizeof(info), NLMSG_ALIGNTO) < 0 ||
	    nla_put(m, RTA_DST, (int)addr_len(dst), dst->b) < 0 ||
	    nla_put_u32(m, RTA_OIF, (uint32_t)r->ifindex) < 0 ||
	    nla_put_u32(m, RTA_PRIORITY, r->metric) < 0)
		return false;
	return !addr_is_set(&r->source) ||
	       nla_put(m, RTA_PREFSRC, (int)addr_len(&r->source), r->source.b) == 0;
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

static struct addr address(const struct attr *a, uint8_t family)
{
	if (family == AF_INET && a->len >= 4)
		return addr_ipv4(a->data);
	if (family == AF_INET6 && a->len >= 16)
		return addr_ipv6(a->data);
	return (struct addr){0};
}

static bool parse(const struct nlmsghdr *h, struct route *out)
{
	struct rtmsg info;
	struct rbuf r;
	struct attr a;

	if (!attr_header(h, &info, sizeof(info), &r) || info.rtm_protocol != NL_ROUTE_PROTO ||
	    info.rtm_table != RT_TABLE_MAIN)
		return false;
	*out = (struct route){.dst.len = info.rtm_dst_len};
	while (attr_next(&r, &a)) {
		uint32_t value = 0;

		if (a.type == RTA_DST)
			out->dst.addr = address(&a, info.rtm_family);
		else if (a.type == RTA_PREFSRC)
			out->source = address(&a, info.rtm_family);
		else if (a.type == RTA_PRIORITY && attr_copy(&a, &value, sizeof(value)))
			out->metric = value;
		else if (a.type == RTA_OIF && attr_copy(&a, &value, sizeof(value)))
			out->ifindex = (int)value;
	}
	return !r.bad && addr_is_set(&out->dst.addr);
}

static bool parse_own(const struct nlmsghdr *h, void *item)
{
	return h->nlmsg_type == RTM_NEWROUTE && parse(h, item);
}

int nl_route_dump_own(struct nl *nl, struct route **out, size_t *n)
{
	void *items = NULL;
	int err = netlink_collect(nl, RTM_GETROUTE, sizeof(struct rtmsg), parse_own,
				  sizeof(struct route), &items, n);

	*out = items;
	return err;
}

bool nl_route_lost(const struct nlmsghdr *h)
{
	struct route r;

	return h->nlmsg_type == RTM_DELROUTE && parse(h, &r);
}
