// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The book-keeping of pace: what was sent and what arrived in one direction, and the figures of a
 * chapter. It measures nothing itself.
 */
#include <stdlib.h>
#include <string.h>

#include "tests/lib/pace_stats.h"

bool way_init(struct way *w, uint32_t room)
{
	*w = (struct way){.room = room};
	w->packets = calloc(room, sizeof(*w->packets));
	w->arrivals_us = calloc(room, sizeof(*w->arrivals_us));
	return w->packets && w->arrivals_us;
}

void way_free(struct way *w)
{
	free(w->packets);
	free(w->arrivals_us);
}

bool way_sent(struct way *w, int64_t now_us, uint32_t *seq)
{
	if (w->n_packets == w->room)
		return false;
	*seq = w->n_packets++;
	w->packets[*seq].sent_us = now_us;
	return true;
}

void way_arrived(struct way *w, uint32_t seq, int64_t at_us)
{
	struct packet *p;

	if (seq >= w->n_packets)
		return;
	p = &w->packets[seq];
	if (p->arrived_us) {
		p->duplicate = true;
		return;
	}
	p->arrived_us = at_us;
	p->reordered = w->n_arrivals && seq < w->highest_seq;
	if (seq > w->highest_seq)
		w->highest_seq = seq;
	w->arrivals_us[w->n_arrivals++] = at_us;
}

static void find_gap(const struct way *w, int64_t from_us, int64_t until_us, struct way_stats *s)
{
	int64_t last = from_us, at;

	s->gap_start_us = from_us;
	for (uint32_t i = 0; i <= w->n_arrivals; i++) {
		at = i < w->n_arrivals ? w->arrivals_us[i] : until_us;
		if (at < from_us)
			continue;
		if (at > until_us)
			at = until_us;
		if (at - last > s->gap_us) {
			s->gap_us = at - last;
			s->gap_start_us = last;
		}
		last = at;
	}
}

static int by_value(const void *a, const void *b)
{
	const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

struct way_stats way_stats(const struct way *w, int64_t from_us, int64_t until_us)
{
	struct way_stats s = {.delay_p50_us = -1};
	int64_t *delays = calloc(w->n_packets + 1, sizeof(*delays));

	for (uint32_t i = 0; i < w->n_packets; i++) {
		const struct packet *p = &w->packets[i];

		if (p->sent_us < from_us || p->sent_us >= until_us)
			continue;
		s.sent++;
		s.reordered += p->reordered;
		s.duplicate += p->duplicate;
		if (p->arrived_us && delays)
			delays[s.received] = p->arrived_us - p->sent_us;
		s.received += p->arrived_us != 0;
	}
	s.lost = s.sent - s.received;
	if (delays && s.received) {
		qsort(delays, s.received, sizeof(*delays), by_value);
		s.delay_p50_us = delays[s.received / 2];
	}
	free(delays);
	find_gap(w, from_us, until_us, &s);
	return s;
}
