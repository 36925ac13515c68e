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

static struct addr ipv4(const char *text)
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
		a = ipv4(table[i].to);
		ck_assert_str_eq(route_interface(routes, &a, buf), table[i].over);
	}
	a = ipv4("8.8.8.8");
	ck_assert_str_eq(route_interface("Iface\tDestination\n", &a, buf), "");
	ck_assert_str_eq(route_interface(NULL, &a, buf), "");
}
END_TEST

START_TEST(rules)
{
	struct ruleset r = ruleset_read(sick_nft);

	ck_assert(r.input_drops && !r.mentions_vrrp && !r.drops_vrrp);
	ck_assert(r.drops_invalid && r.translates);
	r = ruleset_read(healthy_nft);
	ck_assert(r.input_drops && r.mentions_vrrp && !r.drops_vrrp);
	ck_assert(!r.drops_invalid && !r.translates);
	r = ruleset_read("\t\tmeta l4proto { 112 } counter packets 0 bytes 0 drop");
	ck_assert(r.mentions_vrrp && r.drops_vrrp && !r.input_drops);
	r = ruleset_read("\t\tip protocol 1112 drop\n\t\tmeta l4proto 112.x drop\n");
	ck_assert(!r.mentions_vrrp);
	r = ruleset_read(NULL);
	ck_assert(!r.input_drops && !r.mentions_vrrp);
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
static struct conf_instance office = {.name = "OFFICE", .interface = "lan0"};
static struct conf_tunnel tunnel = {.name = "line1",
				    .interface = "wan0",
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
	ck_assert_uint_eq(doctor_count(findings, "error"), 6);
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
					.nf_tables = MODULE_THERE};
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

int main(void)
{
	Suite *s = suite_create("doctor");
	TCase *t = tcase_create("doctor");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_add_test(t, route);
	tcase_add_test(t, rules);
	tcase_add_test(t, sick);
	tcase_add_test(t, alarms_have_remedies);
	tcase_add_test(t, healthy);
	suite_add_tcase(s, t);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
