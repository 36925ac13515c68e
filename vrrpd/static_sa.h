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
#include "common/keyfile.h"

struct nl;

/*
 * The keys of the tunnels with static ones, by the tunnel's number, malloc'ed; nothing is installed
 * before all of them are known to be good. On failure `why` names tunnel and file, and what is
 * wrong with it.
 */
int static_sa_read(const struct conf *c, struct sa_keys **out, char *why, size_t why_size);
/* Wipes and frees. NULL is fine. */
void static_sa_forget(const struct conf *c, struct sa_keys *keys);

/*
 * Puts the SA pairs of all tunnels with static keys. errors[i] is 0, or the negative errno of a
 * tunnel that the kernel refuses, which then has neither SA; it keeps no other tunnel from having
 * its own. Returns the first of them, and its tunnel and reason in `why`.
 */
int static_sa_put(struct nl *nl, const struct conf *c, const struct sa_keys keys[], int errors[],
		  char *why, size_t why_size);
/* What the kernel lacks for static SAs of that tunnel when it refuses them so. Returns buf. */
const char *static_sa_refusal(const struct conf_tunnel *t, int err, char *buf, size_t size);
/* Removes the SAs of c that `keep` (may be NULL) does not have too. Counts the pairs into *removed
 * (may be NULL). */
int static_sa_remove(struct nl *nl, const struct conf *c, const struct conf *keep, size_t *removed);

#endif
