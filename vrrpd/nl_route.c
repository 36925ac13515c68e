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

static bool put_limits(struct nl_msg *m, const uint32_t limits[ROUTE_LIMITS])
{
	struct nlattr *nest = NULL;

	for (int i = 1; i < ROUTE_LIMITS; i++) {
		if (limits[i] == 0)
			continue;
		if (!nest)
			nest = nla_nest_start(m, RTA_METRICS);
		if (!nest || nla_put_u32(m, i, limits[i]) < 0)
			return false;
	}
	return !nest || nla_nest_end(m, nest) == 0;
}

/* The array's elements are struct rtnexthop with attributes behind, no attributes themselves. */
static bool put_hop(struct nl_msg *m, const struct hop *h)
{
	struct rtnexthop *head = nlmsg_reserve(m, sizeof(*head), NLMSG_ALIGNTO);

	if (!head || !put_addr(m, RTA_GATEWAY, &h->gateway))
		return false;
	*head = (struct rtnexthop){
		.rtnh_len = (unsigned short)((char *)nlmsg_tail(nlmsg_hdr(m)) - (char *)head),
		.rtnh_flags = h->onlink ? RTNH_F_ONLINK : 0,
		.rtnh_hops = (unsigned char)(h->weight - 1),
		.rtnh_ifindex = h->ifindex,
	};
	return true;
}

static bool put_hops(struct nl_msg *m, const struct route *r)
{
	struct nlattr *nest;

	if (r->n_hops == 0)
		return (r->ifindex == 0 || nla_put_u32(m, RTA_OIF, (uint32_t)r->ifindex) == 0) &&
		       put_addr(m, RTA_GATEWAY, &r->gateway);
	nest = nla_nest_start(m, RTA_MULTIPATH);
	for (size_t i = 0; nest && i < r->n_hops; i++)
		if (!put_hop(m, &r->hops[i]))
			return false;
	return nest && nla_nest_end(m, nest) == 0;
}

static bool fill(struct nl_msg *m, const struct route *r)
{
	struct rtmsg info = {.rtm_family = (uint8_t)addr_af(&r->dst.addr),
			     .rtm_dst_len = r->dst.len,
			     .rtm_tos = r->tos,
			     .rtm_protocol = r->proto,
			     .rtm_scope = r->scope,
			     .rtm_type = r->type ? r->type : RTN_UNICAST,
			     .rtm_flags = r->onlink ? RTNH_F_ONLINK : 0};

	return nlmsg_append(m, &info, sizeof(info), NLMSG_ALIGNTO) == 0 &&
	       put_addr(m, RTA_DST, &r->dst.addr) && nla_put_u32(m, RTA_TABLE, r->table) == 0 &&
	       nla_put_u32(m, RTA_PRIORITY, r->metric) == 0 && put_hops(m, r) &&
	       put_addr(m, RTA_PREFSRC, &r->source) && put_limits(m, r->limits);
}

/* The same for each of the routes. */
struct request {
	int type, flags;
	const struct route *routes;
};

static struct nl_msg *make(const void *items, size_t i)
{
	const struct request *r = items;
	const struct route *route = &r->routes[i];
	struct nl_msg *m =
		nlmsg_alloc_simple(r->type, r->flags | (route->behind ? NLM_F_APPEND : 0));

	return netlink_made(m, m && fill(m, route));
}

static bool is_gone(int err)
{
	return err == -ESRCH || err == -ENODEV;
}

int nl_route_put(struct nl *nl, const struct route list[], size_t n, int errors[])
{
	const struct request r = {RTM_NEWROUTE, NLM_F_CREATE | NLM_F_REPLACE, list};

	return netlink_batch_made(nl, make, &r, n, NULL, errors);
}

int nl_route_add(struct nl *nl, const struct route list[], size_t n, int errors[])
{
	const struct request r = {RTM_NEWROUTE, NLM_F_CREATE, list};

	return netlink_batch_made(nl, make, &r, n, netlink_is_there, errors);
}

int nl_route_del(struct nl *nl, const struct route list[], size_t n, int errors[])
{
	const struct request r = {RTM_DELROUTE, 0, list};

	return netlink_batch_made(nl, make, &r, n, is_gone, errors);
}

static bool present(const struct nlmsghdr *h, void *item)
{
	bool gone;

	return rt_parse_own_route(h, item, &gone) && !gone;
}

/* A router may hold a million routes of others: the kernel is asked for ours alone. */
static int dump_family(struct nl *nl, uint8_t family, uint8_t proto, struct route **out, size_t *n)
{
	const struct rtmsg filter = {.rtm_family = family, .rtm_protocol = proto};
	void *items = *out;
	int err = netlink_collect_more(nl, RTM_GETROUTE, &filter, sizeof(filter), present,
				       sizeof(struct route), &items, n);

	*out = items;
	/* IPv6 is not in this kernel. */
	return err == -EAFNOSUPPORT || err == -EOPNOTSUPP ? 0 : err;
}

int nl_route_dump_own(struct nl *nl, uint8_t proto, struct route **out, size_t *n)
{
	size_t all = 0;
	int err;

	*out = NULL;
	err = dump_family(nl, AF_INET, proto, out, &all);
	if (err == 0)
		err = dump_family(nl, AF_INET6, proto, out, &all);
	*n = 0;
	for (size_t i = 0; i < all; i++)
		if ((*out)[i].proto == proto)
			(*out)[(*n)++] = (*out)[i];
	return err;
}

struct way {
	struct addr gateway;
	bool known;
};

static void keep_way(void *ctx, const struct nlmsghdr *h)
{
	struct way *w = ctx;

	w->known = rt_parse_gateway(h, &w->gateway);
}

static int ask_way(struct nl *nl, const struct addr *to, int ifindex, unsigned flags,
		   struct addr *gateway)
{
	struct rtmsg info = {.rtm_family = (uint8_t)addr_af(to),
			     .rtm_dst_len = (uint8_t)(8 * addr_len(to)),
			     .rtm_flags = flags};
	struct nl_msg *m = nlmsg_alloc_simple(RTM_GETROUTE, 0);
	struct way way = {0};
	int err = -ENOMEM;

	if (m && nlmsg_append(m, &info, sizeof(info), NLMSG_ALIGNTO) == 0 &&
	    put_addr(m, RTA_DST, to) && nla_put_u32(m, RTA_OIF, (uint32_t)ifindex) == 0)
		err = netlink_ask(nl, m, keep_way, &way);
	nlmsg_free(m);
	*gateway = way.gateway;
	return err == 0 && !way.known ? -EAFNOSUPPORT : err;
}

/*
 * Asked for a way over an interface, the kernel takes for on the link what no route leads to. So it
 * is asked for the route first, and then for the way, which tells one of several hops.
 */
int nl_route_next_hop(struct nl *nl, const struct addr *to, int ifindex, struct addr *gateway)
{
	int err = ask_way(nl, to, ifindex, RTM_F_FIB_MATCH, gateway);

	if (err == 0)
		err = ask_way(nl, to, ifindex, 0, gateway);
	if (err == 0 && !addr_is_set(gateway))
		*gateway = *to;
	return err;
}
