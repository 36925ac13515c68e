/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What pace keeps of one direction and the figures it draws from it. Times are CLOCK_REALTIME
 * microseconds. No input or output.
 */
#ifndef TESTS_LIB_PACE_STATS_H
#define TESTS_LIB_PACE_STATS_H

#include <stdbool.h>
#include <stdint.h>

struct packet {
	int64_t sent_us, arrived_us; /* arrived_us 0: not yet */
	bool duplicate, reordered;
};

struct way {
	struct packet *packets; /* by sequence number */
	int64_t *arrivals_us;   /* in the order of arrival */
	uint32_t n_packets, n_arrivals, room;
	uint32_t highest_seq; /* that arrived */
};

struct way_stats {
	/* Of the packets that were sent within the chapter; they may arrive after it. */
	uint32_t sent, received, lost, reordered, duplicate;
	/*
	 * The longest silence at the receiver: between two successive arrivals, or an arrival and
	 * the chapter's start or end, clipped to the chapter. About one interval on a path without
	 * loss.
	 */
	int64_t gap_us, gap_start_us;
	int64_t delay_p50_us; /* median one-way delay; -1: none arrived */
};

bool way_init(struct way *w, uint32_t room);
void way_free(struct way *w);
/* False when the room is used up. */
bool way_sent(struct way *w, int64_t now_us, uint32_t *seq);
void way_arrived(struct way *w, uint32_t seq, int64_t at_us);
/* Of the chapter [from_us, until_us). */
struct way_stats way_stats(const struct way *w, int64_t from_us, int64_t until_us);

#endif
