/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An advert as a whole frame, for a virtual router that sends from its virtual MAC address: RFC
 * 9568, 5.1 and 7.2. To multicast groups only, whose MAC addresses follow from theirs (RFC 1112,
 * 6.4; RFC 2464, 7). Pure.
 */
#ifndef VRRPD_ADVERT_FRAME_H
#define VRRPD_ADVERT_FRAME_H

#include <stddef.h>
#include <stdint.h>

#include "common/addr.h"
#include "vrrpd/advert.h"

#define ADVERT_FRAME_MAX (14 + 40 + ADVERT_MAX_SIZE)

/* `message` of advert_build, between addresses of one family. Returns the length, 0 when it is too
 * long. */
size_t advert_frame(const uint8_t mac[6], const struct addr *source, const struct addr *group,
		    const void *message, size_t len, uint8_t frame[ADVERT_FRAME_MAX]);

#endif
