/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * XFRM interfaces by netlink: RTM_NEWLINK of kind xfrm (linux/if_link.h, IFLA_XFRM_*). Every one of
 * ours carries the alias "vrrp-sla", which `ip link' shows, as the owner's mark. Decides nothing.
 * Returns 0 or a negative errno.
 */
#ifndef VRRPD_NL_XFRMI_H
#define VRRPD_NL_XFRMI_H

#include <linux/netlink.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/conf.h"

struct nl;

#define NL_XFRMI_ALIAS "vrrp-sla"
#define NL_XFRMI_KIND "xfrm"

struct xfrmi {
	char name[CONF_IFNAME_MAX];
	int ifindex; /* in a wanted one 0 */
	int line;    /* the interface that outer packets leave by */
	uint32_t if_id;
	unsigned mtu;
	bool up;
};

/*
 * Makes it, up, and tells its ifindex. -EOPNOTSUPP: the kernel has no such interfaces; -EEXIST: the
 * name or the number is another program's, whose interface stays as it is.
 */
int nl_xfrmi_add(struct nl *nl, struct xfrmi *x);
/* Up, and with its MTU. */
int nl_xfrmi_set_up(struct nl *nl, const struct xfrmi *x);
/* Its absence is a success. */
int nl_xfrmi_del(struct nl *nl, int ifindex);
/* Those with our mark; *out is malloc'ed. */
int nl_xfrmi_dump_own(struct nl *nl, struct xfrmi **out, size_t *n);

/* xfrmi_parse.c, pure: false for what is no RTM_NEWLINK, or of a link that is not one of ours. */
bool xfrmi_parse_own(const struct nlmsghdr *h, struct xfrmi *out);
/* The index of the link, of whatever kind, that a notice says came, changed or went; 0: it is about
 * none. */
int xfrmi_parse_index(const struct nlmsghdr *h);

#endif
