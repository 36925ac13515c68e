/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Claims against frames of the Linux kernel, captured from the wire, and the filter
 * by an interpreter of its few instructions: what it lets pass is what claims a watched address.
 */
#include <check.h>
#include <string.h>

#include "common/csum.h"
#include "vrrpd/arp.h"
#include "vrrpd/claim.h"
#include "vrrpd/nd.h"

static const uint8_t mac[6] = {0x92, 0x82, 0x02, 0xe2, 0xac, 0xaf};

/* The kernel's answer to an ARP request for 10.1.22.254. */
static const uint8_t reply[] = {0x02, 0x00, 0x00, 0x00, 0x00, 0x0a, 0x92, 0x82, 0x02, 0xe2, 0xac,
				0xaf, 0x08, 0x06, 0x00, 0x01, 0x08, 0x00, 0x06, 0x04, 0x00, 0x02,
				0x92, 0x82, 0x02, 0xe2, 0xac, 0xaf, 0x0a, 0x01, 0x16, 0xfe, 0x02,
				0x00, 0x00, 0x00, 0x00, 0x0a, 0x0a, 0x01, 0x16, 0xfc};

static struct addr address(const char *text)
{
	struct addr a;

	ck_assert(addr_parse(text, &a));
	return a;
}

START_TEST(a_reply_claims_its_sender)
{
	struct addr vip = address("10.1.22.254");
	struct claim c;

	ck_assert(claim_parse(reply, sizeof(reply), &c));
	ck_assert(addr_equal(&c.address, &vip));
	ck_assert_mem_eq(c.mac, mac, 6);
	for (size_t len = 0; len < sizeof(reply) - 10; len++)
		ck_assert(!claim_parse(reply, len, &c));
}
END_TEST

START_TEST(announcements_claim)
{
	struct addr four = address("10.1.22.254"), six = address("fe80::22");
	uint8_t arp[ARP_FRAME_LEN], nd[ND_FRAME_LEN];
	struct claim c;

	arp_announcement(mac, &four, arp);
	ck_assert(claim_parse(arp, sizeof(arp), &c));
	ck_assert(addr_equal(&c.address, &four));
	nd_announcement(mac, &six, nd);
	ck_assert(claim_parse(nd, sizeof(nd), &c));
	ck_assert(addr_equal(&c.address, &six));
	ck_assert_mem_eq(c.mac, mac, 6);
	nd[21] = 254; /* hop limit */
	ck_assert(!claim_parse(nd, sizeof(nd), &c));
}
END_TEST

/* Byte for byte as RFC 5227, 2.1.1, has it. */
START_TEST(a_probe_claims_nothing)
{
	static const uint8_t expected[] = {
		0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x92, 0x82, 0x02, 0xe2, 0xac, 0xaf, 0x08, 0x06,
		0x00, 0x01, 0x08, 0x00, 0x06, 0x04, 0x00, 0x01, 0x92, 0x82, 0x02, 0xe2, 0xac, 0xaf,
		0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x0a, 0x01, 0x16, 0xfe};
	struct addr vip = address("10.1.22.254");
	uint8_t frame[CLAIM_PROBE_MAX];
	struct claim c;

	ck_assert_uint_eq(claim_probe(mac, &vip, frame), sizeof(expected));
	ck_assert_mem_eq(frame, expected, sizeof(expected));
	ck_assert(!claim_parse(frame, sizeof(expected), &c));
}
END_TEST

/* As the kernel's own duplicate address detection asks, captured from the wire: without its nonce
 * option, and so with another length and checksum. */
START_TEST(a_solicitation_asks_its_group)
{
	static const uint8_t kernel[] = {
		0x33, 0x33, 0xff, 0x02, 0x00, 0x03, 0x92, 0x82, 0x02, 0xe2, 0xac, 0xaf, 0x86,
		0xdd, 0x60, 0x00, 0x00, 0x00, 0x00, 0x20, 0x3a, 0xff, 0x00, 0x00, 0x00, 0x00,
		0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xff,
		0x02, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 0xff, 0x02,
		0x00, 0x03, 0x87, 0x00, 0xd4, 0x7a, 0x00, 0x00, 0x00, 0x00, 0xfe, 0x80, 0x00,
		0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 0x00, 0x02, 0x00, 0x03};
	struct addr vip = address("fe80::1:2:3"), none = {.family = FAMILY_IPV6}, to;
	uint8_t frame[CLAIM_PROBE_MAX];
	struct claim c;

	ck_assert_uint_eq(claim_probe(mac, &vip, frame), CLAIM_PROBE_MAX);
	ck_assert_mem_eq(frame, kernel, 18);
	ck_assert_mem_eq(frame + 20, kernel + 20, 36);
	ck_assert_mem_eq(frame + 58, kernel + 58, 20);
	to = addr_ipv6(frame + 38);
	ck_assert_uint_eq(csum_pseudo(&none, &to, 58, frame + 54, 24), 0);
	ck_assert(!claim_parse(frame, sizeof(frame), &c));
}
END_TEST

/* The kernel's rules for the instructions that the filter has. */
static bool passes(const struct sock_filter *code, size_t n, const uint8_t *frame, size_t len)
{
	uint32_t a = 0;

	for (size_t pc = 0; pc < n; pc++) {
		const struct sock_filter *f = &code[pc];
		size_t width = f->code == (BPF_LD | BPF_W | BPF_ABS) ? 4 : 2;

		if (f->code == (BPF_RET | BPF_K))
			return f->k != 0;
		if (f->code == (BPF_JMP | BPF_JEQ | BPF_K)) {
			pc += a == f->k ? f->jt : f->jf;
			continue;
		}
		if (f->k + width > len)
			return false;
		a = 0;
		for (size_t k = 0; k < width; k++)
			a = a << 8 | frame[f->k + k];
	}
	ck_abort_msg("the filter has no end");
}

START_TEST(the_filter_passes_claims_of_its_addresses)
{
	static struct sock_filter code[CLAIM_FILTER_MAX];
	struct addr list[] = {address("10.1.22.253"), address("fe80::22"), address("10.1.22.254")};
	struct addr other = address("10.1.22.1"), other6 = address("fe80::23");
	uint8_t arp[ARP_FRAME_LEN], nd[ND_FRAME_LEN], probe[CLAIM_PROBE_MAX];
	size_t watched, n = claim_filter(FAMILY_IPV4, list, 3, code, &watched);

	ck_assert_uint_eq(watched, 2);
	ck_assert(passes(code, n, reply, sizeof(reply)));
	arp_announcement(mac, &other, arp);
	ck_assert(!passes(code, n, arp, sizeof(arp)));
	claim_probe(mac, &list[2], probe);
	ck_assert(!passes(code, n, probe, ARP_FRAME_LEN));

	n = claim_filter(FAMILY_IPV6, list, 3, code, &watched);
	ck_assert_uint_eq(watched, 1);
	nd_announcement(mac, &list[1], nd);
	ck_assert(passes(code, n, nd, sizeof(nd)));
	nd_announcement(mac, &other6, nd);
	ck_assert(!passes(code, n, nd, sizeof(nd)));
	nd_announcement(mac, &list[1], nd);
	nd[20] = 17; /* UDP */
	ck_assert(!passes(code, n, nd, sizeof(nd)));
}
END_TEST

START_TEST(the_filter_has_a_longest_form)
{
	static struct addr many[CLAIM_FILTER_ADDRESSES + 1];
	static struct sock_filter code[CLAIM_FILTER_MAX];
	size_t watched;

	for (size_t k = 0; k <= CLAIM_FILTER_ADDRESSES; k++)
		many[k] = address("fe80::1");
	ck_assert_uint_le(
		claim_filter(FAMILY_IPV6, many, CLAIM_FILTER_ADDRESSES + 1, code, &watched),
		BPF_MAXINSNS);
	ck_assert_uint_eq(watched, CLAIM_FILTER_ADDRESSES);
	ck_assert_uint_eq(claim_filter(FAMILY_IPV4, many, 1, code, &watched), 2);
	ck_assert_uint_eq(watched, 0);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("claim");
	TCase *t = tcase_create("claim");
	SRunner *r = srunner_create(s);
	int failed;

	suite_add_tcase(s, t);
	tcase_add_test(t, a_reply_claims_its_sender);
	tcase_add_test(t, announcements_claim);
	tcase_add_test(t, a_probe_claims_nothing);
	tcase_add_test(t, a_solicitation_asks_its_group);
	tcase_add_test(t, the_filter_passes_claims_of_its_addresses);
	tcase_add_test(t, the_filter_has_a_longest_form);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
