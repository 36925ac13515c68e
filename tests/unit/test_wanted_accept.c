/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The nftables text of no_accept: whose addresses are in it, and what is let in all the same. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "common/conf_parse.h"
#include "vrrpd/wanted_accept.h"

#define INSTANCE(name, vrid, addresses, more)                               \
	"vrrp_instance " name " {\ninterface lan0\nvirtual_router_id " vrid \
	"\nvirtual_ipaddress {\n" addresses "\n}\n" more "\n}\n"

static char *text_of(const char *text)
{
	struct lex_file file = {"test.conf", text, strlen(text), NULL};
	struct diags d = {0};
	struct conf *c = conf_parse(&file, "here", "host", NULL, NULL, &d);
	char *out;

	ck_assert_ptr_nonnull(c);
	ck_assert_uint_eq(d.errors, 0);
	out = wanted_accept(c);
	ck_assert_ptr_nonnull(out);
	conf_free(c);
	diags_free(&d);
	return out;
}

START_TEST(only_who_does_not_accept)
{
	char *text = text_of(
		INSTANCE("A", "1", "192.0.2.1", "no_accept") INSTANCE("B", "2", "192.0.2.2", "")
			INSTANCE("C", "3", "192.0.2.3", "no_accept\npriority 255"));

	ck_assert_ptr_nonnull(strstr(text, "\t\tip daddr 192.0.2.1 counter drop\n"));
	ck_assert_ptr_null(strstr(text, "192.0.2.2"));
	ck_assert_ptr_null(strstr(text, "192.0.2.3"));
	free(text);
}
END_TEST

START_TEST(replaced_as_a_whole)
{
	char *text = text_of(INSTANCE("A", "1", "192.0.2.1", "no_accept"));

	ck_assert_int_eq(strncmp(text, "add table inet vrrp_sla_accept\n", 31), 0);
	ck_assert_ptr_nonnull(strstr(text, "\ndelete table inet vrrp_sla_accept\ntable inet"));
	free(text);
}
END_TEST

START_TEST(nothing)
{
	char *text = text_of(INSTANCE("A", "1", "192.0.2.1", "accept"));

	ck_assert_str_eq(text, "");
	free(text);
}
END_TEST

/* A link-local address may be another router's on another link; neighbor discovery goes first. */
START_TEST(ipv6)
{
	char *text = text_of(INSTANCE("A", "1", "fe80::1\n2001:db8::1/64\nfe80::2 dev lan1",
				      "no_accept\nvirtual_ipaddress_excluded { 192.0.2.9 }"));
	const char *nd =
		strstr(text, "icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept\n");

	ck_assert_ptr_nonnull(nd);
	ck_assert_ptr_nonnull(strstr(nd, "\t\tiifname \"lan0\" ip6 daddr fe80::1 counter drop\n"));
	ck_assert_ptr_nonnull(strstr(nd, "\t\tiifname \"lan1\" ip6 daddr fe80::2 counter drop\n"));
	ck_assert_ptr_nonnull(strstr(nd, "\t\tip6 daddr 2001:db8::1 counter drop\n"));
	ck_assert_ptr_nonnull(strstr(nd, "\t\tip daddr 192.0.2.9 counter drop\n"));
	free(text);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("wanted_accept");
	TCase *t = tcase_create("all");
	SRunner *r;
	int failed;

	tcase_add_test(t, only_who_does_not_accept);
	tcase_add_test(t, replaced_as_a_whole);
	tcase_add_test(t, nothing);
	tcase_add_test(t, ipv6);
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
