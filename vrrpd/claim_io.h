/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Listens for claims of some addresses on all interfaces, on a packet socket a family that is open
 * only while there are addresses of the family. A flood of claims costs a few packets a second.
 */
#ifndef VRRPD_CLAIM_IO_H
#define VRRPD_CLAIM_IO_H

#include "common/loop.h"
#include "vrrpd/claim.h"

struct claim_io;
typedef void (*claim_io_fn)(void *ctx, int ifindex, const struct claim *c);

/* NULL when out of memory. */
struct claim_io *claim_io_new(struct loop *loop, claim_io_fn fn, void *ctx);
void claim_io_free(struct claim_io *io);
/* From now on claims of these, and of none that came before. 0 or a negative errno: then some are
 * not heard. */
int claim_io_listen(struct claim_io *io, const struct addr list[], size_t n);

#endif
