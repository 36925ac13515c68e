/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ICMP echo: bytes to and from values (RFC 791, RFC 792, RFC 4443, RFC 8200). Never logs and trusts
 * no length that a packet gives. Fragments do not reach a raw socket, so one that does is refused.
 * Pure; see echo.h.
 */
#include "slad/echo.h"

#include <netinet/in.h>
#include <stdbool.h>

#include "common/buf.h"
#include "common/csum.h"

#define IPV4_HEADER_MIN 20u
#define IPV6_HEADER 40u
#define IPV4_MORE_FRAGMENTS 0x2000u
#define IPV4_OFFSET 0x1fffu
#define IPV6_OFFSET 0xfff8u
#define CODE_FRAGMENTATION_NEEDED 4u

enum icmp_type {
	ICMP_TYPE_REPLY = 0,
	ICMP_TYPE_UNREACHABLE = 3,
	ICMP_TYPE_QUENCH = 4,
	ICMP_TYPE_REDIRECT = 5,
	ICMP_TYPE_REQUEST = 8,
	ICMP_TYPE_TIME_EXCEEDED = 11,
	ICMP_TYPE_PARAMETER = 12,
};

enum icmp6_type {
	ICMP6_TYPE_UNREACHABLE = 1,
	ICMP6_TYPE_TOO_BIG = 2,
	ICMP6_TYPE_TIME_EXCEEDED = 3,
	ICMP6_TYPE_PARAMETER = 4,
	ICMP6_TYPE_REQUEST = 128,
	ICMP6_TYPE_REPLY = 129,
};

/* ---- building ---- */

static size_t build(uint8_t type, const struct echo_request *r, void *buf, size_t buf_size)
{
	struct wbuf w = wbuf_of(buf, buf_size);

	wbuf_u8(&w, type);
	wbuf_u8(&w, 0);
	wbuf_u16(&w, 0);
	wbuf_u16(&w, r->id);
	wbuf_u16(&w, (uint16_t)r->seq);
	wbuf_u32(&w, r->tag);
	wbuf_u32(&w, r->seq);
	wbuf_u64(&w, r->cookie);
	for (size_t i = ECHO_PAYLOAD_MIN; i < r->size; i++)
		wbuf_u8(&w, (uint8_t)i);
	return w.bad ? 0 : w.used;
}

size_t echo_build_ipv4(const struct echo_request *r, void *buf, size_t buf_size)
{
	size_t len = build(ICMP_TYPE_REQUEST, r, buf, buf_size);
	uint8_t *bytes = buf;
	uint16_t sum;

	if (len == 0)
		return 0;
	sum = csum(buf, len);
	bytes[2] = (uint8_t)(sum >> 8);
	bytes[3] = (uint8_t)sum;
	return len;
}

size_t echo_build_ipv6(const struct echo_request *r, void *buf, size_t buf_size)
{
	return build(ICMP6_TYPE_REQUEST, r, buf, buf_size);
}

/* ---- parsing ---- */

struct header {
	struct addr from, to;
	size_t total;  /* as the header says, with itself */
	bool fragment; /* the first of several */
};

/* Takes an IPv4 header with its options. */
static enum echo_reason take_ipv4(struct rbuf *r, struct header *h)
{
	uint8_t first = rbuf_u8(r), protocol;
	size_t header = (size_t)(first & 0xf) * 4;
	const uint8_t *from, *to;
	uint16_t fragment;

	rbuf_u8(r);
	h->total = rbuf_u16(r);
	rbuf_u16(r);
	fragment = rbuf_u16(r);
	rbuf_u8(r);
	protocol = rbuf_u8(r);
	rbuf_u16(r);
	from = rbuf_bytes(r, 4);
	to = rbuf_bytes(r, 4);
	if (r->bad)
		return ECHO_SHORT;
	if (first >> 4 != 4 || header < IPV4_HEADER_MIN || h->total < header ||
	    (fragment & IPV4_OFFSET))
		return ECHO_BAD_HEADER;
	if (protocol != IPPROTO_ICMP)
		return ECHO_NOT_ICMP;
	h->fragment = fragment & IPV4_MORE_FRAGMENTS;
	h->from = addr_ipv4(from);
	h->to = addr_ipv4(to);
	rbuf_bytes(r, header - IPV4_HEADER_MIN);
	return r->bad ? ECHO_SHORT : ECHO_OK;
}

/* Takes an IPv6 header, and a fragment's behind it: the only one that our requests ever have. */
static enum echo_reason take_ipv6(struct rbuf *r, struct header *h)
{
	uint8_t first = rbuf_u8(r), next;
	const uint8_t *from, *to;

	rbuf_bytes(r, 3);
	h->total = IPV6_HEADER + rbuf_u16(r);
	next = rbuf_u8(r);
	rbuf_u8(r);
	from = rbuf_bytes(r, 16);
	to = rbuf_bytes(r, 16);
	h->fragment = next == IPPROTO_FRAGMENT;
	if (h->fragment) {
		next = rbuf_u8(r);
		rbuf_u8(r);
		if (rbuf_u16(r) & IPV6_OFFSET)
			return ECHO_BAD_HEADER;
		rbuf_u32(r);
	}
	if (r->bad)
		return ECHO_SHORT;
	if (first >> 4 != 6)
		return ECHO_BAD_HEADER;
	if (next != IPPROTO_ICMPV6)
		return ECHO_NOT_ICMP;
	h->from = addr_ipv6(from);
	h->to = addr_ipv6(to);
	return ECHO_OK;
}

static void take_echo(struct rbuf *r, struct echo_message *out)
{
	out->id = rbuf_u16(r);
	out->icmp_seq = rbuf_u16(r);
	out->payload = (uint32_t)r->left;
	if (r->left < ECHO_PAYLOAD_MIN)
		return;
	out->tag = rbuf_u32(r);
	out->seq = rbuf_u32(r);
	out->cookie = rbuf_u64(r);
}

static enum echo_reason take_reply(struct rbuf *r, struct echo_message *out)
{
	out->kind = ECHO_REPLY;
	out->source = out->to;
	out->target = out->from;
	take_echo(r, out);
	return r->bad || out->payload < ECHO_PAYLOAD_MIN ? ECHO_SHORT : ECHO_OK;
}

/* The request that an error quotes: its IP header and eight bytes are certain. */
static enum echo_reason take_error(struct rbuf *r, enum echo_kind kind, struct echo_message *out)
{
	bool ipv6 = out->from.family == FAMILY_IPV6;
	enum echo_reason reason;
	struct header quoted;

	rbuf_u32(r);
	reason = ipv6 ? take_ipv6(r, &quoted) : take_ipv4(r, &quoted);
	if (reason == ECHO_NOT_ICMP)
		return ECHO_NOT_OURS;
	if (reason != ECHO_OK)
		return reason;
	if (rbuf_u8(r) != (ipv6 ? ICMP6_TYPE_REQUEST : ICMP_TYPE_REQUEST))
		return r->bad ? ECHO_SHORT : ECHO_NOT_OURS;
	rbuf_bytes(r, 3);
	out->kind = kind;
	out->source = quoted.from;
	out->target = quoted.to;
	take_echo(r, out);
	return r->bad ? ECHO_SHORT : ECHO_OK;
}

enum echo_reason echo_parse_ipv4(const void *packet, size_t len, struct echo_message *out)
{
	struct rbuf r = rbuf_of(packet, len);
	enum echo_reason reason;
	struct header ip;
	uint8_t type;

	*out = (struct echo_message){0};
	reason = take_ipv4(&r, &ip);
	if (reason != ECHO_OK)
		return reason;
	if (ip.fragment)
		return ECHO_BAD_HEADER;
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
		return take_error(&r,
				  out->code == CODE_FRAGMENTATION_NEEDED ? ECHO_TOO_BIG
									 : ECHO_UNREACHABLE,
				  out);
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

enum echo_reason echo_parse_ipv6(const void *message, size_t len, const struct addr *from,
				 const struct addr *to, struct echo_message *out)
{
	struct rbuf r = rbuf_of(message, len);
	uint8_t type;

	*out = (struct echo_message){.from = *from, .to = *to};
	if (r.left < ECHO_ICMP_HEADER)
		return ECHO_SHORT;
	type = rbuf_u8(&r);
	out->code = rbuf_u8(&r);
	rbuf_u16(&r);
	switch (type) {
	case ICMP6_TYPE_REPLY:
		return take_reply(&r, out);
	case ICMP6_TYPE_UNREACHABLE:
		return take_error(&r, ECHO_UNREACHABLE, out);
	case ICMP6_TYPE_TOO_BIG:
		return take_error(&r, ECHO_TOO_BIG, out);
	case ICMP6_TYPE_TIME_EXCEEDED:
		return take_error(&r, ECHO_TIME_EXCEEDED, out);
	case ICMP6_TYPE_PARAMETER:
		return take_error(&r, ECHO_OTHER_ERROR, out);
	default:
		return ECHO_NOT_OURS;
	}
}

/* ---- judging ---- */

static bool same_payload(const struct echo_request *q, const struct echo_message *m)
{
	return m->seq == q->seq && m->tag == q->tag && m->cookie == q->cookie;
}

/* Whoever was on the path can quote right; all others have to guess. */
static enum echo_reject judge_error(const struct echo_expected *e, const struct echo_message *m)
{
	const struct echo_request *q = &e->request;
	bool right = addr_equal(&e->from, &m->target) &&
		     (!addr_is_set(&e->to) || addr_equal(&e->to, &m->source)) && m->id == q->id &&
		     m->icmp_seq == (uint16_t)q->seq &&
		     (m->payload < ECHO_PAYLOAD_MIN || same_payload(q, m));

	return right ? ECHO_ACCEPTED : ECHO_FORGED_QUOTE;
}

enum echo_reject echo_judge(const struct echo_expected *e, const struct echo_message *m)
{
	const struct echo_request *q = &e->request;

	if (m->kind != ECHO_REPLY)
		return judge_error(e, m);
	if (!addr_equal(&e->from, &m->from))
		return ECHO_WRONG_SOURCE;
	if (addr_is_set(&e->to) && !addr_equal(&e->to, &m->to))
		return ECHO_WRONG_DESTINATION;
	if (m->id != q->id)
		return ECHO_WRONG_ID;
	if (m->seq != q->seq || m->icmp_seq != (uint16_t)q->seq)
		return ECHO_WRONG_SEQUENCE;
	if (!same_payload(q, m))
		return ECHO_WRONG_COOKIE;
	if (m->payload != q->size)
		return ECHO_WRONG_LENGTH;
	return ECHO_ACCEPTED;
}

const char *echo_kind_name(enum echo_kind k)
{
	static const char *const names[ECHO_KINDS] = {
		"reply", "unreachable", "too big", "time exceeded", "redirect", "other error"};

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
		"wrong sequence", "wrong cookie", "wrong length",      "wrong interface",
		"forged quote",   "wrong way"};

	return (unsigned)r < ECHO_REJECTS ? names[r] : "?";
}
