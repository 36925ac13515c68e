/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The Internet checksum (RFC 1071), with and without the pseudo-header of IPv4 (RFC 9293, 3.1) and
 * IPv6 (RFC 8200, 8.1). Pure. */
#ifndef COMMON_CSUM_H
#define COMMON_CSUM_H

#include <stddef.h>
#include <stdint.h>

#include "common/addr.h"

/*
 * Over `len` bytes as they stand in the packet; host order, to be stored big-endian. Over a message
 * that holds its own right checksum the result is 0.
 */
uint16_t csum(const void *data, size_t len);
/* The same with the pseudo-header of src, dst (one family) and the protocol number before it. */
uint16_t csum_pseudo(const struct addr *src, const struct addr *dst, uint8_t protocol,
		     const void *data, size_t len);

#endif
