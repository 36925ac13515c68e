/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A story to draw: what pace logged, and what the routers and the gateway said meanwhile. Times are
 * CLOCK_REALTIME microseconds.
 */
#ifndef TESTS_LIB_TIMELINE_H
#define TESTS_LIB_TIMELINE_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "tests/lib/pace_stats.h"

#define CHAPTERS_MAX 32
#define TRACKS_MAX 16
#define STATES_MAX 2048
#define TEXT_MAX 256

struct chapter {
	char label[TEXT_MAX], title[TEXT_MAX];
	int64_t from_us, until_us;
};

struct state {
	int64_t us;
	size_t track;
	char word[24];
};

struct story {
	struct way ways[2];
	char way_names[2][TEXT_MAX];
	struct chapter chapters[CHAPTERS_MAX];
	size_t n_chapters;
	char tracks[TRACKS_MAX][TEXT_MAX];
	size_t n_tracks;
	struct state states[STATES_MAX]; /* in the order of time within a track */
	size_t n_states;
	char title[TEXT_MAX], subtitle[TEXT_MAX];
	int64_t from_us, until_us;
	int64_t article_us; /* the outage that ours stand beside; 0: none */
};

/* Writes one SVG document. */
void timeline_draw(const struct story *s, FILE *out);

#endif
