/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * XFRM policies and SAs to and from the kernel: requests by libnl-xfrm's builders, dumps by
 * xfrm_parse.h. Decides nothing.
 */
#ifndef VRRPD_NL_XFRM_H
#define VRRPD_NL_XFRM_H

#include <stddef.h>
#include <stdint.h>

#include "common/conf.h"
#include "common/keyfile.h"
#include "vrrpd/plan.h"
#include "vrrpd/policy.h"

struct nl;

/* All policies (per-socket ones left out) and all SAs. *out is malloc'ed. */
int nl_xfrm_dump_policies(struct nl *nl, struct policy **out, size_t *n);
int nl_xfrm_dump_sas(struct nl *nl, struct sa **out, size_t *n);
/* The changes in their order in one batch; first error or 0; errors may be NULL. */
int nl_xfrm_apply(struct nl *nl, const struct change changes[], size_t n, int errors[]);

/*
 * Both directions, lifetimes XFRM_INF, oseq-may-wrap, no replay window. An equal SA that is present
 * stays as it is, and with it its sequence number; one with other keys is replaced.
 */
int nl_xfrm_put_static(struct nl *nl, const struct conf_tunnel *t, const struct sa_keys *k);
int nl_xfrm_del_static(struct nl *nl, const struct conf_tunnel *t);

/* Every VRRP socket passes by all policies, both directions (IP_XFRM_POLICY); a kernel
 * that can have none is a success. af: AF_INET or AF_INET6. */
int xfrm_bypass_socket(int fd, int af);

#endif
