/* SPDX-License-Identifier: GPL-2.0-or-later */
/* common/rfc3339.c against the C library's calendar, over the whole range. */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/rfc3339.h"

START_TEST(known)
{
	char buf[RFC3339_STRLEN];

	ck_assert_str_eq(rfc3339_ms(0, buf), "1970-01-01T00:00:00.000Z");
	ck_assert_str_eq(rfc3339_ms(INT64_C(1767323045678999), buf), "2026-01-02T03:04:05.678Z");
	ck_assert_str_eq(rfc3339_ms(INT64_MAX, buf), "9999-12-31T23:59:59.999Z");
	ck_assert_str_eq(rfc3339_ms(-1, buf), "1970-01-01T00:00:00.000Z");
}
END_TEST

/* A step that is prime to days and leap years visits every month and time of day. */
START_TEST(as_the_library)
{
	for (int64_t s = 0; s < INT64_C(253402300800); s += 97000003) {
		time_t t = (time_t)s;
		char want[RFC3339_STRLEN], got[RFC3339_STRLEN];
		struct tm tm;
		int64_t back;

		ck_assert_ptr_nonnull(gmtime_r(&t, &tm));
		strftime(want, sizeof(want), "%Y-%m-%dT%H:%M:%S.042Z", &tm);
		ck_assert_str_eq(rfc3339_ms(s * 1000000 + 42000, got), want);
		ck_assert(rfc3339_parse(got, &back));
		ck_assert_int_eq(back, s * 1000000 + 42000);
	}
}
END_TEST

START_TEST(refused)
{
	static const char *const bad[] = {
		"",
		"2026-01-02T03:04:05Z",
		"2026-01-02T03:04:05.678",
		"2026-01-02 03:04:05.678Z",
		"2026-13-02T03:04:05.678Z",
		"2026-00-02T03:04:05.678Z",
		"2026-01-32T03:04:05.678Z",
		"2026-01-02T24:04:05.678Z",
		"2026-01-02T03:60:05.678Z",
		"2026-01-02T03:04:05.x78Z",
		"1969-01-02T03:04:05.678Z",
		"2026-01-02T03:04:05.678Zx",
	};
	int64_t v = 7;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_msg(!rfc3339_parse(bad[i], &v), "%s", bad[i]);
	ck_assert_int_eq(v, 7);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("rfc3339");
	TCase *t = tcase_create("rfc3339");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_add_test(t, known);
	tcase_add_test(t, as_the_library);
	tcase_add_test(t, refused);
	suite_add_tcase(s, t);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
