/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Adverts against bytes made by another implementation (Debian's keepalived 2.2.7, captured from
 * the wire), and one broken packet for each reason to refuse one.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "common/csum.h"
#include "common/mono.h"
#include "tests/unit/advert_vectors.h"
#include "vrrpd/advert.h"

#define IP_LEN 20

static struct advert_packet packet6(const void *message, size_t len)
{
	struct advert_packet p = {.ttl = 255, .message = message, .len = len};

	addr_parse(PEER_V6_SOURCE, &p.src);
	p.dst = advert_group(FAMILY_IPV6);
	return p;
}

static enum advert_fault parse(const void *packet, size_t len, struct advert *a)
{
	struct advert_packet p;
	enum advert_fault f = advert_unwrap4(packet, len, &p);

	return f == ADVERT_OK ? advert_parse(&p, a) : f;
}

START_TEST(reads_version_3)
{
	struct advert a;
	char text[ADDR_STRLEN];
	struct addr second;

	ck_assert_int_eq(parse(peer_v3, sizeof(peer_v3), &a), ADVERT_OK);
	ck_assert_uint_eq(a.version, 3);
	ck_assert_uint_eq(a.vrid, 22);
	ck_assert_uint_eq(a.priority, 200);
	ck_assert_int_eq(a.interval_us, 100 * US_PER_MS);
	ck_assert_int_eq(a.form, ADVERT_PSEUDO);
	ck_assert_uint_eq(a.n_addresses, 2);
	second = advert_address(&a, 1);
	ck_assert_str_eq(addr_format(&second, text), "10.1.22.250");
}
END_TEST

START_TEST(reads_version_2_with_padding)
{
	struct advert a;

	ck_assert_int_eq(parse(peer_v2, sizeof(peer_v2), &a), ADVERT_OK);
	ck_assert_uint_eq(a.version, 2);
	ck_assert_uint_eq(a.vrid, 23);
	ck_assert_uint_eq(a.priority, 100);
	ck_assert_int_eq(a.interval_us, US_PER_S);
}
END_TEST

START_TEST(reads_a_password)
{
	struct advert a;

	ck_assert_int_eq(parse(peer_v2, sizeof(peer_v2), &a), ADVERT_OK);
	ck_assert(!a.has_password);
	ck_assert_int_eq(parse(peer_password, sizeof(peer_password), &a), ADVERT_OK);
	ck_assert(a.has_password);
	ck_assert_mem_eq(a.password, "secret\0", ADVERT_PASSWORD_LEN);
	ck_assert_int_eq(a.interval_us, US_PER_S);
}
END_TEST

/* What we build from their fields is, byte for byte, what they sent. */
static void same_bytes(const uint8_t *theirs, size_t message_len)
{
	struct advert_packet p;
	struct advert a;
	uint8_t ours[ADVERT_MAX_SIZE];

	ck_assert_int_eq(advert_unwrap4(theirs, IP_LEN + message_len, &p), ADVERT_OK);
	ck_assert_int_eq(advert_parse(&p, &a), ADVERT_OK);
	ck_assert_uint_eq(advert_build(&a, &p.src, &p.dst, ours, sizeof(ours)), message_len);
	ck_assert_mem_eq(ours, theirs + IP_LEN, message_len);
}

START_TEST(builds_what_the_peer_sends)
{
	same_bytes(peer_v3, 16);
	same_bytes(peer_v2, 20);
	same_bytes(peer_password, 20);
}
END_TEST

START_TEST(reads_and_builds_ipv6)
{
	struct advert_packet p = packet6(peer_v6, sizeof(peer_v6));
	uint8_t ours[ADVERT_MAX_SIZE];
	char text[ADDR_STRLEN];
	struct addr second;
	struct advert a;

	ck_assert_str_eq(addr_format(&p.dst, text), "ff02::12");
	ck_assert_int_eq(advert_parse(&p, &a), ADVERT_OK);
	ck_assert_uint_eq(a.version, 3);
	ck_assert_uint_eq(a.vrid, 22);
	ck_assert_uint_eq(a.priority, 200);
	ck_assert_int_eq(a.interval_us, 100 * US_PER_MS);
	ck_assert_uint_eq(a.n_addresses, 2);
	second = advert_address(&a, 1);
	ck_assert_str_eq(addr_format(&second, text), "2001:db8:22::1");
	/* Whatever form is asked for, IPv6 has one. */
	a.form = ADVERT_PLAIN;
	ck_assert_uint_eq(advert_build(&a, &p.src, &p.dst, ours, sizeof(ours)), sizeof(peer_v6));
	ck_assert_mem_eq(ours, peer_v6, sizeof(peer_v6));
}
END_TEST

struct broken6 {
	const char *what;
	size_t len, at;
	uint8_t value;
	enum advert_fault fault;
};

/* The checksum is made right again, for fe80::ff:fe00:a, where another fault is wanted. */
static const struct broken6 broken6[] = {
	{"cut in the header", 7, 0, 0x31, ADVERT_BAD_LENGTH},
	{"cut in the addresses", 39, 0, 0x31, ADVERT_BAD_LENGTH},
	{"no address", 8, 3, 0, ADVERT_BAD_LENGTH},
	{"a bit of the second address", 40, 39, 2, ADVERT_BAD_CHECKSUM},
	{"type 2", 40, 0, 0x32, ADVERT_BAD_TYPE},
	{"interval 0", 40, 5, 0, ADVERT_BAD_INTERVAL},
	{"a global address first", 40, 8, 0x20, ADVERT_BAD_FIRST},
};

START_TEST(refuses_ipv6)
{
	const struct broken6 *b = &broken6[_i];
	uint8_t message[sizeof(peer_v6)];
	struct advert_packet p = packet6(message, b->len);
	enum advert_fault fault;
	struct advert a;

	memcpy(message, peer_v6, sizeof(message));
	message[b->at] = b->value;
	if (b->fault != ADVERT_BAD_CHECKSUM) {
		uint16_t sum;

		message[6] = message[7] = 0;
		sum = csum_pseudo(&p.src, &p.dst, VRRP_PROTOCOL, message, b->len);
		message[6] = (uint8_t)(sum >> 8);
		message[7] = (uint8_t)sum;
	}
	fault = advert_parse(&p, &a);
	ck_assert_msg(fault == b->fault, "%s: got %s, not %s", b->what, advert_fault_name(fault),
		      advert_fault_name(b->fault));
}
END_TEST

/* Over IPv6 the pseudo-header is no choice: without it, or with another source or destination, the
 * checksum is wrong. */
START_TEST(ipv6_needs_the_pseudo_header)
{
	uint8_t message[sizeof(peer_v6)];
	struct advert_packet p = packet6(message, sizeof(message));
	struct advert a;
	uint16_t sum;

	memcpy(message, peer_v6, sizeof(message));
	p.ttl = 254;
	ck_assert_int_eq(advert_parse(&p, &a), ADVERT_BAD_TTL);
	p.ttl = 255;
	p.src.b[15] ^= 1;
	ck_assert_int_eq(advert_parse(&p, &a), ADVERT_BAD_CHECKSUM);
	p.src.b[15] ^= 1;
	message[6] = message[7] = 0;
	sum = csum(message, sizeof(message));
	message[6] = (uint8_t)(sum >> 8);
	message[7] = (uint8_t)sum;
	ck_assert_int_eq(advert_parse(&p, &a), ADVERT_BAD_CHECKSUM);
}
END_TEST

/* RFC 9568 leaves the pseudo-header out; worked out by hand: 0xffff -
 * (3116+c802+000a+0a01+16fe+0a01+16fa folded). */
START_TEST(builds_the_plain_form)
{
	uint8_t packet[sizeof(peer_v3)];
	struct advert_packet p;
	struct advert a;

	memcpy(packet, peer_v3, sizeof(packet));
	advert_unwrap4(packet, sizeof(packet), &p);
	ck_assert_int_eq(advert_parse(&p, &a), ADVERT_OK);
	a.form = ADVERT_PLAIN;
	ck_assert_uint_eq(advert_build(&a, &p.src, &p.dst, packet + IP_LEN, 16), 16);
	ck_assert_uint_eq(packet[IP_LEN + 6] << 8 | packet[IP_LEN + 7], 0xc4e2);
	ck_assert_int_eq(parse(packet, sizeof(packet), &a), ADVERT_OK);
	ck_assert_int_eq(a.form, ADVERT_PLAIN);
}
END_TEST

START_TEST(does_not_fit)
{
	struct advert_packet p;
	struct advert a;
	uint8_t small[15];

	advert_unwrap4(peer_v3, sizeof(peer_v3), &p);
	advert_parse(&p, &a);
	ck_assert_uint_eq(advert_build(&a, &p.src, &p.dst, small, sizeof(small)), 0);
}
END_TEST

struct broken {
	const char *what;
	const uint8_t *packet;
	size_t len;
	size_t at;     /* this byte ... */
	uint8_t value; /* ... gets this value */
	bool mend;     /* and the checksum is made right again */
	enum advert_fault fault;
};

static const struct broken broken[] = {
	{"no IP header", peer_v3, 19, 0, 0x45, false, ADVERT_BAD_LENGTH},
	{"not IPv4", peer_v3, 36, 0, 0x65, false, ADVERT_BAD_LENGTH},
	{"header length below 20", peer_v3, 36, 0, 0x44, false, ADVERT_BAD_LENGTH},
	{"total length beyond the packet", peer_v3, 36, 3, 37, false, ADVERT_BAD_LENGTH},
	{"another protocol", peer_v3, 36, 9, 1, false, ADVERT_BAD_LENGTH},
	{"cut in the header", peer_v3, 36, 3, 27, false, ADVERT_BAD_LENGTH},
	{"cut in the addresses", peer_v3, 36, 3, 35, false, ADVERT_BAD_LENGTH},
	{"one address too few", peer_v3, 36, 23, 1, true, ADVERT_BAD_LENGTH},
	{"no address", peer_v3, 36, 23, 0, true, ADVERT_BAD_LENGTH},
	{"version 2 without its authentication", peer_v2, 40, 3, 32, false, ADVERT_BAD_LENGTH},
	{"TTL 254", peer_v3, 36, 8, 254, false, ADVERT_BAD_TTL},
	{"version 4", peer_v3, 36, 20, 0x41, true, ADVERT_BAD_VERSION},
	{"type 2", peer_v3, 36, 20, 0x32, true, ADVERT_BAD_TYPE},
	{"a bit of the priority", peer_v3, 36, 22, 0xc9, false, ADVERT_BAD_CHECKSUM},
	{"a bit of the last address", peer_v2, 40, 31, 0xfa, false, ADVERT_BAD_CHECKSUM},
	{"another source, pseudo-header form", peer_v3, 36, 15, 0xfd, false, ADVERT_BAD_CHECKSUM},
	{"interval 0", peer_v3, 36, 25, 0, true, ADVERT_BAD_INTERVAL},
	{"version 2, interval 0", peer_v2, 40, 25, 0, true, ADVERT_BAD_INTERVAL},
	{"version 2, authentication type 2", peer_v2, 40, 24, 2, true, ADVERT_BAD_AUTH},
};

/* The checksum by definition: the ones' complement sum of all words must be 0xffff. */
static void mend(uint8_t *m, size_t len)
{
	uint32_t sum = 0;

	m[6] = m[7] = 0;
	for (size_t i = 0; i < len; i += 2)
		sum += (uint32_t)(m[i] << 8 | m[i + 1]);
	sum = (sum & 0xffff) + (sum >> 16);
	sum = ~((sum & 0xffff) + (sum >> 16));
	m[6] = (uint8_t)(sum >> 8);
	m[7] = (uint8_t)sum;
}

START_TEST(refuses)
{
	const struct broken *b = &broken[_i];
	uint8_t packet[64];
	struct advert a;

	memcpy(packet, b->packet, b->len);
	packet[b->at] = b->value;
	if (b->mend)
		mend(packet + IP_LEN, b->len - IP_LEN);
	ck_assert_msg(parse(packet, b->len, &a) == b->fault, "%s: got %s, not %s", b->what,
		      advert_fault_name(parse(packet, b->len, &a)), advert_fault_name(b->fault));
}
END_TEST

/* A unicast advert may have crossed routers; whether it may is the instance's business. */
START_TEST(leaves_the_ttl_of_unicast_to_the_caller)
{
	uint8_t packet[sizeof(peer_v2)];
	struct advert a;

	memcpy(packet, peer_v2, sizeof(packet));
	packet[8] = 64;
	ck_assert_int_eq(parse(packet, sizeof(packet), &a), ADVERT_BAD_TTL);
	memcpy(packet + 16, "\012\001\026\375", 4);
	ck_assert_int_eq(parse(packet, sizeof(packet), &a), ADVERT_OK);
}
END_TEST

/* Reserved bits are ignored when received: the upper four bits of version 3's interval field. */
START_TEST(ignores_reserved_bits)
{
	uint8_t packet[sizeof(peer_v3)];
	struct advert a;

	memcpy(packet, peer_v3, sizeof(packet));
	packet[24] |= 0xf0;
	mend(packet + IP_LEN, 16);
	ck_assert_int_eq(parse(packet, sizeof(packet), &a), ADVERT_OK);
	ck_assert_int_eq(a.interval_us, 100 * US_PER_MS);
}
END_TEST

START_TEST(compares_address_lists)
{
	struct advert a;
	struct addr mine[2];

	ck_assert_int_eq(parse(peer_v3, sizeof(peer_v3), &a), ADVERT_OK);
	addr_parse("10.1.22.250", &mine[0]);
	addr_parse("10.1.22.254", &mine[1]);
	ck_assert(advert_same_addresses(&a, mine, 2));
	ck_assert(!advert_same_addresses(&a, mine, 1));
	addr_parse("10.1.22.251", &mine[1]);
	ck_assert(!advert_same_addresses(&a, mine, 2));
}
END_TEST

START_TEST(knows_the_size_of_packets)
{
	ck_assert_uint_eq(advert_packet_size(3, FAMILY_IPV4, 2), sizeof(peer_v3));
	ck_assert_uint_eq(advert_packet_size(2, FAMILY_IPV4, 1), sizeof(peer_password));
	ck_assert_uint_eq(advert_packet_size(3, FAMILY_IPV6, 2), 40 + sizeof(peer_v6));
}
END_TEST

/* No input makes it read outside: every prefix of every packet, and every value of every byte (run
 * with sanitizers). */
START_TEST(survives_anything)
{
	uint8_t packet[sizeof(peer_v2)];
	struct advert a;
	unsigned ok = 0;

	for (size_t len = 0; len <= sizeof(peer_v2); len++)
		for (size_t at = 0; at < len; at++)
			for (unsigned v = 0; v < 256; v++) {
				memcpy(packet, peer_v2, len);
				packet[at] = (uint8_t)v;
				ok += parse(packet, len, &a) == ADVERT_OK;
			}
	ck_assert_uint_gt(ok, 0);
	for (size_t len = 0; len <= sizeof(peer_v6); len++) {
		uint8_t *exact = malloc(len + 1);
		struct advert_packet p = packet6(exact + 1, len);

		memcpy(exact + 1, peer_v6, len);
		ck_assert_int_eq(advert_parse(&p, &a) == ADVERT_OK, len == sizeof(peer_v6));
		free(exact);
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("advert");
	TCase *t = tcase_create("advert");
	SRunner *r = srunner_create(s);
	int failed;

	suite_add_tcase(s, t);
	tcase_add_test(t, reads_version_3);
	tcase_add_test(t, reads_version_2_with_padding);
	tcase_add_test(t, reads_a_password);
	tcase_add_test(t, builds_what_the_peer_sends);
	tcase_add_test(t, reads_and_builds_ipv6);
	tcase_add_loop_test(t, refuses_ipv6, 0, sizeof(broken6) / sizeof(broken6[0]));
	tcase_add_test(t, ipv6_needs_the_pseudo_header);
	tcase_add_test(t, builds_the_plain_form);
	tcase_add_test(t, does_not_fit);
	tcase_add_loop_test(t, refuses, 0, sizeof(broken) / sizeof(broken[0]));
	tcase_add_test(t, leaves_the_ttl_of_unicast_to_the_caller);
	tcase_add_test(t, ignores_reserved_bits);
	tcase_add_test(t, compares_address_lists);
	tcase_add_test(t, knows_the_size_of_packets);
	tcase_add_test(t, survives_anything);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
