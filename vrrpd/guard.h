/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The nftables guard through libnftables: our own table, replaced atomically. Decides nothing; see
 * wanted_guard. */
#ifndef VRRPD_GUARD_H
#define VRRPD_GUARD_H

#include <stddef.h>

/* Runs nft text. 0, or a negative errno with nft's first line in `why` (kernel without nf_tables:
 * -EOPNOTSUPP). */
int guard_apply(const char *nft, char *why, size_t why_size);
/* Removes our table; its absence is a success. */
int guard_remove(char *why, size_t why_size);

#endif
