/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Outgoing packets (RFC 791, RFC 8200, RFC 4303, RFC 3948); see egress.h. Which link header stands
 * before the packet is the device's affair and not said with it, so the two Ethernet forms are
 * tried by their type field before none at all. Pure.
 */
#include "slad/egress.h"

#include "common/csum.h"

#define ETHERNET 14u
#define ETHERNET_TAGGED 18u
#define TYPE_IPV4 0x0800u
#define TYPE_IPV6 0x86ddu
#define IPV4_HEADER_MIN 20u
#define IPV6_HEADER 40u
#define IPV6_FRAGMENT 8u

enum {
	PROTOCOL_ICMP = 1,
	PROTOCOL_UDP = 17,
	PROTOCOL_FRAGMENT = 44,
	PROTOCOL_ESP = 50,
	PROTOCOL_ICMPV6 = 58
};

static bool parse_ipv4(const uint8_t *p, size_t len, struct egress *out)
{
	size_t header = (size_t)(p[0] & 15) * 4;

	if (header < IPV4_HEADER_MIN || header > len || csum(p, header) != 0)
		return false;
	*out = (struct egress){addr_ipv4(p + 12), addr_ipv4(p + 16), p[9]};
	return true;
}

static bool parse_ipv6(const uint8_t *p, size_t len, struct egress *out)
{
	if (len < IPV6_HEADER)
		return false;
	*out = (struct egress){addr_ipv6(p + 8), addr_ipv6(p + 24), p[6]};
	/* The only header that this host puts before the protocol's. */
	if (out->protocol == PROTOCOL_FRAGMENT && len >= IPV6_HEADER + IPV6_FRAGMENT)
		out->protocol = p[IPV6_HEADER];
	return true;
}

static bool parse_at(const uint8_t *p, size_t len, size_t at, struct egress *out)
{
	if (len < at + IPV4_HEADER_MIN)
		return false;
	switch (p[at] >> 4) {
	case 4:
		return parse_ipv4(p + at, len - at, out);
	case 6:
		return parse_ipv6(p + at, len - at, out);
	default:
		return false;
	}
}

/* An IP packet's type in the two bytes before it. */
static bool typed(const uint8_t *p, size_t len, size_t at)
{
	unsigned type = len < at ? 0 : (unsigned)p[at - 2] << 8 | p[at - 1];

	return type == TYPE_IPV4 || type == TYPE_IPV6;
}

bool egress_parse(const void *packet, size_t len, struct egress *out)
{
	const uint8_t *p = packet;

	return (typed(p, len, ETHERNET) && parse_at(p, len, ETHERNET, out)) ||
	       (typed(p, len, ETHERNET_TAGGED) && parse_at(p, len, ETHERNET_TAGGED, out)) ||
	       parse_at(p, len, 0, out);
}

enum egress_way egress_judge(const struct egress *e, const struct addr *local,
			     const struct addr *remote)
{
	if (e->protocol == PROTOCOL_ICMP || e->protocol == PROTOCOL_ICMPV6)
		return EGRESS_CLEAR;
	if ((e->protocol == PROTOCOL_ESP || e->protocol == PROTOCOL_UDP) &&
	    addr_equal(&e->from, local) && addr_equal(&e->to, remote))
		return EGRESS_TUNNEL;
	return EGRESS_ASTRAY;
}
