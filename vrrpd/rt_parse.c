/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rtnetlink's messages from bytes; see rt_parse.h. Pure. After rtnetlink(7). */
#include "vrrpd/rt_parse.h"

#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <netinet/in.h>
#include <stdint.h>
#include <string.h>

#include "common/attr.h"

/* What an address is given, as against what the kernel says of it. */
#define KEPT_FLAGS (IFA_F_NOPREFIXROUTE | IFA_F_NODAD | IFA_F_HOMEADDRESS | IFA_F_MANAGETEMPADDR)

#define UNUSABLE (IFA_F_TENTATIVE | IFA_F_DADFAILED)

void rt_copy_text(const struct attr *a, char *out, size_t size)
{
	size_t n = strnlen((const char *)a->data, a->len);

	n = n < size ? n : size - 1;
	memcpy(out, a->data, n);
	out[n] = '\0';
}

struct addr rt_addr_of(const struct attr *a, uint8_t family)
{
	if (family == AF_INET && a->len >= 4)
		return addr_ipv4(a->data);
	if (family == AF_INET6 && a->len >= 16)
		return addr_ipv6(a->data);
	return (struct addr){0};
}

bool rt_parse_addr(const struct nlmsghdr *h, struct rt_addr *out)
{
	struct rt_addr x = {.gone = h->nlmsg_type == RTM_DELADDR};
	struct addr address = {0}, local = {0};
	struct ifaddrmsg info;
	struct rbuf r;
	struct attr a;
	uint32_t flags;
	uint8_t proto = 0;

	x.vip.preferred_s = UINT32_MAX;
	if (h->nlmsg_type != RTM_NEWADDR && h->nlmsg_type != RTM_DELADDR)
		return false;
	if (!attr_header(h, &info, sizeof(info), &r))
		return false;
	flags = info.ifa_flags;
	while (attr_next(&r, &a)) {
		if (a.type == IFA_ADDRESS)
			address = rt_addr_of(&a, info.ifa_family);
		else if (a.type == IFA_LOCAL)
			local = rt_addr_of(&a, info.ifa_family);
		else if (a.type == IFA_BROADCAST)
			x.vip.broadcast = rt_addr_of(&a, info.ifa_family);
		else if (a.type == IFA_LABEL)
			rt_copy_text(&a, x.vip.label, sizeof(x.vip.label));
		else if (a.type == IFA_FLAGS)
			attr_copy(&a, &flags, sizeof(flags));
		else if (a.type == IFA_PROTO)
			attr_copy(&a, &proto, sizeof(proto));
	}
	/* On a point-to-point link IFA_ADDRESS is the peer's. */
	x.vip.prefix.addr = addr_is_set(&local) ? local : address;
	if (r.bad || !addr_is_set(&x.vip.prefix.addr))
		return false;
	x.vip.prefix.len = info.ifa_prefixlen;
	x.vip.ifindex = (int)info.ifa_index;
	x.vip.scope = info.ifa_scope;
	x.vip.flags = flags & KEPT_FLAGS;
	if (addr_is_set(&local) && !addr_equal(&local, &address))
		x.vip.peer = address;
	x.vip.proto = proto;
	x.ours = proto == NL_ADDR_PROTO;
	x.secondary = info.ifa_family == AF_INET && (flags & IFA_F_SECONDARY) != 0;
	x.tentative = info.ifa_family == AF_INET6 && (flags & UNUSABLE) != 0;
	*out = x;
	return true;
}

bool rt_parse_covers(const struct nlmsghdr *h, const struct addr *to)
{
	struct prefix dst = {.addr.family = to->family};
	struct rtmsg info;
	struct rbuf r;
	struct attr a;

	if (h->nlmsg_type != RTM_NEWROUTE || !attr_header(h, &info, sizeof(info), &r) ||
	    info.rtm_table != RT_TABLE_MAIN || info.rtm_family != addr_af(to))
		return false;
	dst.len = info.rtm_dst_len;
	while (attr_next(&r, &a))
		if (a.type == RTA_DST)
			dst.addr = rt_addr_of(&a, info.rtm_family);
	return !r.bad && prefix_contains(&dst, to);
}

bool rt_parse_gateway(const struct nlmsghdr *h, struct addr *gateway)
{
	bool other = false;
	struct rtmsg info;
	struct rbuf r;
	struct attr a;

	*gateway = (struct addr){0};
	if (h->nlmsg_type != RTM_NEWROUTE || !attr_header(h, &info, sizeof(info), &r))
		return false;
	while (attr_next(&r, &a)) {
		if (a.type == RTA_GATEWAY)
			*gateway = rt_addr_of(&a, info.rtm_family);
		other |= a.type == RTA_VIA;
	}
	return !other;
}
