/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The macvlan of a virtual MAC address: how ours are known, and whether what is there is what the
 * configuration asks for. Ours are those whose alias begins with our mark; the alias also keeps the
 * ARP settings that the interface below had before us, so that whoever removes the macvlan, after
 * whatever crash, can restore them. Pure.
 */
#ifndef VRRPD_VMAC_H
#define VRRPD_VMAC_H

#include <stdbool.h>

#include "common/conf.h"
#include "vrrpd/nl_link.h"

#define VMAC_MARK_STRLEN 64
/* Returns buf. */
const char *vmac_mark(const struct arp_settings *before, char buf[VMAC_MARK_STRLEN]);
/* False: not our mark. */
bool vmac_mark_read(const char *alias, struct arp_settings *before);

enum vmac_state {
	VMAC_RIGHT,
	VMAC_MISSING, /* nothing of that name */
	VMAC_WRONG,   /* ours, and above another interface or with another MAC address or mode */
	VMAC_FOREIGN, /* the name is somebody else's */
};

/* parent and there: the interfaces of the names in `v`, NULL when they do not exist. */
enum vmac_state vmac_judge(const struct conf_vmac *v, const struct link *parent,
			   const struct link *there);

/*
 * What keeps the two interfaces from answering ARP for each other's addresses, and from asking with
 * them, which would move a neighbor's entry to the other's MAC address; and what lets packets in on
 * the macvlan whose way back is the interface below.
 */
struct arp_settings vmac_parent_arp(const struct arp_settings *now);
struct ipv4_settings vmac_ipv4(const struct link *parent);

#endif
