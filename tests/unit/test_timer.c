/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The heap against a plain search, and timers in a running loop: order, ties, moves inside
 * callbacks. */
#include "common/timer_heap.h"

#include <check.h>
#include <stdlib.h>

#define MANY 500
#define STEPS 20000

/* xorshift64: the same sequence in every run. */
static uint64_t random_next(uint64_t *s)
{
	*s ^= *s << 13;
	*s ^= *s >> 7;
	*s ^= *s << 17;
	return *s;
}

static struct timer *slow_first(struct timer *t, size_t n)
{
	struct timer *best = NULL;

	for (size_t i = 0; i < n; i++) {
		if (!t[i].armed)
			continue;
		if (!best || t[i].deadline.us < best->deadline.us ||
		    (t[i].deadline.us == best->deadline.us && t[i].order < best->order))
			best = &t[i];
	}
	return best;
}

START_TEST(heap_against_search)
{
	static struct timer timers[MANY];
	struct timer_heap h = {0};
	uint64_t seed = 1;

	for (unsigned step = 0; step < STEPS; step++) {
		struct timer *t = &timers[random_next(&seed) % MANY];

		if (t->armed) {
			timer_heap_remove(&h, t);
		} else {
			t->deadline.us = (int64_t)(random_next(&seed) % 100);
			timer_heap_insert(&h, t);
		}
		if (step % 5 == 0 && timer_heap_first(&h))
			timer_heap_remove(&h, timer_heap_first(&h));
		ck_assert_ptr_eq(timer_heap_first(&h), slow_first(timers, MANY));
	}
	while (timer_heap_first(&h)) {
		ck_assert_ptr_eq(timer_heap_first(&h), slow_first(timers, MANY));
		timer_heap_remove(&h, timer_heap_first(&h));
	}
	ck_assert_ptr_null(slow_first(timers, MANY));
}
END_TEST

struct fixture {
	struct loop *loop;
	unsigned fired, left;
	int64_t last_us;
	struct timer *other;
};

static void in_order(void *ctx, mono_t now)
{
	struct fixture *f = ctx;

	ck_assert_int_ge(now.us, f->last_us);
	f->fired++;
	if (--f->left == 0)
		loop_stop(f->loop);
}

START_TEST(many_fire_on_time)
{
	static struct timer timers[MANY];
	struct fixture f = {.loop = loop_new(), .left = MANY};
	mono_t start = loop_now(f.loop);

	for (unsigned i = 0; i < MANY; i++) {
		timer_init(&timers[i], f.loop, in_order, &f);
		timer_set(&timers[i], mono_add(start, (int64_t)((i * 7919) % MANY) * 100));
		ck_assert(timer_armed(&timers[i]));
	}
	loop_run(f.loop);
	ck_assert_uint_eq(f.fired, MANY);
	ck_assert_int_ge(mono_sub(loop_now(f.loop), start), (MANY - 1) * 100);
	for (unsigned i = 0; i < MANY; i++)
		ck_assert(!timer_armed(&timers[i]));
	loop_free(f.loop);
}
END_TEST

struct ordered {
	struct timer timer;
	struct fixture *f;
	unsigned expect;
};

static void check_place(void *ctx, mono_t now)
{
	struct ordered *o = ctx;

	(void)now;
	ck_assert_uint_eq(o->f->fired, o->expect);
	o->f->fired++;
	if (--o->f->left == 0)
		loop_stop(o->f->loop);
}

START_TEST(ties_keep_the_order_of_arming)
{
	struct fixture f = {.loop = loop_new(), .left = 10};
	struct ordered o[10];
	mono_t when = mono_add(loop_now(f.loop), 2000);

	for (unsigned i = 0; i < 10; i++) {
		o[i].f = &f;
		o[i].expect = i;
		timer_init(&o[i].timer, f.loop, check_place, &o[i]);
		timer_set(&o[i].timer, when);
	}
	loop_run(f.loop);
	ck_assert_uint_eq(f.fired, 10);
	loop_free(f.loop);
}
END_TEST

struct again {
	struct timer timer, end;
	int64_t turn_us;
	unsigned times;
};

/* Arms itself in the past: must fire once a turn, and not keep out what comes behind it. */
static void always_due(void *ctx, mono_t now)
{
	struct again *a = ctx;

	ck_assert_int_ne(a->turn_us, now.us);
	a->turn_us = now.us;
	timer_set(&a->timer, MONO_ZERO);
	if (++a->times == 3)
		timer_set(&a->end, MONO_ZERO);
}

START_TEST(past_deadlines_do_not_spin)
{
	struct fixture f = {.loop = loop_new(), .left = 1};
	struct again a = {0};

	timer_init(&a.timer, f.loop, always_due, &a);
	timer_init(&a.end, f.loop, in_order, &f);
	timer_set(&a.timer, MONO_ZERO);
	loop_run(f.loop);
	ck_assert_uint_eq(a.times, 4);
	ck_assert_uint_eq(f.fired, 1);
	loop_free(f.loop);
}
END_TEST

static void never(void *ctx, mono_t now)
{
	(void)ctx;
	(void)now;
	ck_abort_msg("a disarmed timer fired");
}

static void disarm_other(void *ctx, mono_t now)
{
	struct fixture *f = ctx;

	(void)now;
	f->fired++;
	timer_set(f->other, MONO_NEVER);
	ck_assert(!timer_armed(f->other));
}

START_TEST(callbacks_disarm_what_is_due_too)
{
	struct fixture f = {.loop = loop_new(), .left = 1};
	struct timer first, victim, end;
	mono_t when = mono_add(loop_now(f.loop), 1000);

	f.other = &victim;
	timer_init(&first, f.loop, disarm_other, &f);
	timer_init(&victim, f.loop, never, NULL);
	timer_init(&end, f.loop, in_order, &f);
	timer_set(&first, when);
	timer_set(&victim, when);
	timer_set(&end, mono_add(when, 3000));
	loop_run(f.loop);
	ck_assert_uint_eq(f.fired, 2);
	loop_free(f.loop);
}
END_TEST

START_TEST(moves)
{
	struct fixture f = {.loop = loop_new(), .left = 1};
	mono_t start = loop_now(f.loop);
	struct timer t;

	timer_init(&t, f.loop, in_order, &f);
	timer_set(&t, mono_add(start, 1000));
	timer_set(&t, mono_add(start, 20000));
	loop_run(f.loop);
	ck_assert_int_ge(mono_sub(loop_now(f.loop), start), 20000);

	f.left = 1;
	start = loop_now(f.loop);
	timer_set(&t, mono_add(start, 60 * US_PER_S));
	timer_set(&t, mono_add(start, 1000));
	loop_run(f.loop);
	ck_assert_int_lt(mono_sub(loop_now(f.loop), start), 30 * US_PER_S);
	loop_free(f.loop);
}
END_TEST

START_TEST(disarms)
{
	struct fixture f = {.loop = loop_new(), .left = 1};
	struct timer t, end;

	timer_init(&t, f.loop, never, NULL);
	timer_init(&end, f.loop, in_order, &f);
	timer_set(&t, MONO_NEVER);
	timer_set(&t, mono_add(loop_now(f.loop), 500));
	timer_set(&t, MONO_NEVER);
	timer_set(&end, mono_add(loop_now(f.loop), 3000));
	loop_run(f.loop);
	loop_free(f.loop);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("timer");
	TCase *t = tcase_create("timer");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_set_timeout(t, 60);
	tcase_add_test(t, heap_against_search);
	tcase_add_test(t, many_fire_on_time);
	tcase_add_test(t, ties_keep_the_order_of_arming);
	tcase_add_test(t, past_deadlines_do_not_spin);
	tcase_add_test(t, callbacks_disarm_what_is_due_too);
	tcase_add_test(t, moves);
	tcase_add_test(t, disarms);
	suite_add_tcase(s, t);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
