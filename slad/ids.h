/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ICMP ids of one run: a block that a socket filter can name by one mask, and who uses which.
 * An id that was given up keeps its owner until the whole block went round, so that a reply to it
 * still finds its probe, and connection tracking has long forgotten it when it comes again. Pure.
 */
#ifndef SLAD_IDS_H
#define SLAD_IDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define IDS_BITS 13
#define IDS_COUNT (1u << IDS_BITS)
#define IDS_MASK ((uint16_t) ~(IDS_COUNT - 1))
#define IDS_NOBODY SIZE_MAX

struct ids {
	uint16_t base; /* the upper bits of every id */
	uint16_t next;
	struct {
		uint16_t owner; /* index + 1, 0: nobody */
		bool live;
	} of[IDS_COUNT];
};

void ids_init(struct ids *ids, uint16_t base);
/*
 * A fresh id for the owner, whose present one is given up (any id that is not in use does no harm).
 * Owners are below IDS_COUNT / 2, so one is always free.
 */
uint16_t ids_take(struct ids *ids, size_t owner, uint16_t present);
/* Forgets all owners, but not how far round the block went: before a reload moves the owners about.
 */
void ids_forget(struct ids *ids);
/* Registers an id that its owner had before. */
void ids_keep(struct ids *ids, size_t owner, uint16_t id);
/* IDS_NOBODY: not of this run, or never used. */
size_t ids_owner(const struct ids *ids, uint16_t id);

#endif
