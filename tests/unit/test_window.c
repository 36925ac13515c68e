/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A minute's and an hour's window, against a list of every sample that is sorted and counted by
 * brute force. */
#include <check.h>
#include <math.h>
#include <stdlib.h>

#include "slad/window.h"

#define SAMPLES 6000

static mono_t at(int64_t us)
{
	return (mono_t){us};
}

static uint64_t next_random(uint64_t *state)
{
	*state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return *state >> 33;
}

static int compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

/* Nearest rank. */
static int64_t exact(const int64_t *sorted, size_t n, unsigned permille)
{
	size_t rank = (n * permille + 999) / 1000;

	return sorted[rank ? rank - 1 : 0];
}

static void assert_near(int64_t got, int64_t want)
{
	int64_t slack = want / 31 + 1;

	ck_assert_msg(llabs((long long)(got - want)) <= slack, "%lld is not within %lld of %lld",
		      (long long)got, (long long)slack, (long long)want);
}

START_TEST(nothing_is_unknown)
{
	struct window_stats s;
	struct window w;

	window_init(&w, WINDOW_MINUTE_US, at(123456789));
	window_stats(&w, &s);
	ck_assert_uint_eq(s.decided, 0);
	ck_assert_int_eq(s.last_us, -1);
	ck_assert_int_eq(s.min_us, -1);
	ck_assert_int_eq(s.avg_us, -1);
	ck_assert_int_eq(s.p50_us, -1);
	ck_assert_int_eq(s.p99_us, -1);
	ck_assert_int_eq(s.max_us, -1);
	ck_assert_int_eq(s.jitter_us, -1);
}
END_TEST

/* Heavy-tailed times over six decades, a seed a loop, at a pace that fills half a minute. */
START_TEST(percentiles_match_brute_force)
{
	static int64_t all[SAMPLES];
	uint64_t seed = (uint64_t)_i * 7919 + 1;
	int64_t sum = 0, jitter = 0;
	struct window_stats s;
	struct window w;
	size_t n = 1 + next_random(&seed) % SAMPLES;

	window_init(&w, WINDOW_MINUTE_US, at(1));
	for (size_t i = 0; i < n; i++) {
		double u = (double)(next_random(&seed) % 1000000) / 1000000;

		all[i] = (int64_t)exp(u * 14);
		sum += all[i];
		if (i)
			jitter += llabs((long long)(all[i] - all[i - 1]));
		window_reply(&w, all[i], at(1 + (int64_t)i * 5 * US_PER_MS));
	}
	window_stats(&w, &s);
	ck_assert_uint_eq(s.decided, n);
	ck_assert_int_eq(s.last_us, all[n - 1]);
	ck_assert_int_eq(s.avg_us, sum / (int64_t)n);
	ck_assert_int_eq(s.jitter_us, n > 1 ? jitter / (int64_t)(n - 1) : -1);
	qsort(all, n, sizeof(all[0]), compare);
	ck_assert_int_eq(s.min_us, all[0]);
	ck_assert_int_eq(s.max_us, all[n - 1]);
	assert_near(s.p50_us, exact(all, n, 500));
	assert_near(s.p95_us, exact(all, n, 950));
	assert_near(s.p99_us, exact(all, n, 990));
}
END_TEST

START_TEST(one_value_is_all_of_its_percentiles)
{
	struct window_stats s;
	struct window w;

	window_init(&w, WINDOW_MINUTE_US, at(0));
	window_reply(&w, 1234567, at(10));
	window_stats(&w, &s);
	ck_assert_int_eq(s.p50_us, 1234567);
	ck_assert_int_eq(s.p99_us, 1234567);
}
END_TEST

START_TEST(old_samples_leave)
{
	struct window_stats s;
	struct window w;

	window_init(&w, WINDOW_MINUTE_US, at(0));
	window_reply(&w, 900000, at(0));
	window_loss(&w, at(1));
	for (int64_t t = 5; t < 60; t += 5)
		window_reply(&w, 1000, at(t * US_PER_S));
	window_stats(&w, &s);
	ck_assert_int_eq(s.max_us, 900000);
	ck_assert_uint_eq(s.lost, 1);
	window_reply(&w, 1000, at(60 * US_PER_S));
	window_stats(&w, &s);
	ck_assert_int_eq(s.max_us, 1000);
	ck_assert_int_eq(s.p99_us, 1000);
	ck_assert_uint_eq(s.lost, 0);
	ck_assert_uint_eq(s.decided, 11);
	window_advance(&w, at(INT64_C(3600) * US_PER_S));
	window_stats(&w, &s);
	ck_assert_uint_eq(s.decided, 0);
	ck_assert_int_eq(s.p50_us, -1);
	ck_assert_int_eq(s.last_us, 1000);
}
END_TEST

/* A long random life keeps the sums equal to what a list of one minute's samples says. */
START_TEST(sums_survive_a_long_life)
{
	uint64_t seed = 42;
	struct window_stats s;
	struct window w;
	uint32_t lost = 0, decided = 0;
	int64_t t = 0;

	window_init(&w, WINDOW_MINUTE_US, at(0));
	for (int i = 0; i < 200000; i++) {
		t += (int64_t)(next_random(&seed) % (20 * US_PER_MS));
		if (next_random(&seed) % 10 == 0)
			window_loss(&w, at(t));
		else
			window_reply(&w, (int64_t)(next_random(&seed) % 5000), at(t));
	}
	/* The last slice alone, after the others were driven out in silence. */
	window_advance(&w, at((t / WINDOW_MINUTE_US + WINDOW_SLICES - 1) * WINDOW_MINUTE_US));
	for (int64_t u = (t / WINDOW_MINUTE_US + WINDOW_SLICES) * WINDOW_MINUTE_US, i = 0; i < 100;
	     i++) {
		decided++;
		if (i % 4 == 0) {
			lost++;
			window_loss(&w, at(u + i));
		} else {
			window_reply(&w, 777, at(u + i));
		}
	}
	window_stats(&w, &s);
	ck_assert_uint_eq(s.decided, decided);
	ck_assert_uint_eq(s.lost, lost);
	ck_assert_int_eq(s.p50_us, 777);
	ck_assert_int_eq(s.min_us, 777);
	ck_assert_int_eq(s.max_us, 777);
}
END_TEST

START_TEST(a_late_reply_is_no_loss_but_counts)
{
	struct window_stats s;
	struct window w;

	window_init(&w, WINDOW_MINUTE_US, at(0));
	window_loss(&w, at(WINDOW_MINUTE_US - 1));
	window_loss(&w, at(WINDOW_MINUTE_US + 1));
	window_late(&w, 250000, at(WINDOW_MINUTE_US - 1), at(WINDOW_MINUTE_US + 2));
	window_stats(&w, &s);
	ck_assert_uint_eq(s.decided, 2);
	ck_assert_uint_eq(s.lost, 1);
	ck_assert_int_eq(s.max_us, 250000);
	/* The slice of the loss that was taken back leaves, the other's loss stays. */
	window_advance(&w, at(6 * WINDOW_MINUTE_US));
	window_stats(&w, &s);
	ck_assert_uint_eq(s.lost, 1);
	ck_assert_uint_eq(s.decided, 1);
}
END_TEST

START_TEST(an_hour_forgets_more_slowly)
{
	struct window_stats s;
	struct window w;

	window_init(&w, WINDOW_HOUR_US, at(0));
	window_reply(&w, 5000, at(0));
	for (int64_t t = 1; t < 3600; t++)
		window_reply(&w, 1000, at(t * US_PER_S));
	window_stats(&w, &s);
	ck_assert_uint_eq(s.decided, 3600);
	ck_assert_int_eq(s.max_us, 5000);
	window_loss(&w, at(3600 * US_PER_S));
	window_stats(&w, &s);
	ck_assert_uint_eq(s.decided, 3001);
	ck_assert_uint_eq(s.lost, 1);
	ck_assert_int_eq(s.max_us, 1000);
}
END_TEST

/* At the shortest interval, all in one bin: nothing is dropped. */
START_TEST(a_bin_holds_ten_minutes)
{
	struct window_stats s;
	struct window w;

	window_init(&w, WINDOW_HOUR_US, at(0));
	for (int64_t i = 0; i < 60000; i++)
		window_reply(&w, 1000, at(i * 10 * US_PER_MS));
	window_stats(&w, &s);
	ck_assert_uint_eq(s.decided, 60000);
	ck_assert_uint_eq(w.slices[0].n, 60000);
	ck_assert_int_eq(s.avg_us, 1000);
}
END_TEST

START_TEST(runs_of_losses)
{
	static const char fates[] = "x.xx..xxxx.";
	struct window_stats s;
	struct window w;

	window_init(&w, WINDOW_HOUR_US, at(0));
	for (int64_t i = 0; fates[i]; i++)
		window_in_order(&w, fates[i] == 'x', at(i * US_PER_S));
	window_stats(&w, &s);
	ck_assert_uint_eq(s.runs, 3);
	ck_assert_uint_eq(s.run_losses, 7);
	ck_assert_uint_eq(s.longest_run, 4);
	/* One that goes on over the edge of a slice is one run, as long as it is. */
	for (int64_t i = 0; i < 6; i++)
		window_in_order(&w, true, at(WINDOW_HOUR_US + (i - 3) * US_PER_S));
	window_stats(&w, &s);
	ck_assert_uint_eq(s.runs, 4);
	ck_assert_uint_eq(s.longest_run, 6);
	window_advance(&w, at(WINDOW_SLICES * WINDOW_HOUR_US));
	window_stats(&w, &s);
	ck_assert_uint_eq(s.runs, 0);
	ck_assert_uint_eq(s.run_losses, 3);
	ck_assert_uint_eq(s.longest_run, 6);
}
END_TEST

START_TEST(absurd_times_are_bounded)
{
	struct window_stats s;
	struct window w;

	window_init(&w, WINDOW_MINUTE_US, at(0));
	window_rtt(&w, -5, at(1));
	window_rtt(&w, INT64_C(1) << 40, at(2));
	window_stats(&w, &s);
	ck_assert_uint_eq(s.decided, 0);
	ck_assert_int_eq(s.min_us, 0);
	ck_assert_int_eq(s.max_us, WINDOW_RTT_MAX_US);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("window");
	TCase *t = tcase_create("window");
	SRunner *r;
	int failed;

	tcase_add_test(t, nothing_is_unknown);
	tcase_add_loop_test(t, percentiles_match_brute_force, 0, 50);
	tcase_add_test(t, one_value_is_all_of_its_percentiles);
	tcase_add_test(t, old_samples_leave);
	tcase_add_test(t, sums_survive_a_long_life);
	tcase_add_test(t, a_late_reply_is_no_loss_but_counts);
	tcase_add_test(t, an_hour_forgets_more_slowly);
	tcase_add_test(t, a_bin_holds_ten_minutes);
	tcase_add_test(t, runs_of_losses);
	tcase_add_test(t, absurd_times_are_bounded);
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
