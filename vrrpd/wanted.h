/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the kernel should hold: from the configuration, what each tunnel carries, and which tunnel
 * of a group is selected, to the set of policies and the text of the nftables guard. design.md's
 * table of states is here and nowhere else. Pure.
 */
#ifndef VRRPD_WANTED_H
#define VRRPD_WANTED_H

#include <stdbool.h>
#include <stddef.h>

#include "common/conf.h"
#include "vrrpd/policy.h"

/* One per tunnel of the configuration. */
struct tunnel_role {
	bool carry;    /* L on ESP: an Active instance uses it, or it lingers */
	bool selected; /* the tunnel of its group that carries; true when it has no group */
};

/* An upper bound for wanted_policies and wanted_passes together. */
size_t wanted_policies_max(const struct conf *c);
/*
 * Fills out in installation order (B, R, P, L); returns how many. Each place once: where several
 * tunnels want the same, the first one's number stands in it, an R lets both tunnels' traffic in,
 * and an L follows the one that carries.
 */
size_t wanted_policies(const struct conf *c, const struct tunnel_role roles[], struct policy out[]);
/*
 * X, which come behind all others: the ways to the tunnels' own interfaces. devices: of each tunnel
 * the interface's index, 0 while there is none. Returns how many.
 */
size_t wanted_passes(const struct conf *c, const int devices[], struct policy out[]);
/* Whether an L policy stands in a place that this tunnel wants too. */
bool wanted_lan_of(const struct conf *c, size_t tunnel, const struct policy *lan);
/*
 * What a change of roles makes of one L policy of wanted_policies: ESP through the tunnel that
 * carries its place, or block. Place and index stay.
 */
void wanted_lan(const struct conf *c, const struct tunnel_role roles[], struct policy *lan);

/* What the guard goes by, of each tunnel. */
struct guard_line {
	unsigned mtu;      /* of its line, 0: not known */
	bool encapsulated; /* its SAs carry ESP in UDP, RFC 3948 */
	bool silent;       /* it leaves the cloud's health checks unanswered */
};

/* Of the tunnel's own interface: the largest packet that its line carries encrypted, but not less
 * than the families inside must have. */
unsigned wanted_device_mtu(const struct conf_tunnel *t, const struct guard_line *l);

/*
 * The guard as nft text that replaces our table atomically, "" when no tunnel needs one.
 * Malloc'ed; NULL: out of memory.
 */
#define GUARD_TABLE "vrrp_sla"
char *wanted_guard(const struct conf *c, const struct guard_line lines[]);

#endif
