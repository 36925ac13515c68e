/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which notices of nf_tables mean that the guard is broken. */
#include <check.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <stdlib.h>
#include <string.h>

#include "vrrpd/guard_watch.h"

struct notice {
	struct nlmsghdr h;
	struct nfgenmsg g;
	struct nlattr a;
	char name[16];
};

static bool follow(int type, uint8_t family, const char *table, bool broken)
{
	struct notice n = {.h.nlmsg_type = (uint16_t)(NFNL_SUBSYS_NFTABLES << 8 | type),
			   .g.nfgen_family = family};

	n.a.nla_type = NFTA_TABLE_NAME;
	n.a.nla_len = (uint16_t)(NLA_HDRLEN + strlen(table) + 1);
	strcpy(n.name, table);
	n.h.nlmsg_len = (uint32_t)(offsetof(struct notice, name) + strlen(table) + 1);
	guard_watch_follow(&n.h, "vrrp_sla", &broken);
	return broken;
}

START_TEST(deletions)
{
	static const int types[] = {NFT_MSG_DELTABLE, NFT_MSG_DELCHAIN, NFT_MSG_DELRULE};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		ck_assert(follow(types[i], NFPROTO_INET, "vrrp_sla", false));
		ck_assert(!follow(types[i], NFPROTO_INET, "vrrp_slam", false));
		ck_assert(!follow(types[i], NFPROTO_INET, "vrrp_sl", false));
		ck_assert(!follow(types[i], NFPROTO_IPV4, "vrrp_sla", false));
	}
	ck_assert(!follow(NFT_MSG_NEWRULE, NFPROTO_INET, "vrrp_sla", false));
}
END_TEST

START_TEST(replacement)
{
	ck_assert(!follow(NFT_MSG_NEWTABLE, NFPROTO_INET, "vrrp_sla", true));
	ck_assert(follow(NFT_MSG_NEWTABLE, NFPROTO_INET, "other", true));
	ck_assert(follow(NFT_MSG_NEWRULE, NFPROTO_INET, "vrrp_sla", true));
}
END_TEST

START_TEST(short_and_foreign)
{
	struct nlmsghdr h = {.nlmsg_len = sizeof(h),
			     .nlmsg_type = NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_DELTABLE};
	bool broken = false;

	guard_watch_follow(&h, "vrrp_sla", &broken);
	ck_assert(!broken);
	h.nlmsg_type = NFNL_SUBSYS_CTNETLINK << 8 | NFT_MSG_DELTABLE;
	guard_watch_follow(&h, "vrrp_sla", &broken);
	ck_assert(!broken);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("guard_watch");
	TCase *t = tcase_create("notices");
	SRunner *r;
	int failed;

	tcase_add_test(t, deletions);
	tcase_add_test(t, replacement);
	tcase_add_test(t, short_and_foreign);
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
