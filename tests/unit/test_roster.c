/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Instances by interface, family and VRID. */
#include "vrrpd/roster.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#define INTERFACES 1000 /* more than there are buckets */

static int owners[INTERFACES][2];

static void name(char out[16], int n)
{
	snprintf(out, 16, "lan%d", n);
}

START_TEST(everybody_is_found)
{
	struct roster r = {0};
	char interface[16];

	for (int n = 0; n < INTERFACES; n++) {
		name(interface, n);
		ck_assert_ptr_null(roster_find(&r, interface, FAMILY_IPV4));
		ck_assert_ptr_nonnull(roster_put(&r, interface, FAMILY_IPV4, 7, &owners[n][0]));
		ck_assert_ptr_nonnull(roster_put(&r, interface, FAMILY_IPV6, 7, &owners[n][1]));
	}
	for (int n = 0; n < INTERFACES; n++) {
		name(interface, n);
		ck_assert_ptr_eq(roster_find(&r, interface, FAMILY_IPV4)->by_vrid[7],
				 &owners[n][0]);
		ck_assert_ptr_eq(roster_find(&r, interface, FAMILY_IPV6)->by_vrid[7],
				 &owners[n][1]);
		ck_assert_ptr_null(roster_find(&r, interface, FAMILY_IPV4)->by_vrid[8]);
	}
	ck_assert_ptr_null(roster_find(&r, "lan", FAMILY_IPV4));
	roster_free(&r);
}
END_TEST

START_TEST(one_segment_an_interface)
{
	struct roster r = {0};
	struct segment *s = roster_put(&r, "lan0", FAMILY_IPV4, 1, &owners[0]);

	for (int vrid = 2; vrid < 256; vrid++)
		ck_assert_ptr_eq(roster_put(&r, "lan0", FAMILY_IPV4, (uint8_t)vrid, &owners[vrid]),
				 s);
	for (int vrid = 1; vrid < 256; vrid++)
		ck_assert_ptr_eq(s->by_vrid[vrid], &owners[vrid == 1 ? 0 : vrid]);
	roster_free(&r);
}
END_TEST

START_TEST(counts_outlive_a_reload)
{
	struct roster r = {0};
	struct segment *s = roster_put(&r, "lan0", FAMILY_IPV4, 1, &owners[0]);

	s->strays[ADVERT_BAD_VRID] = 5;
	roster_clear(&r);
	ck_assert_ptr_null(s->by_vrid[1]);
	ck_assert_ptr_eq(roster_put(&r, "lan0", FAMILY_IPV4, 2, &owners[1]), s);
	ck_assert_uint_eq(s->strays[ADVERT_BAD_VRID], 5);
	roster_free(&r);
	ck_assert_ptr_null(roster_find(&r, "lan0", FAMILY_IPV4));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("roster");
	TCase *t = tcase_create("roster");
	SRunner *r;
	int failed;

	tcase_add_test(t, everybody_is_found);
	tcase_add_test(t, one_segment_an_interface);
	tcase_add_test(t, counts_outlive_a_reload);
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
