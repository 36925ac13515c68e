/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rules to and from the kernel; see nl_rule.h. */
#include "vrrpd/nl_rule.h"

#include <errno.h>
#include <linux/fib_rules.h>
#include <linux/rtnetlink.h>
#include <netlink/msg.h>

#include "common/nl.h"
#include "vrrpd/rt_parse.h"

static bool fill(struct nl_msg *m, const struct rule *r)
{
	const struct addr *src = &r->src.addr;
	struct fib_rule_hdr info = {
		.family = (uint8_t)addr_af(src), .src_len = r->src.len, .action = FR_ACT_TO_TBL};

	return nlmsg_append(m, &info, sizeof(info), NLMSG_ALIGNTO) == 0 &&
	       nla_put(m, FRA_SRC, (int)addr_len(src), src->b) == 0 &&
	       nla_put_u32(m, FRA_TABLE, r->table) == 0 &&
	       nla_put_u32(m, FRA_PRIORITY, r->priority) == 0 &&
	       nla_put_u8(m, FRA_PROTOCOL, ROUTE_PROTO_TUNNEL) == 0;
}

static int send_rule(struct nl *nl, int type, int flags, const struct rule *r)
{
	struct nl_msg *m = nlmsg_alloc_simple(type, flags);
	int err = m && fill(m, r) ? netlink_batch(nl, &m, 1, NULL) : -ENOMEM;

	nlmsg_free(m);
	return err;
}

int nl_rule_add(struct nl *nl, const struct rule *r)
{
	int err = send_rule(nl, RTM_NEWRULE, NLM_F_CREATE | NLM_F_EXCL, r);

	return err == -EEXIST ? 0 : err;
}

int nl_rule_del(struct nl *nl, const struct rule *r)
{
	int err = send_rule(nl, RTM_DELRULE, 0, r);

	return err == -ENOENT || err == -EAFNOSUPPORT ? 0 : err;
}

static bool present(const struct nlmsghdr *h, void *item)
{
	bool gone;

	return rt_parse_own_rule(h, item, &gone) && !gone;
}

int nl_rule_dump_own(struct nl *nl, struct rule **out, size_t *n)
{
	void *items = NULL;
	int err = netlink_collect(nl, RTM_GETRULE, sizeof(struct fib_rule_hdr), present,
				  sizeof(struct rule), &items, n);

	*out = items;
	return err;
}
