/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A raw socket of one family whose packets the kernel shows again as they leave: after IPsec, NAT
 * and routing, with their outer header and the device. Probes that belong to a tunnel are sent by
 * it, and count only when their packet was seen to leave as that tunnel's ESP.
 *
 * Proven: what left, by which device, before any reply to it can have come. A device that does the
 * whole of IPsec itself (packet offload) is handed the clear packet, which counts as such. Not
 * proven: that the far gateway decrypts it (the reply shows that), and by which way the reply came;
 * replies in the clear are dropped by vrrpd's inbound policies and its guard, not here.
 *
 * Glue: errors are negative errnos.
 */
#ifndef SLAD_PROOF_H
#define SLAD_PROOF_H

#include <stdint.h>

#include "slad/egress.h"

struct proof;

/* The probe with this id and sequence left by this device. May be told twice. */
typedef void (*proof_fn)(void *ctx, uint16_t id, uint32_t seq, unsigned ifindex,
			 const struct egress *seen);

/* For probes of that family, whatever the family of their tunnel's ends. Needs CAP_NET_RAW. */
int proof_open(struct proof **out, enum family family, proof_fn left, void *ctx);
/* NULL is fine. */
void proof_close(struct proof *p);

/* The socket to send by, which is proof's own; a negative errno when there is none now. */
int proof_fd(const struct proof *p);
/* A message went out, in the order of sending. */
void proof_sent(struct proof *p, uint16_t id, uint32_t seq);
/* A message was refused: a fresh socket takes the place of the present one. */
void proof_refused(struct proof *p);
/* Tells what was seen to leave since the last time. */
void proof_read(struct proof *p);

#endif
