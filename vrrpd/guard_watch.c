/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads nf_tables' notices; see guard_watch.h. Pure. */
#include "vrrpd/guard_watch.h"

#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <string.h>

#include "common/attr.h"

/* Tables, chains and rules all have the table's name in their first attribute. */
_Static_assert((int)NFTA_TABLE_NAME == (int)NFTA_CHAIN_TABLE &&
		       (int)NFTA_TABLE_NAME == (int)NFTA_RULE_TABLE,
	       "one attribute names the table");

static bool is_about(const struct nlmsghdr *h, const char *table)
{
	struct nfgenmsg g;
	struct rbuf r;
	struct attr a;

	if (!attr_header(h, &g, sizeof(g), &r) || g.nfgen_family != NFPROTO_INET)
		return false;
	while (attr_next(&r, &a))
		if (a.type == NFTA_TABLE_NAME)
			return a.len == strlen(table) + 1 && memcmp(a.data, table, a.len) == 0;
	return false;
}

void guard_watch_follow(const struct nlmsghdr *h, const char *table, bool *broken)
{
	if (NFNL_SUBSYS_ID(h->nlmsg_type) != NFNL_SUBSYS_NFTABLES)
		return;
	switch (NFNL_MSG_TYPE(h->nlmsg_type)) {
	case NFT_MSG_DELTABLE:
	case NFT_MSG_DELCHAIN:
	case NFT_MSG_DELRULE:
		*broken |= is_about(h, table);
		break;
	case NFT_MSG_NEWTABLE:
		*broken &= !is_about(h, table);
		break;
	default:
		break;
	}
}
