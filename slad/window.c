/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A window in slices of log-linear histograms. Pure; see window.h. */
#include "slad/window.h"

#include <string.h>

#define SUB_BITS 4
#define SUB_STEPS (1u << SUB_BITS)

static int64_t clamp(int64_t v, int64_t low, int64_t high)
{
	return v < low ? low : v > high ? high : v;
}

/* us lies within 0 and WINDOW_RTT_MAX_US. */
static unsigned bin_of(int64_t us)
{
	uint32_t v = (uint32_t)us;
	unsigned octave;

	if (v < SUB_STEPS)
		return v;
	octave = 31u - (unsigned)__builtin_clz(v) - SUB_BITS;
	return SUB_STEPS * (octave + 1) + ((v >> octave) & (SUB_STEPS - 1));
}

/* The middle of the bin. */
static int64_t value_of(unsigned bin)
{
	unsigned octave;

	if (bin < 2 * SUB_STEPS)
		return bin;
	octave = bin / SUB_STEPS - 1;
	return ((int64_t)(SUB_STEPS + bin % SUB_STEPS) << octave) + (INT64_C(1) << octave) / 2;
}

static struct window_slice *slice_at(struct window *w, int64_t slice_no)
{
	return &w->slices[slice_no % WINDOW_SLICES];
}

static void drop_slice(struct window *w, struct window_slice *s)
{
	for (size_t i = 0; i < WINDOW_BINS && s->n; i++)
		w->bins[i] -= s->bins[i];
	memset(s, 0, sizeof(*s));
}

void window_init(struct window *w, int64_t slice_us, mono_t now)
{
	memset(w, 0, sizeof(*w));
	w->slice_us = slice_us;
	w->slice_no = now.us / slice_us;
	w->last_us = -1;
}

void window_advance(struct window *w, mono_t now)
{
	int64_t slice_no = now.us / w->slice_us;

	if (slice_no - w->slice_no > WINDOW_SLICES)
		w->slice_no = slice_no - WINDOW_SLICES;
	while (w->slice_no < slice_no)
		drop_slice(w, slice_at(w, ++w->slice_no));
}

void window_rtt(struct window *w, int64_t rtt_us, mono_t now)
{
	struct window_slice *s;
	unsigned bin;

	rtt_us = clamp(rtt_us, 0, WINDOW_RTT_MAX_US);
	bin = bin_of(rtt_us);
	window_advance(w, now);
	s = slice_at(w, w->slice_no);
	if (s->bins[bin] == UINT16_MAX)
		return; /* 109 a second for ten minutes: no probe's pace */
	s->bins[bin]++;
	w->bins[bin]++;
	if (w->last_us >= 0) {
		s->jitter_sum_us += rtt_us > w->last_us ? rtt_us - w->last_us : w->last_us - rtt_us;
		s->n_jitter++;
	}
	w->last_us = rtt_us;
	if (s->n == 0 || rtt_us < s->min_us)
		s->min_us = rtt_us;
	if (s->n == 0 || rtt_us > s->max_us)
		s->max_us = rtt_us;
	s->sum_us += rtt_us;
	s->n++;
}

void window_reply(struct window *w, int64_t rtt_us, mono_t now)
{
	window_rtt(w, rtt_us, now);
	slice_at(w, w->slice_no)->decided++;
}

void window_loss(struct window *w, mono_t now)
{
	struct window_slice *s;

	window_advance(w, now);
	s = slice_at(w, w->slice_no);
	s->decided++;
	s->lost++;
}

void window_late(struct window *w, int64_t rtt_us, mono_t lost_at, mono_t now)
{
	int64_t slice_no = lost_at.us / w->slice_us;

	window_rtt(w, rtt_us, now);
	if (w->slice_no - slice_no < WINDOW_SLICES && slice_at(w, slice_no)->lost > 0)
		slice_at(w, slice_no)->lost--;
}

void window_in_order(struct window *w, bool lost, mono_t now)
{
	struct window_slice *s;

	if (!lost) {
		w->run = 0;
		return;
	}
	window_advance(w, now);
	s = slice_at(w, w->slice_no);
	s->runs += w->run == 0;
	s->run_losses++;
	w->run++;
	if (w->run > s->longest_run)
		s->longest_run = w->run;
}

static bool slice_is_sound(const struct window_slice *s)
{
	int64_t most = WINDOW_RTT_MAX_US;
	unsigned first = WINDOW_BINS, last = 0;
	uint64_t n = 0;

	for (unsigned i = 0; i < WINDOW_BINS; i++) {
		n += s->bins[i];
		if (s->bins[i] && first == WINDOW_BINS)
			first = i;
		if (s->bins[i])
			last = i;
	}
	if (n != s->n || s->lost > s->decided || s->runs > s->run_losses || s->n_jitter > n)
		return false;
	if (s->jitter_sum_us < 0 || s->jitter_sum_us > most * s->n_jitter)
		return false;
	if (n == 0)
		return s->min_us == 0 && s->max_us == 0 && s->sum_us == 0;
	return s->min_us >= 0 && s->max_us <= most && s->min_us <= s->max_us &&
	       bin_of(s->min_us) == first && bin_of(s->max_us) == last &&
	       s->sum_us >= s->min_us * s->n && s->sum_us <= s->max_us * s->n;
}

bool window_restore(struct window *w, mono_t now)
{
	if (w->slice_us <= 0 || w->slice_no < 0 || w->slice_no > now.us / w->slice_us ||
	    w->last_us < -1 || w->last_us > WINDOW_RTT_MAX_US)
		return false;
	memset(w->bins, 0, sizeof(w->bins));
	for (size_t k = 0; k < WINDOW_SLICES; k++) {
		if (!slice_is_sound(&w->slices[k]))
			return false;
		for (size_t i = 0; i < WINDOW_BINS; i++)
			w->bins[i] += w->slices[k].bins[i];
	}
	return true;
}

/* Values of nearest rank: the least that a share of the samples does not exceed. One pass for all.
 */
static void percentiles(const struct window *w, uint64_t n, struct window_stats *out)
{
	static const unsigned permille[] = {500, 950, 990};
	int64_t *const values[] = {&out->p50_us, &out->p95_us, &out->p99_us};
	uint64_t seen = 0;
	size_t next = 0;

	for (unsigned i = bin_of(out->min_us); i <= bin_of(out->max_us); i++) {
		seen += w->bins[i];
		while (next < 3 && seen > 0 && seen * 1000 >= n * permille[next])
			*values[next++] = clamp(value_of(i), out->min_us, out->max_us);
	}
}

void window_stats(const struct window *w, struct window_stats *out)
{
	int64_t sum = 0, jitter = 0;
	uint64_t n = 0, n_jitter = 0;

	*out = WINDOW_NO_STATS;
	out->last_us = w->last_us;
	for (size_t i = 0; i < WINDOW_SLICES; i++) {
		const struct window_slice *s = &w->slices[i];

		out->decided += s->decided;
		out->lost += s->lost;
		out->runs += s->runs;
		out->run_losses += s->run_losses;
		if (s->longest_run > out->longest_run)
			out->longest_run = s->longest_run;
		n_jitter += s->n_jitter;
		jitter += s->jitter_sum_us;
		if (s->n == 0)
			continue;
		if (n == 0 || s->min_us < out->min_us)
			out->min_us = s->min_us;
		if (n == 0 || s->max_us > out->max_us)
			out->max_us = s->max_us;
		sum += s->sum_us;
		n += s->n;
	}
	if (n_jitter)
		out->jitter_us = jitter / (int64_t)n_jitter;
	if (n == 0)
		return;
	out->avg_us = sum / (int64_t)n;
	percentiles(w, n, out);
}
