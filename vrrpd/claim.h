/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Frames by which a host says that an address is its own: any ARP with that sender (RFC 5227, 2.4)
 * and neighbor advertisements for it (RFC 4861, 4.4); the questions that bring such an answer from
 * a host that is silent: an ARP probe (RFC 5227, 2.1.1) and the solicitation of duplicate address
 * detection (RFC 4862, 5.4.2); and a packet filter that lets only claims of some addresses pass.
 * Pure.
 */
#ifndef VRRPD_CLAIM_H
#define VRRPD_CLAIM_H

#include <linux/filter.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/addr.h"

struct claim {
	struct addr address;
	uint8_t mac[6];
};

/* A frame with its Ethernet header, of either family; false: it claims nothing. */
bool claim_parse(const void *frame, size_t len, struct claim *out);

#define CLAIM_PROBE_MAX 78
/* Asks who has `address`, from `mac` and no address. Returns the frame's length. */
size_t claim_probe(const uint8_t mac[6], const struct addr *address,
		   uint8_t frame[CLAIM_PROBE_MAX]);

/* As many as the kernel's longest filter has room for. */
#define CLAIM_FILTER_ADDRESSES 2000
#define CLAIM_FILTER_MAX (2 * CLAIM_FILTER_ADDRESSES + 6)
/*
 * For frames of that family on a packet socket: passes claims of the addresses in the list that are
 * of the family, the first CLAIM_FILTER_ADDRESSES of them; of IPv6 also those of addresses with the
 * same last four bytes. Returns the number of instructions; *watched is how many addresses are in
 * it.
 */
size_t claim_filter(uint8_t family, const struct addr list[], size_t n,
		    struct sock_filter out[CLAIM_FILTER_MAX], size_t *watched);

#endif
