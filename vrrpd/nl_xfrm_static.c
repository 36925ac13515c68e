/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Static SAs to the kernel; see nl_xfrm.h. UPDSA would keep the old keys of an SA that is valid, so
 * an SA with other keys is deleted and made anew; an equal one must not be touched, since its
 * sequence number would start again.
 */
#include <errno.h>
#include <linux/xfrm.h>
#include <netinet/in.h>
#include <netlink/msg.h>
#include <netlink/xfrm/lifetime.h>
#include <netlink/xfrm/sa.h>
#include <string.h>

#include "common/attr.h"
#include "common/nl.h"
#include "vrrpd/nl_xfrm.h"
#include "vrrpd/nl_xfrm_build.h"

/* One direction of the pair. */
struct half {
	const struct conf_static_sa *conf;
	const struct addr *src, *dst;
	uint32_t spi, reqid, if_id;
	const uint8_t *encryption, *integrity;
};

static void halves(const struct conf_tunnel *t, const struct sa_keys *k, struct half out[2])
{
	const struct conf_static_sa *s = &t->sa;

	out[0] =
		(struct half){s, &t->local, &t->remote, s->spi_out, t->reqid, t->if_id, NULL, NULL};
	out[1] = (struct half){s, &t->remote, &t->local, s->spi_in, t->reqid, t->if_id, NULL, NULL};
	if (!k)
		return;
	out[0].encryption = k->out_enc;
	out[0].integrity = k->out_auth;
	out[1].encryption = k->in_enc;
	out[1].integrity = k->in_auth;
}

static struct nl_addr *host_of(const struct addr *a)
{
	return nl_addr_build(addr_af(a), a->b, addr_len(a));
}

/* libnl takes the key as char *, and copies it. */
static int set_algorithms(struct xfrmnl_sa *sa, const struct half *h)
{
	char key[64];
	int err;

	memcpy(key, h->encryption, h->conf->encryption_bits / 8);
	err = xfrmnl_sa_set_crypto_params(sa, h->conf->encryption, h->conf->encryption_bits, key);
	memcpy(key, h->integrity, h->conf->integrity_bits / 8);
	if (err == 0)
		err = xfrmnl_sa_set_auth_params(sa, h->conf->integrity, h->conf->integrity_bits,
						h->conf->integrity_trunc, key);
	explicit_bzero(key, sizeof(key));
	return err < 0 ? -ENOMEM : 0;
}

static int set_place(struct xfrmnl_sa *sa, const struct half *h)
{
	struct nl_addr *src = host_of(h->src), *dst = host_of(h->dst);
	int err = -ENOMEM;

	if (src && dst) {
		xfrmnl_sa_set_saddr(sa, src);
		xfrmnl_sa_set_daddr(sa, dst);
		xfrmnl_sa_set_family(sa, (unsigned)addr_af(h->src));
		xfrmnl_sa_set_spi(sa, h->spi);
		xfrmnl_sa_set_proto(sa, IPPROTO_ESP);
		err = 0;
	}
	nl_addr_put(src);
	nl_addr_put(dst);
	return err;
}

static int describe(struct xfrmnl_sa *sa, const struct half *h)
{
	struct xfrmnl_ltime_cfg *l = nl_xfrm_endless();
	int err = l && xfrmnl_sa_set_lifetime_cfg(sa, l) == 0 ? set_place(sa, h) : -ENOMEM;

	xfrmnl_ltime_cfg_put(l);
	xfrmnl_sa_set_mode(sa, XFRM_MODE_TUNNEL);
	/* Without it the kernel takes packets of the outer addresses' family only. */
	xfrmnl_sa_set_flags(sa, XFRM_STATE_AF_UNSPEC);
	xfrmnl_sa_set_reqid(sa, h->reqid);
	return err ? err : set_algorithms(sa, h);
}

/* Keys that outlive a sequence counter: the counter must be allowed to wrap. */
static int build_new(const struct half *h, struct nl_msg **out)
{
	struct xfrmnl_sa *sa = xfrmnl_sa_alloc();
	int err = sa ? describe(sa, h) : -ENOMEM;

	if (err == 0 && xfrmnl_sa_build_add_request(sa, 0, out) < 0)
		err = -EINVAL;
	if (err == 0 && nla_put_u32(*out, XFRMA_SA_EXTRA_FLAGS, XFRM_SA_XFLAG_OSEQ_MAY_WRAP) < 0)
		err = -ENOMEM;
	if (err == 0 && h->if_id && nla_put_u32(*out, XFRMA_IF_ID, h->if_id) < 0)
		err = -ENOMEM;
	xfrmnl_sa_put(sa);
	return err;
}

static int build_delete(const struct half *h, struct nl_msg **out)
{
	struct xfrmnl_sa *sa = xfrmnl_sa_alloc();
	int err = sa ? set_place(sa, h) : -ENOMEM;

	if (err == 0 && xfrmnl_sa_build_delete_request(sa, 0, out) < 0)
		err = -EINVAL;
	xfrmnl_sa_put(sa);
	return err;
}

/* A message that held keys. */
static void wipe(struct nl_msg *m)
{
	if (m)
		explicit_bzero(nlmsg_data(nlmsg_hdr(m)), (size_t)nlmsg_datalen(nlmsg_hdr(m)));
	nlmsg_free(m);
}

/* ---- is it there, and is it the same? ---- */

enum presence { ABSENT, EQUAL, DIFFERENT };

struct search {
	const struct half *half;
	enum presence found;
};

static bool same_algorithm(const struct attr *a, const char *name, unsigned bits, unsigned trunc,
			   const uint8_t *key)
{
	struct xfrm_algo_auth head; /* struct xfrm_algo has one field less before the key */
	bool auth = trunc > 0;
	size_t fixed = auth ? sizeof(struct xfrm_algo_auth) : sizeof(struct xfrm_algo);

	memset(&head, 0, sizeof(head));
	if (!attr_copy(a, &head, fixed) || a->len < fixed + bits / 8)
		return false;
	return strncmp(head.alg_name, name, sizeof(head.alg_name)) == 0 &&
	       head.alg_key_len == bits && (!auth || head.alg_trunc_len == trunc) &&
	       memcmp(a->data + fixed, key, bits / 8) == 0;
}

static bool same_attributes(struct rbuf *attrs, const struct half *h)
{
	bool encryption = false, integrity = false;
	uint32_t if_id = 0;
	struct attr a;

	while (attr_next(attrs, &a)) {
		if (a.type == XFRMA_ALG_CRYPT)
			encryption = same_algorithm(&a, h->conf->encryption,
						    h->conf->encryption_bits, 0, h->encryption);
		else if (a.type == XFRMA_ALG_AUTH_TRUNC)
			integrity = same_algorithm(&a, h->conf->integrity, h->conf->integrity_bits,
						   h->conf->integrity_trunc, h->integrity);
		else if (a.type == XFRMA_IF_ID)
			attr_copy(&a, &if_id, sizeof(if_id));
	}
	return encryption && integrity && if_id == h->if_id;
}

static void compare(void *ctx, const struct nlmsghdr *n)
{
	struct search *s = ctx;
	const struct half *h = s->half;
	struct xfrm_usersa_info info;
	struct rbuf attrs;

	if (n->nlmsg_type != XFRM_MSG_NEWSA || !attr_header(n, &info, sizeof(info), &attrs))
		return;
	if (info.id.spi != htonl(h->spi) || info.id.proto != IPPROTO_ESP ||
	    info.family != addr_af(h->dst) || memcmp(&info.id.daddr, h->dst->b, addr_len(h->dst)))
		return;
	s->found = DIFFERENT;
	if (info.mode == XFRM_MODE_TUNNEL && info.reqid == h->reqid &&
	    info.flags & XFRM_STATE_AF_UNSPEC &&
	    memcmp(&info.saddr, h->src->b, addr_len(h->src)) == 0 && same_attributes(&attrs, h))
		s->found = EQUAL;
}

static int look_up(struct nl *nl, const struct half *h, enum presence *out)
{
	struct search s = {.half = h, .found = ABSENT};
	struct nl_msg *m = nlmsg_alloc_simple(XFRM_MSG_GETSA, 0);
	int err = m ? netlink_dump(nl, m, compare, &s) : -ENOMEM;

	nlmsg_free(m);
	*out = s.found;
	return err;
}

/* ---- */

static int remove_half(struct nl *nl, const struct half *h)
{
	struct nl_msg *m = NULL;
	int err = build_delete(h, &m);

	if (err == 0)
		err = netlink_batch(nl, &m, 1, NULL);
	nlmsg_free(m);
	return err == -ESRCH ? 0 : err;
}

static int put_half(struct nl *nl, const struct half *h)
{
	enum presence found;
	struct nl_msg *m = NULL;
	int err = look_up(nl, h, &found);

	if (err == 0 && found == EQUAL)
		return 0;
	if (err == 0 && found == DIFFERENT)
		err = remove_half(nl, h);
	if (err == 0)
		err = build_new(h, &m);
	if (err == 0)
		err = netlink_batch(nl, &m, 1, NULL);
	wipe(m);
	return err;
}

int nl_xfrm_put_static(struct nl *nl, const struct conf_tunnel *t, const struct sa_keys *k)
{
	struct half h[2];
	int err;

	halves(t, k, h);
	err = put_half(nl, &h[0]);
	return err ? err : put_half(nl, &h[1]);
}

int nl_xfrm_del_static(struct nl *nl, const struct conf_tunnel *t)
{
	struct half h[2];
	int first, second;

	halves(t, NULL, h);
	first = remove_half(nl, &h[0]);
	second = remove_half(nl, &h[1]);
	return first ? first : second;
}
