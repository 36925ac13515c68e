/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Virtual MAC addresses as values; see vmac.h. Pure. */
#include "vrrpd/vmac.h"

#include <stdio.h>
#include <string.h>

#define MARK "vrrp-sla arp_ignore=%d arp_announce=%d"

/* As Documentation/networking/ip-sysctl.rst of the kernel has them. */
#define ARP_IGNORE_OTHERS 1  /* answers only for addresses of the interface itself */
#define ARP_IGNORE_SUBNETS 2 /* ... that ask from within its subnet */
#define ARP_IGNORE_ALL 8     /* answers for none */
#define ARP_ANNOUNCE_OWN 2   /* asks only with addresses of the interface itself */
#define RP_FILTER_LOOSE 2    /* the larger of this and net.ipv4.conf.all counts, so never strict */

const char *vmac_mark(const struct arp_settings *before, char buf[VMAC_MARK_STRLEN])
{
	snprintf(buf, VMAC_MARK_STRLEN, MARK, before->ignore, before->announce);
	return buf;
}

bool vmac_mark_read(const char *alias, struct arp_settings *before)
{
	struct arp_settings s;

	if (sscanf(alias, MARK, &s.ignore, &s.announce) != 2)
		return false;
	*before = s;
	return true;
}

enum vmac_state vmac_judge(const struct conf_vmac *v, const struct link *parent,
			   const struct link *there)
{
	if (!there)
		return VMAC_MISSING;
	if (!there->vmac)
		return VMAC_FOREIGN;
	if (!parent || there->parent != parent->ifindex || !there->bridged ||
	    memcmp(there->mac, v->mac, sizeof(there->mac)) != 0)
		return VMAC_WRONG;
	return VMAC_RIGHT;
}

/* No answer for the addresses of other interfaces. 3 looks at the scope alone. */
static bool is_strict(int ignore)
{
	return ignore == ARP_IGNORE_OTHERS || ignore == ARP_IGNORE_SUBNETS ||
	       ignore == ARP_IGNORE_ALL;
}

struct arp_settings vmac_parent_arp(const struct arp_settings *now)
{
	struct arp_settings s = {
		.ignore = is_strict(now->ignore) ? now->ignore : ARP_IGNORE_OTHERS,
		.announce = ARP_ANNOUNCE_OWN,
	};

	return s;
}

struct ipv4_settings vmac_ipv4(const struct link *parent)
{
	struct ipv4_settings s = {
		.forwarding = parent->ipv4.forwarding,
		.rp_filter = RP_FILTER_LOOSE,
		.arp = {ARP_IGNORE_OTHERS, ARP_ANNOUNCE_OWN},
	};

	return s;
}
