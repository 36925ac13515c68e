/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Static SAs of a configuration: from key files to the kernel. A key file is a regular file of
 * root's or of this process's user that nobody else can read. When systemd handed credentials over
 * (CREDENTIALS_DIRECTORY is set), DIR/NAME is read as its credential keys_NAME if there is one, so
 * that the daemon need not be able to read DIR: LoadCredential=keys:/etc/vrrp-sla/keys.
 */
#ifndef VRRPD_STATIC_SA_H
#define VRRPD_STATIC_SA_H

#include <stddef.h>

#include "common/conf.h"

struct nl;

/*
 * Installs the SA pairs of all tunnels with static keys. On failure `why` names tunnel and file or
 * what the kernel lacks, and SAs that this call added are gone again. Wipes every key.
 */
int static_sa_install(struct nl *nl, const struct conf *c, char *why, size_t why_size);
/* Removes the SAs of c that `keep` (may be NULL) does not have too. Counts the pairs into *removed
 * (may be NULL). */
int static_sa_remove(struct nl *nl, const struct conf *c, const struct conf *keep, size_t *removed);

#endif
