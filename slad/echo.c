/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ICMP echo: bytes to and from values (RFC 791, RFC 792). Never logs and trusts no length that a
 * packet gives. Fragments do not reach a raw socket, so one that does is refused. Pure; see echo.h.
 */
#include "slad/echo.h"

#include <stdbool.h>

#include "common/buf.h"
#include "common/csum.h"

#define IPV4_HEADER_MIN 20u
#define IPV4_FRAGMENT_BITS 0x3fffu /* more fragments, and the offset */
#define PROTOCOL_ICMP 1u

enum icmp_type {
	ICMP_TYPE_REPLY = 0,
	ICMP_TYPE_UNREACHABLE = 3,
	ICMP_TYPE_QUENCH = 4,
	ICMP_TYPE_REDIRECT = 5,
	ICMP_TYPE_REQUEST = 8,
	ICMP_TYPE_TIME_EXCEEDED = 11,
	ICMP_TYPE_PARAMETER = 12,
};

size_t echo_build_ipv4(const struct echo_request *r, void *buf, size_t buf_size)
{
	struct wbuf w = wbuf_of(buf, buf_size);
	uint8_t *bytes = buf;
	uint16_t sum;

	wbuf_u8(&w, ICMP_TYPE_REQUEST);
	wbuf_u8(&w, 0);
	wbuf_u16(&w, 0);
	wbuf_u16(&w, r->id);
	wbuf_u16(&w, (uint16_t)r->seq);
	wbuf_u32(&w, r->tag);
	wbuf_u32(&w, r->seq);
	wbuf_u64(&w, r->cookie);
	for (size_t i = ECHO_PAYLOAD_MIN; i < r->size; i++)
		wbuf_u8(&w, (uint8_t)i);
	if (w.bad)
		return 0;
	sum = csum(buf, w.used);
	bytes[2] = (uint8_t)(sum >> 8);
	bytes[3] = (uint8_t)sum;
	return w.used;
}

struct ipv4 {
	uint8_t protocol;
	struct addr from, to;
	size_t total; /* as the header says */
};

/* Takes an IPv4 header with its options. */
static enum echo_reason take_ipv4(struct rbuf *r, struct ipv4 *ip)
{
	uint8_t first = rbuf_u8(r);
	size_t header = (size_t)(first & 0xf) * 4;
	const uint8_t *from, *to;
	uint16_t fragment;

	rbuf_u8(r);
	ip->total = rbuf_u16(r);
	rbuf_u16(r);
	fragment = rbuf_u16(r);
	rbuf_u8(r);
	ip->protocol = rbuf_u8(r);
	rbuf_u16(r);
	from = rbuf_bytes(r, 4);
	to = rbuf_bytes(r, 4);
	if (r->bad)
		return ECHO_SHORT;
	if (first >> 4 != 4 || header < IPV4_HEADER_MIN || ip->total < header ||
	    (fragment & IPV4_FRAGMENT_BITS))
		return ECHO_BAD_HEADER;
	if (ip->protocol != PROTOCOL_ICMP)
		return ECHO_NOT_ICMP;
	ip->from = addr_ipv4(from);
	ip->to = addr_ipv4(to);
	rbuf_bytes(r, header - IPV4_HEADER_MIN);
	return r->bad ? ECHO_SHORT : ECHO_OK;
}

static enum echo_reason take_reply(struct rbuf *r, struct echo_message *out)
{
	out->kind = ECHO_REPLY;
	out->target = out->from;
	out->id = rbuf_u16(r);
	out->icmp_seq = rbuf_u16(r);
	out->payload = (uint32_t)r->left;
	out->tag = rbuf_u32(r);
	out->seq = rbuf_u32(r);
	out->cookie = rbuf_u64(r);
	return r->bad ? ECHO_SHORT : ECHO_OK;
}

/* The request that an error quotes: its IP header and eight bytes are certain. */
static enum echo_reason take_error(struct rbuf *r, enum echo_kind kind, struct echo_message *out)
{
	enum echo_reason reason;
	struct ipv4 quoted;

	rbuf_u32(r);
	reason = take_ipv4(r, &quoted);
	if (reason == ECHO_NOT_ICMP)
		return ECHO_NOT_OURS;
	if (reason != ECHO_OK)
		return reason;
	if (rbuf_u8(r) != ICMP_TYPE_REQUEST)
		return r->bad ? ECHO_SHORT : ECHO_NOT_OURS;
	rbuf_u8(r);
	rbuf_u16(r);
	out->kind = kind;
	out->target = quoted.to;
	out->id = rbuf_u16(r);
	out->icmp_seq = rbuf_u16(r);
	return r->bad ? ECHO_SHORT : ECHO_OK;
}

enum echo_reason echo_parse_ipv4(const void *packet, size_t len, struct echo_message *out)
{
	struct rbuf r = rbuf_of(packet, len);
	enum echo_reason reason;
	struct ipv4 ip;
	uint8_t type;

	*out = (struct echo_message){0};
	reason = take_ipv4(&r, &ip);
	if (reason != ECHO_OK)
		return reason;
	if (ip.total > len)
		return ECHO_SHORT;
	r.left -= len - ip.total; /* what follows the packet is Ethernet's padding */
	if (r.left < ECHO_ICMP_HEADER)
		return ECHO_SHORT;
	if (csum(r.p, r.left) != 0)
		return ECHO_BAD_CHECKSUM;
	out->from = ip.from;
	out->to = ip.to;
	type = rbuf_u8(&r);
	out->code = rbuf_u8(&r);
	rbuf_u16(&r);
	switch (type) {
	case ICMP_TYPE_REPLY:
		return take_reply(&r, out);
	case ICMP_TYPE_UNREACHABLE:
		return take_error(&r, ECHO_UNREACHABLE, out);
	case ICMP_TYPE_TIME_EXCEEDED:
		return take_error(&r, ECHO_TIME_EXCEEDED, out);
	case ICMP_TYPE_REDIRECT:
		return take_error(&r, ECHO_REDIRECT, out);
	case ICMP_TYPE_QUENCH:
	case ICMP_TYPE_PARAMETER:
		return take_error(&r, ECHO_OTHER_ERROR, out);
	default:
		return ECHO_NOT_OURS;
	}
}

enum echo_reject echo_judge(const struct echo_expected *e, const struct echo_message *m)
{
	const struct echo_request *q = &e->request;

	if (!addr_equal(&e->from, &m->from))
		return ECHO_WRONG_SOURCE;
	if (addr_is_set(&e->to) && !addr_equal(&e->to, &m->to))
		return ECHO_WRONG_DESTINATION;
	if (m->id != q->id)
		return ECHO_WRONG_ID;
	if (m->seq != q->seq || m->icmp_seq != (uint16_t)q->seq)
		return ECHO_WRONG_SEQUENCE;
	if (m->cookie != q->cookie || m->tag != q->tag)
		return ECHO_WRONG_COOKIE;
	if (m->payload != q->size)
		return ECHO_WRONG_LENGTH;
	return ECHO_ACCEPTED;
}

const char *echo_kind_name(enum echo_kind k)
{
	static const char *const names[ECHO_KINDS] = {"reply", "unreachable", "time exceeded",
						      "redirect", "other error"};

	return (unsigned)k < ECHO_KINDS ? names[k] : "?";
}

const char *echo_reason_name(enum echo_reason r)
{
	static const char *const names[] = {"ok",       "short",        "bad header",
					    "not icmp", "bad checksum", "not ours"};

	return (unsigned)r < sizeof(names) / sizeof(names[0]) ? names[r] : "?";
}

const char *echo_reject_name(enum echo_reject r)
{
	static const char *const names[ECHO_REJECTS] = {
		"accepted",       "wrong source", "wrong destination", "wrong id",
		"wrong sequence", "wrong cookie", "wrong length",      "wrong interface"};

	return (unsigned)r < ECHO_REJECTS ? names[r] : "?";
}
