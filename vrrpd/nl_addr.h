/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Virtual addresses on interfaces by netlink, in batches. Every address that we add carries
 * IFA_PROTO = 112 as the owner's mark (Linux 5.18 and later), so that a later run finds what an
 * earlier one left. Decides nothing.
 */
#ifndef VRRPD_NL_ADDR_H
#define VRRPD_NL_ADDR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/addr.h"

/* Marks in IFA_PROTO: of virtual addresses, VRRP's protocol number, and of static ones. */
#define NL_ADDR_PROTO 112
#define NL_ADDR_PROTO_STATIC 113

struct nl;

struct vip {
	int ifindex;
	uint8_t proto; /* the mark */
	struct prefix prefix;
	struct addr broadcast; /* unset: none */
	uint8_t scope;         /* RT_SCOPE_* */
	char label[16];        /* empty: none */
	struct addr peer;      /* unset: none */
	uint32_t flags;        /* IFA_F_* */
	uint32_t preferred_s;  /* then deprecated; UINT32_MAX: never */
};

/*
 * One burst, all acknowledged. Adding what is there already (also from an earlier run, with or
 * without the mark) and removing what is not there are successes. errors[i] as netlink_batch's, may
 * be NULL. Returns 0 or the first error.
 */
int nl_addr_add(struct nl *nl, const struct vip *vips, size_t n, int errors[]);
int nl_addr_del(struct nl *nl, const struct vip *vips, size_t n, int errors[]);

/* Adds one that is nobody's yet; another's stays as it is, which is a success. */
int nl_addr_add_new(struct nl *nl, const struct vip *v);

/* Addresses of this host with the mark `proto`. *out is malloc'ed, the caller frees it. */
int nl_addr_dump_own(struct nl *nl, uint8_t proto, struct vip **out, size_t *n);

#endif
