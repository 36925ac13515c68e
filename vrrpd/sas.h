/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whose the kernel's SAs are, and what they make of a tunnel: a pair, or why not. Pure. */
#ifndef VRRPD_SAS_H
#define VRRPD_SAS_H

#include <stdbool.h>
#include <stddef.h>

#include "common/conf.h"
#include "vrrpd/policy.h"

/*
 * Attributes a dump to the tunnels and sorts it: by tunnel, outbound before inbound, the youngest
 * first; nobody's come last, with tunnel -1. Returns how many are somebody's.
 */
size_t sas_sort(const struct conf *c, struct sa sas[], size_t n);
/* Of one tunnel: whether one goes out and one comes in. */
bool sas_are_pair(const struct sa sas[], size_t n);

#define SAS_WHY_MAX 160
/* Why a tunnel with these SAs has no pair; nobodys are looked through for a likely mistake. Returns
 * buf. */
const char *sas_why_no_pair(const struct conf_tunnel *t, const struct sa sas[], size_t n,
			    const struct sa nobodys[], size_t n_nobodys, char buf[SAS_WHY_MAX]);

#endif
