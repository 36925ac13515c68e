/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How a packet left this host: reads what the kernel handed to a device (a link header, then the
 * outer IP header) and tells whether that is ESP from one end of a tunnel to the other. Pure.
 */
#ifndef SLAD_EGRESS_H
#define SLAD_EGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/addr.h"

struct egress {
	struct addr from, to;
	uint8_t protocol;
};

/* So many bytes of the packet are enough: Ethernet with a tag, IPv4 with all options. */
#define EGRESS_MAX 96u

/* `packet` may be cut behind the IP header. False: there is none. */
bool egress_parse(const void *packet, size_t len, struct egress *out);

enum egress_way {
	EGRESS_TUNNEL, /* ESP, or ESP in UDP, from `local` to `remote` */
	EGRESS_CLEAR,  /* the ICMP message itself */
	EGRESS_ASTRAY, /* anything else: another tunnel's packet */
};

enum egress_way egress_judge(const struct egress *e, const struct addr *local,
			     const struct addr *remote);

#endif
