/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The doctor on a sick and on a healthy host: every check has to be heard at both. The texts are
 * golden (sick.doctor and healthy.doctor); UPDATE_GOLDEN=1 writes them anew.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vrrpctl/doctor.h"
#include "vrrpctl/jsonx.h"
#include "vrrpd/alarm.h"

/* As /proc/net/route of a little-endian machine has it. */
static const char routes[] =
	"Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT\n"
	"wan0\t00000000\tFE3364C6\t0003\t0\t0\t0\t00000000\t0\t0\t0\n"
	"lan0\t0016010A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n"
	"lan0\t000010AC\tFE16010A\t0003\t0\t0\t0\t0000FFFF\t0\t0\t0\n";

static const char sick_nft[] = "table inet filter {\n"
			       "\tchain input {\n"
			       "\t\ttype filter hook input priority filter; policy drop;\n"
			       "\t\tip protocol 1 accept\n"
			       "\t\ttcp dport 112 accept\n"
			       "\t}\n"
			       "\tchain forward {\n"
			       "\t\ttype filter hook forward priority filter; policy accept;\n"
			       "\t\tct state invalid drop\n"
			       "\t}\n"
			       "}\n"
			       "table ip nat {\n"
			       "\tchain post {\n"
			       "\t\ttype nat hook postrouting priority srcnat; policy accept;\n"
			       "\t\toifname \"wan0\" masquerade\n"
			       "\t}\n"
			       "}\n";

static const char healthy_nft[] = "table inet filter {\n"
				  "\tchain input {\n"
				  "\t\ttype filter hook input priority filter; policy drop;\n"
				  "\t\tip protocol vrrp accept\n"
				  "\t\tct state invalid drop\n"
				  "\t}\n"
				  "}\n";

static struct addr address(const char *text)
{
	struct addr a = {0};

	ck_assert(addr_parse(text, &a));
	return a;
}

START_TEST(route)
{
	const struct {
		const char *to, *over;
	} table[] = {{"10.1.22.7", "lan0"}, {"172.16.41.10", "lan0"}, {"8.8.8.8", "wan0"}};
	char buf[CONF_IFNAME_MAX];
	struct addr a;

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		a = address(table[i].to);
		ck_assert_str_eq(route_interface(routes, &a, buf), table[i].over);
	}
	a = address("8.8.8.8");
	ck_assert_str_eq(route_interface("Iface\tDestination\n", &a, buf), "");
	ck_assert_str_eq(route_interface(NULL, &a, buf), "");
}
END_TEST

/* As /proc/net/ipv6_route has it: a route, an on-link one, one that refuses, one of the loopback.
 */
static const char routes6[] =
	"fd000172000000000000000000000000 30 00000000000000000000000000000000 00 "
	"fe800000000000000000000000000001 00000400 00000001 00000000 00000003     wan0\n"
	"fd000022000000000000000000000000 40 00000000000000000000000000000000 00 "
	"00000000000000000000000000000000 00000100 00000001 00000000 00000001     lan0\n"
	"fd000173000000000000000000000000 30 00000000000000000000000000000000 00 "
	"00000000000000000000000000000000 00000400 00000001 00000000 00200201       lo\n"
	"00000000000000000000000000000001 80 00000000000000000000000000000000 00 "
	"00000000000000000000000000000000 00000000 00000002 00000000 80200001       lo\n";

START_TEST(route6)
{
	const struct {
		const char *to, *over;
	} table[] = {{"fd00:172::10", "wan0"},
		     {"fd00:22::10", "lan0"},
		     {"fd00:173::10", ""},
		     {"2001:db8::1", ""}};
	char buf[CONF_IFNAME_MAX];
	struct addr a;

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		a = address(table[i].to);
		ck_assert_str_eq(route6_interface(routes6, &a, buf), table[i].over);
	}
	for (size_t cut = 0; cut < sizeof(routes6); cut++) {
		char *text = strndup(routes6, cut);

		a = address("fd00:172::10");
		route6_interface(text, &a, buf);
		ck_assert(!buf[0] || strncmp(buf, "wan0", strlen(buf)) == 0);
		free(text);
	}
	ck_assert_str_eq(route6_interface(NULL, &a, buf), "");
}
END_TEST

START_TEST(rules)
{
	struct ruleset r = ruleset_read(sick_nft);

	ck_assert(r.input_drops && !r.mentions_vrrp[0] && !r.drops_vrrp);
	ck_assert(r.drops_invalid && r.translates);
	r = ruleset_read(healthy_nft);
	ck_assert(r.input_drops && r.mentions_vrrp[0] && !r.mentions_vrrp[1] && !r.drops_vrrp);
	ck_assert(!r.drops_invalid && !r.translates);
	r = ruleset_read("\t\tmeta l4proto { 112 } counter packets 0 bytes 0 drop");
	ck_assert(r.mentions_vrrp[0] && r.mentions_vrrp[1] && r.drops_vrrp && !r.input_drops);
	r = ruleset_read("\t\tip protocol 1112 drop\n\t\tmeta l4proto 112.x drop\n");
	ck_assert(!r.mentions_vrrp[0] && !r.mentions_vrrp[1]);
	r = ruleset_read("\t\tip6 nexthdr vrrp accept\n");
	ck_assert(!r.mentions_vrrp[0] && r.mentions_vrrp[1]);
	r = ruleset_read(NULL);
	ck_assert(!r.input_drops && !r.mentions_vrrp[0]);
}
END_TEST

static void matches(json_t *findings, const char *golden)
{
	static char want[16384];
	struct text t = {0};
	char path[512];
	FILE *f;
	size_t n;

	format_findings(&t, findings);
	snprintf(path, sizeof(path), "%s/%s", GOLDEN, golden);
	if (getenv("UPDATE_GOLDEN")) {
		f = fopen(path, "w");
		ck_assert_ptr_nonnull(f);
		fputs(t.data, f);
		fclose(f);
	}
	f = fopen(path, "r");
	ck_assert_msg(f != NULL, "%s is missing", path);
	n = fread(want, 1, sizeof(want) - 1, f);
	fclose(f);
	want[n] = '\0';
	ck_assert_str_eq(t.data, want);
	text_free(&t);
	json_decref(findings);
}

static struct prefix cloud;
static struct conf_vmac macvlan = {.name = "vrrp.1", .parent = "lan0"};
static struct conf_vip vips[] = {
	{.prefix = {.addr = {.family = FAMILY_IPV4}}, .dev = "vrrp.1"},
	{.prefix = {.addr = {.family = FAMILY_IPV6}}, .dev = "vrrp.1"},
};
static struct conf_instance office = {.name = "OFFICE",
				      .interface = "lan0",
				      .family = FAMILY_IPV4,
				      .vips = vips,
				      .n_vips = 2,
				      .vmacs = &macvlan,
				      .n_vmacs = 1};
static struct conf_tunnel tunnel = {.name = "line1",
				    .interface = "wan0",
				    .remote = {FAMILY_IPV4, {203, 0, 113, 1}},
				    .remote_subnets = &cloud,
				    .n_remote_subnets = 1,
				    .guard = true,
				    .group = 0};
static const struct conf conf = {
	.instances = &office, .n_instances = 1, .tunnels = &tunnel, .n_tunnels = 1};

START_TEST(sick)
{
	struct iface_facts ifaces[] = {
		{.name = "lan0",
		 .exists = true,
		 .forwarding = 0,
		 .rp_filter = 1,
		 .mtu = 1500,
		 .manager = "systemd-networkd"},
		{.name = "wan0", .exists = true, .forwarding = 1, .rp_filter = 1, .mtu = 1500},
		{.name = "gone0"},
	};
	const struct host_facts host = {.ifaces = ifaces,
					.n_ifaces = 3,
					.routes = strdup(routes),
					.nft = strdup(sick_nft),
					.legacy_iptables = true,
					.arp_filter = 1,
					.new_no_ipv6 = 1,
					.xfrm_user = MODULE_MISSING,
					.esp4 = MODULE_UNKNOWN,
					.nf_tables = MODULE_MISSING};
	json_t *findings = json_array();
	json_t *snapshot = json_loads(
		"{\"instances\": [{\"name\": \"OFFICE\", \"peer\": {\"checksum\": "
		"\"pseudo_header\"}, \"alarms\": [{\"kind\": \"second_active\", \"level\": "
		"\"warning\", \"text\": \"there are two\"}]}]}",
		0, NULL);

	ck_assert(prefix_parse("172.16.0.0/16", &cloud));
	tunnel.clamp_mss = MSS_OFF;
	office.accept = false;
	doctor_judge(&conf, &host, snapshot, findings);
	ck_assert_uint_eq(doctor_count(findings, "error"), 8);
	matches(findings, "sick.doctor");
	json_decref(snapshot);
	free(host.routes);
	free(host.nft);
}
END_TEST

/* Whatever alarm there is, somebody can do something about it. */
START_TEST(alarms_have_remedies)
{
	const struct host_facts host = {0};

	for (int k = 0; k < ALARM_KINDS; k++) {
		json_t *findings = json_array(), *alarm;
		json_t *snapshot = json_pack("{s:[{s:[{s:s, s:s}]}]}", "instances", "alarms",
					     "kind", alarm_name(k), "level", "hint");

		doctor_judge(&conf, &host, snapshot, findings);
		alarm = json_array_get(findings, json_array_size(findings) - 1);
		ck_assert(jx_is(alarm, "check", "alarm"));
		ck_assert_msg(json_is_string(json_object_get(alarm, "remedy")), "%s has no remedy",
			      alarm_name(k));
		json_decref(findings);
		json_decref(snapshot);
	}
}
END_TEST

START_TEST(healthy)
{
	struct iface_facts ifaces[] = {
		{.name = "lan0", .exists = true, .forwarding = 1, .rp_filter = 1, .mtu = 1500},
		{.name = "wan0",
		 .exists = true,
		 .forwarding = 1,
		 .rp_filter = 2,
		 .arp_ignore = 1,
		 .mtu = 1500},
	};
	const struct host_facts host = {.ifaces = ifaces,
					.n_ifaces = 2,
					.routes = strdup("wan0\t00000000\tFE3364C6\t0003\t0\t0\t0"
							 "\t00000000\t0\t0\t0\n"),
					.nft = strdup(healthy_nft),
					.xfrm_user = MODULE_THERE,
					.esp4 = MODULE_THERE,
					.nf_tables = MODULE_THERE,
					.macvlan = MODULE_THERE};
	json_t *findings = json_array();

	ck_assert(prefix_parse("172.16.0.0/16", &cloud));
	tunnel.clamp_mss = MSS_FIXED;
	tunnel.mss = 1398;
	office.accept = true;
	doctor_judge(&conf, &host, NULL, findings);
	ck_assert_uint_eq(doctor_count(findings, "ok"), json_array_size(findings));
	matches(findings, "healthy.doctor");

	/* One more does not fit: 1500 leave 1438, less 40 of headers. */
	tunnel.mss = 1399;
	findings = json_array();
	doctor_judge(&conf, &host, NULL, findings);
	ck_assert_uint_eq(doctor_count(findings, "warning"), 1);
	json_decref(findings);
	free(host.routes);
	free(host.nft);
}
END_TEST

static struct conf_instance office6 = {
	.name = "OFFICE6", .interface = "lan0", .family = FAMILY_IPV6, .accept = true};
static struct prefix cloud6[2];
static struct conf_tunnel tunnel6 = {.name = "six",
				     .interface = "wan0",
				     .remote = {FAMILY_IPV6, {0x20, 0x01}},
				     .remote_subnets = cloud6,
				     .n_remote_subnets = 1,
				     .clamp_mss = MSS_FIXED,
				     .group = -1};

/* A finding of that level whose text begins so. */
static bool found(const json_t *findings, const char *level, const char *text)
{
	size_t i;
	json_t *f;

	json_array_foreach(findings, i, f)
		if (strcmp(json_string_value(json_object_get(f, "level")), level) == 0 &&
		    strncmp(json_string_value(json_object_get(f, "text")), text, strlen(text)) == 0)
			return true;
	return false;
}

/* IPv6 alone: nothing of IPv4 is asked for. */
START_TEST(ipv6)
{
	const struct conf c = {
		.instances = &office6, .n_instances = 1, .tunnels = &tunnel6, .n_tunnels = 1};
	struct iface_facts ifaces[] = {
		{.name = "wan0", .exists = true, .mtu = 1500, .arp_ignore = 1}};
	char text6[sizeof(routes6)], nft[sizeof(healthy_nft)];
	struct host_facts host = {.ifaces = ifaces,
				  .n_ifaces = 1,
				  .forwarding6 = 1,
				  .routes6 = text6,
				  .nft = nft,
				  .xfrm_user = MODULE_THERE,
				  .esp6 = MODULE_THERE};
	json_t *f = json_array();

	memcpy(text6, routes6, sizeof(text6));
	memcpy(nft, healthy_nft, sizeof(nft));
	ck_assert(prefix_parse("fd00:172::/48", &cloud6[0]));
	ck_assert(prefix_parse("fd00:173::/48", &cloud6[1]));
	tunnel6.mss = 1346; /* 1500 leave 1406, and 60 of them are headers */
	doctor_judge(&c, &host, NULL, f);
	ck_assert_uint_eq(doctor_count(f, "error"), 1);
	ck_assert(found(f, "error",
			"an input chain drops by default and no rule accepts protocol "
			"112 of IPv6"));
	ck_assert(found(f, "ok", "fd00:172::/48 is routed over wan0"));
	ck_assert(found(f, "ok", "tunnel six carries packets of 1406 bytes"));
	ck_assert(found(f, "ok", "the kernel has esp6"));
	ck_assert(found(f, "ok", "this host forwards IPv6"));
	json_decref(f);

	f = json_array();
	host.forwarding6 = 0;
	host.esp6 = MODULE_MISSING;
	host.nft = NULL;
	tunnel6.mss = 1347;
	tunnel6.n_remote_subnets = 2;
	doctor_judge(&c, &host, NULL, f);
	ck_assert_uint_eq(doctor_count(f, "error"), 3);
	ck_assert(found(f, "error", "this host does not forward IPv6"));
	ck_assert(found(f, "error", "the kernel has no esp6"));
	ck_assert(found(f, "error", "there is no route to fd00:173::/48"));
	ck_assert(found(f, "warning",
			"tunnel six: clamp_mss 1347 is more than the 1346 that wan0 "
			"leaves to IPv6"));
	json_decref(f);

	f = json_array();
	ifaces[0].mtu = 1360;
	doctor_judge(&c, &host, NULL, f);
	ck_assert(
		found(f, "error", "tunnel six carries packets of 1278 bytes, and IPv6 needs 1280"));
	json_decref(f);
}
END_TEST

#define OVER_XFRM1                                                                 \
	"fd000172000000000000000000000000 30 00000000000000000000000000000000 00 " \
	"00000000000000000000000000000000 00000001 00000001 00000000 00000001    xfrm1\n"

/* The kernel lists the table of the tunnel's own address, too. */
START_TEST(ipv6_own_table)
{
	struct conf_tunnel t = tunnel6;
	const struct conf c = {.tunnels = &t, .n_tunnels = 1};
	struct iface_facts ifaces[] = {
		{.name = "wan0", .exists = true, .mtu = 1500, .arp_ignore = 1}};
	char once[] = OVER_XFRM1, twice[] = OVER_XFRM1 OVER_XFRM1;
	struct host_facts host = {.ifaces = ifaces, .n_ifaces = 1, .routes6 = once};
	json_t *f = json_array();

	ck_assert(prefix_parse("fd00:172::/48", &cloud6[0]));
	t.n_remote_subnets = 1;
	t.mode = MODE_INTERFACE;
	strcpy(t.device, "xfrm1");
	doctor_judge(&c, &host, NULL, f);
	ck_assert(found(f, "ok", "fd00:172::/48 is routed over xfrm1"));
	json_decref(f);

	f = json_array();
	t.own[1] = address("fd00:22::252");
	doctor_judge(&c, &host, NULL, f);
	ck_assert(found(f, "error", "fd00:172::/48 is not routed over xfrm1"));
	json_decref(f);

	f = json_array();
	host.routes6 = twice;
	doctor_judge(&c, &host, NULL, f);
	ck_assert(found(f, "ok", "fd00:172::/48 is routed over xfrm1"));
	json_decref(f);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("doctor");
	TCase *t = tcase_create("doctor");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_add_test(t, route);
	tcase_add_test(t, route6);
	tcase_add_test(t, rules);
	tcase_add_test(t, sick);
	tcase_add_test(t, alarms_have_remedies);
	tcase_add_test(t, healthy);
	tcase_add_test(t, ipv6);
	tcase_add_test(t, ipv6_own_table);
	suite_add_tcase(s, t);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
