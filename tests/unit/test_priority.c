/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The effective priority: keepalived's rule of signs, what shuts, and the range of RFC 9568. */
#include <check.h>

#include "vrrpd/priority.h"

#define SHUT_NO 0
#define SHUT_YES 1

struct row {
	int weight;
	bool reverse, shutdown;
	enum track_state state;
	int delta;
	int shuts;
};

static const struct row rows[] = {
	{-150, false, false, TRACK_UP, 0, SHUT_NO},
	{-150, false, false, TRACK_DOWN, -150, SHUT_NO},
	{-150, false, false, TRACK_UNKNOWN, 0, SHUT_NO},
	{50, false, false, TRACK_UP, 50, SHUT_NO},
	{50, false, false, TRACK_DOWN, 0, SHUT_NO},
	{50, false, false, TRACK_UNKNOWN, 0, SHUT_NO},
	{-20, true, false, TRACK_UP, -20, SHUT_NO},
	{-20, true, false, TRACK_DOWN, 0, SHUT_NO},
	{20, true, false, TRACK_DOWN, 20, SHUT_NO},
	{20, true, false, TRACK_UNKNOWN, 0, SHUT_NO},
	{0, false, true, TRACK_UP, 0, SHUT_NO},
	{0, false, true, TRACK_DOWN, 0, SHUT_YES},
	{0, false, true, TRACK_UNKNOWN, 0, SHUT_NO},
	{0, false, false, TRACK_DOWN, 0, SHUT_YES}, /* an interface without a weight */
	{0, true, false, TRACK_UP, 0, SHUT_YES},
};

START_TEST(one_track)
{
	const struct row *r = &rows[_i];
	struct conf_track t = {.weight = r->weight, .reverse = r->reverse, .shutdown = r->shutdown};
	struct track_view v = {r->state, 0};
	struct priority p = priority_sum(100, &t, &v, 1);

	ck_assert_int_eq(priority_delta(&t, &v), r->delta);
	ck_assert_int_eq(priority_shuts(&t, &v), r->shuts);
	ck_assert_int_eq(p.effective, r->delta == -150 ? 1 : 100 + r->delta);
	ck_assert_int_eq(p.shut_by, r->shuts ? 0 : -1);
}
END_TEST

/* keepalived.conf(5), "Track files". */
static const struct {
	int weight;
	bool reverse;
	int64_t value;
	int delta, shuts;
} files[] = {
	{1, false, 10, 10, SHUT_NO},     {1, false, -10, -10, SHUT_NO},
	{-2, false, 10, -20, SHUT_NO},   {2, true, 10, -20, SHUT_NO},
	{1, false, 253, 253, SHUT_NO},   {1, false, 2147483647, 253, SHUT_NO},
	{1, false, -253, -253, SHUT_NO}, {1, false, -254, 0, SHUT_YES},
	{254, false, -1, 0, SHUT_YES},   {-254, false, INT64_C(2147483647), 0, SHUT_YES},
	{0, false, 0, 0, SHUT_NO},       {0, false, 1, 0, SHUT_YES},
	{0, true, 0, 0, SHUT_YES},       {0, true, 1, 0, SHUT_NO},
};

START_TEST(one_file)
{
	struct conf_track t = {
		.kind = TRACK_FILE, .weight = files[_i].weight, .reverse = files[_i].reverse};
	struct track_view v = {files[_i].value ? TRACK_DOWN : TRACK_UP, files[_i].value};

	ck_assert_int_eq(priority_delta(&t, &v), files[_i].delta);
	ck_assert_int_eq(priority_shuts(&t, &v), files[_i].shuts);
	v = (struct track_view){TRACK_UNKNOWN, 0};
	ck_assert_int_eq(priority_delta(&t, &v), 0);
	ck_assert(!priority_shuts(&t, &v));
}
END_TEST

START_TEST(sums_and_clamps)
{
	struct conf_track t[] = {{.weight = -100}, {.weight = 200}, {.shutdown = true}};
	struct track_view s[] = {{TRACK_DOWN, 0}, {TRACK_DOWN, 0}, {TRACK_UP, 0}};

	ck_assert_int_eq(priority_sum(200, t, s, 3).effective, 100);
	s[1].state = TRACK_UP;
	ck_assert_int_eq(priority_sum(200, t, s, 3).effective, 254);
	s[1].state = TRACK_DOWN;
	ck_assert_int_eq(priority_sum(50, t, s, 3).effective, 1);
	s[2].state = TRACK_DOWN;
	ck_assert_int_eq(priority_sum(50, t, s, 3).shut_by, 2);
}
END_TEST

START_TEST(owner_is_not_weighted)
{
	struct conf_track t = {.weight = -100};
	struct track_view s = {TRACK_DOWN, 0};

	ck_assert_int_eq(priority_sum(255, &t, &s, 1).effective, 255);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("priority");
	TCase *t = tcase_create("priority");
	SRunner *r = srunner_create(s);
	int failed;

	suite_add_tcase(s, t);
	tcase_add_loop_test(t, one_track, 0, sizeof(rows) / sizeof(rows[0]));
	tcase_add_loop_test(t, one_file, 0, sizeof(files) / sizeof(files[0]));
	tcase_add_test(t, sums_and_clamps);
	tcase_add_test(t, owner_is_not_weighted);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
