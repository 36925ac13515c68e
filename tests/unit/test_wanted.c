/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of policies by role, line by line, and the nftables text. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/tunnel_conf.h"
#include "vrrpd/wanted.h"

#define MOST 64

/* "DIR SRC -> DST PRIORITY block" or "... esp SRC DST REQID". */
static void describe(const struct policy *p, char *out, size_t size)
{
	char place[POLICY_STRLEN], src[ADDR_STRLEN], dst[ADDR_STRLEN];

	policy_format(p, place);
	if (p->block || p->pass)
		snprintf(out, size, "%s %u %s", place, p->priority, p->block ? "block" : "pass");
	else
		snprintf(out, size, "%s %u esp %s %s %u", place, p->priority,
			 addr_format(&p->tmpl_src, src), addr_format(&p->tmpl_dst, dst), p->reqid);
}

static void assert_set(const struct conf *c, const struct tunnel_role roles[],
		       const char *const rows[])
{
	struct policy out[MOST];
	char text[256];
	size_t n;

	ck_assert_uint_le(wanted_policies_max(c), MOST);
	n = wanted_policies(c, roles, out);
	ck_assert_uint_le(n, wanted_policies_max(c));
	for (size_t i = 0; i < n; i++) {
		ck_assert_ptr_nonnull(rows[i]);
		describe(&out[i], text, sizeof(text));
		ck_assert_str_eq(text, rows[i]);
		ck_assert_uint_eq(out[i].index, 0);
		for (size_t k = 0; k < i; k++)
			ck_assert(!policy_same_place(&out[i], &out[k]));
	}
	ck_assert_ptr_null(rows[n]);
}

#define BLOCKS                                                    \
	"out 0.0.0.0/0 -> 172.16.0.0/16 4000000000 block",        \
		"in 172.16.0.0/16 -> 0.0.0.0/0 4000000000 block", \
		"fwd 172.16.0.0/16 -> 0.0.0.0/0 4000000000 block"
#define RECEIVE_ONE                                                             \
	"in 172.16.0.0/16 -> 10.1.22.0/24 2000 esp 203.0.113.1 198.51.100.1 1", \
		"fwd 172.16.0.0/16 -> 10.1.22.0/24 2000 esp 203.0.113.1 198.51.100.1 1"
#define RECEIVE_BOTH                                             \
	"in 172.16.0.0/16 -> 10.1.22.0/24 2000 esp none none 0", \
		"fwd 172.16.0.0/16 -> 10.1.22.0/24 2000 esp none none 0"
#define OWN_ONE "out 10.1.22.252/32 -> 172.16.0.0/16 1000 esp 198.51.100.1 203.0.113.1 1"
#define OWN_TWO "out 10.1.22.253/32 -> 172.16.0.0/16 1000 esp 192.0.2.1 203.0.113.1 2"
#define LAN "out 10.1.22.0/24 -> 172.16.0.0/16 2000 "
#define LAN_ONE LAN "esp 198.51.100.1 203.0.113.1 1"
#define LAN_TWO LAN "esp 192.0.2.1 203.0.113.1 2"

START_TEST(closed)
{
	static const char *const rows[] = {BLOCKS, RECEIVE_ONE, OWN_ONE, LAN "block", NULL};
	struct tunnel_role role = {.carry = false, .selected = true};
	struct tunnel_conf t;

	tunnel_conf_init(&t);
	t.c.n_tunnels = 1;
	assert_set(&t.c, &role, rows);
}
END_TEST

START_TEST(carrying)
{
	static const char *const rows[] = {BLOCKS, RECEIVE_ONE, OWN_ONE, LAN_ONE, NULL};
	struct tunnel_role role = {.carry = true, .selected = true};
	struct tunnel_conf t;

	tunnel_conf_init(&t);
	t.c.n_tunnels = 1;
	assert_set(&t.c, &role, rows);
}
END_TEST

START_TEST(no_own_address)
{
	static const char *const rows[] = {BLOCKS, RECEIVE_ONE, LAN "block", NULL};
	struct tunnel_role role = {.carry = false, .selected = true};
	struct tunnel_conf t;

	tunnel_conf_init(&t);
	t.c.n_tunnels = 1;
	t.tunnels[0].own[0] = (struct addr){0};
	assert_set(&t.c, &role, rows);
}
END_TEST

START_TEST(guard_off)
{
	static const char *const rows[] = {RECEIVE_ONE, OWN_ONE, LAN "block", NULL};
	struct tunnel_role role = {.carry = false, .selected = true};
	struct tunnel_conf t;

	tunnel_conf_init(&t);
	t.c.n_tunnels = 1;
	t.tunnels[0].guard = false;
	assert_set(&t.c, &role, rows);
}
END_TEST

START_TEST(group)
{
	static const struct {
		struct tunnel_role roles[2];
		const char *const rows[9];
	} cases[] = {
		{{{true, true}, {true, false}},
		 {BLOCKS, RECEIVE_BOTH, OWN_ONE, OWN_TWO, LAN_ONE, NULL}},
		{{{true, false}, {true, true}},
		 {BLOCKS, RECEIVE_BOTH, OWN_ONE, OWN_TWO, LAN_TWO, NULL}},
		{{{false, true}, {false, false}},
		 {BLOCKS, RECEIVE_BOTH, OWN_ONE, OWN_TWO, LAN "block", NULL}},
	};
	struct tunnel_conf t;

	tunnel_conf_init(&t);
	tunnel_conf_group(&t, 0);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_set(&t.c, cases[i].roles, cases[i].rows);
}
END_TEST

/* The block of a guarded tunnel stands, although the first one with these subnets has none. */
START_TEST(guard_of_one)
{
	static const char *const rows[] = {BLOCKS,  RECEIVE_BOTH, OWN_ONE,
					   OWN_TWO, LAN "block",  NULL};
	struct tunnel_role roles[2] = {{false, true}, {false, false}};
	struct tunnel_conf t;

	tunnel_conf_init(&t);
	tunnel_conf_group(&t, 0);
	t.tunnels[0].guard = false;
	assert_set(&t.c, roles, rows);
}
END_TEST

START_TEST(everything_local)
{
	static const char *const rows[] = {
		"in 172.16.0.0/16 -> 0.0.0.0/0 2000 esp 203.0.113.1 198.51.100.1 1",
		"fwd 172.16.0.0/16 -> 0.0.0.0/0 2000 esp 203.0.113.1 198.51.100.1 1", OWN_ONE,
		"out 0.0.0.0/0 -> 172.16.0.0/16 2000 block", NULL};
	struct tunnel_role role = {.carry = false, .selected = true};
	struct tunnel_conf t;

	tunnel_conf_init(&t);
	t.c.n_tunnels = 1;
	t.local[0] = tunnel_net("0.0.0.0/0");
	assert_set(&t.c, &role, rows);
}
END_TEST

START_TEST(only_own_address)
{
	static const char *const rows[] = {
		BLOCKS, "in 172.16.0.0/16 -> 10.1.22.252/32 2000 esp 203.0.113.1 198.51.100.1 1",
		"fwd 172.16.0.0/16 -> 10.1.22.252/32 2000 esp 203.0.113.1 198.51.100.1 1", OWN_ONE,
		NULL};
	struct tunnel_role role = {.carry = true, .selected = true};
	struct tunnel_conf t;

	tunnel_conf_init(&t);
	t.c.n_tunnels = 1;
	t.local[0] = tunnel_net("10.1.22.252/32");
	assert_set(&t.c, &role, rows);
}
END_TEST

/* Host bits in a subnet, and a subnet of another family beside it, make no policies of their own.
 */
START_TEST(families)
{
	static const char *const rows[] = {
		BLOCKS,
		"out ::/0 -> 2001:db8:2::/48 4000000000 block",
		"in 2001:db8:2::/48 -> ::/0 4000000000 block",
		"fwd 2001:db8:2::/48 -> ::/0 4000000000 block",
		RECEIVE_ONE,
		"in 2001:db8:2::/48 -> 2001:db8:1::/48 2000 esp 203.0.113.1 198.51.100.1 1",
		"fwd 2001:db8:2::/48 -> 2001:db8:1::/48 2000 esp 203.0.113.1 198.51.100.1 1",
		OWN_ONE,
		LAN "block",
		"out 2001:db8:1::/48 -> 2001:db8:2::/48 2000 block",
		NULL};
	struct tunnel_role role = {.carry = false, .selected = true};
	struct tunnel_conf t;

	tunnel_conf_init(&t);
	t.c.n_tunnels = 1;
	t.local[0] = tunnel_net("10.1.22.7/24");
	t.local[1] = tunnel_net("2001:db8:1::/48");
	t.remote[1] = tunnel_net("2001:db8:2::1/48");
	t.tunnels[0].n_local_subnets = t.tunnels[0].n_remote_subnets = 2;
	assert_set(&t.c, &role, rows);
}
END_TEST

/* The outer addresses' family is the template's, whatever the selector's is; P goes by family. */
START_TEST(ipv6_outside)
{
	static const char *const rows[] = {
		BLOCKS,
		"out ::/0 -> fd00:172::/48 4000000000 block",
		"in fd00:172::/48 -> ::/0 4000000000 block",
		"fwd fd00:172::/48 -> ::/0 4000000000 block",
		"in 172.16.0.0/16 -> 10.1.22.0/24 2000 esp 2001:db8::2 2001:db8::1 1",
		"fwd 172.16.0.0/16 -> 10.1.22.0/24 2000 esp 2001:db8::2 2001:db8::1 1",
		"in fd00:172::/48 -> fd00:22::/64 2000 esp 2001:db8::2 2001:db8::1 1",
		"fwd fd00:172::/48 -> fd00:22::/64 2000 esp 2001:db8::2 2001:db8::1 1",
		"out 10.1.22.252/32 -> 172.16.0.0/16 1000 esp 2001:db8::1 2001:db8::2 1",
		"out fd00:22::252/128 -> fd00:172::/48 1000 esp 2001:db8::1 2001:db8::2 1",
		"out 10.1.22.0/24 -> 172.16.0.0/16 2000 esp 2001:db8::1 2001:db8::2 1",
		"out fd00:22::/64 -> fd00:172::/48 2000 esp 2001:db8::1 2001:db8::2 1",
		NULL};
	struct tunnel_role role = {.carry = true, .selected = true};
	struct tunnel_conf t;

	tunnel_conf_init(&t);
	t.c.n_tunnels = 1;
	t.local[1] = tunnel_net("fd00:22::/64");
	t.remote[1] = tunnel_net("fd00:172::/48");
	t.tunnels[0].n_local_subnets = t.tunnels[0].n_remote_subnets = 2;
	t.tunnels[0].local = tunnel_net("2001:db8::1").addr;
	t.tunnels[0].remote = tunnel_net("2001:db8::2").addr;
	t.tunnels[0].own[1] = tunnel_net("fd00:22::252").addr;
	assert_set(&t.c, &role, rows);
}
END_TEST

/* Two lines of different families to one peer: R lets both in, and L of both families goes by the
 * one that is selected. */
START_TEST(group_of_families)
{
	static const char *const rows[] = {
		"out ::/0 -> fd00:172::/48 4000000000 block",
		"in fd00:172::/48 -> ::/0 4000000000 block",
		"fwd fd00:172::/48 -> ::/0 4000000000 block",
		"in fd00:172::/48 -> fd00:22::/64 2000 esp none none 0",
		"fwd fd00:172::/48 -> fd00:22::/64 2000 esp none none 0",
		"out fd00:22::/64 -> fd00:172::/48 2000 esp 2001:db8::1 2001:db8::2 2",
		NULL};
	struct tunnel_role roles[2] = {{true, false}, {true, true}};
	struct tunnel_conf t;

	tunnel_conf_init(&t);
	tunnel_conf_group(&t, 0);
	for (size_t i = 0; i < 2; i++) {
		t.local[i] = tunnel_net("fd00:22::/64");
		t.remote[i] = tunnel_net("fd00:172::/48");
		t.tunnels[i].own[0] = (struct addr){0};
	}
	t.tunnels[1].local = tunnel_net("2001:db8::1").addr;
	t.tunnels[1].remote = tunnel_net("2001:db8::2").addr;
	assert_set(&t.c, roles, rows);
}
END_TEST

/* B stands for all ways out; the rest of each tunnel on its own interface, L by role alone. */
START_TEST(interfaces)
{
#define RECEIVE_IF(line, n)                                                              \
	"in 172.16.0.0/16 -> 10.1.22.0/24 if_id " n " 2000 esp 203.0.113.1 " line " " n, \
		"fwd 172.16.0.0/16 -> 10.1.22.0/24 if_id " n " 2000 esp 203.0.113.1 " line " " n
	static const char *const carried[] = {
		BLOCKS,
		RECEIVE_IF("198.51.100.1", "1"),
		RECEIVE_IF("192.0.2.1", "2"),
		"out 10.1.22.252/32 -> 172.16.0.0/16 if_id 1 1000 esp 198.51.100.1 203.0.113.1 1",
		"out 10.1.22.253/32 -> 172.16.0.0/16 if_id 2 1000 esp 192.0.2.1 203.0.113.1 2",
		"out 10.1.22.0/24 -> 172.16.0.0/16 if_id 1 2000 esp 198.51.100.1 203.0.113.1 1",
		"out 10.1.22.0/24 -> 172.16.0.0/16 if_id 2 2000 esp 192.0.2.1 203.0.113.1 2",
		NULL};
	struct tunnel_role roles[2] = {{true, true}, {true, false}};
	struct policy out[MOST];
	struct tunnel_conf t;

	tunnel_conf_init(&t);
	tunnel_conf_group(&t, 0);
	tunnel_conf_interfaces(&t);
	assert_set(&t.c, roles, carried);
	roles[1].carry = false;
	ck_assert_uint_eq(wanted_policies(&t.c, roles, out), 11);
	ck_assert(!out[9].block && out[10].block);
}
END_TEST

static void assert_passes(const struct tunnel_conf *t, const int devices[2],
			  const char *const rows[])
{
	struct policy out[MOST];
	char text[256];
	size_t n = wanted_passes(&t->c, devices, out);

	for (size_t i = 0; i < n; i++) {
		ck_assert_ptr_nonnull(rows[i]);
		describe(&out[i], text, sizeof(text));
		ck_assert_str_eq(text, rows[i]);
		ck_assert_uint_eq(out[i].if_id, 0);
	}
	ck_assert_ptr_null(rows[n]);
}

START_TEST(passes)
{
	static const char *const both[] = {
		"out 0.0.0.0/0 -> 172.16.0.0/16 to interface 7 3000 pass",
		"out 0.0.0.0/0 -> 172.16.0.0/16 to interface 8 3000 pass", NULL};
	static const char *const six[] = {"out ::/0 -> fd00:172::/48 to interface 7 3000 pass",
					  "out fd00:22::252/128 -> fd00:172::/48 3000 pass", NULL};
	static const char *const none[] = {NULL};
	struct tunnel_conf t;

	tunnel_conf_init(&t);
	tunnel_conf_group(&t, 0);
	assert_passes(&t, (const int[]){7, 8}, none);
	tunnel_conf_interfaces(&t);
	assert_passes(&t, (const int[]){7, 8}, both);
	assert_passes(&t, (const int[]){0, 8}, both + 1);
	t.tunnels[0].guard = t.tunnels[1].guard = false;
	assert_passes(&t, (const int[]){7, 8}, none);
	t.tunnels[0].guard = true;
	t.remote[0] = tunnel_net("fd00:172::/48");
	t.tunnels[0].own[1] = tunnel_net("fd00:22::252").addr;
	assert_passes(&t, (const int[]){7, 8}, six);
}
END_TEST

START_TEST(device_mtu)
{
	const struct guard_line known = {.mtu = 1500}, nat = {.mtu = 1500, .encapsulated = true},
				small = {.mtu = 1280}, tiny = {.mtu = 68}, unknown = {0};
	struct tunnel_conf t;

	tunnel_conf_init(&t);
	ck_assert_uint_eq(wanted_device_mtu(&t.tunnels[0], &known), 1438);
	ck_assert_uint_eq(wanted_device_mtu(&t.tunnels[0], &unknown), 1438);
	ck_assert_uint_eq(wanted_device_mtu(&t.tunnels[0], &nat), 1422);
	ck_assert_uint_eq(wanted_device_mtu(&t.tunnels[0], &small), 1214);
	ck_assert_uint_eq(wanted_device_mtu(&t.tunnels[0], &tiny), 68);
	t.tunnels[0].remote = tunnel_net("2001:db8::1").addr;
	ck_assert_uint_eq(wanted_device_mtu(&t.tunnels[0], &known), 1406);
	/* With less the kernel has no IPv6 on it. */
	t.remote[0] = tunnel_net("fd00:172::/48");
	ck_assert_uint_eq(wanted_device_mtu(&t.tunnels[0], &small), 1280);
}
END_TEST

/* Refreshing the L policies of one role set for another gives what building anew gives. */
START_TEST(refresh_is_rebuild)
{
	struct policy before[MOST], after[MOST];
	struct tunnel_conf t;

	tunnel_conf_init(&t);
	tunnel_conf_group(&t, 0);
	for (unsigned from = 0; from < 16; from++)
		for (unsigned to = 0; to < 16; to++) {
			struct tunnel_role a[2] = {{from & 1, from & 2}, {from & 4, from & 8}};
			struct tunnel_role b[2] = {{to & 1, to & 2}, {to & 4, to & 8}};
			size_t n = wanted_policies(&t.c, a, before);

			ck_assert_uint_eq(n, wanted_policies(&t.c, b, after));
			for (size_t i = 0; i < n; i++) {
				if (before[i].kind == POLICY_LAN)
					wanted_lan(&t.c, b, &before[i]);
				ck_assert(policy_same(&before[i], &after[i]));
				ck_assert_int_eq(before[i].tunnel, after[i].tunnel);
			}
		}
}
END_TEST

START_TEST(lan_of)
{
	struct tunnel_role role = {.carry = false, .selected = true};
	struct policy out[MOST];
	struct tunnel_conf t;
	size_t n, lans = 0;

	tunnel_conf_init(&t);
	t.remote[1] = tunnel_net("172.17.0.0/16");
	t.c.n_tunnels = 1;
	n = wanted_policies(&t.c, &role, out);
	t.c.n_tunnels = 2;
	for (size_t i = 0; i < n; i++) {
		ck_assert(!wanted_lan_of(&t.c, 1, &out[i]));
		lans += wanted_lan_of(&t.c, 0, &out[i]);
	}
	ck_assert_uint_eq(lans, 1);
}
END_TEST

/* ---- the guard ---- */

static void assert_has(const char *text, const char *line)
{
	ck_assert_msg(strstr(text, line), "no \"%s\" in\n%s", line, text);
}

START_TEST(guard_text)
{
	const struct guard_line lines[2] = {{.mtu = 1500}, {.mtu = 1400}};
	struct tunnel_conf t;
	char *text;

	tunnel_conf_init(&t);
	text = wanted_guard(&t.c, lines);
	ck_assert_ptr_nonnull(text);
	assert_has(text,
		   "add table inet vrrp_sla\ndelete table inet vrrp_sla\ntable inet vrrp_sla {");
	assert_has(text, "oifname \"wan0\" ip daddr 172.16.0.0/16 rt ipsec missing counter drop");
	assert_has(text, "oifname \"wan1\" ip daddr 172.16.0.0/16 rt ipsec missing counter drop");
	assert_has(text, "iifname \"wan0\" ip saddr 172.16.0.0/16 meta ipsec missing counter drop");
	/* 1500 leaves 1438 to AES-CBC with SHA-256, and 40 of them are headers. */
	assert_has(text, "oifname \"wan0\" ip daddr 172.16.0.0/16 tcp flags & (syn | rst) == syn "
			 "tcp option maxseg size set 1398\n");
	assert_has(text, "iifname \"wan0\" ip saddr 172.16.0.0/16 tcp flags & (syn | rst) == syn "
			 "tcp option maxseg size set 1398\n");
	assert_has(text, "size set 1286\n");
	free(text);
}
END_TEST

/* An outer header of IPv6 takes 20 bytes more, which blocks of 16 make 32; an inner one 20. */
START_TEST(guard_families)
{
	const struct guard_line lines[2] = {{.mtu = 1500}, {.mtu = 1500}};
	struct tunnel_conf t;
	char *text;

	tunnel_conf_init(&t);
	t.remote[1] = tunnel_net("fd00:172::/48");
	t.tunnels[1].local = tunnel_net("2001:db8::1").addr;
	t.tunnels[1].remote = tunnel_net("2001:db8::2").addr;
	t.tunnels[0].n_remote_subnets = 2;
	text = wanted_guard(&t.c, lines);
	assert_has(text, "oifname \"wan0\" ip6 daddr fd00:172::/48 rt ipsec missing counter drop");
	assert_has(text,
		   "iifname \"wan1\" ip6 saddr fd00:172::/48 meta ipsec missing counter drop");
	assert_has(text, "oifname \"wan0\" ip daddr 172.16.0.0/16 tcp flags & (syn | rst) == syn "
			 "tcp option maxseg size set 1398\n");
	assert_has(text, "oifname \"wan0\" ip6 daddr fd00:172::/48 tcp flags & (syn | rst) == syn "
			 "tcp option maxseg size set 1378\n");
	assert_has(text, "oifname \"wan1\" ip6 daddr fd00:172::/48 tcp flags & (syn | rst) == syn "
			 "tcp option maxseg size set 1346\n");
	t.remote[1] = tunnel_net("172.17.0.0/16");
	free(text);
	text = wanted_guard(&t.c, lines);
	assert_has(text, "oifname \"wan1\" ip daddr 172.17.0.0/16 tcp flags & (syn | rst) == syn "
			 "tcp option maxseg size set 1366\n");
	free(text);
}
END_TEST

START_TEST(guard_parts)
{
	const struct guard_line lines[2] = {{0}}, nat = {.encapsulated = true};
	struct tunnel_conf t;
	char *text;

	tunnel_conf_init(&t);
	t.c.n_tunnels = 1;
	t.tunnels[0].guard = false;
	t.tunnels[0].clamp_mss = MSS_FIXED;
	t.tunnels[0].mss = 1300;
	text = wanted_guard(&t.c, lines);
	ck_assert_ptr_null(strstr(text, "drop"));
	assert_has(text, "size set 1300\n");
	free(text);
	t.tunnels[0].clamp_mss = MSS_OFF;
	text = wanted_guard(&t.c, lines);
	ck_assert_str_eq(text, "");
	free(text);
	/* A line that is not there yet counts as Ethernet. */
	t.tunnels[0].clamp_mss = MSS_AUTO;
	text = wanted_guard(&t.c, lines);
	assert_has(text, "size set 1398\n");
	free(text);
	/* ESP in UDP takes 8 bytes, which blocks of 16 make 16. */
	text = wanted_guard(&t.c, &nat);
	assert_has(text, "size set 1382\n");
	free(text);
}
END_TEST

/* Requests to the own address, and nothing else: not replies, not what is for the office. */
START_TEST(guard_silence)
{
	const struct guard_line lines[2] = {{.silent = false}, {.silent = true}};
	struct tunnel_conf t;
	char *text;

	tunnel_conf_init(&t);
	t.tunnels[0].guard = t.tunnels[1].guard = false;
	t.tunnels[0].clamp_mss = t.tunnels[1].clamp_mss = MSS_OFF;
	text = wanted_guard(&t.c, lines);
	assert_has(text, "\t\tip saddr 172.16.0.0/16 ip daddr 10.1.22.253 icmp type echo-request "
			 "counter drop\n\t}\n");
	ck_assert_ptr_null(strstr(text, "10.1.22.252"));
	free(text);
	t.remote[1] = tunnel_net("fd00:172::/48");
	text = wanted_guard(&t.c, lines);
	ck_assert_ptr_null(strstr(text, "drop"));
	free(text);
	t.tunnels[1].own[1] = tunnel_net("fd00:22::253").addr;
	text = wanted_guard(&t.c, lines);
	assert_has(text, "ip6 saddr fd00:172::/48 ip6 daddr fd00:22::253 icmpv6 type echo-request "
			 "counter drop\n");
	free(text);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("wanted");
	TCase *t = tcase_create("policies"), *g = tcase_create("guard");
	SRunner *r;
	int failed;

	tcase_add_test(t, closed);
	tcase_add_test(t, carrying);
	tcase_add_test(t, no_own_address);
	tcase_add_test(t, guard_off);
	tcase_add_test(t, group);
	tcase_add_test(t, guard_of_one);
	tcase_add_test(t, everything_local);
	tcase_add_test(t, only_own_address);
	tcase_add_test(t, families);
	tcase_add_test(t, ipv6_outside);
	tcase_add_test(t, group_of_families);
	tcase_add_test(t, interfaces);
	tcase_add_test(t, passes);
	tcase_add_test(t, device_mtu);
	tcase_add_test(t, refresh_is_rebuild);
	tcase_add_test(t, lan_of);
	suite_add_tcase(s, t);
	tcase_add_test(g, guard_text);
	tcase_add_test(g, guard_families);
	tcase_add_test(g, guard_parts);
	tcase_add_test(g, guard_silence);
	suite_add_tcase(s, g);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
