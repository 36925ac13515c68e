/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The host names that probes are aimed at: looks each up now, every `resolve' seconds, and sooner
 * while there is no answer. The last good address stays when a look-up fails.
 */
#ifndef SLAD_NAMES_H
#define SLAD_NAMES_H

#include "common/conf.h"
#include "common/loop.h"

struct names;

/*
 * What is known of a name: its address, and why the last look-up failed (NULL: it did not). Told
 * when either changes, and after names_apply whatever is known already; the address may be unset.
 */
typedef void (*names_fn)(void *ctx, const char *host, uint8_t family, const struct addr *address,
			 const char *why);

/* NULL when out of memory. */
struct names *names_new(struct loop *loop, names_fn told, void *ctx);
void names_free(struct names *n);
/* Takes the probes' names; those known before keep what is known of them. 0 or -ENOMEM. */
int names_apply(struct names *n, const struct conf *c);
/* The family that a probe's name is looked up in: its source's, or either. */
uint8_t names_family(const struct conf_probe *p);

#endif
