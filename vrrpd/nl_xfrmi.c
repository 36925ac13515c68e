/* SPDX-License-Identifier: GPL-2.0-or-later */
/* XFRM interfaces to and from the kernel; see nl_xfrmi.h. */
#include "vrrpd/nl_xfrmi.h"

#include <errno.h>
#include <linux/if.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <netlink/msg.h>

#include "common/nl.h"

/* ---- building ---- */

static struct nl_msg *link_message(int type, int flags, int ifindex, unsigned up)
{
	struct ifinfomsg info = {.ifi_index = ifindex, .ifi_flags = up, .ifi_change = up};
	struct nl_msg *m = nlmsg_alloc_simple(type, flags);

	if (m && nlmsg_append(m, &info, sizeof(info), NLMSG_ALIGNTO) == 0)
		return m;
	nlmsg_free(m);
	return NULL;
}

/* m when all went well, else NULL. */
static struct nl_msg *finish(struct nl_msg *m, bool good)
{
	if (good)
		return m;
	nlmsg_free(m);
	return NULL;
}

static bool put_linkinfo(struct nl_msg *m, const struct xfrmi *x)
{
	struct nlattr *info = nla_nest_start(m, IFLA_LINKINFO), *data;

	if (!info || nla_put_string(m, IFLA_INFO_KIND, NL_XFRMI_KIND) < 0)
		return false;
	data = nla_nest_start(m, IFLA_INFO_DATA);
	if (!data || nla_put_u32(m, IFLA_XFRM_LINK, (uint32_t)x->line) < 0 ||
	    nla_put_u32(m, IFLA_XFRM_IF_ID, x->if_id) < 0)
		return false;
	nla_nest_end(m, data);
	nla_nest_end(m, info);
	return true;
}

static struct nl_msg *build_new(const struct xfrmi *x)
{
	struct nl_msg *m = link_message(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, 0, 0);

	return finish(m, m && nla_put_string(m, IFLA_IFNAME, x->name) == 0 && put_linkinfo(m, x));
}

/* No link-local address: nothing speaks on it but what is routed there. */
static struct nl_msg *build_quiet(const struct xfrmi *x)
{
	struct nl_msg *m = link_message(RTM_NEWLINK, 0, 0, 0);
	struct nlattr *spec, *six;
	bool good = m && nla_put_string(m, IFLA_IFNAME, x->name) == 0;

	spec = good ? nla_nest_start(m, IFLA_AF_SPEC) : NULL;
	six = spec ? nla_nest_start(m, AF_INET6) : NULL;
	good = six && nla_put_u8(m, IFLA_INET6_ADDR_GEN_MODE, IN6_ADDR_GEN_MODE_NONE) == 0;
	if (good) {
		nla_nest_end(m, six);
		nla_nest_end(m, spec);
	}
	return finish(m, good);
}

static struct nl_msg *build_marked(const struct xfrmi *x)
{
	struct nl_msg *m = link_message(RTM_NEWLINK, 0, 0, IFF_UP);

	return finish(m, m && nla_put_string(m, IFLA_IFNAME, x->name) == 0 &&
				 nla_put_string(m, IFLA_IFALIAS, NL_XFRMI_ALIAS) == 0);
}

/*
 * The kernel takes no alias with a new link, so that three messages make one; they are read in one
 * go, and a daemon that dies leaves all or nothing.
 */
int nl_xfrmi_add(struct nl *nl, const struct xfrmi *x)
{
	struct nl_msg *m[] = {build_new(x), build_quiet(x), build_marked(x)};
	int errors[3] = {0}, err = -ENOMEM;

	if (m[0] && m[1] && m[2])
		err = netlink_batch(nl, m, 3, errors);
	/* A kernel without IPv6 has no such address either. */
	if (err < 0 && errors[1] < 0)
		err = errors[0] ? errors[0] : errors[2];
	for (size_t i = 0; i < 3; i++)
		nlmsg_free(m[i]);
	return err;
}

static int send_one(struct nl *nl, struct nl_msg *m)
{
	int err = m ? netlink_batch(nl, &m, 1, NULL) : -ENOMEM;

	nlmsg_free(m);
	return err;
}

int nl_xfrmi_set_up(struct nl *nl, int ifindex)
{
	return send_one(nl, link_message(RTM_NEWLINK, 0, ifindex, IFF_UP));
}

int nl_xfrmi_del(struct nl *nl, int ifindex)
{
	int err = send_one(nl, link_message(RTM_DELLINK, 0, ifindex, 0));

	return err == -ENODEV ? 0 : err;
}

/* ---- dump ---- */

static bool parse(const struct nlmsghdr *h, void *item)
{
	return xfrmi_parse_own(h, item);
}

int nl_xfrmi_dump_own(struct nl *nl, struct xfrmi **out, size_t *n)
{
	void *items = NULL;
	int err = netlink_collect(nl, RTM_GETLINK, sizeof(struct ifinfomsg), parse,
				  sizeof(struct xfrmi), &items, n);

	*out = items;
	return err;
}
