/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The Internet checksum. Pure; see csum.h. */
#include "common/csum.h"

static uint32_t add_bytes(uint32_t sum, const uint8_t *p, size_t len)
{
	size_t i;

	for (i = 0; i + 1 < len; i += 2)
		sum += (uint32_t)(p[i] << 8 | p[i + 1]);
	if (i < len)
		sum += (uint32_t)p[i] << 8;
	return sum;
}

static uint16_t fold(uint32_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

uint16_t csum(const void *data, size_t len)
{
	return fold(add_bytes(0, data, len));
}

/* Both families' pseudo-headers add the same numbers: addresses, length, protocol. */
uint16_t csum_pseudo(const struct addr *src, const struct addr *dst, uint8_t protocol,
		     const void *data, size_t len)
{
	uint32_t sum = protocol + (uint32_t)(len & 0xffff) + (uint32_t)(len >> 16);

	sum = add_bytes(sum, src->b, addr_len(src));
	sum = add_bytes(sum, dst->b, addr_len(dst));
	return fold(add_bytes(sum, data, len));
}
