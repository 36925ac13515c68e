/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The pace: phases, drift, stalls. */
#include <check.h>
#include <stdlib.h>

#include "slad/pacer.h"

#define INTERVAL (100 * US_PER_MS)

static mono_t at(int64_t us)
{
	return (mono_t){us};
}

START_TEST(phases_are_even)
{
	struct pacer p;

	for (size_t i = 0; i < 4; i++) {
		pacer_start(&p, at(1000), INTERVAL, i, 4);
		ck_assert_int_eq(p.due.us, 1000 + (int64_t)i * INTERVAL / 4);
	}
}
END_TEST

START_TEST(nothing_before_its_time)
{
	struct pacer p;

	pacer_start(&p, at(1000), INTERVAL, 0, 1);
	ck_assert(!pacer_take(&p, at(999)).due);
	ck_assert_int_eq(p.due.us, 1000);
	ck_assert(pacer_take(&p, at(1000)).due);
	ck_assert(!pacer_take(&p, at(1000)).due);
}
END_TEST

START_TEST(lateness_does_not_drift)
{
	struct pacer p;
	struct pacer_slot s;

	pacer_start(&p, at(0), INTERVAL, 0, 1);
	for (int64_t i = 0; i < 10000; i++) {
		s = pacer_take(&p, at(i * INTERVAL + 90 * US_PER_MS));
		ck_assert(s.due);
		ck_assert_uint_eq(s.missed, 0);
		ck_assert_int_eq(s.late_us, 90 * US_PER_MS);
	}
	ck_assert_int_eq(p.due.us, 10000 * INTERVAL);
}
END_TEST

START_TEST(a_stall_skips_its_slots)
{
	struct pacer p;
	struct pacer_slot s;

	pacer_start(&p, at(0), INTERVAL, 0, 1);
	s = pacer_take(&p, at(10 * INTERVAL + 7));
	ck_assert(s.due);
	ck_assert_uint_eq(s.missed, 10);
	ck_assert_int_eq(s.late_us, 7);
	ck_assert_int_eq(p.due.us, 11 * INTERVAL);
	ck_assert(!pacer_take(&p, at(10 * INTERVAL + 8)).due);
}
END_TEST

START_TEST(no_count_no_phase)
{
	struct pacer p;

	pacer_start(&p, at(5), INTERVAL, 3, 0);
	ck_assert_int_eq(p.due.us, 5);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("pacer");
	TCase *t = tcase_create("pacer");
	SRunner *r;
	int failed;

	tcase_add_test(t, phases_are_even);
	tcase_add_test(t, nothing_before_its_time);
	tcase_add_test(t, lateness_does_not_drift);
	tcase_add_test(t, a_stall_skips_its_slots);
	tcase_add_test(t, no_count_no_phase);
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
