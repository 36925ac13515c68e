/* SPDX-License-Identifier: GPL-2.0-or-later */
/* XFRM interfaces to and from the kernel; see nl_xfrmi.h. */
#include "vrrpd/nl_xfrmi.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <net/if.h>

#include "common/nl.h"
#include "vrrpd/nl_dev.h"

static int send_one(struct nl *nl, struct nl_msg *m)
{
	return dev_send(nl, &m, 1, NULL);
}

/* No link-local address: nothing speaks on it but what is routed there. */
static int set_up_new(struct nl *nl, const struct xfrmi *x)
{
	struct nl_msg *m[] = {dev_alias(x->name, NL_XFRMI_ALIAS), dev_no_link_local(x->ifindex),
			      dev_up(x->ifindex, true)};
	int errors[3] = {0};
	int err = dev_send(nl, m, 3, errors);

	/* A kernel without IPv6 has no such address either. */
	if (err < 0 && errors[1] < 0)
		err = errors[0] ? errors[0] : errors[2];
	return err;
}

/*
 * The kernel takes no alias with a new link. What marks it waits for the kernel's word that it was
 * made: the name could be somebody else's.
 */
int nl_xfrmi_add(struct nl *nl, struct xfrmi *x)
{
	int err = send_one(nl, dev_xfrm(x->name, x->line, x->if_id, x->mtu));

	if (err < 0)
		return err;
	x->ifindex = (int)if_nametoindex(x->name);
	err = set_up_new(nl, x);
	if (err < 0)
		nl_xfrmi_del(nl, x->ifindex);
	return err;
}

int nl_xfrmi_set_up(struct nl *nl, const struct xfrmi *x)
{
	struct nl_msg *m[] = {dev_mtu(x->ifindex, x->mtu), dev_up(x->ifindex, true)};

	return dev_send(nl, m, 2, NULL);
}

int nl_xfrmi_del(struct nl *nl, int ifindex)
{
	int err = send_one(nl, dev_remove(ifindex));

	return err == -ENODEV ? 0 : err;
}

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
