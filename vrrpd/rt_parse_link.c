/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Interfaces from their messages; see rt_parse.h. Pure. After rtnetlink(7). */
#include <linux/if.h>
#include <linux/if_link.h>
#include <linux/ip.h>
#include <linux/rtnetlink.h>
#include <stdint.h>
#include <string.h>

#include "common/attr.h"
#include "vrrpd/rt_parse.h"
#include "vrrpd/vmac.h"

/* The kernel's IFF_RUNNING follows RFC 2863 (up or unknown); IFF_LOWER_UP is the carrier itself. */
#define RUNNING (IFF_UP | IFF_RUNNING | IFF_LOWER_UP)

/* IFALIASZ of the kernel. */
#define ALIAS_MAX 256

/* The attribute of that type inside another one. */
static bool inside(const struct attr *outer, uint16_t type, struct attr *out)
{
	struct rbuf r = rbuf_of(outer->data, outer->len);

	while (attr_next(&r, out))
		if (out->type == type)
			return true;
	return false;
}

static bool is_macvlan(const struct attr *info)
{
	char kind[sizeof("macvlan") + 1] = "";
	struct attr a;

	if (inside(info, IFLA_INFO_KIND, &a))
		rt_copy_text(&a, kind, sizeof(kind));
	return strcmp(kind, "macvlan") == 0;
}

static bool is_bridged(const struct attr *info)
{
	uint32_t mode = 0;
	struct attr data, a;

	return inside(info, IFLA_INFO_DATA, &data) && inside(&data, IFLA_MACVLAN_MODE, &a) &&
	       attr_copy(&a, &mode, sizeof(mode)) && mode == MACVLAN_MODE_BRIDGE;
}

static bool is_marked(const struct attr *alias, struct link *l)
{
	char text[ALIAS_MAX];

	rt_copy_text(alias, text, sizeof(text));
	return vmac_mark_read(text, &l->before);
}

/* The settings stand in a row, from number 1 on. */
static int setting(const struct attr *row, unsigned id)
{
	size_t at = (id - 1) * sizeof(uint32_t);
	uint32_t v = 0;

	if (row->len >= at + sizeof(v))
		memcpy(&v, row->data + at, sizeof(v));
	return (int)v;
}

static void read_ipv4(const struct attr *spec, struct ipv4_settings *out)
{
	struct attr inet, row;

	if (!inside(spec, AF_INET, &inet) || !inside(&inet, IFLA_INET_CONF, &row))
		return;
	*out = (struct ipv4_settings){
		.forwarding = setting(&row, IPV4_DEVCONF_FORWARDING),
		.rp_filter = setting(&row, IPV4_DEVCONF_RP_FILTER),
		.arp_filter = setting(&row, IPV4_DEVCONF_ARPFILTER),
		.arp = {.ignore = setting(&row, IPV4_DEVCONF_ARP_IGNORE),
			.announce = setting(&row, IPV4_DEVCONF_ARP_ANNOUNCE)},
	};
}

static void read_attributes(struct rbuf *r, struct link *l)
{
	bool macvlan = false, marked = false;
	uint32_t mtu = 0, parent = 0;
	struct attr a;

	while (attr_next(r, &a)) {
		if (a.type == IFLA_IFNAME)
			rt_copy_text(&a, l->name, sizeof(l->name));
		else if (a.type == IFLA_MTU)
			attr_copy(&a, &mtu, sizeof(mtu));
		else if (a.type == IFLA_ADDRESS && a.len == sizeof(l->mac))
			attr_copy(&a, l->mac, sizeof(l->mac));
		else if (a.type == IFLA_LINK)
			attr_copy(&a, &parent, sizeof(parent));
		else if (a.type == IFLA_IFALIAS)
			marked = is_marked(&a, l);
		else if (a.type == IFLA_AF_SPEC)
			read_ipv4(&a, &l->ipv4);
		else if (a.type == IFLA_LINKINFO && (macvlan = is_macvlan(&a)))
			l->bridged = is_bridged(&a);
	}
	l->mtu = mtu;
	l->parent = (int)parent;
	l->vmac = macvlan && marked;
}

bool rt_parse_link(const struct nlmsghdr *h, struct link *out, bool *gone)
{
	struct link l = {0};
	struct ifinfomsg info;
	struct rbuf r;

	if (h->nlmsg_type != RTM_NEWLINK && h->nlmsg_type != RTM_DELLINK)
		return false;
	if (!attr_header(h, &info, sizeof(info), &r) || info.ifi_family != AF_UNSPEC)
		return false;
	l.ifindex = info.ifi_index;
	l.up = (info.ifi_flags & IFF_UP) != 0;
	l.running = (info.ifi_flags & RUNNING) == RUNNING;
	read_attributes(&r, &l);
	if (r.bad || l.name[0] == '\0')
		return false;
	*out = l;
	*gone = h->nlmsg_type == RTM_DELLINK;
	return true;
}
