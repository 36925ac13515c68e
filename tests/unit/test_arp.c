/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The gratuitous ARP request, octet by octet as RFC 826 and RFC 5227 (an announcement, target
 * hardware address zero) have it. */
#include <check.h>

#include "vrrpd/arp.h"

START_TEST(announcement)
{
	static const uint8_t expected[ARP_FRAME_LEN] = {
		0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x92, 0x82, 0x02, 0xe2, 0xac, 0xaf, 0x08, 0x06,
		0x00, 0x01, 0x08, 0x00, 0x06, 0x04, 0x00, 0x01, 0x92, 0x82, 0x02, 0xe2, 0xac, 0xaf,
		0x0a, 0x01, 0x16, 0xfe, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x0a, 0x01, 0x16, 0xfe};
	static const uint8_t mac[6] = {0x92, 0x82, 0x02, 0xe2, 0xac, 0xaf};
	uint8_t frame[ARP_FRAME_LEN];
	struct addr vip;

	addr_parse("10.1.22.254", &vip);
	ck_assert_uint_eq(arp_announcement(mac, &vip, frame), ARP_FRAME_LEN);
	ck_assert_mem_eq(frame, expected, ARP_FRAME_LEN);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("arp");
	TCase *t = tcase_create("arp");
	SRunner *r = srunner_create(s);
	int failed;

	suite_add_tcase(s, t);
	tcase_add_test(t, announcement);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
