/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The timeline: order, wrap-around, truncation, a reader that fell behind. */
#include "common/events.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct events ring;

static void clear(void)
{
	memset(&ring, 0, sizeof(ring));
}

static const struct event *add(unsigned i)
{
	char name[16];

	snprintf(name, sizeof(name), "n%u", i);
	return events_add(&ring, 1000 + i, THING_PROBE, name, "up", "down", "lost");
}

START_TEST(empty)
{
	uint64_t seq = 0;

	ck_assert_ptr_null(events_next(&ring, &seq));
}
END_TEST

START_TEST(first)
{
	const struct event *e =
		events_add(&ring, 5, THING_INSTANCE, "OFFICE", "Backup", "Active", "no advert");
	uint64_t seq = 0;

	ck_assert_uint_eq(e->seq, 1);
	ck_assert_ptr_eq(events_next(&ring, &seq), e);
	ck_assert_uint_eq(seq, 2);
	ck_assert_ptr_null(events_next(&ring, &seq));
	ck_assert_int_eq(e->realtime_us, 5);
	ck_assert_int_eq(e->thing, THING_INSTANCE);
	ck_assert_str_eq(e->name, "OFFICE");
	ck_assert_str_eq(e->from, "Backup");
	ck_assert_str_eq(e->to, "Active");
	ck_assert_str_eq(e->reason, "no advert");
}
END_TEST

START_TEST(wraps)
{
	uint64_t seq = 0, expect = 3 * EVENTS_KEPT - 4;

	for (unsigned i = 0; i < 4 * EVENTS_KEPT - 5; i++)
		add(i);
	for (const struct event *e; (e = events_next(&ring, &seq)); expect++) {
		ck_assert_uint_eq(e->seq, expect);
		ck_assert_int_eq(e->realtime_us, 1000 + (int64_t)expect - 1);
	}
	ck_assert_uint_eq(expect, 4 * EVENTS_KEPT - 4);
}
END_TEST

START_TEST(resumes)
{
	uint64_t seq = 0;

	add(0);
	while (events_next(&ring, &seq))
		;
	add(1);
	ck_assert_uint_eq(events_next(&ring, &seq)->seq, 2);
	ck_assert_ptr_null(events_next(&ring, &seq));
}
END_TEST

START_TEST(truncates)
{
	char text[1000];
	const struct event *e;

	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = 0;
	e = events_add(&ring, 0, THING_TUNNEL, text, text, text, text);
	ck_assert_uint_eq(strlen(e->name), sizeof(e->name) - 1);
	ck_assert_uint_eq(strlen(e->from), sizeof(e->from) - 1);
	ck_assert_uint_eq(strlen(e->to), sizeof(e->to) - 1);
	ck_assert_uint_eq(strlen(e->reason), sizeof(e->reason) - 1);
}
END_TEST

START_TEST(names)
{
	ck_assert_str_eq(thing_name(THING_DAEMON), "daemon");
	ck_assert_str_eq(thing_name(THING_INSTANCE), "instance");
	ck_assert_str_eq(thing_name(THING_PROBE), "probe");
	ck_assert_str_eq(thing_name(THING_TUNNEL), "tunnel");
}
END_TEST

int main(void)
{
	Suite *s = suite_create("events");
	TCase *t = tcase_create("events");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_add_checked_fixture(t, clear, NULL);
	tcase_add_test(t, empty);
	tcase_add_test(t, first);
	tcase_add_test(t, wraps);
	tcase_add_test(t, resumes);
	tcase_add_test(t, truncates);
	tcase_add_test(t, names);
	suite_add_tcase(s, t);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
