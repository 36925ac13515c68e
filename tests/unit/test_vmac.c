/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Virtual MAC addresses: the macvlans that a configuration asks for, how ours are known in the
 * kernel's messages and judged, and adverts as frames. The frames beside which ours are laid are
 * keepalived 2.2.7's.
 */
#include <check.h>
#include <linux/if_link.h>
#include <linux/ip.h>
#include <linux/rtnetlink.h>
#include <netlink/msg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/csum.h"
#include "tests/unit/conf_text.h"
#include "vrrpd/advert_frame.h"
#include "vrrpd/rt_parse.h"
#include "vrrpd/vmac.h"

/* ---- the configuration ---- */

#define VIRTUAL(name, interface, vrid, addresses, more)                                        \
	"vrrp_instance " name " {\ninterface " interface "\nvirtual_router_id " vrid "\n" more \
	"\nvirtual_ipaddress {\n" addresses "\n}\n}\n"

static void assert_vmac(const struct conf_vmac *v, const char *name, const char *parent,
			const char *mac)
{
	char text[18];

	snprintf(text, sizeof(text), "%02x:%02x:%02x:%02x:%02x:%02x", v->mac[0], v->mac[1],
		 v->mac[2], v->mac[3], v->mac[4], v->mac[5]);
	ck_assert_str_eq(v->name, name);
	ck_assert_str_eq(v->parent, parent);
	ck_assert_str_eq(text, mac);
}

START_TEST(names_as_keepalived_has_them)
{
	struct conf *c = must_parse(
		VIRTUAL("A", "lan0", "22", "192.0.2.1", "use_vmac")
			VIRTUAL("B", "lan0", "22", "fe80::1", "use_vmac")
				VIRTUAL("C", "lan1", "22", "192.0.2.2", "use_vmac")
					VIRTUAL("D", "lan1", "22", "fe80::2", "use_vmac")
						VIRTUAL("E", "lan1", "9", "fe80::3", "use_vmac"));

	assert_vmac(c->instances[0].vmacs, "vrrp.22", "lan0", "00:00:5e:00:01:16");
	assert_vmac(c->instances[1].vmacs, "vrrp6.22", "lan0", "00:00:5e:00:02:16");
	assert_vmac(c->instances[2].vmacs, "vrrp1.22", "lan1", "00:00:5e:00:01:16");
	assert_vmac(c->instances[3].vmacs, "vrrp2.22", "lan1", "00:00:5e:00:02:16");
	assert_vmac(c->instances[4].vmacs, "vrrp.9", "lan1", "00:00:5e:00:02:09");
	conf_free(c);
}
END_TEST

/* n routers of one VRID, each on an interface of its own; with the longest prefix and VRID. */
static struct conf *parse_many(unsigned n, struct diags *d)
{
	char *text = NULL;
	struct conf *c;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	fputs("global_defs {\nvmac_prefix abcdefgh\n}\n", f);
	for (unsigned k = 0; k < n; k++)
		fprintf(f, VIRTUAL("I%u", "lan%u", "255", "192.0.2.1", "use_vmac") "\n", k, k);
	fclose(f);
	c = parse(text, d);
	free(text);
	return c;
}

START_TEST(names_run_out)
{
	struct diags d = {0};
	struct conf *c = parse_many(1000, &d);

	ck_assert_ptr_nonnull(c);
	assert_vmac(c->instances[999].vmacs, "abcdefgh999.255", "lan999", "00:00:5e:00:01:ff");
	conf_free(c);
	ck_assert_ptr_null(parse_many(1001, &d));
	diags_free(&d);
}
END_TEST

START_TEST(names_and_addresses_that_are_given)
{
	struct conf *c = must_parse(
		"global_defs {\nvmac_prefix v\nvmac_addr_prefix a\n}\n" VIRTUAL(
			"A", "lan0", "1", "192.0.2.1", "use_vmac 02:00:00:00:00 one")
			VIRTUAL("B", "lan0", "2", "192.0.2.2\n192.0.2.3 dev lan1 use_vmac",
				"use_vmac 02:00:00:00:00:77"));

	assert_vmac(c->instances[0].vmacs, "one", "lan0", "02:00:00:00:00:01");
	assert_vmac(c->instances[1].vmacs, "v.2", "lan0", "02:00:00:00:00:77");
	assert_vmac(&c->instances[1].vmacs[1], "a.2", "lan1", "00:00:5e:00:01:02");
	conf_free(c);
}
END_TEST

/* Each address's device, and a length of the link for a link-local one. */
START_TEST(places)
{
	struct conf *c = must_parse(VIRTUAL("A", "lan0", "1",
					    "192.0.2.1/24\n192.0.2.2/24 dev lan1\n"
					    "192.0.2.3/24 dev lan0",
					    "use_vmac\nvirtual_ipaddress_excluded { fe80::1 }"));
	const struct conf_instance *i = &c->instances[0];

	ck_assert_uint_eq(i->n_vmacs, 1);
	ck_assert_str_eq(i->vips[0].dev, "vrrp.1");
	ck_assert_str_eq(i->vips[1].dev, "lan1");
	ck_assert_str_eq(i->vips[2].dev, "vrrp.1");
	ck_assert_str_eq(i->excluded[0].dev, "vrrp.1");
	ck_assert_uint_eq(i->excluded[0].prefix.len, 64);
	conf_free(c);
}
END_TEST

START_TEST(places_of_addresses)
{
	struct conf *c = must_parse(
		VIRTUAL("A", "lan0", "1", "192.0.2.1/24\n192.0.2.2/24 dev lan1\n192.0.2.3 dev lan1",
			"use_vmac\nuse_vmac_addr\nvirtual_ipaddress_excluded { 2001:db8::1/64 }"));
	const struct conf_instance *i = &c->instances[0];

	ck_assert_uint_eq(i->n_vmacs, 3);
	assert_vmac(&i->vmacs[1], "vrrp1.1", "lan1", "00:00:5e:00:01:01");
	assert_vmac(&i->vmacs[2], "vrrp6.1", "lan0", "00:00:5e:00:02:01");
	ck_assert_str_eq(i->vips[0].dev, "vrrp.1");
	ck_assert_str_eq(i->vips[1].dev, "vrrp1.1");
	ck_assert_str_eq(i->vips[2].dev, "vrrp1.1");
	ck_assert_str_eq(i->excluded[0].dev, "vrrp6.1");
	conf_free(c);
}
END_TEST

START_TEST(no_vmac)
{
	struct conf *c = must_parse(VIRTUAL("A", "lan0", "1", "192.0.2.1/24", ""));

	ck_assert_uint_eq(c->instances[0].n_vmacs, 0);
	ck_assert_str_eq(c->instances[0].vips[0].dev, "");
	conf_free(c);
}
END_TEST

/* ---- marks and judgement ---- */

START_TEST(marks)
{
	static const char *const foreign[] = {"", "vrrp-sla", "uplink", "my vrrp-sla arp_ignore=0"};
	const struct arp_settings before = {1, 2};
	struct arp_settings read = {0};
	char buf[VMAC_MARK_STRLEN];

	ck_assert(vmac_mark_read(vmac_mark(&before, buf), &read));
	ck_assert_int_eq(read.ignore, 1);
	ck_assert_int_eq(read.announce, 2);
	for (size_t k = 0; k < sizeof(foreign) / sizeof(foreign[0]); k++)
		ck_assert(!vmac_mark_read(foreign[k], &read));
}
END_TEST

START_TEST(judgement)
{
	const struct conf_vmac v = {"vrrp.1", "lan0", {0, 0, 0x5e, 0, 1, 1}};
	const struct link parent = {.ifindex = 2}, other = {.ifindex = 3};
	struct link there = {.parent = 2, .vmac = true, .bridged = true};

	memcpy(there.mac, v.mac, sizeof(there.mac));
	ck_assert_int_eq(vmac_judge(&v, &parent, NULL), VMAC_MISSING);
	ck_assert_int_eq(vmac_judge(&v, NULL, NULL), VMAC_MISSING);
	ck_assert_int_eq(vmac_judge(&v, &parent, &there), VMAC_RIGHT);
	ck_assert_int_eq(vmac_judge(&v, &other, &there), VMAC_WRONG);
	ck_assert_int_eq(vmac_judge(&v, NULL, &there), VMAC_WRONG);
	there.bridged = false;
	ck_assert_int_eq(vmac_judge(&v, &parent, &there), VMAC_WRONG);
	there.bridged = true;
	there.mac[5]++;
	ck_assert_int_eq(vmac_judge(&v, &parent, &there), VMAC_WRONG);
	there.vmac = false;
	ck_assert_int_eq(vmac_judge(&v, &parent, &there), VMAC_FOREIGN);
}
END_TEST

START_TEST(settings)
{
	const struct link parent = {.ipv4 = {.forwarding = 1, .rp_filter = 1, .arp_filter = 1}};
	struct arp_settings arp = vmac_parent_arp(&parent.ipv4.arp);
	struct ipv4_settings s = vmac_ipv4(&parent);

	ck_assert_int_eq(arp.ignore, 1);
	ck_assert_int_eq(arp.announce, 2);
	arp.ignore = 8; /* stricter already */
	arp = vmac_parent_arp(&arp);
	ck_assert_int_eq(arp.ignore, 8);
	arp.ignore = 3; /* other interfaces' addresses, too */
	arp = vmac_parent_arp(&arp);
	ck_assert_int_eq(arp.ignore, 1);
	ck_assert_int_eq(s.forwarding, 1);
	ck_assert_int_eq(s.rp_filter, 2);
	ck_assert_int_eq(s.arp_filter, 0);
	ck_assert_int_eq(s.arp.ignore, 1);
	ck_assert_int_eq(s.arp.announce, 2);
}
END_TEST

/* ---- the kernel's messages ---- */

static struct nl_msg *link_message(const char *kind, const char *alias)
{
	const struct ifinfomsg info = {.ifi_index = 7};
	uint32_t row[IPV4_DEVCONF_ARP_IGNORE] = {0};
	struct ifinfomsg copy = info;
	struct nl_msg *m = nlmsg_alloc_simple(RTM_NEWLINK, 0);
	struct nlattr *outer, *inner;

	row[IPV4_DEVCONF_FORWARDING - 1] = 1;
	row[IPV4_DEVCONF_RP_FILTER - 1] = 2;
	row[IPV4_DEVCONF_ARP_ANNOUNCE - 1] = 2;
	row[IPV4_DEVCONF_ARP_IGNORE - 1] = 1;
	nlmsg_append(m, &copy, sizeof(copy), NLMSG_ALIGNTO);
	nla_put_string(m, IFLA_IFNAME, "vrrp.22");
	nla_put_u32(m, IFLA_LINK, 2);
	nla_put_string(m, IFLA_IFALIAS, alias);
	outer = nla_nest_start(m, IFLA_LINKINFO);
	nla_put_string(m, IFLA_INFO_KIND, kind);
	inner = nla_nest_start(m, IFLA_INFO_DATA);
	nla_put_u32(m, IFLA_MACVLAN_MODE, MACVLAN_MODE_BRIDGE);
	nla_nest_end(m, inner);
	nla_nest_end(m, outer);
	outer = nla_nest_start(m, IFLA_AF_SPEC);
	inner = nla_nest_start(m, AF_INET);
	nla_put(m, IFLA_INET_CONF, sizeof(row), row);
	nla_nest_end(m, inner);
	nla_nest_end(m, outer);
	return m;
}

static struct link parsed(const char *kind, const char *alias)
{
	struct nl_msg *m = link_message(kind, alias);
	struct link l;
	bool gone;

	ck_assert(rt_parse_link(nlmsg_hdr(m), &l, &gone));
	ck_assert(!gone);
	nlmsg_free(m);
	return l;
}

START_TEST(message_of_ours)
{
	struct link l = parsed("macvlan", "vrrp-sla arp_ignore=0 arp_announce=1");

	ck_assert_str_eq(l.name, "vrrp.22");
	ck_assert_int_eq(l.parent, 2);
	ck_assert(l.vmac && l.bridged);
	ck_assert_int_eq(l.before.ignore, 0);
	ck_assert_int_eq(l.before.announce, 1);
	ck_assert_int_eq(l.ipv4.forwarding, 1);
	ck_assert_int_eq(l.ipv4.rp_filter, 2);
	ck_assert_int_eq(l.ipv4.arp_filter, 0);
	ck_assert_int_eq(l.ipv4.arp.ignore, 1);
	ck_assert_int_eq(l.ipv4.arp.announce, 2);
}
END_TEST

START_TEST(messages_of_others)
{
	ck_assert(!parsed("macvlan", "uplink").vmac);
	ck_assert(!parsed("macvtap", "vrrp-sla arp_ignore=0 arp_announce=0").vmac);
	ck_assert(!parsed("macvlan2", "vrrp-sla arp_ignore=0 arp_announce=0").vmac);
	ck_assert(!parsed("vlan", "vrrp-sla arp_ignore=0 arp_announce=0").bridged);
}
END_TEST

/* ---- frames ---- */

static const uint8_t keepalived4[] = {
	0x01, 0x00, 0x5e, 0x00, 0x00, 0x12, 0x00, 0x00, 0x5e, 0x00, 0x01, 0x16,
	0x08, 0x00, 0x45, 0xc0, 0x00, 0x20, 0x00, 0x01, 0x00, 0x00, 0xff, 0x70,
	0xd0, 0x99, 0x0a, 0x00, 0x00, 0x01, 0xe0, 0x00, 0x00, 0x12, 0x31, 0x16,
	0x64, 0x01, 0x00, 0x14, 0x75, 0x46, 0x0a, 0x00, 0x00, 0xfe,
};
static const uint8_t keepalived6[] = {
	0x33, 0x33, 0x00, 0x00, 0x00, 0x12, 0x00, 0x00, 0x5e, 0x00, 0x02, 0x16, 0x86, 0xdd,
	0x6c, 0x01, 0x03, 0xec, 0x00, 0x28, 0x70, 0xff, 0xfe, 0x80, 0x00, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x00, 0x00, 0xff, 0xfe, 0x00, 0x00, 0x01, 0xff, 0x02, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x12, 0x31, 0x16,
	0x64, 0x02, 0x00, 0x14, 0x41, 0x26, 0xfe, 0x80, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x22, 0x20, 0x01, 0x0d, 0xb8, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x22,
};

/* The same message in a frame of ours. */
static void reframe(const uint8_t *theirs, size_t size, size_t at, uint8_t family, uint8_t *ours)
{
	struct addr source =
		family == FAMILY_IPV6 ? addr_ipv6(theirs + 22) : addr_ipv4(theirs + 26);
	struct addr group = advert_group(family);

	ck_assert_uint_eq(advert_frame(theirs + 6, &source, &group, theirs + at, size - at, ours),
			  size);
}

/* Theirs may be fragmented and has a number; ours neither, so the checksum differs. */
START_TEST(frame4)
{
	uint8_t ours[ADVERT_FRAME_MAX];

	reframe(keepalived4, sizeof(keepalived4), 34, FAMILY_IPV4, ours);
	ck_assert_mem_eq(ours, keepalived4, 18);
	ck_assert_mem_eq(ours + 18, "\x00\x00\x40\x00", 4);
	ck_assert_mem_eq(ours + 22, keepalived4 + 22, 2);
	ck_assert_uint_eq(csum(ours + 14, 20), 0);
	ck_assert_mem_eq(ours + 26, keepalived4 + 26, sizeof(keepalived4) - 26);
}
END_TEST

/* Theirs has a flow label. */
START_TEST(frame6)
{
	uint8_t ours[ADVERT_FRAME_MAX];

	reframe(keepalived6, sizeof(keepalived6), 54, FAMILY_IPV6, ours);
	ck_assert_mem_eq(ours, keepalived6, 15);
	ck_assert_mem_eq(ours + 15, "\x00\x00\x00", 3);
	ck_assert_mem_eq(ours + 18, keepalived6 + 18, sizeof(keepalived6) - 18);
}
END_TEST

START_TEST(frame_too_long)
{
	struct addr source = addr_ipv4("\x0a\x00\x00\x01"), group = advert_group(FAMILY_IPV4);
	static const uint8_t message[ADVERT_MAX_SIZE + 1], mac[6];
	uint8_t frame[ADVERT_FRAME_MAX];

	ck_assert_uint_eq(advert_frame(mac, &source, &group, message, sizeof(message), frame), 0);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("vmac");
	TCase *c = tcase_create("configuration"), *k = tcase_create("kernel"),
	      *f = tcase_create("frames");
	SRunner *r;
	int failed;

	tcase_add_test(c, names_as_keepalived_has_them);
	tcase_add_test(c, names_run_out);
	tcase_add_test(c, names_and_addresses_that_are_given);
	tcase_add_test(c, places);
	tcase_add_test(c, places_of_addresses);
	tcase_add_test(c, no_vmac);
	suite_add_tcase(s, c);
	tcase_add_test(k, marks);
	tcase_add_test(k, judgement);
	tcase_add_test(k, settings);
	tcase_add_test(k, message_of_ours);
	tcase_add_test(k, messages_of_others);
	suite_add_tcase(s, k);
	tcase_add_test(f, frame4);
	tcase_add_test(f, frame6);
	tcase_add_test(f, frame_too_long);
	suite_add_tcase(s, f);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
