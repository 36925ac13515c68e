/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Slots for frames: at once after a pause, one after the other in a crowd. */
#include <check.h>
#include <stdlib.h>

#include "vrrpd/pace.h"

static mono_t at(int64_t us)
{
	return mono_add(MONO_ZERO, us);
}

START_TEST(slots)
{
	struct pace p = {0};

	ck_assert_int_eq(mono_sub(pace_reserve(&p, at(5000), 1000), MONO_ZERO), 5000);
	ck_assert_int_eq(mono_sub(pace_reserve(&p, at(5000), 1000), MONO_ZERO), 6000);
	ck_assert_int_eq(mono_sub(pace_reserve(&p, at(5100), 1000), MONO_ZERO), 7000);
	/* The distance counts from the last one, however late it is asked for. */
	ck_assert_int_eq(mono_sub(pace_reserve(&p, at(7400), 1000), MONO_ZERO), 8000);
	ck_assert_int_eq(mono_sub(pace_reserve(&p, at(9500), 1000), MONO_ZERO), 9500);
}
END_TEST

START_TEST(late_frames)
{
	struct pace p = {0};

	ck_assert_int_eq(mono_sub(pace_take(&p, at(5000), 1000), MONO_ZERO), 5000);
	/* This one was late, so the next one is, too. */
	ck_assert_int_eq(mono_sub(pace_take(&p, at(6700), 1000), MONO_ZERO), 6700);
	ck_assert_int_eq(mono_sub(pace_take(&p, at(7000), 1000), MONO_ZERO), 7700);
	ck_assert_int_eq(mono_sub(pace_take(&p, at(7700), 1000), MONO_ZERO), 7700);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("pace");
	TCase *t = tcase_create("pace");
	SRunner *r = srunner_create(s);
	int failed;

	suite_add_tcase(s, t);
	tcase_add_test(t, slots);
	tcase_add_test(t, late_frames);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
