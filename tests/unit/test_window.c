/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The last minute, against a list of every sample that is sorted and counted by brute force. */
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

	window_init(&w, at(123456789));
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

	window_init(&w, at(1));
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

	window_init(&w, at(0));
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

	window_init(&w, at(0));
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
	ck_assert_uint_eq(s.decided, 12);
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

	window_init(&w, at(0));
	for (int i = 0; i < 200000; i++) {
		t += (int64_t)(next_random(&seed) % (20 * US_PER_MS));
		if (next_random(&seed) % 10 == 0)
			window_loss(&w, at(t));
		else
			window_reply(&w, (int64_t)(next_random(&seed) % 5000), at(t));
	}
	/* The last slice alone, after the others were driven out in silence. */
	window_advance(&w, at((t / WINDOW_SLICE_US + WINDOW_SLICES - 1) * WINDOW_SLICE_US));
	for (int64_t u = (t / WINDOW_SLICE_US + WINDOW_SLICES) * WINDOW_SLICE_US, i = 0; i < 100;
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

	window_init(&w, at(0));
	window_loss(&w, at(5 * US_PER_S - 1));
	window_loss(&w, at(5 * US_PER_S + 1));
	window_late(&w, 250000, at(5 * US_PER_S - 1), at(5 * US_PER_S + 2));
	window_stats(&w, &s);
	ck_assert_uint_eq(s.decided, 2);
	ck_assert_uint_eq(s.lost, 1);
	ck_assert_int_eq(s.max_us, 250000);
	/* The slice of the loss that was taken back leaves, the other's loss stays. */
	window_advance(&w, at(61 * US_PER_S));
	window_stats(&w, &s);
	ck_assert_uint_eq(s.lost, 1);
	ck_assert_uint_eq(s.decided, 1);
}
END_TEST

START_TEST(absurd_times_are_bounded)
{
	struct window_stats s;
	struct window w;

	window_init(&w, at(0));
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
	tcase_add_test(t, absurd_times_are_bounded);
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
