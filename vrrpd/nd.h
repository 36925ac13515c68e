/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The unsolicited neighbor advertisement as a frame: RFC 4861, 4.4 and 7.2.6; RFC 9568, 8.2.2.
 * Pure. */
#ifndef VRRPD_ND_H
#define VRRPD_ND_H

#include <stddef.h>
#include <stdint.h>

#include "common/addr.h"

#define ND_FRAME_LEN 86

/*
 * To all nodes, from `address` at `mac`, about itself: router and override set, solicited clear,
 * with the target link-layer address. Returns ND_FRAME_LEN; IPv6 only.
 */
size_t nd_announcement(const uint8_t mac[6], const struct addr *address,
		       uint8_t frame[ND_FRAME_LEN]);

#endif
