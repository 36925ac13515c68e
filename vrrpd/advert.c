/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VRRP advertisements: RFC 9568, 5.1 and 7.1; RFC 3768, 5.3. Pure; see advert.h. */
#include "vrrpd/advert.h"

#include <string.h>

#include "common/buf.h"
#include "common/csum.h"
#include "common/mono.h"

#define TYPE_ADVERTISEMENT 1
#define HEADER_LEN 8
#define IPV4_HEADER_LEN 20
#define IPV6_HEADER_LEN 40
#define CHECKSUM_AT 6
#define V2_AUTH_NONE 0
#define V2_AUTH_PASSWORD 1
#define V3_INTERVAL_MASK 0x0fff

const char *advert_fault_name(enum advert_fault f)
{
	static const char *const names[ADVERT_FAULTS] = {
		[ADVERT_OK] = "ok",
		[ADVERT_BAD_LENGTH] = "bad_length",
		[ADVERT_BAD_TTL] = "bad_ttl",
		[ADVERT_BAD_VERSION] = "bad_version",
		[ADVERT_BAD_TYPE] = "bad_type",
		[ADVERT_BAD_CHECKSUM] = "bad_checksum",
		[ADVERT_BAD_VRID] = "bad_vrid",
		[ADVERT_BAD_INTERVAL] = "bad_interval",
		[ADVERT_BAD_AUTH] = "bad_auth",
		[ADVERT_BAD_FIRST] = "bad_first_address",
		[ADVERT_ADDRESSES] = "address_mismatch",
		[ADVERT_UNKNOWN_PEER] = "unknown_peer",
		[ADVERT_OWN_ECHO] = "own_echo",
	};

	return f < ADVERT_FAULTS ? names[f] : "unknown";
}

struct addr advert_group(uint8_t family)
{
	static const uint8_t six[16] = {0xff, 0x02, [15] = 0x12};

	return family == FAMILY_IPV6 ? addr_ipv6(six) : addr_ipv4("\340\0\0\022");
}

enum advert_fault advert_unwrap4(const void *packet, size_t len, struct advert_packet *out)
{
	const uint8_t *ip = packet;
	size_t header, total;

	if (len < IPV4_HEADER_LEN || ip[0] >> 4 != 4)
		return ADVERT_BAD_LENGTH;
	header = (size_t)(ip[0] & 0xf) * 4;
	total = (size_t)(ip[2] << 8 | ip[3]);
	if (header < IPV4_HEADER_LEN || total < header || total > len || ip[9] != VRRP_PROTOCOL)
		return ADVERT_BAD_LENGTH;
	*out = (struct advert_packet){
		.src = addr_ipv4(ip + 12),
		.dst = addr_ipv4(ip + 16),
		.ttl = ip[8],
		.message = ip + header,
		.len = total - header,
	};
	return ADVERT_OK;
}

int advert_peek_vrid(const struct advert_packet *p)
{
	return p->len >= 2 ? p->message[1] : -1;
}

static size_t message_size(uint8_t version, size_t address_len, size_t n_addresses)
{
	return HEADER_LEN + n_addresses * address_len + (version == 2 ? ADVERT_PASSWORD_LEN : 0);
}

size_t advert_packet_size(uint8_t version, uint8_t family, size_t n_addresses)
{
	return family == FAMILY_IPV6 ? IPV6_HEADER_LEN + message_size(version, 16, n_addresses)
				     : IPV4_HEADER_LEN + message_size(version, 4, n_addresses);
}

static bool checksum_ok(const struct advert_packet *p, struct advert *a)
{
	a->form = ADVERT_PLAIN;
	if (a->family == FAMILY_IPV4 && csum(p->message, p->len) == 0)
		return true;
	a->form = ADVERT_PSEUDO;
	return a->version == 3 &&
	       csum_pseudo(&p->src, &p->dst, VRRP_PROTOCOL, p->message, p->len) == 0;
}

/* The two bytes where the versions differ: authentication type and seconds, or twelve bits of
 * centiseconds. */
static enum advert_fault parse_interval(uint16_t field, struct advert *a)
{
	if (a->version == 2) {
		a->interval_us = (field & 0xff) * US_PER_S;
		a->has_password = field >> 8 == V2_AUTH_PASSWORD;
		if (!a->has_password && field >> 8 != V2_AUTH_NONE)
			return ADVERT_BAD_AUTH;
	} else {
		a->interval_us = (field & V3_INTERVAL_MASK) * US_PER_CS;
	}
	return a->interval_us > 0 ? ADVERT_OK : ADVERT_BAD_INTERVAL;
}

/* RFC 9568, 5.2.9. */
static bool first_address_ok(const struct advert *a)
{
	struct addr first = advert_address(a, 0);

	return a->family != FAMILY_IPV6 || addr_is_link_local(&first);
}

enum advert_fault advert_parse(const struct advert_packet *p, struct advert *out)
{
	struct rbuf r = rbuf_of(p->message, p->len);
	struct advert a = {.family = p->src.family};
	uint8_t first = rbuf_u8(&r);
	uint16_t interval;

	a.version = first >> 4;
	a.vrid = rbuf_u8(&r);
	a.priority = rbuf_u8(&r);
	a.n_addresses = rbuf_u8(&r);
	interval = rbuf_u16(&r);
	rbuf_u16(&r); /* checksum */
	if (r.bad)
		return ADVERT_BAD_LENGTH;
	if (p->ttl != VRRP_TTL && addr_is_multicast(&p->dst))
		return ADVERT_BAD_TTL;
	if (a.version != 2 && a.version != 3)
		return ADVERT_BAD_VERSION;
	if ((first & 0xf) != TYPE_ADVERTISEMENT)
		return ADVERT_BAD_TYPE;
	if (a.n_addresses == 0 ||
	    p->len != message_size(a.version, addr_len(&p->src), a.n_addresses))
		return ADVERT_BAD_LENGTH;
	if (!checksum_ok(p, &a))
		return ADVERT_BAD_CHECKSUM;
	a.addresses = rbuf_bytes(&r, a.n_addresses * addr_len(&p->src));
	if (a.version == 2)
		memcpy(a.password, r.p, ADVERT_PASSWORD_LEN);
	if (!first_address_ok(&a))
		return ADVERT_BAD_FIRST;
	*out = a;
	return parse_interval(interval, out);
}

struct addr advert_address(const struct advert *a, unsigned i)
{
	return a->family == FAMILY_IPV4 ? addr_ipv4(a->addresses + i * 4)
					: addr_ipv6(a->addresses + i * 16);
}

static bool announces(const struct advert *a, const struct addr *address)
{
	for (unsigned j = 0; j < a->n_addresses; j++) {
		struct addr theirs = advert_address(a, j);

		if (addr_equal(&theirs, address))
			return true;
	}
	return false;
}

bool advert_same_addresses(const struct advert *a, const struct addr mine[], size_t n)
{
	if (a->n_addresses != n)
		return false;
	for (size_t i = 0; i < n; i++)
		if (!announces(a, &mine[i]))
			return false;
	return true;
}

bool advert_shares_address(const struct advert *a, const struct addr mine[], size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (announces(a, &mine[i]))
			return true;
	return false;
}

static uint16_t interval_field(const struct advert *a)
{
	if (a->version == 2)
		return (uint16_t)((a->has_password ? V2_AUTH_PASSWORD : V2_AUTH_NONE) << 8 |
				  (a->interval_us / US_PER_S & 0xff));
	return (uint16_t)(a->interval_us / US_PER_CS & V3_INTERVAL_MASK);
}

size_t advert_build(const struct advert *a, const struct addr *src, const struct addr *dst,
		    void *buf, size_t size)
{
	static const uint8_t no_password[ADVERT_PASSWORD_LEN];
	struct wbuf w = wbuf_of(buf, size);
	uint8_t *bytes = buf;
	uint16_t sum;

	wbuf_u8(&w, (uint8_t)(a->version << 4 | TYPE_ADVERTISEMENT));
	wbuf_u8(&w, a->vrid);
	wbuf_u8(&w, a->priority);
	wbuf_u8(&w, a->n_addresses);
	wbuf_u16(&w, interval_field(a));
	wbuf_u16(&w, 0);
	wbuf_bytes(&w, a->addresses, a->n_addresses * addr_len(src));
	if (a->version == 2)
		wbuf_bytes(&w, a->has_password ? a->password : no_password, ADVERT_PASSWORD_LEN);
	if (w.bad)
		return 0;
	sum = a->version == 3 && (a->form == ADVERT_PSEUDO || a->family == FAMILY_IPV6)
		      ? csum_pseudo(src, dst, VRRP_PROTOCOL, buf, w.used)
		      : csum(buf, w.used);
	bytes[CHECKSUM_AT] = (uint8_t)(sum >> 8);
	bytes[CHECKSUM_AT + 1] = (uint8_t)sum;
	return w.used;
}
