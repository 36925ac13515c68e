/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The loop: descriptors before timers, one clock reading a turn, removal inside callbacks, signals.
 */
#include "common/loop.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

struct seen {
	struct loop *loop;
	struct loop_io io[2];
	struct timer timer;
	int pipe[2];
	unsigned reads, writes, timers, signals;
	mono_t at;
	bool compared;
};

static struct seen *seen_new(void)
{
	struct seen *s = calloc(1, sizeof(*s));

	s->loop = loop_new();
	ck_assert_ptr_nonnull(s->loop);
	ck_assert_int_eq(pipe2(s->pipe, O_NONBLOCK | O_CLOEXEC), 0);
	return s;
}

static void seen_free(struct seen *s)
{
	loop_io_del(&s->io[0]);
	loop_io_del(&s->io[1]);
	close(s->pipe[0]);
	close(s->pipe[1]);
	loop_free(s->loop);
	free(s);
}

static void sleep_ms(long ms)
{
	struct timespec ts = {.tv_nsec = ms * 1000000};

	nanosleep(&ts, NULL);
}

static void on_read(void *ctx, unsigned events)
{
	struct seen *s = ctx;
	char c;

	ck_assert_uint_eq(events, LOOP_READ);
	ck_assert_int_eq(read(s->pipe[0], &c, 1), 1);
	s->reads++;
	s->at = loop_now(s->loop);
}

/* Stays until the timer that the loop slept on has passed, then makes the pipe readable. */
static void keep_busy(void *ctx, unsigned events)
{
	struct seen *s = ctx;

	(void)events;
	loop_io_del(&s->io[1]);
	while (!mono_reached(s->timer.deadline, mono_clock()))
		sleep_ms(1);
	ck_assert_int_eq(write(s->pipe[1], "x", 1), 1);
}

static void on_timer(void *ctx, mono_t now)
{
	struct seen *s = ctx;

	s->timers++;
	ck_assert_int_eq(now.us, loop_now(s->loop).us);
	/* Not so when the machine slept away the first turn: then there is nothing to compare. */
	if (s->reads) {
		s->compared = true;
		ck_assert_int_eq(now.us, s->at.us);
	}
	loop_stop(s->loop);
}

/* Both became ready while the loop was busy, the timer first: the descriptor is served first, in
 * the same turn. */
START_TEST(descriptors_before_timers)
{
	bool compared = false;

	for (unsigned i = 0; i < 20 && !compared; i++) {
		struct seen *s = seen_new();

		ck_assert_int_eq(loop_io_add(s->loop, &s->io[0], s->pipe[0], LOOP_READ, on_read, s),
				 0);
		ck_assert_int_eq(
			loop_io_add(s->loop, &s->io[1], s->pipe[1], LOOP_WRITE, keep_busy, s), 0);
		timer_init(&s->timer, s->loop, on_timer, s);
		timer_set(&s->timer, mono_add(mono_clock(), 10000));
		loop_run(s->loop);
		ck_assert_uint_eq(s->timers, 1);
		compared = s->compared;
		seen_free(s);
	}
	ck_assert(compared);
}
END_TEST

static void slow_read(void *ctx, unsigned events)
{
	struct seen *s = ctx;
	mono_t before = loop_now(s->loop);
	char c;

	(void)events;
	ck_assert_int_eq(read(s->pipe[0], &c, 1), 1);
	sleep_ms(3);
	ck_assert_int_eq(loop_now(s->loop).us, before.us);
	ck_assert_int_ge(mono_sub(mono_clock(), before), 3000);
	loop_stop(s->loop);
}

START_TEST(one_reading_a_turn)
{
	struct seen *s = seen_new();
	mono_t start = loop_now(s->loop);

	ck_assert_int_eq(loop_io_add(s->loop, &s->io[0], s->pipe[0], LOOP_READ, slow_read, s), 0);
	ck_assert_int_eq(write(s->pipe[1], "x", 1), 1);
	sleep_ms(2);
	loop_run(s->loop);
	ck_assert_int_ge(mono_sub(loop_now(s->loop), start), 2000);
	seen_free(s);
}
END_TEST

static void remove_self(void *ctx, unsigned events)
{
	struct seen *s = ctx;

	(void)events;
	s->reads++;
	loop_io_del(&s->io[0]);
}

static void on_writable(void *ctx, unsigned events)
{
	struct seen *s = ctx;

	ck_assert_uint_eq(events, LOOP_WRITE);
	if (++s->writes == 3)
		loop_io_events(&s->io[1], 0);
}

static void stop(void *ctx, mono_t now)
{
	struct seen *s = ctx;

	(void)now;
	loop_stop(s->loop);
}

START_TEST(removed_and_paused)
{
	struct seen *s = seen_new();

	ck_assert_int_eq(loop_io_add(s->loop, &s->io[0], s->pipe[0], LOOP_READ, remove_self, s), 0);
	ck_assert_int_eq(loop_io_add(s->loop, &s->io[1], s->pipe[1], LOOP_WRITE, on_writable, s),
			 0);
	ck_assert_int_eq(write(s->pipe[1], "x", 1), 1);
	timer_init(&s->timer, s->loop, stop, s);
	timer_set(&s->timer, mono_add(loop_now(s->loop), 10000));
	loop_run(s->loop);
	ck_assert_uint_eq(s->reads, 1);
	ck_assert_uint_eq(s->writes, 3);
	loop_io_del(&s->io[0]);
	seen_free(s);
}
END_TEST

START_TEST(bad_descriptor)
{
	struct seen *s = seen_new();

	ck_assert_int_eq(loop_io_add(s->loop, &s->io[0], 1000, LOOP_READ, on_read, s), -EBADF);
	seen_free(s);
}
END_TEST

static void on_signal(void *ctx, int signo)
{
	struct seen *s = ctx;

	ck_assert_int_eq(signo, SIGHUP);
	s->signals++;
	loop_stop(s->loop);
}

START_TEST(signals)
{
	struct seen *s = seen_new();

	ck_assert_int_eq(loop_signal(s->loop, SIGHUP, on_signal, s), 0);
	for (unsigned i = 1; i <= 3; i++) {
		kill(getpid(), SIGHUP);
		loop_run(s->loop);
		ck_assert_uint_eq(s->signals, i);
	}
	seen_free(s);
}
END_TEST

START_TEST(stopped_before_it_runs)
{
	struct seen *s = seen_new();

	loop_stop(s->loop);
	loop_run(s->loop);
	seen_free(s);
}
END_TEST

static bool three_turns(void *ctx)
{
	struct seen *s = ctx;

	ck_assert_int_eq(timer_armed(&s->timer), s->writes < 3);
	return ++s->writes < 3;
}

/* The end of a turn comes after its timers, and the loop sleeps only when it has no more. */
START_TEST(end_of_a_turn)
{
	struct seen *s = seen_new();
	mono_t start = mono_clock();

	loop_turn_end(s->loop, three_turns, s);
	timer_init(&s->timer, s->loop, stop, s);
	timer_set(&s->timer, mono_add(loop_now(s->loop), 30000));
	loop_run(s->loop);
	ck_assert_uint_eq(s->writes, 4); /* three without sleep, and that of the timer */
	ck_assert_int_ge(mono_sub(mono_clock(), start), 30000);
	seen_free(s);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("loop");
	TCase *t = tcase_create("loop");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_set_timeout(t, 60);
	tcase_add_test(t, descriptors_before_timers);
	tcase_add_test(t, one_reading_a_turn);
	tcase_add_test(t, removed_and_paused);
	tcase_add_test(t, bad_descriptor);
	tcase_add_test(t, signals);
	tcase_add_test(t, stopped_before_it_runs);
	tcase_add_test(t, end_of_a_turn);
	suite_add_tcase(s, t);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
