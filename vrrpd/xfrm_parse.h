/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * XFRM policies, SAs and notices from the kernel's bytes, in dumps and in notices alike. Parsers of
 * our own: libnl-xfrm 3.7's dump parser leaks, and its parser of delete notices reads at the wrong
 * offset. They never log and never assert on input; the caller vouches for nlmsg_len readable
 * bytes. After the uapi's linux/xfrm.h. Pure.
 */
#ifndef VRRPD_XFRM_PARSE_H
#define VRRPD_XFRM_PARSE_H

#include <linux/netlink.h>
#include <stdbool.h>

#include "vrrpd/policy.h"

/* What a notice says; enough to know whether to look again. */
enum xfrm_notice {
	XFRM_NOTICE_NONE,
	XFRM_NOTICE_POLICY,  /* policies changed: deleted, flushed, expired, replaced, added */
	XFRM_NOTICE_SA,      /* SAs changed */
	XFRM_NOTICE_ACQUIRE, /* traffic wants an SA that is not there */
};

enum xfrm_notice xfrm_parse_notice(const struct nlmsghdr *h);

/*
 * XFRM_MSG_NEWPOLICY or UPDPOLICY. False for what cannot stand in a place of ours, since the kernel
 * tells the two apart: per-socket policies, sub policies, those with a mark, a port, a protocol or
 * a user. kind is POLICY_FOREIGN and tunnel -1. A template that is not
 * exactly one ESP tunnel, required, with every algorithm allowed, gives a reqid that no
 * configuration has (POLICY_OTHER_REQID).
 */
#define POLICY_OTHER_REQID UINT32_MAX
bool xfrm_parse_policy(const struct nlmsghdr *h, struct policy *out);

/*
 * XFRM_MSG_NEWSA or UPDSA. False for what is no live ESP tunnel: other protocols and modes, and the
 * larval SAs that the kernel keeps while it waits for a key daemon (no algorithm). out is false and
 * tunnel -1.
 */
bool xfrm_parse_sa(const struct nlmsghdr *h, struct sa *out);

#endif
