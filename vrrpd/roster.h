/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who is who on the interfaces: the instance that a packet is for, by interface, family and VRID,
 * at the same cost whatever their number, and a count of the packets that are nobody's. Allocates
 * in roster_put only. Pure.
 */
#ifndef VRRPD_ROSTER_H
#define VRRPD_ROSTER_H

#include <stdint.h>

#include "common/hash.h"
#include "vrrpd/advert.h"

struct segment {
	struct segment *next;
	char interface[16];
	uint8_t family;
	void *by_vrid[256];             /* the caller's; NULL: nobody */
	uint64_t strays[ADVERT_FAULTS]; /* nobody's packets, counted by the caller */
};

struct roster {
	struct segment *buckets[HASH_BUCKETS];
};

/* NULL when nobody was ever put there. */
struct segment *roster_find(const struct roster *r, const char *interface, uint8_t family);
/* The segment that the owner is in now, valid until roster_free; NULL when out of memory. */
struct segment *roster_put(struct roster *r, const char *interface, uint8_t family, uint8_t vrid,
			   void *owner);
/* Takes all owners out; the counts stay. */
void roster_clear(struct roster *r);
void roster_free(struct roster *r);

#endif
