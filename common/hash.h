/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where a name belongs in a table of buckets: FNV-1a. For names that an administrator gives, not
 * for what strangers send. Pure. */
#ifndef COMMON_HASH_H
#define COMMON_HASH_H

#include <stdint.h>

#define HASH_BUCKETS 256

static inline unsigned hash_bucket(const char *name)
{
	uint32_t h = 2166136261u;

	for (; *name; name++)
		h = (h ^ (uint8_t)*name) * 16777619u;
	return (h ^ h >> 16) % HASH_BUCKETS;
}

#endif
