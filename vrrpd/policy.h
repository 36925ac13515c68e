/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * XFRM policies and SAs as values, the common words of wanted.c, plan.c and nl_xfrm.c. After the
 * kernel's struct xfrm_userpolicy_info, xfrm_user_tmpl and xfrm_usersa_info
 * (include/uapi/linux/xfrm.h). Pure.
 */
#ifndef VRRPD_POLICY_H
#define VRRPD_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/addr.h"

enum policy_dir { POLICY_IN = 0, POLICY_OUT = 1, POLICY_FWD = 2 }; /* XFRM_POLICY_* */

/* The kinds of design.md's table, in the order in which they are installed. */
enum policy_kind {
	POLICY_BLOCK,   /* B: wider selector, weakest priority, action block */
	POLICY_RECEIVE, /* R: remote -> local, in and fwd, ESP */
	POLICY_OWN,     /* P: own_address <-> remote, ESP, strong */
	POLICY_LAN,     /* L: local -> remote out: ESP or block by role */
	POLICY_PASS,    /* X: on to a tunnel's own interface, where the others are asked */
	POLICY_FOREIGN, /* not ours: only in dumps */
};

#define POLICY_PRIORITY_OWN 1000u
#define POLICY_PRIORITY_LAN 2000u
#define POLICY_PRIORITY_PASS 3000u
#define POLICY_PRIORITY_BLOCK 4000000000u

/*
 * The owner's mark: policies of ours carry index OWNER | serial << 3 | dir. The kernel demands that
 * the low three bits are the direction (verify_newpolicy_info) and itself counts up from 8, so it
 * never gets here.
 */
#define POLICY_OWNER_MASK 0xff000000u
#define POLICY_OWNER 0x56000000u

struct policy {
	enum policy_kind kind;
	enum policy_dir dir;
	struct prefix src, dst;
	int ifindex;    /* of the device that a packet leaves by; 0: any */
	uint32_t if_id; /* of the XFRM interface that asks; 0: none does */
	uint32_t priority;
	uint32_t index; /* in a wanted set 0; plan.c gives numbers; a dump has the kernel's */
	bool block;     /* action block; else ESP tunnel, level required, or */
	bool pass;      /* allowed as it is */
	/* Outer addresses; unset with reqid 0: any (both tunnels of one router accepted). */
	struct addr tmpl_src, tmpl_dst;
	uint32_t reqid;
	int tunnel; /* whose it is, into conf.tunnels; -1 in dumps */
};

/* What identifies a policy to the kernel: direction, selector, interface. Priority is no part of
 * it. */
bool policy_same_place(const struct policy *a, const struct policy *b);
/* An order over places: <0, 0, >0. */
int policy_place_cmp(const struct policy *a, const struct policy *b);
/* Same place and same effect; the index does not count. */
bool policy_same(const struct policy *a, const struct policy *b);
bool policy_is_ours(const struct policy *p);
/* "out 10.1.22.0/24 -> 172.16.0.0/16" for messages. buf of POLICY_STRLEN. */
#define POLICY_STRLEN 160
const char *policy_format(const struct policy *p, char buf[POLICY_STRLEN]);

struct sa {
	struct addr src, dst; /* outer */
	uint32_t spi;         /* host order */
	uint32_t reqid, if_id;
	bool out;          /* from our local address */
	bool encapsulated; /* in UDP, past a NAT (RFC 3948): 8 bytes more a packet */
	int tunnel;        /* into conf.tunnels, by reqid and addresses; -1: nobody's */
	uint64_t bytes, packets;
	int64_t added_realtime_us, used_realtime_us; /* 0: never */
};

#endif
