/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the builders of policies and SAs share. */
#ifndef VRRPD_NL_XFRM_BUILD_H
#define VRRPD_NL_XFRM_BUILD_H

struct xfrmnl_ltime_cfg;

/*
 * No limit in bytes or packets (XFRM_INF; zero would mean that the first packet is one too many)
 * nor in time. The caller puts it; NULL: out of memory.
 */
struct xfrmnl_ltime_cfg *nl_xfrm_endless(void);

#endif
