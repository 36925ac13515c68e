/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Virtual addresses to the kernel; see nl_addr.h. Adding is RTM_NEWADDR with REPLACE: an address
 * that is there already gets our mark and stays where it is. Removing one that is a primary would
 * take its secondaries along, so the interface is told to promote them first.
 */
#include "vrrpd/nl_addr.h"

#include <errno.h>
#include <linux/if_addr.h>
#include <linux/ip.h>
#include <linux/rtnetlink.h>
#include <netlink/msg.h>

#include "common/nl.h"
#include "vrrpd/nl_dev.h"
#include "vrrpd/rt_parse.h"

static int put_addr(struct nl_msg *m, int type, const struct addr *a)
{
	return nla_put(m, type, (int)addr_len(a), a->b);
}

static bool put_lifetime(struct nl_msg *m, const struct vip *v)
{
	const struct ifa_cacheinfo info = {.ifa_prefered = v->preferred_s, .ifa_valid = UINT32_MAX};

	return v->preferred_s == UINT32_MAX || nla_put(m, IFA_CACHEINFO, sizeof(info), &info) == 0;
}

static bool fill(struct nl_msg *m, const struct vip *v)
{
	const struct addr *a = &v->prefix.addr;
	struct ifaddrmsg info = {.ifa_family = (uint8_t)addr_af(a),
				 .ifa_prefixlen = v->prefix.len,
				 .ifa_scope = v->scope,
				 .ifa_index = (uint32_t)v->ifindex};
	const struct addr *far = addr_is_set(&v->peer) ? &v->peer : a;
	uint32_t flags = v->flags;

	/* Detection of duplicates would keep the address unusable for a second, and the peer holds
	 * it on a split anyway. */
	if (a->family == FAMILY_IPV6)
		flags |= IFA_F_NODAD;
	if (nlmsg_append(m, &info, sizeof(info), NLMSG_ALIGNTO) < 0)
		return false;
	if (put_addr(m, IFA_LOCAL, a) < 0 || put_addr(m, IFA_ADDRESS, far) < 0 ||
	    !put_lifetime(m, v))
		return false;
	if (addr_is_set(&v->broadcast) && put_addr(m, IFA_BROADCAST, &v->broadcast) < 0)
		return false;
	if (v->label[0] && nla_put_string(m, IFA_LABEL, v->label) < 0)
		return false;
	return nla_put_u32(m, IFA_FLAGS, flags) == 0 && nla_put_u8(m, IFA_PROTO, v->proto) == 0;
}

/* The same for each of the addresses. */
struct request {
	int type, flags;
	const struct vip *vips;
};

static struct nl_msg *make(const void *items, size_t i)
{
	const struct request *r = items;
	struct nl_msg *m = nlmsg_alloc_simple(r->type, r->flags);

	return netlink_made(m, m && fill(m, &r->vips[i]));
}

/* A kernel without that setting, or an interface that is gone, shows in the deletion itself. */
static void promote_secondaries(struct nl *nl, const struct vip *vips, size_t n)
{
	const struct dev_setting promote = {IPV4_DEVCONF_PROMOTE_SECONDARIES, 1};
	int done = 0;

	for (size_t i = 0; i < n; i++) {
		struct nl_msg *m;

		if (vips[i].prefix.addr.family != FAMILY_IPV4 || vips[i].ifindex == done)
			continue;
		done = vips[i].ifindex;
		m = dev_ipv4(done, &promote, 1);
		dev_send(nl, &m, 1, NULL);
	}
}

static bool is_gone(int err)
{
	/* ENXIO: IPv6 is off on that interface. */
	return err == -EADDRNOTAVAIL || err == -ENODEV || err == -ENXIO;
}

int nl_addr_add(struct nl *nl, const struct vip *vips, size_t n, int errors[])
{
	const struct request r = {RTM_NEWADDR, NLM_F_CREATE | NLM_F_REPLACE, vips};

	return netlink_batch_made(nl, make, &r, n, netlink_is_there, errors);
}

int nl_addr_del(struct nl *nl, const struct vip *vips, size_t n, int errors[])
{
	const struct request r = {RTM_DELADDR, 0, vips};

	promote_secondaries(nl, vips, n);
	return netlink_batch_made(nl, make, &r, n, is_gone, errors);
}

int nl_addr_add_new(struct nl *nl, const struct vip *v)
{
	const struct request r = {RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, v};

	return netlink_batch_made(nl, make, &r, 1, netlink_is_there, NULL);
}

static bool parse_marked(const struct nlmsghdr *h, void *item)
{
	struct rt_addr a;

	if (!rt_parse_addr(h, &a) || a.vip.proto == 0)
		return false;
	*(struct vip *)item = a.vip;
	return true;
}

int nl_addr_dump_own(struct nl *nl, uint8_t proto, struct vip **out, size_t *n)
{
	void *items = NULL;
	size_t all = 0;
	int err = netlink_collect(nl, RTM_GETADDR, sizeof(struct ifaddrmsg), parse_marked,
				  sizeof(struct vip), &items, &all);

	*out = items;
	*n = 0;
	for (size_t i = 0; i < all; i++)
		if ((*out)[i].proto == proto)
			(*out)[(*n)++] = (*out)[i];
	return err;
}
