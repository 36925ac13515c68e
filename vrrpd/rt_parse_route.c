/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rtnetlink's messages about routes and rules from bytes; see rt_parse.h. Pure. After
 * rtnetlink(7) and the kernel's linux/fib_rules.h. */
#include <linux/fib_rules.h>
#include <linux/rtnetlink.h>
#include <netinet/in.h>
#include <stdint.h>
#include <string.h>

#include "common/attr.h"
#include "vrrpd/rt_parse.h"

/* No prefix is too short. */
#define SUPPRESS_NONE UINT32_MAX

static bool is_ours(uint8_t proto)
{
	return proto == ROUTE_PROTO_TUNNEL || proto == ROUTE_PROTO_CONF;
}

/* Only one of length 0 comes without its address. */
static struct prefix prefix_of(uint8_t len, uint8_t family)
{
	static const uint8_t zeros[16];
	struct prefix p = {.len = len};

	if (len == 0)
		p.addr = family == AF_INET6 ? addr_ipv6(zeros) : addr_ipv4(zeros);
	return p;
}

static bool is_whole(const struct prefix *p)
{
	return addr_is_set(&p->addr) && p->len <= 8 * addr_len(&p->addr);
}

static uint32_t u32_of(const struct attr *a)
{
	uint32_t v = 0;

	attr_copy(a, &v, sizeof(v));
	return v;
}

/* One that is longer than the array has hops that we never put, so that it is another's. */
static bool take_hops(const struct attr *all, uint8_t family, struct route *out)
{
	struct rbuf r = rbuf_of(all->data, all->len);
	struct rtnexthop h;

	while (r.left >= sizeof(h)) {
		struct hop *hop = &out->hops[out->n_hops];
		struct rbuf attrs;
		struct attr a;
		size_t padded;

		memcpy(&h, r.p, sizeof(h));
		padded = NLMSG_ALIGN((size_t)h.rtnh_len);
		if (h.rtnh_len < sizeof(h) || h.rtnh_len > r.left || out->n_hops == ROUTE_HOPS_MAX)
			return false;
		attrs = rbuf_of(r.p + sizeof(h), h.rtnh_len - sizeof(h));
		*hop = (struct hop){.ifindex = h.rtnh_ifindex,
				    .onlink = (h.rtnh_flags & RTNH_F_ONLINK) != 0,
				    .weight = (uint16_t)(h.rtnh_hops + 1)};
		while (attr_next(&attrs, &a))
			if (a.type == RTA_GATEWAY)
				hop->gateway = rt_addr_of(&a, family);
		out->n_hops++;
		rbuf_bytes(&r, padded < r.left ? padded : r.left);
	}
	return true;
}

static void take_limits(const struct attr *all, struct route *out)
{
	struct rbuf r = rbuf_of(all->data, all->len);
	struct attr a;

	while (attr_next(&r, &a))
		if (a.type < ROUTE_LIMITS)
			out->limits[a.type] = u32_of(&a);
}

/* False when it cannot be a route that we put. */
static bool take_route(const struct attr *a, uint8_t family, struct route *r)
{
	switch (a->type) {
	case RTA_DST:
		r->dst.addr = rt_addr_of(a, family);
		break;
	case RTA_GATEWAY:
		r->gateway = rt_addr_of(a, family);
		break;
	case RTA_PREFSRC:
		r->source = rt_addr_of(a, family);
		break;
	case RTA_TABLE:
		r->table = u32_of(a);
		break;
	case RTA_PRIORITY:
		r->metric = u32_of(a);
		break;
	case RTA_OIF:
		r->ifindex = (int)u32_of(a);
		break;
	case RTA_METRICS:
		take_limits(a, r);
		break;
	case RTA_MULTIPATH:
		return take_hops(a, family, r);
	default:
		break;
	}
	return true;
}

bool rt_parse_own_route(const struct nlmsghdr *h, struct route *out, bool *gone)
{
	struct rtmsg info;
	bool good = true;
	struct rbuf r;
	struct attr a;

	if (h->nlmsg_type != RTM_NEWROUTE && h->nlmsg_type != RTM_DELROUTE)
		return false;
	if (!attr_header(h, &info, sizeof(info), &r) || !is_ours(info.rtm_protocol))
		return false;
	*out = (struct route){.proto = info.rtm_protocol,
			      .dst = prefix_of(info.rtm_dst_len, info.rtm_family),
			      .table = info.rtm_table,
			      .type = info.rtm_type == RTN_UNICAST ? 0 : info.rtm_type,
			      .scope = info.rtm_family == AF_INET ? info.rtm_scope : 0,
			      .tos = info.rtm_tos,
			      .onlink = (info.rtm_flags & RTNH_F_ONLINK) != 0};
	while (good && attr_next(&r, &a))
		good = take_route(&a, info.rtm_family, out);
	/* IPv6 hangs those that refuse on the loopback. */
	if (out->type >= RTN_BLACKHOLE && out->type <= RTN_THROW)
		out->ifindex = 0;
	if (out->n_hops > 0)
		out->onlink = false;
	*gone = h->nlmsg_type == RTM_DELROUTE;
	return good && !r.bad && is_whole(&out->dst);
}

static void take_ports(const struct attr *a, struct range *out)
{
	struct fib_rule_port_range ports;

	if (attr_copy(a, &ports, sizeof(ports)))
		*out = (struct range){ports.start, ports.end};
}

static void take_question(const struct attr *a, struct rule *r)
{
	struct fib_rule_uid_range uids;

	switch (a->type) {
	case FRA_IIFNAME:
		rt_copy_text(a, r->iif, sizeof(r->iif));
		break;
	case FRA_OIFNAME:
		rt_copy_text(a, r->oif, sizeof(r->oif));
		break;
	case FRA_FWMARK:
		r->mark = u32_of(a);
		break;
	case FRA_FWMASK:
		r->mask = u32_of(a);
		break;
	case FRA_IP_PROTO:
		attr_copy(a, &r->ip_proto, 1);
		break;
	case FRA_SPORT_RANGE:
		take_ports(a, &r->sport);
		break;
	case FRA_DPORT_RANGE:
		take_ports(a, &r->dport);
		break;
	case FRA_UID_RANGE:
		r->by_uid = attr_copy(a, &uids, sizeof(uids));
		if (r->by_uid)
			r->uids = (struct range){uids.start, uids.end};
		break;
	default:
		break;
	}
}

static void take_rule(const struct attr *a, uint8_t family, struct rule *r)
{
	uint8_t one = 0;

	switch (a->type) {
	case FRA_SRC:
		r->src.addr = rt_addr_of(a, family);
		break;
	case FRA_DST:
		r->dst.addr = rt_addr_of(a, family);
		break;
	case FRA_TABLE:
		r->table = u32_of(a);
		break;
	case FRA_GOTO:
		r->target = u32_of(a);
		break;
	case FRA_PRIORITY:
		r->priority = u32_of(a);
		break;
	case FRA_PROTOCOL:
		attr_copy(a, &r->proto, 1);
		break;
	case FRA_L3MDEV:
		attr_copy(a, &one, 1);
		r->l3mdev = one != 0;
		break;
	case FRA_SUPPRESS_PREFIXLEN:
		r->suppress = u32_of(a) == SUPPRESS_NONE ? 0 : (uint16_t)(u32_of(a) + 1);
		break;
	default:
		take_question(a, r);
	}
}

bool rt_parse_own_rule(const struct nlmsghdr *h, struct rule *out, bool *gone)
{
	struct fib_rule_hdr info;
	struct rbuf r;
	struct attr a;

	if (h->nlmsg_type != RTM_NEWRULE && h->nlmsg_type != RTM_DELRULE)
		return false;
	if (!attr_header(h, &info, sizeof(info), &r))
		return false;
	*out = (struct rule){.src = prefix_of(info.src_len, info.family),
			     .table = info.table,
			     .action = info.action == FR_ACT_TO_TBL ? 0 : info.action,
			     .invert = (info.flags & FIB_RULE_INVERT) != 0,
			     .tos = info.tos};
	out->dst.len = info.dst_len;
	while (attr_next(&r, &a))
		take_rule(&a, info.family, out);
	*gone = h->nlmsg_type == RTM_DELRULE;
	return !r.bad && is_ours(out->proto) && is_whole(&out->src) &&
	       (out->dst.len == 0 || is_whole(&out->dst));
}
