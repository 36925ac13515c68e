/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Netlink messages as bytes: the fixed header of a message and the attributes behind it,
 * bounds-checked. For parsers that must not depend on libnl. Lengths and types are in host order
 * (netlink(7)). Pure.
 */
#ifndef COMMON_ATTR_H
#define COMMON_ATTR_H

#include <linux/netlink.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "common/buf.h"

struct attr {
	uint16_t type; /* without the flag bits */
	const uint8_t *data;
	size_t len;
};

/* The next message of a datagram, whole and within it; NULL at the end. r->p must be aligned to 4.
 */
static inline const struct nlmsghdr *attr_message(struct rbuf *r)
{
	const struct nlmsghdr *h = (const void *)r->p;
	size_t padded;

	if (r->left < sizeof(*h) || h->nlmsg_len < sizeof(*h) || h->nlmsg_len > r->left)
		return NULL;
	padded = NLMSG_ALIGN((size_t)h->nlmsg_len);
	rbuf_bytes(r, padded < r->left ? padded : r->left);
	return h;
}

/*
 * Copies the fixed header of n bytes out of a message of which nlmsg_len bytes are readable, and
 * sets *attrs to what follows it. False when the message is too short.
 */
static inline bool attr_header(const struct nlmsghdr *h, void *out, size_t n, struct rbuf *attrs)
{
	const uint8_t *p = (const uint8_t *)h + NLMSG_HDRLEN;
	size_t padded = NLMSG_ALIGN(n), body;

	if (h->nlmsg_len < NLMSG_HDRLEN + n)
		return false;
	body = h->nlmsg_len - NLMSG_HDRLEN;
	memcpy(out, p, n);
	*attrs = padded < body ? rbuf_of(p + padded, body - padded) : rbuf_of(p, 0);
	return true;
}

/* The next attribute. False at the end, and at a broken length, which sets r->bad. */
static inline bool attr_next(struct rbuf *r, struct attr *out)
{
	struct nlattr a;
	size_t padded;

	if (r->bad || r->left < sizeof(a))
		return false;
	memcpy(&a, r->p, sizeof(a));
	if (a.nla_len < NLA_HDRLEN || a.nla_len > r->left) {
		r->bad = true;
		return false;
	}
	out->type = a.nla_type & NLA_TYPE_MASK;
	out->data = r->p + NLA_HDRLEN;
	out->len = a.nla_len - (size_t)NLA_HDRLEN;
	padded = NLA_ALIGN(a.nla_len);
	rbuf_bytes(r, padded < r->left ? padded : r->left);
	return true;
}

/* The first n bytes of the attribute into *out; false, and *out untouched, when it has fewer. */
static inline bool attr_copy(const struct attr *a, void *out, size_t n)
{
	if (a->len < n)
		return false;
	memcpy(out, a->data, n);
	return true;
}

#endif
