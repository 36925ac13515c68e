/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * XFRM policies to and from the kernel; see nl_xfrm.h. Every put is XFRM_MSG_UPDPOLICY, which
 * replaces in one step: no packet meets a moment without a policy. Deletions go by index, so that
 * they cannot hit a policy that somebody else put in the same place meanwhile.
 */
#include "vrrpd/nl_xfrm.h"

#include <errno.h>
#include <linux/xfrm.h>
#include <netinet/in.h>
#include <netlink/msg.h>
#include <netlink/xfrm/lifetime.h>
#include <netlink/xfrm/selector.h>
#include <netlink/xfrm/sp.h>
#include <netlink/xfrm/template.h>
#include <stdlib.h>
#include <string.h>

#include "common/nl.h"
#include "vrrpd/nl_xfrm_build.h"
#include "vrrpd/xfrm_parse.h"

/* ---- building ---- */

static struct nl_addr *net_of(const struct prefix *p)
{
	struct nl_addr *a = nl_addr_build(addr_af(&p->addr), p->addr.b, addr_len(&p->addr));

	if (a)
		nl_addr_set_prefixlen(a, p->len);
	return a;
}

static int set_selector(struct xfrmnl_sp *sp, const struct policy *p)
{
	struct xfrmnl_sel *sel = xfrmnl_sel_alloc();
	struct nl_addr *src = net_of(&p->src), *dst = net_of(&p->dst);
	int err = -ENOMEM;

	if (sel && src && dst) {
		xfrmnl_sel_set_family(sel, (unsigned)addr_af(&p->src.addr));
		xfrmnl_sel_set_saddr(sel, src);
		xfrmnl_sel_set_daddr(sel, dst);
		xfrmnl_sel_set_prefixlen_s(sel, p->src.len);
		xfrmnl_sel_set_prefixlen_d(sel, p->dst.len);
		xfrmnl_sel_set_ifindex(sel, (unsigned)p->ifindex);
		err = xfrmnl_sp_set_sel(sp, sel) < 0 ? -ENOMEM : 0;
	}
	nl_addr_put(src);
	nl_addr_put(dst);
	xfrmnl_sel_put(sel);
	return err;
}

struct xfrmnl_ltime_cfg *nl_xfrm_endless(void)
{
	struct xfrmnl_ltime_cfg *l = xfrmnl_ltime_cfg_alloc();

	if (!l)
		return NULL;
	xfrmnl_ltime_cfg_set_soft_bytelimit(l, XFRM_INF);
	xfrmnl_ltime_cfg_set_hard_bytelimit(l, XFRM_INF);
	xfrmnl_ltime_cfg_set_soft_packetlimit(l, XFRM_INF);
	xfrmnl_ltime_cfg_set_hard_packetlimit(l, XFRM_INF);
	return l;
}

static int set_lifetime(struct xfrmnl_sp *sp)
{
	struct xfrmnl_ltime_cfg *l = nl_xfrm_endless();
	int err = l && xfrmnl_sp_set_lifetime_cfg(sp, l) == 0 ? 0 : -ENOMEM;

	xfrmnl_ltime_cfg_put(l);
	return err;
}

/* An unset outer address is the kernel's wildcard, all zeroes of the selector's family. */
static int add_template(struct xfrmnl_sp *sp, const struct policy *p)
{
	static const struct addr zero;
	bool any = !addr_is_set(&p->tmpl_src);
	const struct addr *family = any ? &p->src.addr : &p->tmpl_src;
	struct xfrmnl_user_tmpl *t = xfrmnl_user_tmpl_alloc();
	struct nl_addr *src, *dst;
	int err = -ENOMEM;

	src = nl_addr_build(addr_af(family), (any ? &zero : &p->tmpl_src)->b, addr_len(family));
	dst = nl_addr_build(addr_af(family), (any ? &zero : &p->tmpl_dst)->b, addr_len(family));
	if (t && src && dst) {
		xfrmnl_user_tmpl_set_family(t, (unsigned)addr_af(family));
		xfrmnl_user_tmpl_set_saddr(t, src);
		xfrmnl_user_tmpl_set_daddr(t, dst);
		xfrmnl_user_tmpl_set_proto(t, IPPROTO_ESP);
		xfrmnl_user_tmpl_set_mode(t, XFRM_MODE_TUNNEL);
		xfrmnl_user_tmpl_set_reqid(t, p->reqid);
		xfrmnl_user_tmpl_set_optional(t, 0);
		xfrmnl_user_tmpl_set_aalgos(t, UINT32_MAX);
		xfrmnl_user_tmpl_set_ealgos(t, UINT32_MAX);
		xfrmnl_user_tmpl_set_calgos(t, UINT32_MAX);
		xfrmnl_sp_add_usertemplate(sp, t); /* which owns it now */
		t = NULL;
		err = 0;
	}
	nl_addr_put(src);
	nl_addr_put(dst);
	if (t)
		xfrmnl_user_tmpl_free(t);
	return err;
}

static int describe(struct xfrmnl_sp *sp, const struct policy *p)
{
	int err = set_selector(sp, p);

	if (err == 0)
		err = set_lifetime(sp);
	if (err == 0 && !p->block && !p->pass)
		err = add_template(sp, p);
	xfrmnl_sp_set_dir(sp, p->dir);
	xfrmnl_sp_set_index(sp, p->index);
	xfrmnl_sp_set_priority(sp, p->priority);
	xfrmnl_sp_set_action(sp, p->block ? XFRM_POLICY_BLOCK : XFRM_POLICY_ALLOW);
	return err;
}

static bool build(const struct change *c, struct nl_msg **out)
{
	struct xfrmnl_sp *sp = xfrmnl_sp_alloc();
	bool done = sp && describe(sp, &c->policy) == 0 &&
		    (c->kind == CHANGE_PUT ? xfrmnl_sp_build_update_request(sp, 0, out)
					   : xfrmnl_sp_build_delete_request(sp, 0, out)) == 0;

	xfrmnl_sp_put(sp);
	/* libnl 3.7 does not know it. */
	return done && (!c->policy.if_id || nla_put_u32(*out, XFRMA_IF_ID, c->policy.if_id) == 0);
}

static struct nl_msg *make(const void *items, size_t i)
{
	const struct change *changes = items;
	struct nl_msg *m = NULL;
	bool complete = build(&changes[i], &m);

	return netlink_made(m, complete);
}

int nl_xfrm_apply(struct nl *nl, const struct change changes[], size_t n, int errors[])
{
	return netlink_batch_made(nl, make, changes, n, NULL, errors);
}

/* ---- dumps ---- */

static bool parse_policy(const struct nlmsghdr *h, void *item)
{
	return xfrm_parse_policy(h, item);
}

static bool parse_sa(const struct nlmsghdr *h, void *item)
{
	return xfrm_parse_sa(h, item);
}

static int by_place(const void *a, const void *b)
{
	return policy_place_cmp(a, b);
}

int nl_xfrm_dump_policies(struct nl *nl, struct policy **out, size_t *n)
{
	void *items = NULL;
	int err = netlink_collect(nl, XFRM_MSG_GETPOLICY, 0, parse_policy, sizeof(struct policy),
				  &items, n);

	if (err == 0 && items)
		qsort(items, *n, sizeof(struct policy), by_place);
	*out = items;
	return err;
}

int nl_xfrm_dump_sas(struct nl *nl, struct sa **out, size_t *n)
{
	void *items = NULL;
	int err = netlink_collect(nl, XFRM_MSG_GETSA, 0, parse_sa, sizeof(struct sa), &items, n);

	*out = items;
	return err;
}
