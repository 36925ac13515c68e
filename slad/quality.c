/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Hands each outcome to all who count it; see quality.h. */
#include "slad/quality.h"

void quality_init(struct quality *q, mono_t now)
{
	window_init(&q->minute, WINDOW_MINUTE_US, now);
	window_init(&q->hour, WINDOW_HOUR_US, now);
	history_init(&q->history, now);
}

void quality_advance(struct quality *q, mono_t now)
{
	window_advance(&q->minute, now);
	window_advance(&q->hour, now);
}

void quality_reply(struct quality *q, int64_t rtt_us, mono_t now)
{
	window_reply(&q->minute, rtt_us, now);
	window_reply(&q->hour, rtt_us, now);
	history_reply(&q->history, rtt_us, now);
}

void quality_loss(struct quality *q, mono_t now)
{
	window_loss(&q->minute, now);
	window_loss(&q->hour, now);
	history_loss(&q->history, now);
}

void quality_late(struct quality *q, int64_t rtt_us, mono_t lost_at, mono_t now)
{
	window_late(&q->minute, rtt_us, lost_at, now);
	window_late(&q->hour, rtt_us, lost_at, now);
	history_late(&q->history, rtt_us, lost_at, now);
}

void quality_rtt(struct quality *q, int64_t rtt_us, mono_t now)
{
	window_rtt(&q->minute, rtt_us, now);
	window_rtt(&q->hour, rtt_us, now);
	history_rtt(&q->history, rtt_us, now);
}
