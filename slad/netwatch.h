/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tells when this host's addresses, links or routes changed, so that probes take a fresh id:
 * connection tracking may hold the old one on the old path. Bursts of changes are told once, 200 ms
 * after the first.
 */
#ifndef SLAD_NETWATCH_H
#define SLAD_NETWATCH_H

#include "common/loop.h"

struct netwatch;

typedef void (*netwatch_fn)(void *ctx);

/* 0 or a negative errno. */
int netwatch_open(struct netwatch **out, struct loop *loop, netwatch_fn changed, void *ctx);
/* NULL is fine. */
void netwatch_close(struct netwatch *w);

#endif
