/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rules to and from the kernel; see nl_rule.h. */
#include "vrrpd/nl_rule.h"

#include <errno.h>
#include <linux/fib_rules.h>
#include <linux/rtnetlink.h>
#include <netlink/msg.h>

#include "common/nl.h"
#include "vrrpd/rt_parse.h"

static bool put_prefix(struct nl_msg *m, int type, const struct prefix *p)
{
	return p->len == 0 || nla_put(m, type, (int)addr_len(&p->addr), p->addr.b) == 0;
}

static bool put_u32(struct nl_msg *m, int type, uint32_t v)
{
	return v == 0 || nla_put_u32(m, type, v) == 0;
}

static bool put_name(struct nl_msg *m, int type, const char *name)
{
	return !name[0] || nla_put_string(m, type, name) == 0;
}

static bool put_ports(struct nl_msg *m, int type, const struct range *r)
{
	const struct fib_rule_port_range ports = {(uint16_t)r->first, (uint16_t)r->last};

	return r->last == 0 || nla_put(m, type, sizeof(ports), &ports) == 0;
}

static bool put_uids(struct nl_msg *m, const struct rule *r)
{
	const struct fib_rule_uid_range uids = {r->uids.first, r->uids.last};

	return !r->by_uid || nla_put(m, FRA_UID_RANGE, sizeof(uids), &uids) == 0;
}

/* A mark without a mask would get one of all bits. */
static bool put_mark(struct nl_msg *m, const struct rule *r)
{
	return put_u32(m, FRA_FWMARK, r->mark) &&
	       ((r->mark == 0 && r->mask == 0) || nla_put_u32(m, FRA_FWMASK, r->mask) == 0);
}

/* What a packet is asked for beside its addresses. */
static bool put_questions(struct nl_msg *m, const struct rule *r)
{
	return put_name(m, FRA_IIFNAME, r->iif) && put_name(m, FRA_OIFNAME, r->oif) &&
	       put_mark(m, r) && put_ports(m, FRA_SPORT_RANGE, &r->sport) &&
	       put_ports(m, FRA_DPORT_RANGE, &r->dport) && put_uids(m, r) &&
	       (r->ip_proto == 0 || nla_put_u8(m, FRA_IP_PROTO, r->ip_proto) == 0) &&
	       (!r->l3mdev || nla_put_u8(m, FRA_L3MDEV, 1) == 0);
}

static bool fill(struct nl_msg *m, const struct rule *r)
{
	struct fib_rule_hdr info = {.family = (uint8_t)addr_af(&r->src.addr),
				    .src_len = r->src.len,
				    .dst_len = r->dst.len,
				    .tos = r->tos,
				    .action = r->action ? r->action : FR_ACT_TO_TBL,
				    .flags = r->invert ? FIB_RULE_INVERT : 0};

	return nlmsg_append(m, &info, sizeof(info), NLMSG_ALIGNTO) == 0 &&
	       put_prefix(m, FRA_SRC, &r->src) && put_prefix(m, FRA_DST, &r->dst) &&
	       put_u32(m, FRA_TABLE, r->table) && put_u32(m, FRA_GOTO, r->target) &&
	       nla_put_u32(m, FRA_PRIORITY, r->priority) == 0 && put_questions(m, r) &&
	       (r->suppress == 0 ||
		nla_put_u32(m, FRA_SUPPRESS_PREFIXLEN, r->suppress - 1u) == 0) &&
	       nla_put_u8(m, FRA_PROTOCOL, r->proto) == 0;
}

/* The same for each of the rules. */
struct request {
	int type, flags;
	const struct rule *rules;
};

static struct nl_msg *make(const void *items, size_t i)
{
	const struct request *r = items;
	struct nl_msg *m = nlmsg_alloc_simple(r->type, r->flags);

	return netlink_made(m, m && fill(m, &r->rules[i]));
}

static bool is_gone(int err)
{
	return err == -ENOENT || err == -EAFNOSUPPORT;
}

int nl_rule_add(struct nl *nl, const struct rule list[], size_t n, int errors[])
{
	const struct request r = {RTM_NEWRULE, NLM_F_CREATE | NLM_F_EXCL, list};

	return netlink_batch_made(nl, make, &r, n, netlink_is_there, errors);
}

int nl_rule_del(struct nl *nl, const struct rule list[], size_t n, int errors[])
{
	const struct request r = {RTM_DELRULE, 0, list};

	return netlink_batch_made(nl, make, &r, n, is_gone, errors);
}

static bool present(const struct nlmsghdr *h, void *item)
{
	bool gone;

	return rt_parse_own_rule(h, item, &gone) && !gone;
}

int nl_rule_dump_own(struct nl *nl, uint8_t proto, struct rule **out, size_t *n)
{
	void *items = NULL;
	size_t all = 0;
	int err = netlink_collect(nl, RTM_GETRULE, sizeof(struct fib_rule_hdr), present,
				  sizeof(struct rule), &items, &all);

	*out = items;
	*n = 0;
	for (size_t i = 0; i < all; i++)
		if ((*out)[i].proto == proto)
			(*out)[(*n)++] = (*out)[i];
	return err;
}
