/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Raw sockets for adverts, one an interface and shared by its instances: joined to 224.0.0.18, TTL
 * 255, past all XFRM policies, with the kernel's receive stamps. Hands whole packets up; judges
 * nothing.
 */
#ifndef VRRPD_ADVERT_IO_H
#define VRRPD_ADVERT_IO_H

#include <stddef.h>
#include <stdint.h>

#include "common/addr.h"
#include "common/loop.h"
#include "common/mono.h"

struct advert_io;

/* A packet with its IP header, received at `received` on the socket's interface. */
typedef void (*advert_io_fn)(void *ctx, const void *packet, size_t len, mono_t received);

/* 0 or a negative errno, with the step that failed in *step ("socket", "IP_XFRM_POLICY", ...). */
int advert_io_open(struct advert_io **out, struct loop *loop, int ifindex, const char *interface,
		   advert_io_fn fn, void *ctx, const char **step);
void advert_io_close(struct advert_io *io);

/* To the group, from `source`. 0 or a negative errno. */
int advert_io_send(struct advert_io *io, const struct addr *source, const void *message,
		   size_t len);
/* Reads the socket dry now; a deadline that passed while adverts waited is no evidence. */
void advert_io_drain(struct advert_io *io);

/* 224.0.0.18, RFC 9568, 5.1.1.2. */
struct addr advert_group4(void);

#endif
