/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whose SAs are, and what is said of a tunnel that has no pair. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "vrrpd/sas.h"

#define CPE1 "198.51.100.1"
#define CPE2 "192.0.2.2"
#define CLOUD "203.0.113.1"

static struct addr address(const char *text)
{
	struct addr a;

	ck_assert(addr_parse(text, &a));
	return a;
}

static struct sa sa(const char *src, const char *dst, uint32_t reqid, int64_t added)
{
	return (struct sa){.src = address(src),
			   .dst = address(dst),
			   .reqid = reqid,
			   .spi = (uint32_t)added,
			   .added_realtime_us = added};
}

static struct conf_tunnel tunnels[2];
static const struct conf conf = {.tunnels = tunnels, .n_tunnels = 2};

static void setup(void)
{
	tunnels[0] =
		(struct conf_tunnel){.local = address(CPE1), .remote = address(CLOUD), .reqid = 1};
	tunnels[1] =
		(struct conf_tunnel){.local = address(CPE2), .remote = address(CLOUD), .reqid = 2};
}

START_TEST(by_tunnel_direction_and_age)
{
	struct sa list[] = {
		sa(CLOUD, "192.0.2.77", 2, 1), sa(CLOUD, CPE2, 2, 2), sa(CLOUD, CPE1, 1, 3),
		sa(CPE1, CLOUD, 1, 4),         sa(CLOUD, CPE1, 1, 5), sa(CPE2, CLOUD, 1, 6),
	};
	const struct {
		uint32_t spi;
		int tunnel;
		bool out;
	} sorted[] = {{4, 0, true}, {5, 0, false}, {3, 0, false}, {2, 1, false}};

	ck_assert_uint_eq(sas_sort(&conf, list, 6), 4);
	for (size_t i = 0; i < 4; i++) {
		ck_assert_uint_eq(list[i].spi, sorted[i].spi);
		ck_assert_int_eq(list[i].tunnel, sorted[i].tunnel);
		ck_assert_int_eq(list[i].out, sorted[i].out);
	}
	ck_assert_int_eq(list[4].tunnel, -1);
	ck_assert_int_eq(list[5].tunnel, -1);
	ck_assert(sas_are_pair(list, 3));
	ck_assert(!sas_are_pair(list + 1, 2));
	ck_assert(!sas_are_pair(list, 1));
	ck_assert(!sas_are_pair(NULL, 0));
}
END_TEST

START_TEST(the_likely_mistake_is_named)
{
	static const struct {
		const char *src, *dst;
		uint32_t reqid;
		const char *why;
	} cases[] = {
		{CPE1, CLOUD, 7,
		 "no pair of SAs: the one 198.51.100.1 -> 203.0.113.1 has reqid 7, not 1"},
		{CLOUD, CPE1, 7,
		 "no pair of SAs: the one 203.0.113.1 -> 198.51.100.1 has reqid 7, not 1"},
		{"10.0.0.1", CLOUD, 1,
		 "no pair of SAs: the one of reqid 1 is 10.0.0.1 -> 203.0.113.1"},
		{"10.0.0.1", CLOUD, 7, "no pair of SAs"},
		{CPE1, CLOUD, 1, "no pair of SAs: none comes in"},
		{CLOUD, CPE1, 1, "no pair of SAs: none goes out"},
	};
	char buf[SAS_WHY_MAX];

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct sa one = sa(cases[i].src, cases[i].dst, cases[i].reqid, 1);
		size_t ours = sas_sort(&conf, &one, 1);

		ck_assert_str_eq(
			sas_why_no_pair(&tunnels[0], &one, ours, &one + ours, 1 - ours, buf),
			cases[i].why);
	}
}
END_TEST

/* An interface is as much a part of it as the reqid. */
START_TEST(of_an_interface)
{
	struct sa list[] = {sa(CPE1, CLOUD, 1, 1), sa(CLOUD, CPE1, 1, 2)};
	char buf[SAS_WHY_MAX];

	tunnels[0].if_id = 9;
	list[0].if_id = 9;
	ck_assert_uint_eq(sas_sort(&conf, list, 2), 1);
	ck_assert(list[0].out);
	list[0].if_id = 0;
	ck_assert_uint_eq(sas_sort(&conf, list, 2), 0);
	ck_assert_str_eq(sas_why_no_pair(&tunnels[0], list, 0, list, 1, buf),
			 "no pair of SAs: the one 198.51.100.1 -> 203.0.113.1 has if_id 0, not 9");
}
END_TEST

int main(void)
{
	Suite *s = suite_create("sas");
	TCase *t = tcase_create("sas");
	SRunner *r = srunner_create(s);
	int failed;

	suite_add_tcase(s, t);
	tcase_add_checked_fixture(t, setup, NULL);
	tcase_add_test(t, by_tunnel_direction_and_age);
	tcase_add_test(t, the_likely_mistake_is_named);
	tcase_add_test(t, of_an_interface);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
