/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the last minute, or hour, looked like: loss, runs of losses, round-trip times, their
 * percentiles and jitter. Bounded memory and constant work a sample, whatever the pace: the window
 * is six slices, the oldest of which leaves as a whole, each with a histogram of sixteen steps an
 * octave, so a percentile is right to 1 part in 32. Times up to 16 s. Pure.
 */
#ifndef SLAD_WINDOW_H
#define SLAD_WINDOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/mono.h"

#define WINDOW_SLICES 6
/* The length of a slice makes the window's. */
#define WINDOW_MINUTE_US (10 * US_PER_S)
#define WINDOW_HOUR_US (600 * US_PER_S)
#define WINDOW_BINS 336
#define WINDOW_RTT_MAX_US ((INT64_C(1) << 24) - 1)

struct window_slice {
	uint32_t decided, lost;
	uint32_t runs, run_losses, longest_run; /* that began here; lost here; that reached here */
	uint32_t n, n_jitter;
	int64_t min_us, max_us, sum_us, jitter_sum_us;
	uint16_t bins[WINDOW_BINS];
};

struct window {
	int64_t slice_us;
	int64_t slice_no; /* of the newest slice: time / slice_us */
	int64_t last_us;  /* -1: no reply yet */
	uint32_t run;     /* losses in a row just now */
	struct window_slice slices[WINDOW_SLICES];
	uint32_t bins[WINDOW_BINS]; /* the sum of the slices' */
};

struct window_stats {
	uint32_t decided, lost;
	uint32_t runs, run_losses, longest_run;
	/* -1: unknown, as no reply lies in the window; last_us is of the last reply ever. */
	int64_t last_us, min_us, avg_us, p50_us, p95_us, p99_us, max_us, jitter_us;
};

#define WINDOW_NO_STATS                       \
	((struct window_stats){.last_us = -1, \
			       .min_us = -1,  \
			       .avg_us = -1,  \
			       .p50_us = -1,  \
			       .p95_us = -1,  \
			       .p99_us = -1,  \
			       .max_us = -1,  \
			       .jitter_us = -1})

void window_init(struct window *w, int64_t slice_us, mono_t now);
/* Forgets what has left the window. The functions below do it too. */
void window_advance(struct window *w, mono_t now);
void window_reply(struct window *w, int64_t rtt_us, mono_t now);
void window_loss(struct window *w, mono_t now);
/* A reply after its probe was called lost at lost_at: no loss after all, and its time counts. */
void window_late(struct window *w, int64_t rtt_us, mono_t lost_at, mono_t now);
/* A reply of a probe that was never judged: its time alone counts. */
void window_rtt(struct window *w, int64_t rtt_us, mono_t now);
/*
 * The fates of probes in the order of their sending, which is not the order in which they are
 * decided: runs of losses. A probe that says nothing is no loss here, and ends a run.
 */
void window_in_order(struct window *w, bool lost, mono_t now);

/* False for a window that no sequence of the above could have led to by `now`. Looks at the slices;
 * the sum of their histograms is made anew. */
bool window_restore(struct window *w, mono_t now);

void window_stats(const struct window *w, struct window_stats *out);

#endif
