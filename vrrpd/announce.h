/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sends gratuitous ARP, unsolicited neighbor advertisements and other whole frames through one
 * packet socket. When and how often is instance_garp.c's business. */
#ifndef VRRPD_ANNOUNCE_H
#define VRRPD_ANNOUNCE_H

#include <stddef.h>
#include <stdint.h>

#include "common/addr.h"

struct announce {
	int fd;
};

/* 0 or a negative errno (-EPERM: no CAP_NET_RAW). The socket receives nothing. */
int announce_open(struct announce *a);
void announce_close(struct announce *a);
/* Asks whether anybody else has it; claim.h. 0 or a negative errno. */
int announce_probe(const struct announce *a, int ifindex, const uint8_t mac[6],
		   const struct addr *address);
/* Of either family. Never blocks: a full queue is -EAGAIN and the next round repeats it. */
int announce_send(const struct announce *a, int ifindex, const uint8_t mac[6],
		  const struct addr *address);
/* A frame as it stands. The same. */
int announce_frame(const struct announce *a, int ifindex, const uint8_t *frame, size_t len);

#endif
