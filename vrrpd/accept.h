/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Keeps the nftables table of no_accept in the kernel: made at start, replaced at a reload, put
 * back when somebody flushes it. What stands in it is wanted_accept.c's business.
 */
#ifndef VRRPD_ACCEPT_H
#define VRRPD_ACCEPT_H

#include <stddef.h>

#include "common/conf.h"
#include "common/loop.h"

struct accept;

/* NULL: out of memory. The table comes with accept_apply. */
struct accept *accept_new(struct loop *loop);
/* The table is left as it is. */
void accept_free(struct accept *a);
/* Brings the table to what `c` wants; a refusal is logged, and tried again. */
void accept_apply(struct accept *a, const struct conf *c);
/* Removes the table; its absence is a success. */
int accept_remove(char *why, size_t why_size);

#endif
