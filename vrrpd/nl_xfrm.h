/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * XFRM policies and SAs to and from the kernel: requests by libnl-xfrm's builders, dumps and notices by parsers of our own
 * (libnl 3.7's leak and read delete notices at the wrong offset). Decides nothing.
 */
#ifndef VRRPD_NL_XFRM_H
#define VRRPD_NL_XFRM_H

#include <linux/netlink.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/conf.h"
#include "common/keyfile.h"
#include "vrrpd/plan.h"
#include "vrrpd/policy.h"

struct nl;

/* What a notice says; enough to know whether to look again. */
enum xfrm_notice {
	XFRM_NOTICE_NONE,
	XFRM_NOTICE_POLICY, /* policies changed: deleted, flushed, expired, replaced, added */
	XFRM_NOTICE_SA,     /* SAs changed */
	XFRM_NOTICE_ACQUIRE, /* traffic wants an SA that is not there */
};

/* Parsers: never log, never assert; false or NONE for what they do not understand. */
bool xfrm_parse_policy(const struct nlmsghdr *h, struct policy *out);
bool xfrm_parse_sa(const struct nlmsghdr *h, struct sa *out);
enum xfrm_notice xfrm_parse_notice(const struct nlmsghdr *h);

/* All policies (per-socket ones left out) and all SAs. *out is malloc'ed. */
int nl_xfrm_dump_policies(struct nl *nl, struct policy **out, size_t *n);
int nl_xfrm_dump_sas(struct nl *nl, struct sa **out, size_t *n);
/* The changes in their order in one batch; first error or 0; errors may be NULL. */
int nl_xfrm_apply(struct nl *nl, const struct change changes[], size_t n, int errors[]);

/* NEWSA or UPDSA for both directions, lifetimes XFRM_INF, oseq-may-wrap. An equal one that is present stays as it is. */
int nl_xfrm_put_static(struct nl *nl, const struct conf_tunnel *t, const struct sa_keys *k);
int nl_xfrm_del_static(struct nl *nl, const struct conf_tunnel *t);

/* Every VRRP socket passes by all policies, both directions (IP_XFRM_POLICY). */
int xfrm_bypass_socket(int fd, int af);

#endif
