/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ARP requests as frames: RFC 826; the gratuitous one (RFC 5227, announcement; RFC 9568, 8.2) and
 * the probe. Pure. */
#ifndef VRRPD_ARP_H
#define VRRPD_ARP_H

#include <stddef.h>
#include <stdint.h>

#include "common/addr.h"

#define ARP_FRAME_LEN 42

/* A broadcast request with sender = target = address, from `mac`. Returns ARP_FRAME_LEN; IPv4 only.
 */
size_t arp_announcement(const uint8_t mac[6], const struct addr *address,
			uint8_t frame[ARP_FRAME_LEN]);
/* Asks who has `address`, from no address: RFC 5227, 2.1.1. The same. */
size_t arp_probe(const uint8_t mac[6], const struct addr *address, uint8_t frame[ARP_FRAME_LEN]);

#endif
