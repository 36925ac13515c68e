/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Policies as values: what identifies them, what they do, whose they are. */
#include <check.h>
#include <stdlib.h>

#include "vrrpd/policy.h"

static struct policy sample(void)
{
	struct policy p = {.kind = POLICY_LAN,
			   .dir = POLICY_OUT,
			   .priority = POLICY_PRIORITY_LAN,
			   .index = POLICY_OWNER | 1 << 3 | POLICY_OUT,
			   .reqid = 1};

	ck_assert(prefix_parse("10.1.22.0/24", &p.src) && prefix_parse("172.16.0.0/16", &p.dst));
	ck_assert(addr_parse("198.51.100.1", &p.tmpl_src));
	ck_assert(addr_parse("203.0.113.1", &p.tmpl_dst));
	return p;
}

START_TEST(place)
{
	struct policy a = sample(), b = sample();

	b.priority = 1;
	b.block = true;
	b.index = 8;
	ck_assert(policy_same_place(&a, &b));
	b.dir = POLICY_FWD;
	ck_assert(!policy_same_place(&a, &b));
	b = sample();
	b.src.len = 25;
	ck_assert(!policy_same_place(&a, &b));
	b = sample();
	b.dst.addr.b[1] = 17;
	ck_assert(!policy_same_place(&a, &b));
	ck_assert_int_eq(policy_place_cmp(&a, &b) < 0, policy_place_cmp(&b, &a) > 0);
	b = sample();
	b.if_id = 1;
	ck_assert(!policy_same_place(&a, &b));
	b = sample();
	b.ifindex = 1;
	ck_assert(!policy_same_place(&a, &b));
}
END_TEST

START_TEST(effect)
{
	struct policy a = sample(), b = sample();

	b.index = 8;
	b.kind = POLICY_FOREIGN;
	ck_assert(policy_same(&a, &b));
	b.reqid = 2;
	ck_assert(!policy_same(&a, &b));
	b = sample();
	b.tmpl_dst.b[3]++;
	ck_assert(!policy_same(&a, &b));
	b = sample();
	b.priority++;
	ck_assert(!policy_same(&a, &b));
	b = sample();
	b.pass = true;
	ck_assert(!policy_same(&a, &b));
	b = sample();
	b.block = true;
	ck_assert(!policy_same(&a, &b));
	/* A block has no template to compare. */
	a.block = true;
	b.reqid = 77;
	ck_assert(policy_same(&a, &b));
}
END_TEST

START_TEST(owner)
{
	struct policy p = sample();

	ck_assert(policy_is_ours(&p));
	/* The kernel's own counter, and the number next to ours. */
	p.index = 8 | POLICY_OUT;
	ck_assert(!policy_is_ours(&p));
	p.index = POLICY_OWNER + 0x01000000u;
	ck_assert(!policy_is_ours(&p));
}
END_TEST

START_TEST(text)
{
	struct policy p = sample();
	char buf[POLICY_STRLEN];

	ck_assert_str_eq(policy_format(&p, buf), "out 10.1.22.0/24 -> 172.16.0.0/16");
	p.if_id = 4000000000u;
	p.ifindex = 7;
	ck_assert_str_eq(policy_format(&p, buf),
			 "out 10.1.22.0/24 -> 172.16.0.0/16 if_id 4000000000 to interface 7");
	p.if_id = 0;
	p.ifindex = 0;
	p.dir = POLICY_IN;
	ck_assert(prefix_parse("2001:db8:ffff:ffff:ffff:ffff:ffff:ffff/128", &p.src));
	p.dst = p.src;
	ck_assert_str_eq(policy_format(&p, buf), "in 2001:db8:ffff:ffff:ffff:ffff:ffff:ffff/128 -> "
						 "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff/128");
}
END_TEST

int main(void)
{
	Suite *s = suite_create("policy");
	TCase *t = tcase_create("values");
	SRunner *r;
	int failed;

	tcase_add_test(t, place);
	tcase_add_test(t, effect);
	tcase_add_test(t, owner);
	tcase_add_test(t, text);
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
