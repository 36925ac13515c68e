/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Interfaces to the kernel; see nl_dev.h. */
#include "vrrpd/nl_dev.h"

#include <errno.h>
#include <linux/if.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include "common/nl.h"

static struct nl_msg *message(int type, int flags, const struct ifinfomsg *info)
{
	struct nl_msg *m = nlmsg_alloc_simple(type, flags);
	struct ifinfomsg copy = *info;

	return netlink_made(m, m && nlmsg_append(m, &copy, sizeof(copy), NLMSG_ALIGNTO) == 0);
}

static bool put_macvlan(struct nl_msg *m)
{
	struct nlattr *info = nla_nest_start(m, IFLA_LINKINFO), *data;

	if (!info || nla_put_string(m, IFLA_INFO_KIND, "macvlan") < 0)
		return false;
	data = nla_nest_start(m, IFLA_INFO_DATA);
	if (!data || nla_put_u32(m, IFLA_MACVLAN_MODE, MACVLAN_MODE_BRIDGE) < 0)
		return false;
	nla_nest_end(m, data);
	nla_nest_end(m, info);
	return true;
}

struct nl_msg *dev_macvlan(const char *name, int parent, const uint8_t mac[6])
{
	const struct ifinfomsg info = {.ifi_family = AF_UNSPEC};
	struct nl_msg *m = message(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &info);

	return netlink_made(m, m && nla_put_string(m, IFLA_IFNAME, name) == 0 &&
				       nla_put_u32(m, IFLA_LINK, (uint32_t)parent) == 0 &&
				       nla_put(m, IFLA_ADDRESS, 6, mac) == 0 && put_macvlan(m));
}

static bool put_xfrm(struct nl_msg *m, int line, uint32_t if_id)
{
	struct nlattr *info = nla_nest_start(m, IFLA_LINKINFO), *data;

	if (!info || nla_put_string(m, IFLA_INFO_KIND, "xfrm") < 0)
		return false;
	data = nla_nest_start(m, IFLA_INFO_DATA);
	if (!data || nla_put_u32(m, IFLA_XFRM_LINK, (uint32_t)line) < 0 ||
	    nla_put_u32(m, IFLA_XFRM_IF_ID, if_id) < 0)
		return false;
	nla_nest_end(m, data);
	nla_nest_end(m, info);
	return true;
}

struct nl_msg *dev_xfrm(const char *name, int line, uint32_t if_id, uint32_t mtu)
{
	const struct ifinfomsg info = {.ifi_family = AF_UNSPEC};
	struct nl_msg *m = message(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &info);

	return netlink_made(m, m && nla_put_string(m, IFLA_IFNAME, name) == 0 &&
				       nla_put_u32(m, IFLA_MTU, mtu) == 0 &&
				       put_xfrm(m, line, if_id));
}

struct nl_msg *dev_alias(const char *name, const char *alias)
{
	const struct ifinfomsg info = {.ifi_family = AF_UNSPEC};
	struct nl_msg *m = message(RTM_SETLINK, 0, &info);

	return netlink_made(m, m && nla_put_string(m, IFLA_IFNAME, name) == 0 &&
				       nla_put_string(m, IFLA_IFALIAS, alias) == 0);
}

struct nl_msg *dev_remove(int ifindex)
{
	const struct ifinfomsg info = {.ifi_family = AF_UNSPEC, .ifi_index = ifindex};

	return message(RTM_DELLINK, 0, &info);
}

struct nl_msg *dev_up(int ifindex, bool up)
{
	const struct ifinfomsg info = {.ifi_family = AF_UNSPEC,
				       .ifi_index = ifindex,
				       .ifi_flags = up ? IFF_UP : 0,
				       .ifi_change = IFF_UP};

	return message(RTM_NEWLINK, 0, &info);
}

struct nl_msg *dev_mtu(int ifindex, uint32_t mtu)
{
	const struct ifinfomsg info = {.ifi_family = AF_UNSPEC, .ifi_index = ifindex};
	struct nl_msg *m = message(RTM_SETLINK, 0, &info);

	return netlink_made(m, m && nla_put_u32(m, IFLA_MTU, mtu) == 0);
}

/* Fills a family's part of the settings. */
typedef bool (*put_settings_fn)(struct nl_msg *m, const struct dev_setting list[], size_t n);

static struct nl_msg *settings(int ifindex, int family, put_settings_fn put,
			       const struct dev_setting list[], size_t n)
{
	const struct ifinfomsg info = {.ifi_family = AF_UNSPEC, .ifi_index = ifindex};
	struct nl_msg *m = message(RTM_SETLINK, 0, &info);
	struct nlattr *spec = m ? nla_nest_start(m, IFLA_AF_SPEC) : NULL;
	struct nlattr *part = spec ? nla_nest_start(m, family) : NULL;

	if (!part || !put(m, list, n))
		return netlink_made(m, false);
	nla_nest_end(m, part);
	nla_nest_end(m, spec);
	return m;
}

static bool put_ipv4(struct nl_msg *m, const struct dev_setting list[], size_t n)
{
	struct nlattr *conf = nla_nest_start(m, IFLA_INET_CONF);

	if (!conf)
		return false;
	for (size_t k = 0; k < n; k++)
		if (nla_put_u32(m, list[k].id, list[k].value) < 0)
			return false;
	nla_nest_end(m, conf);
	return true;
}

struct nl_msg *dev_ipv4(int ifindex, const struct dev_setting list[], size_t n)
{
	return settings(ifindex, AF_INET, put_ipv4, list, n);
}

static bool put_no_link_local(struct nl_msg *m, const struct dev_setting list[], size_t n)
{
	(void)list;
	(void)n;
	return nla_put_u8(m, IFLA_INET6_ADDR_GEN_MODE, IN6_ADDR_GEN_MODE_NONE) == 0;
}

struct nl_msg *dev_no_link_local(int ifindex)
{
	return settings(ifindex, AF_INET6, put_no_link_local, NULL, 0);
}

int dev_send(struct nl *nl, struct nl_msg *msgs[], size_t n, int errors[])
{
	bool complete = true;
	int err = -ENOMEM;

	for (size_t k = 0; k < n; k++)
		complete &= msgs[k] != NULL;
	if (complete)
		err = netlink_batch(nl, msgs, n, errors);
	for (size_t k = 0; k < n; k++) {
		if (!complete && errors)
			errors[k] = -ENOMEM;
		nlmsg_free(msgs[k]);
	}
	return err;
}
