/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ICMP echo. The packets are bytes that iputils ping and the Linux kernel put on a wire (captured
 * with tcpdump -xx, Ethernet header cut): no builder of ours had a hand in them.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "common/csum.h"
#include "slad/echo.h"

/* ping -s 24 -p 5a 127.0.0.1, and its answer. */
static const uint8_t ping_request[] = {
	0x45, 0x00, 0x00, 0x34, 0x5f, 0x17, 0x40, 0x00, 0x40, 0x01, 0xdd, 0xaf, 0x7f,
	0x00, 0x00, 0x01, 0x7f, 0x00, 0x00, 0x01, 0x08, 0x00, 0xe7, 0x23, 0x34, 0x20,
	0x00, 0x01, 0x37, 0x0b, 0x06, 0x6b, 0x00, 0x00, 0x00, 0x00, 0x32, 0xdb, 0x03,
	0x00, 0x00, 0x00, 0x00, 0x00, 0x5a, 0x5a, 0x5a, 0x5a, 0x5a, 0x5a, 0x5a, 0x5a};
static const uint8_t ping_reply[] = {
	0x45, 0x00, 0x00, 0x34, 0x5f, 0x18, 0x00, 0x00, 0x40, 0x01, 0x1d, 0xaf, 0x7f,
	0x00, 0x00, 0x01, 0x7f, 0x00, 0x00, 0x01, 0x00, 0x00, 0xef, 0x23, 0x34, 0x20,
	0x00, 0x01, 0x37, 0x0b, 0x06, 0x6b, 0x00, 0x00, 0x00, 0x00, 0x32, 0xdb, 0x03,
	0x00, 0x00, 0x00, 0x00, 0x00, 0x5a, 0x5a, 0x5a, 0x5a, 0x5a, 0x5a, 0x5a, 0x5a};
/* The kernel's host unreachable about a ping of 10.5.0.2 from 10.5.0.1. */
static const uint8_t host_unreachable[] = {
	0x45, 0xc0, 0x00, 0x50, 0xe4, 0x5c, 0x00, 0x00, 0x40, 0x01, 0x81, 0x85, 0x0a, 0x05,
	0x00, 0x01, 0x0a, 0x05, 0x00, 0x01, 0x03, 0x01, 0xfc, 0xfe, 0x00, 0x00, 0x00, 0x00,
	0x45, 0x00, 0x00, 0x34, 0x9c, 0x72, 0x40, 0x00, 0x40, 0x01, 0x8a, 0x4a, 0x0a, 0x05,
	0x00, 0x01, 0x0a, 0x05, 0x00, 0x02, 0x08, 0x00, 0x13, 0x61, 0x34, 0x3d, 0x00, 0x01,
	0x40, 0x0b, 0x06, 0x6b, 0x00, 0x00, 0x00, 0x00, 0xf7, 0x80, 0x09, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x5a, 0x5a, 0x5a, 0x5a, 0x5a, 0x5a, 0x5a, 0x5a};

/* ping -6 -s 24 -p 5a fd06::3 from fd05::1 by way of fd05::2; from the ICMPv6 header on, as raw
 * sockets hand it up. */
static const uint8_t ping6_request[] = {0x80, 0x00, 0x43, 0xc3, 0x32, 0xc7, 0x00, 0x01,
					0x15, 0x1d, 0x06, 0x6b, 0x00, 0x00, 0x00, 0x00,
					0x7f, 0x17, 0x0b, 0x00, 0x00, 0x00, 0x00, 0x00,
					0x5a, 0x5a, 0x5a, 0x5a, 0x5a, 0x5a, 0x5a, 0x5a};
static const uint8_t ping6_reply[] = {0x81, 0x00, 0x42, 0xc3, 0x32, 0xc7, 0x00, 0x01,
				      0x15, 0x1d, 0x06, 0x6b, 0x00, 0x00, 0x00, 0x00,
				      0x7f, 0x17, 0x0b, 0x00, 0x00, 0x00, 0x00, 0x00,
				      0x5a, 0x5a, 0x5a, 0x5a, 0x5a, 0x5a, 0x5a, 0x5a};
/* What the kernel of fd05::2 says of a ping of fd07::1, of one that is too big (its head) and of
 * one with hop limit 1. */
static const uint8_t no_route6[] = {
	0x01, 0x00, 0xb5, 0xf6, 0x00, 0x00, 0x00, 0x00, 0x60, 0x03, 0xb4, 0x66, 0x00, 0x20,
	0x3a, 0x40, 0xfd, 0x05, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x01, 0xfd, 0x07, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 0x80, 0x00, 0x40, 0xb7, 0x32, 0xc8, 0x00, 0x01,
	0x15, 0x1d, 0x06, 0x6b, 0x00, 0x00, 0x00, 0x00, 0x82, 0x23, 0x0b, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x5a, 0x5a, 0x5a, 0x5a, 0x5a, 0x5a, 0x5a, 0x5a};
static const uint8_t too_big6[] = {
	0x02, 0x00, 0xe5, 0x9e, 0x00, 0x00, 0x05, 0x00, 0x60, 0x06, 0xf2, 0xab, 0x05, 0x1c, 0x3a,
	0x40, 0xfd, 0x05, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
	0x00, 0x01, 0xfd, 0x06, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x03, 0x80, 0x00, 0x0e, 0x82, 0x32, 0xc9, 0x00, 0x01, 0x15, 0x1d, 0x06, 0x6b,
	0x00, 0x00, 0x00, 0x00, 0x82, 0x2d, 0x0b, 0x00, 0x00, 0x00, 0x00, 0x00};
static const uint8_t hop_limit6[] = {
	0x03, 0x00, 0x75, 0xed, 0x00, 0x00, 0x00, 0x00, 0x60, 0x06, 0xf2, 0xab, 0x00, 0x20,
	0x3a, 0x01, 0xfd, 0x05, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x01, 0xfd, 0x06, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x00, 0x00, 0x03, 0x80, 0x00, 0xf2, 0x9f, 0x32, 0xca, 0x00, 0x01,
	0x15, 0x1d, 0x06, 0x6b, 0x00, 0x00, 0x00, 0x00, 0xd0, 0x37, 0x0b, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x5a, 0x5a, 0x5a, 0x5a, 0x5a, 0x5a, 0x5a, 0x5a};

static const uint8_t loopback[] = {127, 0, 0, 1};

/* What the captured reply answers, read as a request of ours. */
static struct echo_expected expected(void)
{
	struct echo_expected e = {
		.from = addr_ipv4(loopback),
		.to = addr_ipv4(loopback),
		.request = {.id = 0x3420,
			    .size = 24,
			    .tag = 0x370b066b,
			    .seq = 1,
			    .cookie = UINT64_C(0x32db030000000000)},
	};

	return e;
}

/* The captured reply, with the payload's sequence number made to agree with the header's. */
static struct echo_message captured(void)
{
	struct echo_message m;

	ck_assert_int_eq(echo_parse_ipv4(ping_reply, sizeof(ping_reply), &m), ECHO_OK);
	m.seq = 1;
	return m;
}

START_TEST(reads_a_reply)
{
	struct addr lo = addr_ipv4(loopback);
	struct echo_message m;

	ck_assert_int_eq(echo_parse_ipv4(ping_reply, sizeof(ping_reply), &m), ECHO_OK);
	ck_assert_int_eq(m.kind, ECHO_REPLY);
	ck_assert(addr_equal(&m.from, &lo) && addr_equal(&m.to, &lo));
	ck_assert_uint_eq(m.id, 0x3420);
	ck_assert_uint_eq(m.icmp_seq, 1);
	ck_assert_uint_eq(m.payload, 24);
	ck_assert_uint_eq(m.tag, 0x370b066b);
	ck_assert_uint_eq(m.seq, 0);
	ck_assert_uint_eq(m.cookie, UINT64_C(0x32db030000000000));
}
END_TEST

START_TEST(reads_an_error)
{
	static const uint8_t target[] = {10, 5, 0, 2}, reporter[] = {10, 5, 0, 1};
	struct addr to = addr_ipv4(target), from = addr_ipv4(reporter);
	struct echo_message m;

	ck_assert_int_eq(echo_parse_ipv4(host_unreachable, sizeof(host_unreachable), &m), ECHO_OK);
	ck_assert_int_eq(m.kind, ECHO_UNREACHABLE);
	ck_assert_uint_eq(m.code, 1);
	ck_assert_uint_eq(m.id, 0x343d);
	ck_assert_uint_eq(m.icmp_seq, 1);
	ck_assert(addr_equal(&m.target, &to) && addr_equal(&m.from, &from));
	ck_assert(addr_equal(&m.source, &from));
	ck_assert_uint_eq(m.payload, 24);
	ck_assert_uint_eq(m.tag, 0x400b066b);
}
END_TEST

/* The kernel's message is told apart by its code alone. */
START_TEST(fragmentation_needed_is_too_big)
{
	uint8_t big[sizeof(host_unreachable)];
	struct echo_message m;

	memcpy(big, host_unreachable, sizeof(big));
	big[21] = 4;
	big[22] = 0xfc; /* 0xfcfe for code 1 */
	big[23] = 0xfb;
	ck_assert_int_eq(echo_parse_ipv4(big, sizeof(big), &m), ECHO_OK);
	ck_assert_int_eq(m.kind, ECHO_TOO_BIG);
}
END_TEST

/* ---- ICMPv6 ---- */

static struct addr address(const char *text)
{
	struct addr a;

	ck_assert(addr_parse(text, &a));
	return a;
}

static enum echo_reason parse6(const uint8_t *message, size_t len, struct echo_message *m)
{
	struct addr from = address("fd05::2"), to = address("fd05::1");

	return echo_parse_ipv6(message, len, &from, &to, m);
}

START_TEST(reads_a_reply6)
{
	struct echo_message m;

	ck_assert_int_eq(parse6(ping6_reply, sizeof(ping6_reply), &m), ECHO_OK);
	ck_assert_int_eq(m.kind, ECHO_REPLY);
	ck_assert(addr_equal(&m.target, &m.from) && addr_equal(&m.source, &m.to));
	ck_assert_uint_eq(m.id, 0x32c7);
	ck_assert_uint_eq(m.icmp_seq, 1);
	ck_assert_uint_eq(m.payload, 24);
	ck_assert_uint_eq(m.tag, 0x151d066b);
	ck_assert_uint_eq(m.seq, 0);
	ck_assert_uint_eq(m.cookie, UINT64_C(0x7f170b0000000000));
}
END_TEST

struct error6 {
	const uint8_t *bytes;
	size_t len;
	enum echo_kind kind;
	const char *target;
	uint16_t id;
};

static const struct error6 errors6[] = {
	{no_route6, sizeof(no_route6), ECHO_UNREACHABLE, "fd07::1", 0x32c8},
	{too_big6, sizeof(too_big6), ECHO_TOO_BIG, "fd06::3", 0x32c9},
	{hop_limit6, sizeof(hop_limit6), ECHO_TIME_EXCEEDED, "fd06::3", 0x32ca},
};

START_TEST(reads_errors6)
{
	const struct error6 *e = &errors6[_i];
	struct addr source = address("fd05::1"), target = address(e->target);
	struct echo_message m;

	ck_assert_int_eq(parse6(e->bytes, e->len, &m), ECHO_OK);
	ck_assert_int_eq(m.kind, e->kind);
	ck_assert(addr_equal(&m.source, &source) && addr_equal(&m.target, &target));
	ck_assert_uint_eq(m.id, e->id);
	ck_assert_uint_eq(m.tag, 0x151d066b);
	for (size_t n = 0; n < 8 + 40 + ECHO_ICMP_HEADER; n++)
		ck_assert_int_eq(parse6(e->bytes, n, &m), ECHO_SHORT);
	/* What is certain is enough, though it says less. */
	ck_assert_int_eq(parse6(e->bytes, 8 + 40 + ECHO_ICMP_HEADER, &m), ECHO_OK);
	ck_assert_uint_eq(m.payload, 0);
}
END_TEST

START_TEST(refuses_what_is_not_ours6)
{
	uint8_t bad[sizeof(no_route6)];
	struct echo_message m;

	ck_assert_int_eq(parse6(ping6_request, sizeof(ping6_request), &m), ECHO_NOT_OURS);
	for (size_t n = 0; n < ECHO_ICMP_HEADER + ECHO_PAYLOAD_MIN; n++)
		ck_assert_int_eq(parse6(ping6_reply, n, &m), ECHO_SHORT);
	memcpy(bad, no_route6, sizeof(bad));
	bad[8] = 0x40; /* the quoted packet's version */
	ck_assert_int_eq(parse6(bad, sizeof(bad), &m), ECHO_BAD_HEADER);
	bad[8] = 0x60;
	bad[8 + 6] = 17; /* UDP */
	ck_assert_int_eq(parse6(bad, sizeof(bad), &m), ECHO_NOT_OURS);
	bad[8 + 6] = 58;
	bad[48] = 129; /* a reply that failed is nobody's request */
	ck_assert_int_eq(parse6(bad, sizeof(bad), &m), ECHO_NOT_OURS);
}
END_TEST

/* The head of a big request is quoted with the fragment's header, which says where it lies. */
START_TEST(reads_errors_about_first_fragments)
{
	static const uint8_t fragment[] = {58, 0, 0x00, 0x01, 0, 0, 0, 7};
	uint8_t big[sizeof(no_route6) + sizeof(fragment)];
	uint8_t big4[sizeof(host_unreachable)];
	struct echo_message m;

	memcpy(big, no_route6, 48);
	memcpy(big + 48, fragment, sizeof(fragment));
	memcpy(big + 56, no_route6 + 48, sizeof(no_route6) - 48);
	big[8 + 6] = 44;
	ck_assert_int_eq(parse6(big, sizeof(big), &m), ECHO_OK);
	ck_assert_uint_eq(m.id, 0x32c8);
	big[51] = 0x09; /* the second eight bytes */
	ck_assert_int_eq(parse6(big, sizeof(big), &m), ECHO_BAD_HEADER);

	memcpy(big4, host_unreachable, sizeof(big4));
	big4[28 + 6] = 0x20; /* instead of don't-fragment: 0x2000 less in the sum */
	big4[22] += 0x20;
	big4[23] += 1; /* the end-around carry: 0xfcfe + 0x2000 */
	ck_assert_int_eq(echo_parse_ipv4(big4, sizeof(big4), &m), ECHO_OK);
	ck_assert_uint_eq(m.id, 0x343d);
}
END_TEST

/* Sealed as the kernel does it, our request is ping's. */
START_TEST(builds_what_ping_builds6)
{
	struct addr from = address("fd05::1"), to = address("fd06::3");
	struct echo_request r = {.id = 0x32c7,
				 .size = 24,
				 .tag = 0x151d066b,
				 .seq = 1,
				 .cookie = UINT64_C(0x7f170b0000000000)};
	uint8_t built[ECHO_ICMP_HEADER + 24];
	uint16_t sum;

	ck_assert_uint_eq(echo_build_ipv6(&r, built, sizeof(built)), sizeof(built));
	ck_assert_uint_eq(echo_build_ipv6(&r, built, sizeof(built) - 1), 0);
	ck_assert_mem_eq(built + 2, "\0\0", 2);
	built[15] = 0; /* our whole sequence number stands where ping has its time */
	memset(built + 24, 0x5a, 8);
	sum = csum_pseudo(&from, &to, 58, built, sizeof(built));
	built[2] = (uint8_t)(sum >> 8);
	built[3] = (uint8_t)sum;
	ck_assert_mem_eq(built, ping6_request, sizeof(built));
}
END_TEST

/* ---- errors ---- */

/* The kernel's error about a request that stood so in our books. */
START_TEST(an_error_must_quote_what_was_sent)
{
	struct echo_expected e = {.from = address("fd07::1"),
				  .to = address("fd05::1"),
				  .request = {.id = 0x32c8,
					      .size = 24,
					      .tag = 0x151d066b,
					      .cookie = UINT64_C(0x82230b0000000000)}};
	struct echo_message good, m;

	ck_assert_int_eq(parse6(no_route6, sizeof(no_route6), &good), ECHO_OK);
	good.icmp_seq = 0;
	ck_assert_int_eq(echo_judge(&e, &good), ECHO_ACCEPTED);
	m = good;
	m.target.b[15]++;
	ck_assert_int_eq(echo_judge(&e, &m), ECHO_FORGED_QUOTE);
	m = good;
	m.source.b[15]++;
	ck_assert_int_eq(echo_judge(&e, &m), ECHO_FORGED_QUOTE);
	m = good;
	m.id++;
	ck_assert_int_eq(echo_judge(&e, &m), ECHO_FORGED_QUOTE);
	m = good;
	m.icmp_seq++;
	ck_assert_int_eq(echo_judge(&e, &m), ECHO_FORGED_QUOTE);
	m = good;
	m.cookie++;
	ck_assert_int_eq(echo_judge(&e, &m), ECHO_FORGED_QUOTE);
	m.payload = ECHO_PAYLOAD_MIN - 1; /* then it is not looked at */
	ck_assert_int_eq(echo_judge(&e, &m), ECHO_ACCEPTED);
}
END_TEST

START_TEST(passes_over_a_request)
{
	struct echo_message m;

	ck_assert_int_eq(echo_parse_ipv4(ping_request, sizeof(ping_request), &m), ECHO_NOT_OURS);
}
END_TEST

START_TEST(drops_ethernet_padding)
{
	uint8_t padded[sizeof(ping_reply) + 9] = {0};
	struct echo_message m;

	memcpy(padded, ping_reply, sizeof(ping_reply));
	padded[sizeof(padded) - 1] = 0xee;
	ck_assert_int_eq(echo_parse_ipv4(padded, sizeof(padded), &m), ECHO_OK);
	ck_assert_uint_eq(m.payload, 24);
}
END_TEST

START_TEST(every_truncation_is_refused)
{
	struct echo_message m;

	for (size_t n = 0; n < sizeof(ping_reply); n++)
		ck_assert_int_eq(echo_parse_ipv4(ping_reply, n, &m), ECHO_SHORT);
	for (size_t n = 0; n < sizeof(host_unreachable); n++)
		ck_assert_int_eq(echo_parse_ipv4(host_unreachable, n, &m), ECHO_SHORT);
}
END_TEST

START_TEST(every_flipped_bit_of_the_message_is_seen)
{
	struct echo_message m;

	for (size_t i = 20; i < sizeof(ping_reply); i++) {
		uint8_t bad[sizeof(ping_reply)];

		memcpy(bad, ping_reply, sizeof(bad));
		bad[i] ^= 0x10;
		ck_assert_int_eq(echo_parse_ipv4(bad, sizeof(bad), &m), ECHO_BAD_CHECKSUM);
	}
}
END_TEST

struct header_fault {
	size_t at;
	uint8_t value;
	enum echo_reason reason;
};

static const struct header_fault faults[] = {
	{0, 0x65, ECHO_BAD_HEADER}, /* version 6 */
	{0, 0x44, ECHO_BAD_HEADER}, /* header of 16 bytes */
	{0, 0x4f, ECHO_BAD_HEADER}, /* header of 60, longer than the packet */
	{3, 0x13, ECHO_BAD_HEADER}, /* total below the header */
	{3, 0x35, ECHO_SHORT},      /* total beyond the packet */
	{3, 0x1b, ECHO_SHORT},      /* total ends in the ICMP header */
	{6, 0x20, ECHO_BAD_HEADER}, /* more fragments */
	{7, 0x01, ECHO_BAD_HEADER}, /* fragment offset */
	{9, 17, ECHO_NOT_ICMP},
};

START_TEST(header_faults)
{
	const struct header_fault *f = &faults[_i];
	uint8_t bad[sizeof(ping_reply)];
	struct echo_message m;

	memcpy(bad, ping_reply, sizeof(bad));
	bad[f->at] = f->value;
	ck_assert_int_eq(echo_parse_ipv4(bad, sizeof(bad), &m), f->reason);
}
END_TEST

START_TEST(an_error_about_something_else_is_not_ours)
{
	uint8_t bad[sizeof(host_unreachable)];
	struct echo_message m;
	uint16_t sum;

	memcpy(bad, host_unreachable, sizeof(bad));
	bad[28 + 9] = 17; /* the quoted packet is UDP */
	bad[22] = bad[23] = 0;
	sum = csum(bad + 20, sizeof(bad) - 20);
	bad[22] = (uint8_t)(sum >> 8);
	bad[23] = (uint8_t)sum;
	ck_assert_int_eq(echo_parse_ipv4(bad, sizeof(bad), &m), ECHO_NOT_OURS);
}
END_TEST

/* The request as we build it, against ping's own bytes where the two must agree. */
START_TEST(builds_what_ping_builds)
{
	struct echo_request r = expected().request;
	uint8_t built[ECHO_ICMP_HEADER + 24];

	ck_assert_uint_eq(echo_build_ipv4(&r, built, sizeof(built)), sizeof(built));
	ck_assert_mem_eq(built, ping_request + 20, 2);
	ck_assert_mem_eq(built + 4, ping_request + 24, 8);
	ck_assert_mem_eq(built + 16, ping_request + 36, 8);
	ck_assert_uint_eq(csum(built, sizeof(built)), 0);
}
END_TEST

/* With the same payload the checksum must be the one that ping computed. */
START_TEST(checksum_is_pings)
{
	struct echo_request r = {.id = 0x3420,
				 .size = 16,
				 .tag = 0x370b066b,
				 .seq = 0,
				 .cookie = UINT64_C(0x32db030000000000)};
	uint8_t built[ECHO_ICMP_HEADER + 16];
	uint32_t sum;

	ck_assert_uint_eq(echo_build_ipv4(&r, built, sizeof(built)), sizeof(built));
	/* ping's message has sequence 1 and four more words of 0x5a5a: RFC 1624's arithmetic. */
	sum = (uint16_t) ~(built[2] << 8 | built[3]);
	sum += 1 + 4 * 0x5a5a;
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	ck_assert_uint_eq((uint16_t)~sum, 0xe723);
}
END_TEST

START_TEST(builder_keeps_to_its_buffer)
{
	struct echo_request r = {.size = 56};
	uint8_t buf[ECHO_ICMP_HEADER + 56];

	ck_assert_uint_eq(echo_build_ipv4(&r, buf, sizeof(buf)), sizeof(buf));
	ck_assert_uint_eq(echo_build_ipv4(&r, buf, sizeof(buf) - 1), 0);
}
END_TEST

START_TEST(accepts_only_the_whole_match)
{
	struct echo_expected e = expected();
	struct echo_message good = captured(), m;

	ck_assert_int_eq(echo_judge(&e, &good), ECHO_ACCEPTED);
	m = good;
	m.from.b[3] = 2;
	ck_assert_int_eq(echo_judge(&e, &m), ECHO_WRONG_SOURCE);
	m = good;
	m.to.b[3] = 2;
	ck_assert_int_eq(echo_judge(&e, &m), ECHO_WRONG_DESTINATION);
	m = good;
	m.id++;
	ck_assert_int_eq(echo_judge(&e, &m), ECHO_WRONG_ID);
	m = good;
	m.seq += 0x10000; /* the ICMP field alone would agree */
	ck_assert_int_eq(echo_judge(&e, &m), ECHO_WRONG_SEQUENCE);
	m = good;
	m.icmp_seq++;
	ck_assert_int_eq(echo_judge(&e, &m), ECHO_WRONG_SEQUENCE);
	m = good;
	m.cookie ^= 1;
	ck_assert_int_eq(echo_judge(&e, &m), ECHO_WRONG_COOKIE);
	m = good;
	m.tag ^= 1;
	ck_assert_int_eq(echo_judge(&e, &m), ECHO_WRONG_COOKIE);
	m = good;
	m.payload--;
	ck_assert_int_eq(echo_judge(&e, &m), ECHO_WRONG_LENGTH);
	e.to = (struct addr){0};
	m = good;
	m.to.b[3] = 2;
	ck_assert_int_eq(echo_judge(&e, &m), ECHO_ACCEPTED);
}
END_TEST

START_TEST(names_cover_their_enums)
{
	ck_assert_str_eq(echo_kind_name(ECHO_OTHER_ERROR), "other error");
	ck_assert_str_eq(echo_reason_name(ECHO_NOT_OURS), "not ours");
	ck_assert_str_eq(echo_reject_name(ECHO_WRONG_INTERFACE), "wrong interface");
	ck_assert_str_eq(echo_reject_name((enum echo_reject)ECHO_REJECTS), "?");
}
END_TEST

int main(void)
{
	Suite *s = suite_create("echo");
	TCase *t = tcase_create("echo");
	SRunner *r;
	int failed;

	tcase_add_test(t, reads_a_reply);
	tcase_add_test(t, reads_an_error);
	tcase_add_test(t, fragmentation_needed_is_too_big);
	tcase_add_test(t, reads_a_reply6);
	tcase_add_loop_test(t, reads_errors6, 0, (int)(sizeof(errors6) / sizeof(errors6[0])));
	tcase_add_test(t, refuses_what_is_not_ours6);
	tcase_add_test(t, reads_errors_about_first_fragments);
	tcase_add_test(t, builds_what_ping_builds6);
	tcase_add_test(t, an_error_must_quote_what_was_sent);
	tcase_add_test(t, passes_over_a_request);
	tcase_add_test(t, drops_ethernet_padding);
	tcase_add_test(t, every_truncation_is_refused);
	tcase_add_test(t, every_flipped_bit_of_the_message_is_seen);
	tcase_add_loop_test(t, header_faults, 0, (int)(sizeof(faults) / sizeof(faults[0])));
	tcase_add_test(t, an_error_about_something_else_is_not_ours);
	tcase_add_test(t, builds_what_ping_builds);
	tcase_add_test(t, checksum_is_pings);
	tcase_add_test(t, builder_keeps_to_its_buffer);
	tcase_add_test(t, accepts_only_the_whole_match);
	tcase_add_test(t, names_cover_their_enums);
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
