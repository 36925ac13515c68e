/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Routes, rules and static addresses: from the file to the kernel's terms, and found among what
 * the kernel has. */
#include <check.h>
#include <linux/fib_rules.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>

#include "common/arena.h"
#include "common/conf_parse.h"
#include "vrrpd/wanted_conf.h"

static struct conf *must_parse(const char *text)
{
	struct lex_file file = {"test.conf", text, strlen(text), NULL};
	struct diags d = {0};
	struct conf *c = conf_parse(&file, "here", "host", NULL, NULL, &d);

	for (size_t i = 0; i < d.n; i++)
		ck_abort_msg("%s:%u: %s", d.list[i].file, d.list[i].line, d.list[i].text);
	diags_free(&d);
	ck_assert_ptr_nonnull(c);
	return c;
}

/* Interface ethN has the index N + 1. */
static int index_of(void *ctx, const char *name)
{
	(void)ctx;
	return strncmp(name, "eth", 3) == 0 ? atoi(name + 3) + 1 : 0;
}

static const char *text_of(const struct route *r)
{
	static char buf[ROUTE_STRLEN];

	return route_format(r, buf);
}

START_TEST(routes_with_defaults)
{
	struct conf *c =
		must_parse("static_routes {\n10.0.0.0/8 dev eth0\n10.0.0.0/8 via 192.0.2.1\n"
			   "local 10.1.1.1 dev eth0\nprohibit default\n"
			   "2001:db8::/32 dev eth1\ndefault via fe80::1 dev eth1 table 7\n}\n"
			   "static_routes {\nsrc 192.0.2.9 to 10.2.0.0/16 gw 192.0.2.1 oif eth2 "
			   "priority 9 append no_track\n}\n");
	const struct conf_route *r = c->static_paths.routes;

	ck_assert_uint_eq(c->static_paths.n_routes, 7);
	ck_assert(r[0].route.type == 0 && r[0].route.scope == RT_SCOPE_LINK);
	ck_assert(r[0].route.table == RT_TABLE_MAIN && r[0].route.metric == 0);
	ck_assert_uint_eq(r[0].route.proto, ROUTE_PROTO_CONF);
	ck_assert_str_eq(r[0].dev[0], "eth0");
	ck_assert_uint_eq(r[1].route.scope, RT_SCOPE_UNIVERSE);
	ck_assert_str_eq(text_of(&r[1].route), "10.0.0.0/8 via 192.0.2.1");
	ck_assert(r[2].route.type == RTN_LOCAL && r[2].route.scope == RT_SCOPE_HOST);
	ck_assert_uint_eq(r[2].route.table, RT_TABLE_LOCAL);
	ck_assert(r[3].route.type == RTN_PROHIBIT && r[3].route.scope == RT_SCOPE_UNIVERSE);
	ck_assert_str_eq(text_of(&r[3].route), "0.0.0.0/0");
	ck_assert(r[4].route.metric == 1024 && r[4].route.scope == 0);
	ck_assert_str_eq(text_of(&r[5].route), "::/0 via fe80::1 table 7");
	ck_assert(r[6].route.behind && r[6].no_track && r[6].route.metric == 9);
	ck_assert(!r[5].route.behind && !r[5].no_track);
	conf_free(c);
}
END_TEST

START_TEST(hops_and_limits)
{
	struct conf *c =
		must_parse("static_routes {\n10.0.0.0/8 nexthop via 192.0.2.1 dev eth0 weight 256 "
			   "nexthop dev eth1\n10.1.0.0/16 via 192.0.2.1 or 192.0.2.2 dev eth3\n"
			   "10.2.0.0/16 dev eth0 mtu lock 1400 rtt 10ms rttvar 10ms rto_min 10ms "
			   "features ecn\n}\n");
	const struct conf_route *r = c->static_paths.routes;
	const struct route *limited = &r[2].route;
	struct route w;

	ck_assert_uint_eq(r[0].route.n_hops, 2);
	ck_assert(r[0].route.hops[0].weight == 256 && r[0].route.hops[1].weight == 1);
	ck_assert(!addr_is_set(&r[0].route.hops[1].gateway));
	ck_assert(wanted_conf_route(&r[0], index_of, NULL, &w));
	ck_assert(w.hops[0].ifindex == 1 && w.hops[1].ifindex == 2 && w.ifindex == 0);
	ck_assert(wanted_conf_route(&r[1], index_of, NULL, &w));
	ck_assert(w.n_hops == 2 && w.hops[0].ifindex == 4 && w.hops[1].ifindex == 4);
	ck_assert_str_eq(text_of(&w), "10.1.0.0/16 via 192.0.2.1 and others");
	ck_assert_uint_eq(limited->limits[RTAX_LOCK], 1u << RTAX_MTU);
	ck_assert_uint_eq(limited->limits[RTAX_MTU], 1400);
	ck_assert_uint_eq(limited->limits[RTAX_RTT], 80);
	ck_assert_uint_eq(limited->limits[RTAX_RTTVAR], 40);
	ck_assert_uint_eq(limited->limits[RTAX_RTO_MIN], 10);
	ck_assert_uint_eq(limited->limits[RTAX_FEATURES], RTAX_FEATURE_ECN);
	conf_free(c);
}
END_TEST

START_TEST(interfaces_that_are_not_there)
{
	struct conf *c =
		must_parse("static_ipaddress {\n10.0.0.1/8 dev wan0\n}\nstatic_routes {\n"
			   "10.0.0.0/8 dev wan0\n10.0.0.0/8 nexthop dev eth0 nexthop dev wan0\n"
			   "blackhole 10.0.0.0/8\n}\n");
	struct route w;
	struct vip v;

	ck_assert(!wanted_conf_address(&c->static_addresses[0], index_of, NULL, &v));
	ck_assert(!wanted_conf_route(&c->static_paths.routes[0], index_of, NULL, &w));
	ck_assert(!wanted_conf_route(&c->static_paths.routes[1], index_of, NULL, &w));
	ck_assert(wanted_conf_route(&c->static_paths.routes[2], index_of, NULL, &w));
	conf_free(c);
}
END_TEST

START_TEST(rules_and_their_priorities)
{
	struct conf *c = must_parse(
		"static_rules {\nfrom 10.0.0.0/8 table 7\nto 2001:db8::/32 lookup main\n"
		"from all fwmark 0x10 goto 20000 order 100\nnot from 10.0.0.0/8 nop\n"
		"from 10.0.0.0/8 fwmark 1/3 sport 53 dport 1-2 ip_proto udp uidrange 0-9 "
		"suppress_prefixlength 0 lookup 5\nto ::/0 fwmark 5/0 table 7\n}\n");
	const struct conf_rule *r = c->static_paths.rules;
	char text[ROUTE_STRLEN];

	ck_assert_uint_eq(c->static_paths.n_rules, 6);
	ck_assert(r[0].rule.priority == 16384 && r[0].rule.table == 7 && r[0].rule.action == 0);
	/* Each family counts for itself. */
	ck_assert(r[1].rule.priority == 16384 && r[1].rule.table == RT_TABLE_MAIN);
	ck_assert(r[1].rule.src.addr.family == FAMILY_IPV6 && r[1].rule.src.len == 0);
	ck_assert(r[2].rule.priority == 100 && r[2].rule.action == FR_ACT_GOTO);
	ck_assert(r[2].rule.mark == 16 && r[2].rule.mask == UINT32_MAX);
	ck_assert(r[3].rule.priority == 16383 && r[3].rule.invert);
	ck_assert(r[4].rule.mark == 1 && r[4].rule.mask == 3 && r[4].rule.ip_proto == 17);
	ck_assert(r[4].rule.sport.first == 53 && r[4].rule.sport.last == 53);
	ck_assert(r[4].rule.by_uid && r[4].rule.uids.last == 9 && r[4].rule.suppress == 1);
	/* The kernel does not tell a destination that is any. */
	ck_assert(r[5].rule.src.addr.family == FAMILY_IPV6 && !addr_is_set(&r[5].rule.dst.addr));
	ck_assert(r[5].rule.mark == 5 && r[5].rule.mask == 0);
	ck_assert_str_eq(rule_format(&r[3].rule, text),
			 "not from 10.0.0.0/8 priority 16383 table 0");
	conf_free(c);
}
END_TEST

/* As iproute2's file is. */
static void give_names(void *ctx, struct arena *a, const char *from, const char *pattern,
		       struct lex_files *out)
{
	static const char text[] = "#\n# reserved values\n#\n255\tlocal\n\n 7  office # seven\n"
				   "0x20 cloud\n0 nothing\n9";

	(void)from;
	ck_assert_ptr_nonnull(strstr(pattern, "/etc/iproute2/"));
	++*(int *)ctx;
	out->n = 2;
	out->list = arena_array(a, out->n, sizeof(*out->list));
	out->list[0] = (struct lex_file){"none", "", 0, "not there"};
	out->list[1] = (struct lex_file){"rt_tables", text, strlen(text), NULL};
}

static struct conf *with_names(const char *text, int *asked)
{
	struct lex_file file = {"test.conf", text, strlen(text), NULL};
	struct diags d = {0};
	struct conf *c = conf_parse(&file, "here", "host", give_names, asked, &d);

	diags_free(&d);
	return c;
}

START_TEST(tables_by_name)
{
	int asked = 0;
	struct conf *c = with_names("static_routes {\n10.0.0.0/8 dev eth0 table office\n"
				    "10.0.0.0/8 dev eth0 table cloud\n10.0.0.0/8 dev eth0 table 9\n"
				    "10.0.0.0/8 dev eth0 table local\n}\n",
				    &asked);

	ck_assert_ptr_nonnull(c);
	ck_assert_uint_eq(c->static_paths.routes[0].route.table, 7);
	ck_assert_uint_eq(c->static_paths.routes[1].route.table, 32);
	ck_assert_uint_eq(c->static_paths.routes[2].route.table, 9);
	ck_assert_uint_eq(c->static_paths.routes[3].route.table, RT_TABLE_LOCAL);
	ck_assert_int_eq(asked, 2);
	conf_free(c);
	ck_assert_ptr_null(with_names("static_rules {\nfrom all table offic\n}\n", &asked));
	ck_assert_ptr_null(with_names("static_rules {\nfrom all table nothing\n}\n", &asked));
	ck_assert_ptr_null(with_names("static_rules {\nfrom all table #\n}\n", &asked));
}
END_TEST

/* What the kernel chooses may be anything; what the file says may not. */
START_TEST(routes_found)
{
	struct conf *c = must_parse("static_routes {\n10.0.0.0/8 via 192.0.2.1\n"
				    "10.1.0.0/16 nexthop dev eth0 weight 2 nexthop dev eth1\n}\n");
	struct route present[3], w;
	bool keep[3] = {false, false, false};

	ck_assert(wanted_conf_route(&c->static_paths.routes[0], index_of, NULL, &w));
	present[0] = present[1] = w;
	present[0].ifindex = 4;
	present[1].limits[RTAX_MTU] = 1400;
	ck_assert(wanted_conf_route(&c->static_paths.routes[1], index_of, NULL, &present[2]));
	ck_assert(wanted_has_route(&w, present, 3, keep));
	ck_assert(keep[0] && !keep[1] && !keep[2]);
	ck_assert(!wanted_has_route(&w, present + 1, 2, keep));
	w = present[2];
	present[2].hops[0] = w.hops[1];
	present[2].hops[1] = w.hops[0];
	ck_assert(wanted_has_route(&w, present, 3, keep));
	present[2].hops[1].weight++;
	ck_assert(!wanted_has_route(&w, present, 3, keep));
	ck_assert(wanted_same_route(&c->static_paths.routes[0], &c->static_paths.routes[0]));
	ck_assert(!wanted_same_route(&c->static_paths.routes[0], &c->static_paths.routes[1]));
	conf_free(c);
}
END_TEST

START_TEST(rules_found)
{
	struct conf *c = must_parse("static_rules {\nfrom 10.0.0.0/8 iif eth0 table 7\n}\n");
	struct rule present[2] = {c->static_paths.rules[0].rule, c->static_paths.rules[0].rule};
	bool keep[2] = {false, false};

	strcpy(present[0].iif, "eth1");
	ck_assert(wanted_has_rule(&c->static_paths.rules[0].rule, present, 2, keep));
	ck_assert(!keep[0] && keep[1]);
	ck_assert(!wanted_has_rule(&c->static_paths.rules[0].rule, present, 1, keep));
	conf_free(c);
}
END_TEST

START_TEST(addresses_found)
{
	struct conf *c =
		must_parse("static_ipaddress {\n10.0.0.1/8 dev eth0\n"
			   "10.0.0.2/8 dev eth0 label eth0:x\n2001:db8::1/64 dev eth0\n}\n");
	struct vip present[3], w[3];
	bool keep[3] = {false, false, false};

	for (size_t i = 0; i < 3; i++) {
		ck_assert(wanted_conf_address(&c->static_addresses[i], index_of, NULL, &w[i]));
		present[i] = w[i];
	}
	/* As the kernel has them. */
	strcpy(present[0].label, "eth0");
	present[2].flags = IFA_F_NODAD;
	present[2].scope = RT_SCOPE_LINK;
	for (size_t i = 0; i < 3; i++)
		ck_assert(wanted_has_address(&w[i], present, 3, keep));
	ck_assert(keep[0] && keep[1] && keep[2]);
	strcpy(present[1].label, "eth0");
	present[0].ifindex++;
	present[2].prefix.len++;
	for (size_t i = 0; i < 3; i++)
		ck_assert(!wanted_has_address(&w[i], present, 3, keep));
	conf_free(c);
}
END_TEST

START_TEST(lifetimes)
{
	struct conf *a = must_parse("static_ipaddress {\n10.0.0.1/8 dev eth0 preferred_lft 9\n"
				    "10.0.0.1/8 dev eth1\n}\n");
	struct conf *b = must_parse("static_ipaddress {\n10.0.0.1/8 dev eth0\n"
				    "10.0.0.1/8 dev eth1\n10.0.0.2/8 dev eth0\n}\n");

	ck_assert(wanted_new_lifetime(a, &b->static_addresses[0]));
	ck_assert(!wanted_new_lifetime(a, &b->static_addresses[1]));
	ck_assert_msg(!wanted_new_lifetime(a, &b->static_addresses[2]), "it is new");
	ck_assert(!wanted_new_lifetime(NULL, &b->static_addresses[0]));
	conf_free(a);
	conf_free(b);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("wanted_conf");
	TCase *t = tcase_create("routes, rules, addresses");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_add_test(t, routes_with_defaults);
	tcase_add_test(t, hops_and_limits);
	tcase_add_test(t, interfaces_that_are_not_there);
	tcase_add_test(t, rules_and_their_priorities);
	tcase_add_test(t, tables_by_name);
	tcase_add_test(t, routes_found);
	tcase_add_test(t, rules_found);
	tcase_add_test(t, addresses_found);
	tcase_add_test(t, lifetimes);
	suite_add_tcase(s, t);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
