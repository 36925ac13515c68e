/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A script's results: rows of successes (+) and failures (-), and the state after each (?, u, d).
 */
#include <check.h>
#include <string.h>

#include "vrrpd/script.h"

static const struct {
	bool init_fail;
	unsigned rise, fall;
	const char *results, *states;
} rows[] = {
	{false, 1, 1, "+-+", "udu"},
	{false, 3, 3, "+", "u"},
	{false, 3, 3, "-", "d"},
	{false, 1, 3, "+---+", "uuudu"},
	{false, 3, 1, "+-++-+++", "uddddddu"},
	{false, 1, 3, "+--+--+---", "uuuuuuuuud"},
	{true, 2, 1, "++", "du"},
	{true, 2, 1, "+-+-++", "dddddu"},
};

START_TEST(counts)
{
	const char letter[] = {'?', 'u', 'd'};
	struct script_count c;

	script_begin(&c, rows[_i].init_fail);
	ck_assert_int_eq(c.state, rows[_i].init_fail ? TRACK_DOWN : TRACK_UNKNOWN);
	for (size_t k = 0; rows[_i].results[k]; k++) {
		enum track_state before = c.state;
		bool changed =
			script_result(&c, rows[_i].rise, rows[_i].fall, rows[_i].results[k] == '+');

		ck_assert_int_eq(letter[c.state], rows[_i].states[k]);
		ck_assert_int_eq(changed, c.state != before);
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("script");
	TCase *t = tcase_create("script");
	SRunner *r = srunner_create(s);
	int failed;

	suite_add_tcase(s, t);
	tcase_add_loop_test(t, counts, 0, sizeof(rows) / sizeof(rows[0]));
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
