/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The last minute second by second, for a picture: mean round-trip time and losses of each. A
 * second that no probe was decided in is empty. Pure.
 */
#ifndef SLAD_HISTORY_H
#define SLAD_HISTORY_H

#include <stdint.h>

#include "common/mono.h"
#include "common/sla.h"

struct history_second {
	uint32_t rtt_us; /* mean of the n */
	uint16_t n;
	uint16_t decided, lost; /* these three stop at their limit */
};

struct history {
	int64_t second; /* the newest */
	struct history_second seconds[SLA_HISTORY];
};

void history_init(struct history *h, mono_t now);
/* As window.h has them. */
void history_rtt(struct history *h, int64_t rtt_us, mono_t now);
void history_reply(struct history *h, int64_t rtt_us, mono_t now);
void history_loss(struct history *h, mono_t now);
void history_late(struct history *h, int64_t rtt_us, mono_t lost_at, mono_t now);
/* Oldest first; the last is the second of `now`, which is not over. */
void history_list(const struct history *h, mono_t now, struct sla_second out[SLA_HISTORY]);

#endif
