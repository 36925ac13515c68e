/* SPDX-License-Identifier: GPL-2.0-or-later */
/* XFRM interfaces from rtnetlink's bytes; see nl_xfrmi.h. Pure. */
#include <linux/if.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "common/attr.h"
#include "vrrpd/nl_xfrmi.h"

static bool text_is(const struct attr *a, const char *text)
{
	size_t n = strlen(text);

	return a->len >= n && memcmp(a->data, text, n) == 0 && (a->len == n || !a->data[n]);
}

static void take_data(const struct attr *data, struct xfrmi *out)
{
	struct rbuf r = rbuf_of(data->data, data->len);
	struct attr a;
	uint32_t line;

	while (attr_next(&r, &a))
		if (a.type == IFLA_XFRM_IF_ID)
			attr_copy(&a, &out->if_id, sizeof(out->if_id));
		else if (a.type == IFLA_XFRM_LINK && attr_copy(&a, &line, sizeof(line)))
			out->line = (int)line;
}

static bool take_linkinfo(const struct attr *info, struct xfrmi *out)
{
	struct rbuf r = rbuf_of(info->data, info->len);
	bool is_xfrm = false;
	struct attr a;

	while (attr_next(&r, &a))
		if (a.type == IFLA_INFO_KIND)
			is_xfrm = text_is(&a, NL_XFRMI_KIND);
		else if (a.type == IFLA_INFO_DATA && is_xfrm)
			take_data(&a, out);
	return is_xfrm && !r.bad;
}

bool xfrmi_parse_own(const struct nlmsghdr *h, struct xfrmi *out)
{
	bool ours = false, is_xfrm = false;
	struct ifinfomsg info;
	struct rbuf r;
	struct attr a;

	if (h->nlmsg_type != RTM_NEWLINK || !attr_header(h, &info, sizeof(info), &r) ||
	    info.ifi_family != AF_UNSPEC)
		return false;
	*out = (struct xfrmi){.ifindex = info.ifi_index, .up = (info.ifi_flags & IFF_UP) != 0};
	while (attr_next(&r, &a))
		if (a.type == IFLA_IFNAME && a.len <= sizeof(out->name))
			memcpy(out->name, a.data, a.len);
		else if (a.type == IFLA_MTU)
			attr_copy(&a, &out->mtu, sizeof(out->mtu));
		else if (a.type == IFLA_IFALIAS)
			ours = text_is(&a, NL_XFRMI_ALIAS);
		else if (a.type == IFLA_LINKINFO)
			is_xfrm = take_linkinfo(&a, out);
	out->name[sizeof(out->name) - 1] = '\0';
	return ours && is_xfrm && !r.bad && out->name[0];
}

int xfrmi_parse_index(const struct nlmsghdr *h)
{
	struct ifinfomsg info;
	struct rbuf r;

	if ((h->nlmsg_type != RTM_NEWLINK && h->nlmsg_type != RTM_DELLINK) ||
	    !attr_header(h, &info, sizeof(info), &r) || info.ifi_family != AF_UNSPEC)
		return 0;
	return info.ifi_index;
}
