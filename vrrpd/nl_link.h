/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The host's interfaces as the kernel has them: by name, with index, flags, hardware address and
 * the addresses that they send from, kept up to date from notices. An interface that is recreated
 * comes back under its name with a new index. Decides nothing.
 */
#ifndef VRRPD_NL_LINK_H
#define VRRPD_NL_LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/addr.h"
#include "common/loop.h"
#include "vrrpd/nl_addr.h"

struct links;

/* Of one interface, as the kernel's ip-sysctl has them. */
struct arp_settings {
	int ignore, announce;
};
struct ipv4_settings {
	int forwarding, rp_filter, arp_filter;
	struct arp_settings arp;
};

struct link {
	char name[16];
	int ifindex;
	bool up;      /* IFF_UP */
	bool running; /* IFF_UP and operational: carrier, RFC 2863 up or unknown */
	uint8_t mac[6];
	unsigned mtu;
	struct addr primary4; /* first global non-secondary IPv4 address that is not marked as ours;
				 unset: none */
	struct addr local6;   /* first link-local IPv6 address that is not marked as ours and may be
				 used (duplicate address detection is over); unset: none */
	int parent;           /* the interface that it is above; 0: none */
	bool vmac;            /* a macvlan with our mark (see vmac.h) */
	bool bridged;         /* a macvlan in bridge mode */
	struct arp_settings before; /* vmac: of its parent, as the mark has them */
	struct ipv4_settings ipv4;  /* as last read: the kernel tells of no change */
};

/* Who is told of what, or nobody: all NULL. The functions change no table. */
struct links_user {
	/* Something about the interface changed (also: came, went, its addresses). */
	void (*changed)(void *ctx, const char *name);
	/* The LAN may know the addresses on it elsewhere: it has another hardware address, or
	 * carrier after it had none. `changed` comes too. */
	void (*announce)(void *ctx, const char *name);
	/* An address that has our mark (see nl_addr.h), or had it before somebody replaced it, was
	 * removed by somebody else. */
	void (*address_lost)(void *ctx, int ifindex, const struct prefix *p);
	void *ctx;
};

/*
 * Opens NETLINK_ROUTE with link and address notices and reads all links and addresses. After an
 * overrun everything is read again.
 */
int links_open(struct links **out, struct loop *loop, const struct links_user *user);
void links_close(struct links *l);
/* NULL when there is none of that name now. Valid until the next turn of the loop or
 * links_reread. */
const struct link *links_find(const struct links *l, const char *name);
/* Whether any interface has that address, which is not one of ours. */
bool links_hold(const struct links *l, const struct addr *a);
struct nl *links_nl(struct links *l);
/* Takes the notices that wait, and reads everything again. Not from within a notice. */
int links_reread(struct links *l);
/* In the kernel's order. `fn` changes no table. */
void links_each(const struct links *l, void (*fn)(void *ctx, const struct link *link), void *ctx);
/* Sets interfaces up or down in one burst, and knows it before the notices come. errors[k] as
 * netlink_batch's. Returns 0 or the first error. */
#define LINKS_RAISE_MAX 64
int links_raise(struct links *l, const int ifindex[], size_t n, bool up, int errors[]);

#endif
