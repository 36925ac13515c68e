/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which routes and rules the tunnels ask for, with their lines up and down. */
#include <check.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>

#include "tests/unit/tunnel_conf.h"
#include "vrrpd/wanted_route.h"

#define MOST 16

static size_t routes_by(const struct tunnel_conf *t, const int lines[2], const int devices[2],
			bool second, struct route out[MOST])
{
	struct tunnel_role roles[2] = {{.selected = !second}, {.selected = second}};
	const struct addr gateways[2] = {t->tunnels[0].gateway, t->tunnels[1].gateway};
	size_t n;

	ck_assert_uint_le(wanted_routes_max(&t->c), MOST);
	n = wanted_routes(&t->c, gateways, lines, devices, roles, out);
	ck_assert_uint_le(n, wanted_routes_max(&t->c));
	return n;
}

static size_t rules_of(const struct tunnel_conf *t, struct rule out[])
{
	const struct addr gateways[2] = {t->tunnels[0].gateway, t->tunnels[1].gateway};

	return wanted_rules(&t->c, gateways, out);
}

static size_t routes_of(const struct tunnel_conf *t, int line1, int line2, struct route out[MOST])
{
	return routes_by(t, (const int[]){line1, line2}, (const int[]){0, 0}, false, out);
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
	ck_assert_uint_eq(rules_of(&t, rules), 0);
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
	ck_assert_uint_eq(rules_of(&t, rules), 0);
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
	ck_assert_uint_eq(rules_of(&t, rules), 1);
	rule = (struct rule){.src = tunnel_net("192.0.2.1/32"),
			     .priority = WANTED_RULE_PRIORITY,
			     .table = WANTED_TABLE_BASE + 1};
	ck_assert(rule_same(&rules[0], &rule));

	/* Without its line: neither by another one, nor without the rule. */
	ck_assert_uint_eq(routes_of(&t, 3, 0, routes), 1);
	assert_route(&routes[0], refusal);
	ck_assert_uint_eq(rules_of(&t, rules), 1);

	t.tunnels[0].gateway = tunnel_net("198.51.100.254").addr;
	ck_assert_uint_eq(routes_of(&t, 3, 4, routes), 4);
	ck_assert_uint_eq(rules_of(&t, rules), 2);
	ck_assert_uint_ne(rules[0].table, rules[1].table);
}
END_TEST

static struct route to_cloud(uint32_t table, uint32_t metric, int device)
{
	return (struct route){.dst = tunnel_net("172.16.0.0/16"),
			      .table = table,
			      .metric = metric,
			      .type = device ? 0 : RTN_UNREACHABLE,
			      .scope = device ? RT_SCOPE_LINK : 0,
			      .ifindex = device};
}

/* Each own address goes by its own tunnel; the rest by the selected one, in one place. */
START_TEST(to_interfaces)
{
	const int lines[] = {3, 4}, devices[] = {7, 8}, none[] = {0, 0};
	struct route routes[MOST], chosen, other;
	struct rule rules[2 * WANTED_RULES_MAX], rule;
	struct tunnel_conf t;

	tunnel_conf_init(&t);
	tunnel_conf_group(&t, 0);
	tunnel_conf_interfaces(&t);
	for (int second = 0; second < 2; second++) {
		size_t at = second ? 4 : 2;

		ck_assert_uint_eq(routes_by(&t, lines, devices, second, routes), 6);
		assert_route(&routes[0], to_cloud(WANTED_TABLE_BASE, 1, 7));
		assert_route(&routes[1], to_cloud(WANTED_TABLE_BASE, UINT32_MAX, 0));
		assert_route(&routes[at + 1], to_cloud(RT_TABLE_MAIN, UINT32_MAX, 0));
		other = chosen;
		chosen = routes[at];
		assert_route(&routes[second ? 2 : 4], to_cloud(WANTED_TABLE_BASE + 1, 1, 8));
		ck_assert_int_eq(chosen.ifindex, devices[second]);
		ck_assert(addr_equal(&chosen.source, &t.tunnels[second].own[0]));
	}
	/* What the kernel tells routes apart by. */
	ck_assert_uint_eq(chosen.metric, other.metric);
	ck_assert_uint_eq(chosen.table, other.table);
	ck_assert(prefix_equal(&chosen.dst, &other.dst));

	ck_assert_uint_eq(rules_of(&t, rules), 2);
	rule = (struct rule){.src = tunnel_net("10.1.22.253/32"),
			     .priority = WANTED_RULE_PRIORITY,
			     .table = WANTED_TABLE_BASE + 1};
	ck_assert(rule_same(&rules[1], &rule));

	/* Without interfaces the kernel refuses. */
	ck_assert_uint_eq(routes_by(&t, lines, none, false, routes), 3);
	for (int i = 0; i < 3; i++)
		ck_assert_uint_eq(routes[i].type, RTN_UNREACHABLE);
}
END_TEST

/* Two that share nothing keep to places of their own. */
START_TEST(to_interfaces_apart)
{
	struct tunnel_role roles[2] = {{.selected = true}, {.selected = true}};
	static const struct addr none[2];
	struct route routes[MOST];
	struct tunnel_conf t;

	tunnel_conf_init(&t);
	tunnel_conf_interfaces(&t);
	t.remote[1] = tunnel_net("172.17.0.0/16");
	t.tunnels[0].own[0] = t.tunnels[1].own[0] = (struct addr){0};
	ck_assert_uint_eq(
		wanted_routes(&t.c, none, (const int[]){3, 4}, (const int[]){7, 8}, roles, routes),
		4);
	assert_route(&routes[0], to_cloud(RT_TABLE_MAIN, 1, 7));
	ck_assert_uint_eq(routes[2].metric, 2);
	ck_assert_int_eq(routes[2].ifindex, 8);
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
	tcase_add_test(t, to_interfaces);
	tcase_add_test(t, to_interfaces_apart);
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
