/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is known of a path: its last minute and its last hour as figures, and the minute second by
 * second. One call per outcome of a probe feeds all three. Pure.
 */
#ifndef SLAD_QUALITY_H
#define SLAD_QUALITY_H

#include "slad/history.h"
#include "slad/window.h"

struct quality {
	struct window minute, hour;
	struct history history;
};

void quality_init(struct quality *q, mono_t now);
/* As window.h has them; runs of losses are the hour's. */
void quality_advance(struct quality *q, mono_t now);
void quality_reply(struct quality *q, int64_t rtt_us, mono_t now);
void quality_loss(struct quality *q, mono_t now);
void quality_late(struct quality *q, int64_t rtt_us, mono_t lost_at, mono_t now);
void quality_rtt(struct quality *q, int64_t rtt_us, mono_t now);

#endif
