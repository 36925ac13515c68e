/* SPDX-License-Identifier: GPL-2.0-or-later */
/* XFRM messages of a real kernel, and every truncation of them. */
#include <check.h>
#include <linux/netlink.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/xfrm_vectors.h"
#include "vrrpd/xfrm_parse.h"

static const struct nlmsghdr *header(const uint8_t *bytes)
{
	return (const void *)bytes;
}

static struct policy policy(const uint8_t *bytes)
{
	struct policy p;

	memset(&p, 0xa5, sizeof(p));
	ck_assert(xfrm_parse_policy(header(bytes), &p));
	return p;
}

static void assert_place(const struct policy *p, const char *text)
{
	char buf[POLICY_STRLEN];

	ck_assert_str_eq(policy_format(p, buf), text);
}

static void assert_addr(const struct addr *a, const char *text)
{
	char buf[ADDR_STRLEN];

	ck_assert_str_eq(addr_format(a, buf), text);
}

START_TEST(esp)
{
	struct policy p = policy(policy_esp);

	assert_place(&p, "out 10.1.22.0/24 -> 172.16.0.0/16");
	assert_addr(&p.tmpl_src, "198.51.100.1");
	assert_addr(&p.tmpl_dst, "203.0.113.1");
	ck_assert_uint_eq(p.reqid, 1);
	ck_assert_uint_eq(p.priority, 2000);
	ck_assert_uint_eq(p.index, 0x56000009);
	ck_assert(policy_is_ours(&p));
	ck_assert(!p.block);
	ck_assert_int_eq(p.kind, POLICY_FOREIGN);
	ck_assert_int_eq(p.tunnel, -1);
	ck_assert_uint_eq(policy(policy_update).priority, 1999);
}
END_TEST

/* The template's family is its own. */
START_TEST(mixed_families)
{
	struct policy outside = policy(policy_4in6), inside = policy(policy_6in4);

	assert_place(&outside, "out 10.1.22.0/24 -> 172.16.0.0/16");
	assert_addr(&outside.tmpl_src, "2001:db8::1");
	assert_addr(&outside.tmpl_dst, "2001:db8::2");
	assert_place(&inside, "in fd00:22::/64 -> fd00:172::/48");
	assert_addr(&inside.tmpl_src, "203.0.113.1");
	assert_addr(&inside.tmpl_dst, "198.51.100.1");
	ck_assert_uint_eq(inside.reqid, 2);
}
END_TEST

START_TEST(other_policies)
{
	struct policy block = policy(policy_block), any = policy(policy_wildcard),
		      six = policy(policy_ipv6), transport = policy(policy_transport);

	assert_place(&block, "out 0.0.0.0/0 -> 172.16.0.0/16");
	ck_assert(block.block);
	ck_assert_uint_eq(block.priority, 4000000000U);
	ck_assert(!policy_is_ours(&block));
	assert_place(&any, "fwd 172.16.0.0/16 -> 10.1.22.0/24");
	ck_assert(!addr_is_set(&any.tmpl_src) && !addr_is_set(&any.tmpl_dst));
	ck_assert_uint_eq(any.reqid, 0);
	assert_place(&six, "out 2001:db8:1::/48 -> 2001:db8:2::/48");
	assert_addr(&six.tmpl_dst, "2001:db8::2");
	ck_assert_uint_eq(policy(policy_if_id).if_id, 5);
	ck_assert_uint_eq(any.if_id, 0);
	ck_assert(!any.pass && !block.pass);
	/* The same place, but not an effect that a policy of ours could have. */
	ck_assert_uint_eq(transport.reqid, POLICY_OTHER_REQID);
}
END_TEST

START_TEST(other_places)
{
	static const uint8_t *const messages[] = {policy_mark,   policy_tcp,   policy_socket,
						  policy_delete, policy_flush, sa_fresh,
						  acquire};
	struct policy p;

	for (size_t i = 0; i < sizeof(messages) / sizeof(messages[0]); i++)
		ck_assert_msg(!xfrm_parse_policy(header(messages[i]), &p), "message %zu", i);
}
END_TEST

START_TEST(sas)
{
	struct sa fresh, used, aead, six;

	ck_assert(xfrm_parse_sa(header(sa_fresh), &fresh));
	assert_addr(&fresh.src, "198.51.100.1");
	assert_addr(&fresh.dst, "203.0.113.1");
	ck_assert_uint_eq(fresh.spi, 0x1001);
	ck_assert_uint_eq(fresh.reqid, 1);
	ck_assert_int_eq(fresh.tunnel, -1);
	ck_assert_uint_eq(fresh.packets, 0);
	ck_assert_int_eq(fresh.used_realtime_us, 0);
	ck_assert_int_eq(fresh.added_realtime_us, 1795559500000000);
	ck_assert(xfrm_parse_sa(header(sa_used), &used));
	ck_assert_uint_eq(used.packets, 2);
	ck_assert_uint_eq(used.bytes, 168);
	ck_assert_int_eq(used.used_realtime_us, 1795559503000000);
	ck_assert(xfrm_parse_sa(header(sa_aead), &aead));
	ck_assert_uint_eq(aead.spi, 0x1002);
	ck_assert(xfrm_parse_sa(header(sa_ipv6), &six));
	assert_addr(&six.src, "2001:db8::1");
	ck_assert_uint_eq(six.reqid, 9);
}
END_TEST

/* As the kernel puts it behind the rest: struct xfrm_encap_tmpl, ESP in UDP from and to port 4500.
 */
START_TEST(an_sa_in_udp)
{
	static const uint8_t encap[28] = {28, 0, 4, 0, 2, 0, 0x11, 0x94, 0x11, 0x94};
	union {
		struct nlmsghdr h;
		uint8_t b[1024];
	} m;
	struct sa plain, udp;
	uint32_t len;

	ck_assert(xfrm_parse_sa(header(sa_fresh), &plain));
	ck_assert(!plain.encapsulated);
	len = header(sa_fresh)->nlmsg_len;
	memcpy(m.b, header(sa_fresh), len);
	memcpy(m.b + len, encap, sizeof(encap));
	m.h.nlmsg_len = len + (uint32_t)sizeof(encap);
	ck_assert(xfrm_parse_sa(&m.h, &udp));
	ck_assert(udp.encapsulated);
}
END_TEST

START_TEST(no_sas)
{
	static const uint8_t *const messages[] = {sa_transport, sa_larval, sa_acquiring,
						  sa_delete,    sa_flush,  policy_esp};
	struct sa s;

	for (size_t i = 0; i < sizeof(messages) / sizeof(messages[0]); i++)
		ck_assert_msg(!xfrm_parse_sa(header(messages[i]), &s), "message %zu", i);
}
END_TEST

START_TEST(notices)
{
	static const struct {
		const uint8_t *message;
		enum xfrm_notice notice;
	} rows[] = {
		{policy_esp, XFRM_NOTICE_POLICY},    {policy_update, XFRM_NOTICE_POLICY},
		{policy_delete, XFRM_NOTICE_POLICY}, {policy_flush, XFRM_NOTICE_POLICY},
		{sa_fresh, XFRM_NOTICE_SA},          {sa_delete, XFRM_NOTICE_SA},
		{sa_flush, XFRM_NOTICE_SA},          {sa_expire, XFRM_NOTICE_SA},
		{acquire, XFRM_NOTICE_ACQUIRE},
	};
	struct nlmsghdr other = {.nlmsg_len = sizeof(other), .nlmsg_type = NLMSG_DONE};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		ck_assert_int_eq(xfrm_parse_notice(header(rows[i].message)), rows[i].notice);
	ck_assert_int_eq(xfrm_parse_notice(&other), XFRM_NOTICE_NONE);
}
END_TEST

/* A message cut anywhere lies in memory of just that size, so that a sanitizer sees a read past it.
 */
static void cut_everywhere(const uint8_t *bytes)
{
	uint32_t whole = header(bytes)->nlmsg_len;

	for (uint32_t n = NLMSG_HDRLEN; n <= whole; n++) {
		struct nlmsghdr *h = malloc(n);
		struct policy p;
		struct sa s;

		ck_assert_ptr_nonnull(h);
		memcpy(h, bytes, n);
		h->nlmsg_len = n;
		xfrm_parse_notice(h);
		if (xfrm_parse_policy(h, &p))
			ck_assert_uint_gt(n, NLMSG_HDRLEN + 168 - 1); /* the fixed part */
		if (xfrm_parse_sa(h, &s))
			ck_assert_uint_gt(n, NLMSG_HDRLEN + 224 - 1);
		free(h);
	}
}

START_TEST(truncation)
{
	cut_everywhere(policy_esp);
	cut_everywhere(policy_mark);
	cut_everywhere(policy_delete);
	cut_everywhere(sa_used);
	cut_everywhere(sa_larval);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("xfrm_parse");
	TCase *t = tcase_create("messages");
	SRunner *r;
	int failed;

	tcase_add_test(t, esp);
	tcase_add_test(t, mixed_families);
	tcase_add_test(t, other_policies);
	tcase_add_test(t, other_places);
	tcase_add_test(t, sas);
	tcase_add_test(t, an_sa_in_udp);
	tcase_add_test(t, no_sas);
	tcase_add_test(t, notices);
	tcase_add_test(t, truncation);
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
