/* SPDX-License-Identifier: GPL-2.0-or-later */
/* When an alarm is told, told again and over; and which adverts make a second Active router. */
#include <check.h>
#include <string.h>

#include "vrrpd/alarm.h"

#define MS US_PER_MS
#define MINUTE (60 * US_PER_S)

START_TEST(names_are_keys)
{
	for (int k = 0; k < ALARM_KINDS; k++) {
		ck_assert_uint_eq(strspn(alarm_name(k), "abcdefghijklmnopqrstuvwxyz_"),
				  strlen(alarm_name(k)));
		for (int other = 0; other < k; other++)
			ck_assert_str_ne(alarm_name(k), alarm_name(other));
	}
	ck_assert(alarm_is_grave(ALARM_DUPLICATE_VRID));
	ck_assert(!alarm_is_grave(ALARM_INTERVAL_DIFFERS));
	ck_assert(alarm_is_grave(ALARM_POLICIES_CHANGED));
}
END_TEST

/* 50,000 packets a second for 30 seconds are one line. */
START_TEST(a_flood_is_told_once)
{
	struct alarm a = {0};
	mono_t now = {5 * US_PER_S};
	unsigned told = 0;
	uint64_t more;

	for (int k = 0; k < 30 * 50000; k++) {
		told += alarm_raise(&a, now, &more);
		now = mono_add(now, 20);
	}
	ck_assert_uint_eq(told, 1);
	ck_assert_uint_eq(more, 0);
	ck_assert_uint_eq(a.times, 30 * 50000);
}
END_TEST

/* Each second for five hours: at 0, 1, 3, 7, 15, 31, 63 and 123 minutes, then hourly. */
START_TEST(what_goes_on_is_told_ever_more_seldom)
{
	static const int minutes[] = {0, 1, 3, 7, 15, 31, 63, 123, 183, 243};
	struct alarm a = {0};
	mono_t start = {5 * US_PER_S};
	unsigned told = 0;

	for (int s = 0; s < 5 * 3600; s++) {
		uint64_t more;

		if (!alarm_raise(&a, mono_add(start, s * US_PER_S), &more))
			continue;
		ck_assert_int_eq(s, minutes[told] * 60);
		ck_assert_uint_eq(more, told ? s - minutes[told - 1] * 60 - 1 : 0);
		told++;
	}
	ck_assert_uint_eq(told, 10);
}
END_TEST

START_TEST(is_over_after_a_minute_of_quiet)
{
	enum alarm_kind k = ALARM_OWN_ECHO;
	mono_t now = {5 * US_PER_S};
	char story[ALARM_STORY_STRLEN];
	struct alarm a = {0};
	uint64_t more;

	ck_assert(mono_is_never(alarm_expires_at(k, &a)) && !alarm_expire(k, &a, now));
	ck_assert(alarm_raise(&a, now, &more));
	ck_assert(!alarm_raise(&a, mono_add(now, 1), &more));
	ck_assert_int_eq(alarm_expires_at(k, &a).us, now.us + 1 + MINUTE);
	ck_assert(!alarm_expire(k, &a, mono_add(now, MINUTE)) && a.stands);
	ck_assert(alarm_expire(k, &a, mono_add(now, MINUTE + 1)) && !a.stands);
	ck_assert_msg(!alarm_expire(k, &a, mono_add(now, MINUTE + 2)), "told once");
	ck_assert_str_eq(alarm_story(k, &a, story), "2 times in 0 s");
	ck_assert(alarm_raise(&a, mono_add(now, MINUTE + 2), &more));
	ck_assert_uint_eq(more, 0);
	ck_assert_uint_eq(a.times, 1);
	ck_assert_uint_eq(a.begun, 2);
	ck_assert_str_eq(alarm_story(k, &a, story), "once");
}
END_TEST

/* How long it lasted ends with the last time, not with the quiet behind it. */
START_TEST(its_story)
{
	enum alarm_kind k = ALARM_SECOND_ACTIVE;
	mono_t now = {5 * US_PER_S};
	char story[ALARM_STORY_STRLEN];
	struct alarm a = {0};
	uint64_t more;

	for (int s = 0; s <= 125; s++)
		alarm_raise(&a, mono_add(now, s * US_PER_S), &more);
	ck_assert(alarm_expire(k, &a, mono_add(now, 500 * US_PER_S)));
	ck_assert_str_eq(alarm_story(k, &a, story), "126 times in 125 s");
}
END_TEST

START_TEST(one_that_lasts_is_cleared)
{
	enum alarm_kind k = ALARM_POLICIES_WRONG;
	mono_t now = {5 * US_PER_S};
	char story[ALARM_STORY_STRLEN];
	struct alarm a = {0};
	uint64_t more;

	ck_assert(!alarm_clear(&a, now));
	ck_assert(alarm_raise(&a, now, &more));
	ck_assert(mono_is_never(alarm_expires_at(k, &a)));
	ck_assert(!alarm_expire(k, &a, mono_add(now, 60 * MINUTE)));
	ck_assert(alarm_clear(&a, mono_add(now, 60 * MINUTE)) && !a.stands);
	ck_assert_str_eq(alarm_story(k, &a, story), "after 3600 s");
	ck_assert(!alarm_clear(&a, mono_add(now, 61 * MINUTE)));
}
END_TEST

START_TEST(a_rival_sends_on)
{
	struct rival r = {0};
	mono_t now = {5 * US_PER_S};

	/* 400 ms of silence end a reign: at 100 ms adverts the ninth is too many. */
	for (int k = 0; k <= 8; k++)
		ck_assert(!rival_goes_on(&r, mono_add(now, k * 100 * MS), 400 * MS));
	ck_assert(rival_goes_on(&r, mono_add(now, 900 * MS), 400 * MS));
}
END_TEST

/* One that was cut off sends once or twice after each heal, and yields. */
START_TEST(a_router_that_yields_is_no_rival)
{
	struct rival r = {0};
	mono_t now = {5 * US_PER_S};

	for (int k = 0; k < 100; k++) {
		ck_assert(!rival_goes_on(&r, now, 400 * MS));
		ck_assert(!rival_goes_on(&r, mono_add(now, 100 * MS), 400 * MS));
		now = mono_add(now, 600 * MS);
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("alarm");
	TCase *t = tcase_create("alarm");
	SRunner *r = srunner_create(s);
	int failed;

	suite_add_tcase(s, t);
	tcase_add_test(t, names_are_keys);
	tcase_add_test(t, a_flood_is_told_once);
	tcase_add_test(t, what_goes_on_is_told_ever_more_seldom);
	tcase_add_test(t, is_over_after_a_minute_of_quiet);
	tcase_add_test(t, its_story);
	tcase_add_test(t, one_that_lasts_is_cleared);
	tcase_add_test(t, a_rival_sends_on);
	tcase_add_test(t, a_router_that_yields_is_no_rival);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
