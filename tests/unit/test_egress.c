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

/* The same of IPv6, the second time cut into fragments. */
static const char clear6[] =
	"\x6a\x0e\x71\x96\x62\xad\xfe\xe0\x06\x66\x75\xb0\x86\xdd\x60\x0b\xef\x7e\x00\x18\x3a\x40"
	"\xfd\x00\x00\x22\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x52\xfd\x00\x01\x72\x00\x00"
	"\x00\x00\x00\x00\x00\x00\x00\x00\x00\x10\x80\x00\x6f\x80\x12\x34\x00\x01";
static const char fragment6[] =
	"\x6a\x0e\x71\x96\x62\xad\xfe\xe0\x06\x66\x75\xb0\x86\xdd\x60\x0b\xef\x7e\x05\xb0\x2c\x40"
	"\xfd\x00\x00\x22\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x52\xfd\x00\x01\x72\x00\x00"
	"\x00\x00\x00\x00\x00\x00\x00\x00\x00\x10\x3a\x00\x00\x01\x09\x61\x3a\x86\x80\x00\x63\xd8"
	"\x12\x34\x00\x01";
static const char esp6[] =
	"\x6a\x0e\x71\x96\x62\xad\xfe\xe0\x06\x66\x75\xb0\x86\xdd\x60\x0b\xef\x7e\x00\x78\x32\x40"
	"\x20\x01\x0d\xb8\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\x20\x01\x0d\xb8\x00\x01"
	"\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\x00\x10\x01\x00\x00\x00\x01";

#define SIZE(bytes) (sizeof(bytes) - 1)

static enum egress_way way6(const struct egress *e)
{
	struct addr local = address("2001:db8:1::1"), remote = address("2001:db8:1::2");

	return egress_judge(e, &local, &remote);
}

START_TEST(ipv6_outside)
{
	struct egress e;
	struct addr from = address("2001:db8:1::1"), to = address("2001:db8:1::2");

	ck_assert(egress_parse(esp6, SIZE(esp6), &e));
	ck_assert(addr_equal(&e.from, &from) && addr_equal(&e.to, &to));
	ck_assert_int_eq(way6(&e), EGRESS_TUNNEL);
	ck_assert_int_eq(egress_judge(&e, &to, &from), EGRESS_ASTRAY);
	/* A device without link headers. */
	ck_assert(egress_parse(esp6 + 14, 40, &e));
	ck_assert_int_eq(way6(&e), EGRESS_TUNNEL);
	ck_assert(!egress_parse(esp6 + 14, 39, &e));
}
END_TEST

/* What a fragment is of stands behind its header, which a cut packet may lack. */
START_TEST(ipv6_in_the_clear)
{
	struct egress e;

	ck_assert(egress_parse(clear6, SIZE(clear6), &e));
	ck_assert_int_eq(way6(&e), EGRESS_CLEAR);
	ck_assert(egress_parse(fragment6, SIZE(fragment6), &e));
	ck_assert_int_eq(way6(&e), EGRESS_CLEAR);
	ck_assert(egress_parse(fragment6, 61, &e));
	ck_assert_int_eq(way6(&e), EGRESS_ASTRAY);
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
	tcase_add_test(t, ipv6_in_the_clear);
	tcase_add_test(t, no_packet);
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
