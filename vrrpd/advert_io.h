/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Raw sockets for adverts, one an interface and family and shared by its instances: joined to
 * VRRP's group, sending with TTL or hop limit 255, past all XFRM policies, with the kernel's
 * receive stamps. Hands every packet up; judges nothing.
 */
#ifndef VRRPD_ADVERT_IO_H
#define VRRPD_ADVERT_IO_H

#include <stddef.h>
#include <stdint.h>

#include "common/addr.h"
#include "common/loop.h"
#include "common/mono.h"
#include "vrrpd/advert.h"

struct advert_io;

/*
 * A packet received at `received` on the socket's interface. fault is ADVERT_OK, or why it is no
 * packet to look into; then p is empty. p and its message are valid during the call.
 */
typedef void (*advert_io_fn)(void *ctx, enum advert_fault fault, const struct advert_packet *p,
			     mono_t received);

/* 0 or a negative errno, with the step that failed in *step ("socket", "IP_XFRM_POLICY", ...). */
int advert_io_open(struct advert_io **out, struct loop *loop, int ifindex, const char *interface,
		   uint8_t family, advert_io_fn fn, void *ctx, const char **step);
void advert_io_close(struct advert_io *io);

/* Addresses of the socket's family. 0 or a negative errno. */
int advert_io_send(struct advert_io *io, const struct addr *source, const struct addr *to,
		   const void *message, size_t len);
/* Reads the socket dry now; a deadline that passed while adverts waited is no evidence. */
void advert_io_drain(struct advert_io *io);

#endif
