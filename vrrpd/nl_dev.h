/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Messages that make, change and remove interfaces. By netlink alone: /proc/sys may be out of
 * reach. Decides nothing. */
#ifndef VRRPD_NL_DEV_H
#define VRRPD_NL_DEV_H

#include <netlink/msg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct nl;

/* One of IPV4_DEVCONF_* in linux/ip.h. */
struct dev_setting {
	int id;
	uint32_t value;
};

/* Each is NULL when out of memory. */
/* In bridge mode above `parent`, down; refused when the name is taken. */
struct nl_msg *dev_macvlan(const char *name, int parent, const uint8_t mac[6]);
/* Tied to `line`, down; refused when the name or the number is taken. */
struct nl_msg *dev_xfrm(const char *name, int line, uint32_t if_id, uint32_t mtu);
/* By name: of one that was just made. */
struct nl_msg *dev_alias(const char *name, const char *alias);
struct nl_msg *dev_remove(int ifindex);
struct nl_msg *dev_up(int ifindex, bool up);
struct nl_msg *dev_mtu(int ifindex, uint32_t mtu);
struct nl_msg *dev_ipv4(int ifindex, const struct dev_setting list[], size_t n);
/* No link-local IPv6 address of the kernel's making. */
struct nl_msg *dev_no_link_local(int ifindex);

/*
 * Sends them in one burst and frees them; one that is NULL is an -ENOMEM for all. errors[k] (may be
 * NULL) as netlink_batch has it. Returns 0 or the first error.
 */
int dev_send(struct nl *nl, struct nl_msg *msgs[], size_t n, int errors[]);

#endif
