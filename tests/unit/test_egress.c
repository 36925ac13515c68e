/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How probes left, from what Linux's ESP and its devices made of them. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "slad/egress.h"

/* From the error queue: Ethernet, then the header of a ping and of the ESP packet that it became.
 */
#define ETHERNET "\x9e\x21\xea\xba\x16\x50\x1a\x97\x9d\x32\xcb\xb6\x08\x00"
#define CLEAR                                                                                  \
	"\x45\x00\x00\x54\xe1\x0b\x40\x00\x40\x01\x63\x86\x0a\x01\x16\xfc\xac\x10\x29\x0a\x08" \
	"\x00\xca\xd1\x00\x01\x00\x00"
#define ESP                                                                                    \
	"\x45\x00\x00\x9c\x82\xbc\x40\x00\x40\x32\x63\x09\xc6\x33\x64\x01\xc6\x33\x64\x02\x00" \
	"\x00\x10\x01\x00\x00\x00\x01"

static struct addr address(const char *text)
{
	struct addr a;

	ck_assert(addr_parse(text, &a));
	return a;
}

static enum egress_way way(const struct egress *e)
{
	struct addr local = address("198.51.100.1"), remote = address("198.51.100.2");

	return egress_judge(e, &local, &remote);
}

START_TEST(esp_of_the_tunnel)
{
	struct egress e;
	struct addr to = address("198.51.100.2");

	ck_assert(egress_parse(ETHERNET ESP, 42, &e));
	ck_assert_uint_eq(e.protocol, 50);
	ck_assert(addr_equal(&e.to, &to));
	ck_assert_int_eq(way(&e), EGRESS_TUNNEL);
	e.protocol = 17; /* behind NAT */
	ck_assert_int_eq(way(&e), EGRESS_TUNNEL);
}
END_TEST

START_TEST(in_the_clear)
{
	struct egress e;

	ck_assert(egress_parse(ETHERNET CLEAR, 42, &e));
	ck_assert_int_eq(way(&e), EGRESS_CLEAR);
	e.protocol = 58;
	ck_assert_int_eq(way(&e), EGRESS_CLEAR);
	/* Nor do the tunnel's own ends make a ping ESP. */
	e.from = address("198.51.100.1");
	e.to = address("198.51.100.2");
	ck_assert_int_eq(way(&e), EGRESS_CLEAR);
}
END_TEST

START_TEST(through_another_tunnel)
{
	struct egress e;

	ck_assert(egress_parse(ETHERNET ESP, 42, &e));
	e.to = address("198.51.100.3");
	ck_assert_int_eq(way(&e), EGRESS_ASTRAY);
	e.to = address("198.51.100.2");
	e.from = address("203.0.113.1");
	ck_assert_int_eq(way(&e), EGRESS_ASTRAY);
	e.from = address("198.51.100.1");
	e.protocol = 4; /* IP in IP, unprotected */
	ck_assert_int_eq(way(&e), EGRESS_ASTRAY);
}
END_TEST

START_TEST(every_kind_of_device)
{
	static const char tag[] = "\x9e\x21\xea\xba\x16\x50\x1a\x97\x9d\x32\xcb\xb6\x81\x00\x00\x07"
				  "\x08\x00" ESP;
	struct egress e;

	/* A tagged frame, and a device without link headers. */
	ck_assert(egress_parse(tag, 46, &e));
	ck_assert_int_eq(way(&e), EGRESS_TUNNEL);
	ck_assert(egress_parse(ESP, 28, &e));
	ck_assert_int_eq(way(&e), EGRESS_TUNNEL);
	ck_assert(egress_parse(ESP, 20, &e));
}
END_TEST

START_TEST(ipv6_outside)
{
	uint8_t p[54] = {[12] = 0x86, [13] = 0xdd, [14] = 0x60, [20] = 50,
			 [22] = 0x20, [37] = 1,    [38] = 0x20, [53] = 2};
	struct egress e;
	struct addr from = address("2000::1"), to = address("2000::2");

	ck_assert(egress_parse(p, sizeof(p), &e));
	ck_assert_int_eq(egress_judge(&e, &from, &to), EGRESS_TUNNEL);
	ck_assert_int_eq(egress_judge(&e, &to, &from), EGRESS_ASTRAY);
	ck_assert(!egress_parse(p, sizeof(p) - 1, &e));
}
END_TEST

/* What a fragment is of stands behind its header, which a cut packet may lack. */
START_TEST(ipv6_fragment)
{
	uint8_t p[62] = {[12] = 0x86, [13] = 0xdd, [14] = 0x60, [20] = 44, [54] = 58, [57] = 1};
	struct egress e;

	ck_assert(egress_parse(p, sizeof(p), &e));
	ck_assert_int_eq(way(&e), EGRESS_CLEAR);
	ck_assert(egress_parse(p, sizeof(p) - 1, &e));
	ck_assert_int_eq(way(&e), EGRESS_ASTRAY);
}
END_TEST

START_TEST(no_packet)
{
	char bytes[] = ETHERNET ESP;
	struct egress e;

	for (size_t len = 0; len < 34; len++)
		ck_assert_msg(!egress_parse(bytes, len, &e), "%zu bytes are no packet", len);
	bytes[14 + 12] ^= 1; /* the checksum fails */
	ck_assert(!egress_parse(bytes, 42, &e));
	bytes[14] = 0x4f; /* more header than there is */
	ck_assert(!egress_parse(bytes, 42, &e));
	bytes[14] = 0x41;
	ck_assert(!egress_parse(bytes, 42, &e));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("egress");
	TCase *t = tcase_create("egress");
	SRunner *r;
	int failed;

	tcase_add_test(t, esp_of_the_tunnel);
	tcase_add_test(t, in_the_clear);
	tcase_add_test(t, through_another_tunnel);
	tcase_add_test(t, every_kind_of_device);
	tcase_add_test(t, ipv6_outside);
	tcase_add_test(t, ipv6_fragment);
	tcase_add_test(t, no_packet);
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
