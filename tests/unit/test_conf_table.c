/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The keyword table's own errors, and single words as values. */
#include <check.h>
#include <stdlib.h>

#include "common/conf_table.h"
#include "common/conf_value.h"
#include "common/nearest.h"

/* The table's own errors: a default that its own row refuses, a name twice, a row without help. */
START_TEST(table)
{
	for (int b = 0; b < N_BLOCKS; b++) {
		const struct keyword_block *block = keyword_block((enum conf_block)b);

		for (size_t i = 0; i < block->n; i++) {
			const struct keyword *k = &block->rows[i];
			const char *texts[] = {k->def, k->robust};
			int64_t v;

			ck_assert_ptr_eq(keyword_find((enum conf_block)b, k->name), k);
			ck_assert_msg(k->help && k->help[0], "%s", k->name);
			if (k->global)
				ck_assert_ptr_nonnull(keyword_find(BLOCK_GLOBAL, k->global));
			for (size_t t = 0; t < 2; t++) {
				if (!texts[t] || k->type == VALUE_BOOL || k->type == VALUE_CHOICE)
					continue;
				ck_assert_msg(value_fixed(texts[t], keyword_digits(k->type), &v) &&
						      v >= k->min && v <= k->max,
					      "%s", k->name);
			}
		}
		for (size_t i = 0; i < block->n_aside; i++) {
			const struct keyword_aside *a = &block->aside[i];

			ck_assert_ptr_eq(keyword_find_aside((enum conf_block)b, a->name), a);
			ck_assert_ptr_null(keyword_find((enum conf_block)b, a->name));
			ck_assert_msg(a->why && a->why[0], "%s", a->name);
		}
	}
}
END_TEST

START_TEST(values)
{
	static const struct {
		const char *text;
		unsigned digits;
		bool good;
		int64_t v;
	} fixed[] = {
		{"1", 6, true, 1000000},
		{"0.1", 6, true, 100000},
		{".5", 6, true, 500000},
		{"5.", 6, true, 5000000},
		{"-1.5", 1, true, -15},
		{"0.1234560", 6, true, 123456},
		{"+2", 0, true, 2},
		{"0.1234567", 6, false, 0},
		{"", 6, false, 0},
		{".", 6, false, 0},
		{"1.2.3", 6, false, 0},
		{"1e3", 6, false, 0},
		{" 1", 6, false, 0},
		{"9223372036854775807", 0, true, INT64_MAX},
		{"9223372036854775808", 0, false, 0},
		{"9223372036854775807", 6, false, 0},
	};
	char buf[VALUE_STRLEN];
	int64_t v;
	bool on;

	for (size_t i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++) {
		ck_assert_msg(value_fixed(fixed[i].text, fixed[i].digits, &v) == fixed[i].good,
			      "%s", fixed[i].text);
		if (fixed[i].good)
			ck_assert_int_eq(v, fixed[i].v);
	}
	ck_assert(value_int("0x1F", &v) && v == 31);
	ck_assert(value_int("-7", &v) && v == -7);
	ck_assert(value_int("010", &v) && v == 10);
	ck_assert(!value_int("0x", &v) && !value_int("", &v) && !value_int("1a", &v));
	ck_assert(!value_int("0xffffffffffffffffff", &v));
	ck_assert(value_bool("yes", &on) && on);
	ck_assert(value_bool("off", &on) && !on);
	ck_assert(!value_bool("On", &on));
	ck_assert_str_eq(value_format(100000, 6, buf), "0.1");
	ck_assert_str_eq(value_format(-1500000, 6, buf), "-1.5");
	ck_assert_str_eq(value_format(3600000000, 6, buf), "3600");
	ck_assert_str_eq(value_format(1000, 1, buf), "100");
	ck_assert_int_eq(value_choice("a bc d", "bc"), 1);
	ck_assert_int_eq(value_choice("a bc d", "b"), -1);
	ck_assert_int_eq(value_choice("a bc d", ""), -1);
}
END_TEST

START_TEST(near)
{
	struct nearest n = {0};

	ck_assert_uint_eq(typing_distance("priorty", "priority"), 1);
	ck_assert_uint_eq(typing_distance("esc", "ecs"), 1);
	ck_assert_uint_eq(typing_distance("", "abc"), 3);
	ck_assert_uint_eq(typing_distance("kitten", "sitting"), 3);
	ck_assert_uint_eq(typing_distance("Same", "sAME"), 0);
	nearest_try(&n, "lime1", "line2");
	ck_assert_ptr_null(n.best);
	nearest_try(&n, "lime1", "line1");
	ck_assert_str_eq(n.best, "line1");
	nearest_try(&n, "lime1", "lime");
	ck_assert_str_eq(n.best, "line1");
}
END_TEST

int main(void)
{
	Suite *s = suite_create("conf_table");
	TCase *t = tcase_create("conf_table");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_set_timeout(t, 120);
	tcase_add_test(t, table);
	tcase_add_test(t, values);
	tcase_add_test(t, near);
	suite_add_tcase(s, t);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
