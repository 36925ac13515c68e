/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The pace of one probe: slots on absolute deadlines, `interval` apart, in a phase of its own so
 * that the probes of one daemon are spread evenly. A slot that passed unused stays unused: nothing
 * is sent in bursts to make up for a stall. Pure.
 */
#ifndef SLAD_PACER_H
#define SLAD_PACER_H

#include <stddef.h>
#include <stdint.h>

#include "common/mono.h"

struct pacer {
	mono_t due; /* the next slot */
	int64_t interval_us;
};

/* Probe `index` of `count`; its first slot lies at origin + interval * index / count. */
void pacer_start(struct pacer *p, mono_t origin, int64_t interval_us, size_t index, size_t count);

struct pacer_slot {
	bool due;
	uint64_t missed; /* whole slots before this one that passed unused */
	int64_t late_us; /* behind the latest slot, 0 to interval */
};

/* Takes the slot that `now` lies in, if it is due, and moves on to the next. */
struct pacer_slot pacer_take(struct pacer *p, mono_t now);

#endif
