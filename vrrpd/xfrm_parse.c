/* SPDX-License-Identifier: GPL-2.0-or-later */
/* XFRM messages from bytes; see xfrm_parse.h. Pure. */
#include "vrrpd/xfrm_parse.h"

#include <arpa/inet.h>
#include <linux/xfrm.h>

#include "common/attr.h"
#include "common/mono.h"

static struct addr address(const xfrm_address_t *a, uint16_t af)
{
	return af == AF_INET6 ? addr_ipv6(a) : addr_ipv4(a);
}

/* Unset where the kernel has the wildcard, all zeroes. */
static struct addr outer_address(const xfrm_address_t *a, uint16_t af)
{
	static const xfrm_address_t zero;
	size_t n = af == AF_INET6 ? 16 : 4;

	return memcmp(a, &zero, n) == 0 ? (struct addr){0} : address(a, af);
}

static bool is_family(uint16_t af)
{
	return af == AF_INET || af == AF_INET6;
}

/* ---- policies ---- */

static bool plain_selector(const struct xfrm_selector *s)
{
	unsigned most = s->family == AF_INET6 ? 128 : 32;

	return is_family(s->family) && s->prefixlen_s <= most && s->prefixlen_d <= most &&
	       !s->sport_mask && !s->dport_mask && !s->proto && !s->user;
}

static bool plain_template(const struct attr *a, struct xfrm_user_tmpl *t)
{
	return a->len == sizeof(*t) && attr_copy(a, t, sizeof(*t)) && t->id.proto == IPPROTO_ESP &&
	       t->mode == XFRM_MODE_TUNNEL && !t->optional && !t->id.spi && is_family(t->family) &&
	       (t->aalgos & t->ealgos & t->calgos) == UINT32_MAX;
}

static void take_template(const struct attr *a, struct policy *out)
{
	struct xfrm_user_tmpl t;

	out->pass = false;
	if (!plain_template(a, &t))
		return;
	out->reqid = t.reqid;
	out->tmpl_src = outer_address(&t.saddr, t.family);
	out->tmpl_dst = outer_address(&t.id.daddr, t.family);
}

/* False when the attribute makes the policy another place than any of ours. */
static bool take_policy_attr(const struct attr *a, struct policy *out)
{
	struct xfrm_userpolicy_type type = {.type = XFRM_POLICY_TYPE_MAIN};
	struct xfrm_mark mark = {0};

	if (a->type == XFRMA_TMPL)
		take_template(a, out);
	else if (a->type == XFRMA_POLICY_TYPE)
		attr_copy(a, &type, sizeof(type));
	else if (a->type == XFRMA_MARK)
		attr_copy(a, &mark, sizeof(mark));
	else if (a->type == XFRMA_IF_ID)
		attr_copy(a, &out->if_id, sizeof(out->if_id));
	return type.type == XFRM_POLICY_TYPE_MAIN && !mark.v && !mark.m;
}

bool xfrm_parse_policy(const struct nlmsghdr *h, struct policy *out)
{
	struct policy p = {.kind = POLICY_FOREIGN, .tunnel = -1, .reqid = POLICY_OTHER_REQID};
	struct xfrm_userpolicy_info info;
	struct rbuf r;
	struct attr a;

	if (h->nlmsg_type != XFRM_MSG_NEWPOLICY && h->nlmsg_type != XFRM_MSG_UPDPOLICY)
		return false;
	if (!attr_header(h, &info, sizeof(info), &r))
		return false;
	if (info.dir > XFRM_POLICY_FWD || !plain_selector(&info.sel))
		return false;
	p.pass = info.action == XFRM_POLICY_ALLOW; /* unless it has a template */
	while (attr_next(&r, &a))
		if (!take_policy_attr(&a, &p))
			return false;
	if (r.bad)
		return false;
	p.dir = (enum policy_dir)info.dir;
	p.src = (struct prefix){address(&info.sel.saddr, info.sel.family), info.sel.prefixlen_s};
	p.dst = (struct prefix){address(&info.sel.daddr, info.sel.family), info.sel.prefixlen_d};
	p.ifindex = info.sel.ifindex;
	p.priority = info.priority;
	p.index = info.index;
	p.block = info.action == XFRM_POLICY_BLOCK;
	*out = p;
	return true;
}

/* ---- SAs ---- */

/* False for an SA without an algorithm. */
static bool take_sa_attrs(struct rbuf *r, struct sa *out)
{
	bool found = false;
	struct attr a;

	while (attr_next(r, &a)) {
		found |= a.type == XFRMA_ALG_CRYPT || a.type == XFRMA_ALG_AUTH ||
			 a.type == XFRMA_ALG_AUTH_TRUNC || a.type == XFRMA_ALG_AEAD;
		out->encapsulated |= a.type == XFRMA_ENCAP;
		if (a.type == XFRMA_IF_ID)
			attr_copy(&a, &out->if_id, sizeof(out->if_id));
	}
	return found && !r->bad;
}

/* The kernel counts these in whole seconds of wall-clock time. */
static int64_t seconds(uint64_t s)
{
	return s > INT64_MAX / US_PER_S ? 0 : (int64_t)s * US_PER_S;
}

bool xfrm_parse_sa(const struct nlmsghdr *h, struct sa *out)
{
	struct xfrm_usersa_info info;
	struct sa seen = {0};
	struct rbuf r;

	if (h->nlmsg_type != XFRM_MSG_NEWSA && h->nlmsg_type != XFRM_MSG_UPDSA)
		return false;
	if (!attr_header(h, &info, sizeof(info), &r))
		return false;
	if (info.id.proto != IPPROTO_ESP || info.mode != XFRM_MODE_TUNNEL || !info.id.spi ||
	    !is_family(info.family) || !take_sa_attrs(&r, &seen))
		return false;
	*out = (struct sa){.src = address(&info.saddr, info.family),
			   .dst = address(&info.id.daddr, info.family),
			   .spi = ntohl(info.id.spi),
			   .reqid = info.reqid,
			   .if_id = seen.if_id,
			   .tunnel = -1,
			   .encapsulated = seen.encapsulated,
			   .bytes = info.curlft.bytes,
			   .packets = info.curlft.packets,
			   .added_realtime_us = seconds(info.curlft.add_time),
			   .used_realtime_us = seconds(info.curlft.use_time)};
	return true;
}

enum xfrm_notice xfrm_parse_notice(const struct nlmsghdr *h)
{
	switch (h->nlmsg_type) {
	case XFRM_MSG_NEWPOLICY:
	case XFRM_MSG_UPDPOLICY:
	case XFRM_MSG_DELPOLICY:
	case XFRM_MSG_FLUSHPOLICY:
	case XFRM_MSG_POLEXPIRE:
		return XFRM_NOTICE_POLICY;
	case XFRM_MSG_NEWSA:
	case XFRM_MSG_UPDSA:
	case XFRM_MSG_DELSA:
	case XFRM_MSG_FLUSHSA:
	case XFRM_MSG_EXPIRE:
		return XFRM_NOTICE_SA;
	case XFRM_MSG_ACQUIRE:
		return XFRM_NOTICE_ACQUIRE;
	default:
		return XFRM_NOTICE_NONE;
	}
}
