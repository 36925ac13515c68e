/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which tunnels a drain makes silent, and when the cloud must have moved. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/tunnel_conf.h"
#include "vrrpd/silence.h"

static mono_t at(double s)
{
	return (mono_t){(int64_t)(s * US_PER_S)};
}

static struct silence *start(struct tunnel_conf *t)
{
	struct silence *s;

	for (int i = 0; i < 2; i++) {
		t->tunnels[i].check_interval_us = (i + 1) * US_PER_S;
		t->tunnels[i].check_retries = 3;
	}
	s = silence_new(&t->c);
	ck_assert_ptr_nonnull(s);
	return s;
}

static bool silent(const struct silence *s, size_t tunnel)
{
	return silence_now(s)[tunnel];
}

static enum cloud_state state(const struct silence *s, size_t owner, double now)
{
	mono_t until;

	return silence_state(s, owner, at(now), &until);
}

START_TEST(one_tunnel)
{
	struct tunnel_conf t;
	struct silence *s;
	mono_t until;

	tunnel_conf_init(&t);
	t.instance.tunnel = 1;
	s = start(&t);
	ck_assert_int_eq(state(s, 0, 1), CLOUD_UNASKED);
	ck_assert(silence_drain(s, 0, true, at(1)));
	ck_assert(!silence_drain(s, 0, true, at(2)));
	ck_assert(silence_drained(s, 0) && !silent(s, 0) && silent(s, 1));
	/* The checks may begin anywhere in their interval of 2 s, and fail at its end. */
	ck_assert_int_eq(silence_state(s, 0, at(9.9), &until), CLOUD_MOVING);
	ck_assert_int_eq(until.us, at(9).us + SILENCE_MARGIN_US);
	ck_assert_int_eq(state(s, 0, 10), CLOUD_MOVED);
	ck_assert(silence_drain(s, 0, false, at(10)));
	ck_assert(!silence_drained(s, 0) && !silent(s, 1));
	ck_assert_int_eq(state(s, 0, 10), CLOUD_UNASKED);
	silence_free(s);
}
END_TEST

START_TEST(group)
{
	struct tunnel_conf t;
	struct silence *s;
	mono_t until;

	tunnel_conf_init(&t);
	tunnel_conf_group(&t, 0);
	s = start(&t);
	silence_drain(s, 0, true, at(0));
	ck_assert(silent(s, 0) && silent(s, 1));
	ck_assert_int_eq(silence_state(s, 0, at(5), &until), CLOUD_MOVING);
	ck_assert_msg(until.us == at(8).us + SILENCE_MARGIN_US, "the slower check decides");
	silence_free(s);
}
END_TEST

START_TEST(without_a_check)
{
	struct tunnel_conf t;
	struct silence *s;

	tunnel_conf_init(&t);
	t.instance.tunnel = 0;
	s = start(&t);
	t.tunnels[0].check_interval_us = 0;
	ck_assert(!silence_drain(s, 0, true, at(1)));
	ck_assert(silence_drained(s, 0) && !silent(s, 0));
	ck_assert_int_eq(state(s, 0, 2), CLOUD_UNASKED);
	silence_free(s);
}
END_TEST

/* One that is not drained still needs the cloud's traffic. */
START_TEST(shared)
{
	struct conf_instance two[2];
	struct tunnel_conf t;
	struct silence *s;

	tunnel_conf_init(&t);
	t.instance.tunnel = 0;
	two[0] = two[1] = t.instance;
	strcpy(two[1].name, "GUESTS");
	t.c.instances = two;
	t.c.n_instances = 2;
	s = start(&t);
	ck_assert(!silence_drain(s, 0, true, at(1)));
	ck_assert(!silent(s, 0));
	ck_assert_int_eq(state(s, 0, 2), CLOUD_STAYS);
	ck_assert(silence_drain(s, 1, true, at(3)));
	ck_assert(silent(s, 0));
	ck_assert_int_eq(state(s, 0, 4), CLOUD_MOVING);
	ck_assert_int_eq(state(s, 1, 8), CLOUD_MOVED);
	ck_assert(silence_drain(s, 0, false, at(8)));
	ck_assert_int_eq(state(s, 1, 9), CLOUD_STAYS);
	silence_free(s);
}
END_TEST

/* The rule was not in place, so that checks were answered until now. */
START_TEST(restart)
{
	struct tunnel_conf t;
	struct silence *s;

	tunnel_conf_init(&t);
	t.instance.tunnel = 1;
	s = start(&t);
	silence_restart(s, at(0));
	ck_assert_int_eq(state(s, 0, 100), CLOUD_UNASKED);
	silence_drain(s, 0, true, at(1));
	ck_assert_int_eq(state(s, 0, 10), CLOUD_MOVED);
	silence_restart(s, at(10));
	ck_assert_int_eq(state(s, 0, 18.9), CLOUD_MOVING);
	ck_assert_int_eq(state(s, 0, 19), CLOUD_MOVED);
	silence_free(s);
}
END_TEST

START_TEST(reload)
{
	struct tunnel_conf old, new;
	struct silence *a, *b;

	tunnel_conf_init(&old);
	old.instance.tunnel = 0;
	a = start(&old);
	silence_drain(a, 0, true, at(1));
	tunnel_conf_init(&new);
	new.instance.tunnel = 1;
	strcpy(new.tunnels[1].name, "line1");
	strcpy(new.tunnels[0].name, "line2");
	b = start(&new);
	silence_carry_over(b, a, at(3));
	ck_assert(silence_drained(b, 0) && silent(b, 1) && !silent(b, 0));
	ck_assert_msg(state(b, 0, 9.9) == CLOUD_MOVING && state(b, 0, 10) == CLOUD_MOVED,
		      "silent since before the reload, judged by the new interval");
	silence_free(a);
	silence_free(b);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("silence");
	TCase *t = tcase_create("silence");
	SRunner *r;
	int failed;

	tcase_add_test(t, one_tunnel);
	tcase_add_test(t, group);
	tcase_add_test(t, without_a_check);
	tcase_add_test(t, shared);
	tcase_add_test(t, restart);
	tcase_add_test(t, reload);
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
