/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which routes and rules the tunnels ask for, with their lines up and down. */
#include <check.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>

#include "tests/unit/tunnel_conf.h"
#include "vrrpd/wanted_route.h"

#define MOST 16

static size_t routes_of(const struct tunnel_conf *t, int line1, int line2, struct route out[MOST])
{
	const int ifindexes[] = {line1, line2};
	size_t n;

	ck_assert_uint_le(wanted_routes_max(&t->c), MOST);
	n = wanted_routes(&t->c, ifindexes, out);
	ck_assert_uint_le(n, wanted_routes_max(&t->c));
	return n;
}

static void assert_route(const struct route *r, struct route want)
{
	ck_assert(route_same(r, &want));
}

START_TEST(nobody_asks)
{
	struct tunnel_conf t;
	struct route routes[MOST];
	struct rule rules[2];

	tunnel_conf_init(&t);
	ck_assert_uint_eq(routes_of(&t, 3, 4, routes), 0);
	ck_assert_uint_eq(wanted_rules(&t.c, rules), 0);
}
END_TEST

START_TEST(to_the_subnets)
{
	struct tunnel_conf t;
	struct route routes[MOST];
	struct rule rules[2];

	tunnel_conf_init(&t);
	t.tunnels[0].route = t.tunnels[1].route = true;
	ck_assert_uint_eq(routes_of(&t, 3, 4, routes), 2);
	for (int i = 0; i < 2; i++)
		assert_route(&routes[i], (struct route){.dst = tunnel_net("172.16.0.0/16"),
							.table = RT_TABLE_MAIN,
							.scope = RT_SCOPE_LINK,
							.metric = (uint32_t)i + 1,
							.ifindex = 3 + i,
							.source = t.tunnels[i].own[0]});
	ck_assert_uint_eq(routes_of(&t, 0, 4, routes), 1);
	ck_assert_int_eq(routes[0].ifindex, 4);
	ck_assert_uint_eq(wanted_rules(&t.c, rules), 0);
}
END_TEST

START_TEST(to_the_peer)
{
	struct tunnel_conf t;
	struct route routes[MOST];
	struct route refusal = {.dst = tunnel_net("203.0.113.1/32"),
				.table = WANTED_TABLE_BASE + 1,
				.metric = UINT32_MAX,
				.type = RTN_UNREACHABLE};
	struct rule rules[2], rule;

	tunnel_conf_init(&t);
	t.tunnels[1].gateway = tunnel_net("192.0.2.254").addr;
	ck_assert_uint_eq(routes_of(&t, 3, 4, routes), 2);
	assert_route(&routes[0], (struct route){.dst = tunnel_net("203.0.113.1/32"),
						.table = WANTED_TABLE_BASE + 1,
						.metric = 1,
						.ifindex = 4,
						.onlink = true,
						.gateway = t.tunnels[1].gateway});
	assert_route(&routes[1], refusal);
	ck_assert_uint_eq(wanted_rules(&t.c, rules), 1);
	rule = (struct rule){.src = tunnel_net("192.0.2.1/32"),
			     .priority = WANTED_RULE_PRIORITY,
			     .table = WANTED_TABLE_BASE + 1};
	ck_assert(rule_same(&rules[0], &rule));

	/* Without its line: neither by another one, nor without the rule. */
	ck_assert_uint_eq(routes_of(&t, 3, 0, routes), 1);
	assert_route(&routes[0], refusal);
	ck_assert_uint_eq(wanted_rules(&t.c, rules), 1);

	t.tunnels[0].gateway = tunnel_net("198.51.100.254").addr;
	ck_assert_uint_eq(routes_of(&t, 3, 4, routes), 4);
	ck_assert_uint_eq(wanted_rules(&t.c, rules), 2);
	ck_assert_uint_ne(rules[0].table, rules[1].table);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("wanted_route");
	TCase *t = tcase_create("routes and rules");
	SRunner *r;
	int failed;

	tcase_add_test(t, nobody_asks);
	tcase_add_test(t, to_the_subnets);
	tcase_add_test(t, to_the_peer);
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
