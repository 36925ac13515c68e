/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nft text through libnftables: tables of our own, replaced atomically. Decides nothing; see
 * wanted_guard and wanted_accept. */
#ifndef VRRPD_GUARD_H
#define VRRPD_GUARD_H

#include <stddef.h>

/* Runs nft text. 0, or a negative errno with nft's first line in `why` (kernel without nf_tables:
 * -EOPNOTSUPP). */
int guard_apply(const char *nft, char *why, size_t why_size);
/* Removes our inet table of that name; its absence is a success. */
int guard_remove(const char *table, char *why, size_t why_size);

#endif
