/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every rule of the verdict, on a clock that the test moves. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "slad/verdict.h"

#define STEP_US (100 * US_PER_MS)
#define RTT_US 1000

/* One probe's life: the clock moves by a step with each piece of evidence. */
struct life {
	struct verdict_rules rules;
	struct verdict v;
	mono_t now;
	unsigned changes;
};

static const struct verdict_rules defaults = {
	.fall = 6, .rise = 20, .delay_up_us = 10 * US_PER_S, .start = SLA_UNKNOWN};

static struct life born(struct verdict_rules rules)
{
	struct life l = {.rules = rules, .now = {1000}};

	verdict_init(&l.v, &l.rules, l.now);
	return l;
}

static void good(struct life *l, unsigned n)
{
	while (n--) {
		l->now = mono_add(l->now, STEP_US);
		l->changes += verdict_tick(&l->v, &l->rules, l->now);
		l->changes += verdict_success(&l->v, &l->rules, RTT_US, l->now);
	}
}

static void lose(struct life *l, unsigned n)
{
	while (n--) {
		l->now = mono_add(l->now, STEP_US);
		l->changes += verdict_tick(&l->v, &l->rules, l->now);
		l->changes += verdict_loss(&l->v, &l->rules, l->now);
	}
}

static void empty(struct life *l, unsigned n)
{
	while (n--) {
		l->now = mono_add(l->now, STEP_US);
		l->changes += verdict_void(&l->v, &l->rules, 1, "no source", l->now);
	}
}

/* Up by straight successes, whatever the wait; returns how long it took. */
static int64_t time_to_up(struct life *l)
{
	mono_t begin = l->now;

	for (int i = 0; i < 10000 && l->v.state != SLA_UP; i++)
		good(l, 1);
	ck_assert_int_eq(l->v.state, SLA_UP);
	return mono_sub(l->now, begin);
}

START_TEST(first_up_needs_rise_and_no_wait)
{
	struct life l = born(defaults);

	good(&l, 19);
	ck_assert_int_eq(l.v.state, SLA_UNKNOWN);
	good(&l, 1);
	ck_assert_int_eq(l.v.state, SLA_UP);
	ck_assert_int_eq(l.v.since.us, l.now.us);
	ck_assert_uint_eq(l.v.transitions, 1);
	ck_assert_uint_eq(l.changes, 1);
	ck_assert_str_eq(l.v.cause, "20 straight replies");
}
END_TEST

START_TEST(first_up_needs_an_empty_bucket)
{
	struct verdict_rules r = defaults;
	struct life l;

	r.rise = 2;
	l = born(r);
	lose(&l, 2);
	good(&l, 5);
	ck_assert_int_eq(l.v.state, SLA_UNKNOWN);
	good(&l, 1);
	ck_assert_int_eq(l.v.state, SLA_UP);
}
END_TEST

START_TEST(first_down_needs_a_full_bucket)
{
	struct life l = born(defaults);

	lose(&l, 5);
	ck_assert_int_eq(l.v.state, SLA_UNKNOWN);
	lose(&l, 1);
	ck_assert_int_eq(l.v.state, SLA_DOWN);
	ck_assert_str_eq(l.v.cause, "6 straight probes lost");
}
END_TEST

START_TEST(a_dead_path_is_down_at_fall)
{
	struct life l = born(defaults);

	good(&l, 100);
	lose(&l, 5);
	ck_assert_int_eq(l.v.state, SLA_UP);
	lose(&l, 1);
	ck_assert_int_eq(l.v.state, SLA_DOWN);
	ck_assert_uint_eq(l.v.transitions, 2);
}
END_TEST

START_TEST(a_loss_is_three_a_success_one)
{
	struct life l = born(defaults);

	good(&l, 20);
	lose(&l, 1);
	ck_assert_uint_eq(l.v.bucket, 3);
	good(&l, 2);
	ck_assert_uint_eq(l.v.bucket, 1);
	good(&l, 5);
	ck_assert_uint_eq(l.v.bucket, 0);
	lose(&l, 100);
	ck_assert_uint_eq(l.v.bucket, 18);
}
END_TEST

START_TEST(one_loss_in_four_is_borne_for_ever)
{
	struct life l = born(defaults);

	good(&l, 20);
	for (int i = 0; i < 1000; i++) {
		lose(&l, 1);
		good(&l, 3);
	}
	ck_assert_int_eq(l.v.state, SLA_UP);
}
END_TEST

START_TEST(every_second_loss_is_not)
{
	struct life l = born(defaults);
	int pairs = 0;

	good(&l, 20);
	for (; l.v.state == SLA_UP && pairs < 100; pairs++) {
		good(&l, 1);
		lose(&l, 1);
	}
	ck_assert_int_eq(l.v.state, SLA_DOWN);
	/* 3 with the first loss, 2 with each pair from then on: 18 is reached with the ninth. */
	ck_assert_int_eq(pairs, 9);
	ck_assert_str_eq(l.v.cause, "more than one probe in four lost");
}
END_TEST

START_TEST(a_return_waits_delay_up)
{
	struct life l = born(defaults);

	good(&l, 20);
	lose(&l, 6);
	/* rise is 2 s of successes, then delay_up; the last step may end it a step late */
	ck_assert_int_eq(time_to_up(&l), 2 * US_PER_S + 10 * US_PER_S);
}
END_TEST

START_TEST(a_return_is_published_by_the_clock_alone)
{
	struct life l = born(defaults);
	mono_t due;

	good(&l, 20);
	lose(&l, 6);
	good(&l, 20);
	due = verdict_deadline(&l.v);
	ck_assert_int_eq(mono_sub(due, l.now), 10 * US_PER_S);
	ck_assert(!verdict_tick(&l.v, &l.rules, mono_add(due, -1)));
	ck_assert(verdict_tick(&l.v, &l.rules, due));
	ck_assert_int_eq(l.v.state, SLA_UP);
	ck_assert_int_eq(l.v.since.us, due.us);
}
END_TEST

START_TEST(a_single_loss_does_not_restart_the_wait)
{
	struct life l = born(defaults);

	good(&l, 20);
	lose(&l, 6);
	good(&l, 50);
	lose(&l, 1);
	ck_assert_int_eq(time_to_up(&l), 12 * US_PER_S - 51 * STEP_US);
}
END_TEST

START_TEST(half_a_bucket_ends_the_wait)
{
	struct life l = born(defaults);

	good(&l, 20);
	lose(&l, 6);
	good(&l, 50);
	lose(&l, 3);
	ck_assert(mono_is_never(verdict_deadline(&l.v)));
	ck_assert_int_eq(time_to_up(&l), 12 * US_PER_S);
}
END_TEST

START_TEST(flaps_double_the_wait_to_its_limit)
{
	static const int64_t waits_s[] = {10, 20, 40, 80, 160, 300, 300};
	struct life l = born(defaults);

	good(&l, 20);
	for (size_t i = 0; i < sizeof(waits_s) / sizeof(waits_s[0]); i++) {
		lose(&l, 6);
		ck_assert_int_eq(l.v.state, SLA_DOWN);
		ck_assert_int_eq(time_to_up(&l), (2 + waits_s[i]) * US_PER_S);
	}
}
END_TEST

START_TEST(stable_holds_halve_the_wait)
{
	struct life l = born(defaults);

	good(&l, 20);
	for (int i = 0; i < 4; i++) { /* 10, 20, 40, 80: the next is 160 */
		lose(&l, 6);
		time_to_up(&l);
	}
	good(&l, 3000 - 1);
	ck_assert_int_eq(l.v.next_wait_us, 160 * US_PER_S);
	good(&l, 1);
	ck_assert_int_eq(l.v.next_wait_us, 80 * US_PER_S);
	good(&l, 3 * 3000);
	ck_assert_int_eq(l.v.next_wait_us, 10 * US_PER_S);
	ck_assert(mono_is_never(verdict_deadline(&l.v)));
	lose(&l, 6);
	ck_assert_int_eq(time_to_up(&l), 12 * US_PER_S);
}
END_TEST

START_TEST(no_delay_stays_none)
{
	struct verdict_rules r = defaults;
	struct life l;

	r.delay_up_us = 0;
	l = born(r);
	good(&l, 20);
	for (int i = 0; i < 5; i++) {
		lose(&l, 6);
		ck_assert_int_eq(time_to_up(&l), 2 * US_PER_S);
	}
}
END_TEST

START_TEST(delay_down_must_hold)
{
	struct verdict_rules r = defaults;
	struct life l;

	r.delay_down_us = 1 * US_PER_S;
	l = born(r);
	good(&l, 20);
	lose(&l, 6);
	ck_assert_int_eq(l.v.state, SLA_UP);
	good(&l, 9); /* half the bucket: the change is dropped */
	ck_assert(mono_is_never(verdict_deadline(&l.v)));
	lose(&l, 3);
	ck_assert_int_eq(mono_sub(verdict_deadline(&l.v), l.now), US_PER_S);
	lose(&l, 9);
	ck_assert_int_eq(l.v.state, SLA_UP);
	lose(&l, 1);
	ck_assert_int_eq(l.v.state, SLA_DOWN);
}
END_TEST

START_TEST(voids_are_no_losses)
{
	struct life l = born(defaults);

	good(&l, 20);
	lose(&l, 5);
	empty(&l, 4);
	ck_assert_int_eq(l.v.state, SLA_UP);
	ck_assert_uint_eq(l.v.bucket, 15);
	lose(&l, 1);
	ck_assert_int_eq(l.v.state, SLA_DOWN);
}
END_TEST

START_TEST(lasting_voids_are_unknown)
{
	struct life l = born(defaults);

	good(&l, 20);
	empty(&l, 10); /* ten steps, but nine intervals */
	ck_assert_int_eq(l.v.state, SLA_UP);
	empty(&l, 1);
	ck_assert_int_eq(l.v.state, SLA_UNKNOWN);
	ck_assert_str_eq(l.v.cause, "no source");
	ck_assert_uint_eq(l.v.transitions, 2);
	empty(&l, 100);
	ck_assert_uint_eq(l.v.transitions, 2);
	/* Never was down: back without a wait. */
	ck_assert_int_eq(time_to_up(&l), 2 * US_PER_S);
}
END_TEST

START_TEST(a_burst_of_voids_is_not_lasting)
{
	struct life l = born(defaults);

	good(&l, 20);
	ck_assert(!verdict_void(&l.v, &l.rules, 1000, "stalled", l.now));
	good(&l, 1);
	ck_assert(!verdict_void(&l.v, &l.rules, 1000, "stalled", l.now));
	ck_assert_int_eq(l.v.state, SLA_UP);
}
END_TEST

START_TEST(unknown_does_not_wash_a_down_away)
{
	struct life l = born(defaults);

	good(&l, 20);
	lose(&l, 6);
	empty(&l, 11);
	ck_assert_int_eq(l.v.state, SLA_UNKNOWN);
	ck_assert_int_eq(time_to_up(&l), 12 * US_PER_S);
}
END_TEST

START_TEST(evidence_ends_what_voids_said)
{
	struct life l = born(defaults);

	empty(&l, 20);
	ck_assert_str_eq(l.v.cause, "no source");
	ck_assert_uint_eq(l.v.transitions, 0);
	good(&l, 1);
	ck_assert_str_eq(l.v.cause, "no evidence yet");
}
END_TEST

START_TEST(late_replies_take_their_points_back)
{
	struct life l = born(defaults);

	good(&l, 20);
	for (int i = 0; i < 100; i++) {
		lose(&l, 1);
		verdict_late(&l.v, &l.rules, 250 * US_PER_MS, l.now);
	}
	ck_assert_int_eq(l.v.state, SLA_UP);
	ck_assert_uint_eq(l.v.bucket, 0);
	ck_assert_uint_eq(l.v.straight_good, 0);
	lose(&l, 1);
	verdict_late(&l.v, &l.rules, VERDICT_LATE_US, l.now);
	ck_assert_uint_eq(l.v.bucket, 3);
}
END_TEST

START_TEST(a_late_reply_is_not_a_success)
{
	struct life l = born(defaults);

	good(&l, 19);
	lose(&l, 1);
	verdict_late(&l.v, &l.rules, 250 * US_PER_MS, l.now);
	good(&l, 19);
	ck_assert_int_eq(l.v.state, SLA_UNKNOWN);
	good(&l, 1);
	ck_assert_int_eq(l.v.state, SLA_UP);
}
END_TEST

START_TEST(slow_replies_fill_the_bucket)
{
	struct verdict_rules r = defaults;
	struct life l;

	r.max_rtt_us = 50 * US_PER_MS;
	l = born(r);
	good(&l, 20);
	for (int i = 0; i < 6; i++) {
		ck_assert_int_eq(l.v.state, SLA_UP);
		verdict_success(&l.v, &l.rules, 50 * US_PER_MS + 1, l.now);
	}
	ck_assert_int_eq(l.v.state, SLA_DOWN);
	ck_assert_str_eq(l.v.cause, "replies slower than 50.000 ms");
	lose(&l, 1);
	verdict_late(&l.v, &l.rules, 250 * US_PER_MS, l.now);
	ck_assert_uint_eq(l.v.bucket, 18);
}
END_TEST

START_TEST(too_much_loss_is_down)
{
	struct verdict_rules r = defaults;
	struct life l;

	r.max_loss_permille = 50;
	l = born(r);
	good(&l, 20);
	ck_assert(!verdict_share(&l.v, &l.rules, 10, 5, l.now));   /* fewer than fall */
	ck_assert(!verdict_share(&l.v, &l.rules, 600, 30, l.now)); /* just the limit */
	ck_assert(verdict_share(&l.v, &l.rules, 600, 31, l.now));
	ck_assert_int_eq(l.v.state, SLA_DOWN);
	ck_assert_str_eq(l.v.cause, "loss 5.1 % above 5.0 %");
	good(&l, 200);
	ck_assert_int_eq(l.v.state, SLA_DOWN);
	verdict_share(&l.v, &l.rules, 600, 30, l.now);
	ck_assert_int_eq(time_to_up(&l), 10 * US_PER_S);
}
END_TEST

START_TEST(presets)
{
	struct verdict_rules r = defaults;
	struct life l;

	r.start = SLA_UP;
	l = born(r);
	ck_assert_int_eq(l.v.state, SLA_UP);
	ck_assert_uint_eq(l.v.transitions, 0);
	lose(&l, 6);
	ck_assert_int_eq(l.v.state, SLA_DOWN);
	r.start = SLA_DOWN;
	l = born(r);
	ck_assert_int_eq(l.v.state, SLA_DOWN);
	ck_assert_int_eq(time_to_up(&l), 12 * US_PER_S);
	ck_assert_int_eq(l.v.next_wait_us, 10 * US_PER_S);
}
END_TEST

START_TEST(groups)
{
	/* up, down, of, needed */
	ck_assert_int_eq(verdict_group(1, 1, 2, 1), SLA_UP);
	ck_assert_int_eq(verdict_group(1, 1, 2, 2), SLA_DOWN);
	ck_assert_int_eq(verdict_group(1, 0, 2, 1), SLA_UP);
	ck_assert_int_eq(verdict_group(1, 0, 2, 2), SLA_UNKNOWN);
	ck_assert_int_eq(verdict_group(0, 1, 2, 1), SLA_UNKNOWN);
	ck_assert_int_eq(verdict_group(0, 1, 2, 2), SLA_DOWN);
	ck_assert_int_eq(verdict_group(2, 1, 3, 2), SLA_UP);
	ck_assert_int_eq(verdict_group(2, 1, 3, 3), SLA_DOWN);
	ck_assert_int_eq(verdict_group(0, 0, 3, 3), SLA_UNKNOWN);
}
END_TEST

/* Up when it is up whatever the unknown members turn out to be, down when it is down whatever. */
START_TEST(a_group_is_what_its_unknown_members_cannot_change)
{
	for (size_t n = 1; n <= 6; n++)
		for (size_t need = 1; need <= n; need++)
			for (size_t up = 0; up <= n; up++)
				for (size_t down = 0; up + down <= n; down++) {
					size_t unknown = n - up - down, ups = 0;

					for (size_t more = 0; more <= unknown; more++)
						ups += up + more >= need;
					ck_assert_int_eq(verdict_group(up, down, n, need),
							 ups == 0             ? SLA_DOWN
							 : ups == unknown + 1 ? SLA_UP
									      : SLA_UNKNOWN);
				}
}
END_TEST

START_TEST(names)
{
	ck_assert_str_eq(verdict_name(SLA_UP), "up");
	ck_assert_str_eq(verdict_name(SLA_DOWN), "down");
	ck_assert_str_eq(verdict_name(SLA_UNKNOWN), "unknown");
}
END_TEST

int main(void)
{
	Suite *s = suite_create("verdict");
	TCase *t = tcase_create("verdict");
	SRunner *r;
	int failed;

	tcase_add_test(t, first_up_needs_rise_and_no_wait);
	tcase_add_test(t, first_up_needs_an_empty_bucket);
	tcase_add_test(t, first_down_needs_a_full_bucket);
	tcase_add_test(t, a_dead_path_is_down_at_fall);
	tcase_add_test(t, a_loss_is_three_a_success_one);
	tcase_add_test(t, one_loss_in_four_is_borne_for_ever);
	tcase_add_test(t, every_second_loss_is_not);
	tcase_add_test(t, a_return_waits_delay_up);
	tcase_add_test(t, a_return_is_published_by_the_clock_alone);
	tcase_add_test(t, a_single_loss_does_not_restart_the_wait);
	tcase_add_test(t, half_a_bucket_ends_the_wait);
	tcase_add_test(t, flaps_double_the_wait_to_its_limit);
	tcase_add_test(t, stable_holds_halve_the_wait);
	tcase_add_test(t, no_delay_stays_none);
	tcase_add_test(t, delay_down_must_hold);
	tcase_add_test(t, voids_are_no_losses);
	tcase_add_test(t, lasting_voids_are_unknown);
	tcase_add_test(t, a_burst_of_voids_is_not_lasting);
	tcase_add_test(t, unknown_does_not_wash_a_down_away);
	tcase_add_test(t, evidence_ends_what_voids_said);
	tcase_add_test(t, late_replies_take_their_points_back);
	tcase_add_test(t, a_late_reply_is_not_a_success);
	tcase_add_test(t, slow_replies_fill_the_bucket);
	tcase_add_test(t, too_much_loss_is_down);
	tcase_add_test(t, presets);
	tcase_add_test(t, groups);
	tcase_add_test(t, a_group_is_what_its_unknown_members_cannot_change);
	tcase_add_test(t, names);
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
