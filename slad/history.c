/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A ring of seconds; see history.h. */
#include "slad/history.h"

#include <stdbool.h>
#include <string.h>

static struct history_second *at(struct history *h, int64_t second)
{
	return &h->seconds[second % SLA_HISTORY];
}

static struct history_second *advance(struct history *h, mono_t now)
{
	int64_t second = now.us / US_PER_S;

	if (second - h->second > SLA_HISTORY)
		h->second = second - SLA_HISTORY;
	while (h->second < second)
		*at(h, ++h->second) = (struct history_second){0};
	return at(h, h->second);
}

static void count(uint16_t *n)
{
	*n += *n < UINT16_MAX;
}

void history_init(struct history *h, mono_t now)
{
	memset(h, 0, sizeof(*h));
	h->second = now.us / US_PER_S;
}

void history_rtt(struct history *h, int64_t rtt_us, mono_t now)
{
	struct history_second *s = advance(h, now);
	int64_t bounded = rtt_us < 0 ? 0 : rtt_us > INT32_MAX ? INT32_MAX : rtt_us;

	count(&s->n);
	s->rtt_us = (uint32_t)(s->rtt_us + (bounded - s->rtt_us) / s->n);
}

void history_reply(struct history *h, int64_t rtt_us, mono_t now)
{
	history_rtt(h, rtt_us, now);
	count(&at(h, h->second)->decided);
}

void history_loss(struct history *h, mono_t now)
{
	struct history_second *s = advance(h, now);

	count(&s->decided);
	count(&s->lost);
}

void history_late(struct history *h, int64_t rtt_us, mono_t lost_at, mono_t now)
{
	int64_t second = lost_at.us / US_PER_S;

	history_rtt(h, rtt_us, now);
	if (h->second - second < SLA_HISTORY && at(h, second)->lost > 0)
		at(h, second)->lost--;
}

void history_list(const struct history *h, mono_t now, struct sla_second out[SLA_HISTORY])
{
	int64_t last = now.us / US_PER_S;

	for (int64_t i = 0; i < SLA_HISTORY; i++) {
		int64_t second = last - SLA_HISTORY + 1 + i;
		/* Before the clock's zero there is nothing: a host that booted less than a minute
		 * ago. */
		bool held = second >= 0 && second <= h->second && h->second - second < SLA_HISTORY;
		const struct history_second *s = &h->seconds[held ? second % SLA_HISTORY : 0];

		out[i] = (struct sla_second){.rtt_us = SLA_NO_RTT};
		if (!held)
			continue;
		out[i].decided = s->decided;
		out[i].lost = s->lost;
		if (s->n)
			out[i].rtt_us = s->rtt_us;
	}
}
