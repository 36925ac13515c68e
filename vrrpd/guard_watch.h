/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Notices of nf_tables about a table of ours: `nft flush ruleset`, which the reload of many a
 * firewall begins with, takes the guard along without a word.
 */
#ifndef VRRPD_GUARD_WATCH_H
#define VRRPD_GUARD_WATCH_H

#include <linux/netlink.h>
#include <stdbool.h>

/*
 * Follows a notice: sets *broken when that inet table, a chain or a rule of it was deleted, and
 * clears it when the table is made anew behind that, as our own replacement ends. Pure.
 */
void guard_watch_follow(const struct nlmsghdr *h, const char *table, bool *broken);

#endif
