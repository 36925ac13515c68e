/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writing and reading of state.h. Histograms are mostly empty, so only the bins in use are written.
 * What is read is checked field by field although a checksum covers it: a checksum says that the
 * file is as it was written, not that it was written by a sane program.
 */
#include "slad/state.h"

#include <string.h>

#define MAGIC UINT64_C(0x76727073746174) /* "vrpstat" */
/* The tables of counters have the length that this version knows. */
#define VERSION (1u << 16 | (unsigned)ECHO_REJECTS << 8 | (unsigned)ECHO_KINDS)

#define HEAD_SIZE (8 + 4 + 16 + 8 + 4)
#define SUM_SIZE 8
#define COUNTERS_SIZE (8 * (8 + ECHO_REJECTS + ECHO_KINDS))
#define WINDOW_SIZE (8 + 8 + 4 + WINDOW_SLICES * (7 * 4 + 4 * 8 + 2 + WINDOW_BINS * 4))
#define HISTORY_SIZE (8 + SLA_HISTORY * 10)
#define VERDICT_SIZE (1 + 3 * 8)
#define RECORD_SIZE (8 + COUNTERS_SIZE + 2 * WINDOW_SIZE + HISTORY_SIZE + VERDICT_SIZE)

size_t state_size(size_t n)
{
	return HEAD_SIZE + n * RECORD_SIZE + SUM_SIZE;
}

/* FNV-1a over words of a byte. */
static uint64_t sum(const uint8_t *p, size_t n)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	while (n--)
		hash = (hash ^ *p++) * UINT64_C(0x100000001b3);
	return hash;
}

static int64_t read_i64(struct rbuf *r)
{
	return (int64_t)rbuf_u64(r);
}

/* ---- counters ---- */

static void write_counters(struct wbuf *w, const struct target_counters *c)
{
	const uint64_t all[] = {c->sent,      c->received, c->lost,        c->late,
				c->duplicate, c->rejected, c->send_errors, c->void_probes};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		wbuf_u64(w, all[i]);
	for (size_t i = 0; i < ECHO_REJECTS; i++)
		wbuf_u64(w, c->rejects[i]);
	for (size_t i = 0; i < ECHO_KINDS; i++)
		wbuf_u64(w, c->errors[i]);
}

static void read_counters(struct rbuf *r, struct target_counters *c)
{
	uint64_t *const all[] = {&c->sent,      &c->received, &c->lost,        &c->late,
				 &c->duplicate, &c->rejected, &c->send_errors, &c->void_probes};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		*all[i] = rbuf_u64(r);
	for (size_t i = 0; i < ECHO_REJECTS; i++)
		c->rejects[i] = rbuf_u64(r);
	for (size_t i = 0; i < ECHO_KINDS; i++)
		c->errors[i] = rbuf_u64(r);
}

/* ---- windows ---- */

static void write_bins(struct wbuf *w, const uint16_t bins[WINDOW_BINS])
{
	uint16_t used = 0;

	for (size_t i = 0; i < WINDOW_BINS; i++)
		used += bins[i] != 0;
	wbuf_u16(w, used);
	for (uint16_t i = 0; i < WINDOW_BINS; i++) {
		if (!bins[i])
			continue;
		wbuf_u16(w, i);
		wbuf_u16(w, bins[i]);
	}
}

static bool read_bins(struct rbuf *r, uint16_t bins[WINDOW_BINS])
{
	uint16_t used = rbuf_u16(r);
	int last = -1;

	for (uint16_t k = 0; k < used && !r->bad; k++) {
		uint16_t i = rbuf_u16(r), n = rbuf_u16(r);

		if (i <= last || i >= WINDOW_BINS || n == 0)
			return false;
		bins[i] = n;
		last = i;
	}
	return !r->bad;
}

static void write_window(struct wbuf *w, const struct window *from)
{
	wbuf_u64(w, (uint64_t)from->slice_no);
	wbuf_u64(w, (uint64_t)from->last_us);
	wbuf_u32(w, from->run);
	for (size_t i = 0; i < WINDOW_SLICES; i++) {
		const struct window_slice *s = &from->slices[i];

		wbuf_u32(w, s->decided);
		wbuf_u32(w, s->lost);
		wbuf_u32(w, s->runs);
		wbuf_u32(w, s->run_losses);
		wbuf_u32(w, s->longest_run);
		wbuf_u32(w, s->n);
		wbuf_u32(w, s->n_jitter);
		wbuf_u64(w, (uint64_t)s->min_us);
		wbuf_u64(w, (uint64_t)s->max_us);
		wbuf_u64(w, (uint64_t)s->sum_us);
		wbuf_u64(w, (uint64_t)s->jitter_sum_us);
		write_bins(w, s->bins);
	}
}

static bool read_window(struct rbuf *r, int64_t slice_us, mono_t now, struct window *to)
{
	to->slice_us = slice_us;
	to->slice_no = read_i64(r);
	to->last_us = read_i64(r);
	to->run = rbuf_u32(r);
	for (size_t i = 0; i < WINDOW_SLICES; i++) {
		struct window_slice *s = &to->slices[i];

		s->decided = rbuf_u32(r);
		s->lost = rbuf_u32(r);
		s->runs = rbuf_u32(r);
		s->run_losses = rbuf_u32(r);
		s->longest_run = rbuf_u32(r);
		s->n = rbuf_u32(r);
		s->n_jitter = rbuf_u32(r);
		s->min_us = read_i64(r);
		s->max_us = read_i64(r);
		s->sum_us = read_i64(r);
		s->jitter_sum_us = read_i64(r);
		if (!read_bins(r, s->bins))
			return false;
	}
	return window_restore(to, now);
}

/* ---- the minute by the second ---- */

static void write_history(struct wbuf *w, const struct history *h)
{
	wbuf_u64(w, (uint64_t)h->second);
	for (size_t i = 0; i < SLA_HISTORY; i++) {
		wbuf_u32(w, h->seconds[i].rtt_us);
		wbuf_u16(w, h->seconds[i].n);
		wbuf_u16(w, h->seconds[i].decided);
		wbuf_u16(w, h->seconds[i].lost);
	}
}

static bool read_history(struct rbuf *r, mono_t now, struct history *h)
{
	h->second = read_i64(r);
	for (size_t i = 0; i < SLA_HISTORY; i++) {
		struct history_second *s = &h->seconds[i];

		s->rtt_us = rbuf_u32(r);
		s->n = rbuf_u16(r);
		s->decided = rbuf_u16(r);
		s->lost = rbuf_u16(r);
		if (s->lost > s->decided || s->rtt_us > INT32_MAX)
			return false;
	}
	return h->second >= 0 && h->second <= now.us / US_PER_S;
}

/* ---- the verdict's past ---- */

static void write_verdict(struct wbuf *w, const struct verdict_past *v)
{
	wbuf_u8(w, (uint8_t)v->definite);
	wbuf_u64(w, (uint64_t)v->wait_us);
	wbuf_u64(w, (uint64_t)v->next_wait_us);
	wbuf_u64(w, v->transitions);
}

static bool read_verdict(struct rbuf *r, struct verdict_past *v)
{
	uint8_t definite = rbuf_u8(r);

	v->definite = (enum sla_state)definite;
	v->wait_us = read_i64(r);
	v->next_wait_us = read_i64(r);
	v->transitions = rbuf_u64(r);
	return definite <= SLA_DOWN && v->wait_us >= 0 && v->next_wait_us >= 0;
}

/* ---- the whole ---- */

void state_begin(struct wbuf *w, const uint8_t boot_id[16], mono_t now, size_t n)
{
	wbuf_u64(w, MAGIC);
	wbuf_u32(w, VERSION);
	wbuf_bytes(w, boot_id, 16);
	wbuf_u64(w, (uint64_t)now.us);
	wbuf_u32(w, (uint32_t)n);
}

void state_add(struct wbuf *w, uint64_t fingerprint, const struct target_past *past)
{
	wbuf_u64(w, fingerprint);
	write_counters(w, &past->counters);
	write_window(w, &past->quality.minute);
	write_window(w, &past->quality.hour);
	write_history(w, &past->quality.history);
	write_verdict(w, &past->verdict);
}

void state_end(struct wbuf *w, const uint8_t *begin)
{
	wbuf_u64(w, sum(begin, w->used));
}

/* False when a record is cut or impossible. */
static bool read_record(struct state_reader *s, uint64_t *fingerprint, struct target_past *past)
{
	struct rbuf *r = &s->r;

	memset(past, 0, sizeof(*past));
	*fingerprint = rbuf_u64(r);
	read_counters(r, &past->counters);
	return read_window(r, WINDOW_MINUTE_US, s->now, &past->quality.minute) &&
	       read_window(r, WINDOW_HOUR_US, s->now, &past->quality.hour) &&
	       read_history(r, s->now, &past->quality.history) && read_verdict(r, &past->verdict) &&
	       !r->bad;
}

static bool records_are_sound(struct state_reader s)
{
	struct target_past past;
	uint64_t fingerprint;

	for (; s.left; s.left--)
		if (!read_record(&s, &fingerprint, &past))
			return false;
	return s.r.left == SUM_SIZE;
}

enum state_fault state_open(struct state_reader *s, const void *bytes, size_t len,
			    const uint8_t boot_id[16], mono_t now)
{
	struct rbuf tail;
	const uint8_t *boot;
	int64_t age_us;

	*s = (struct state_reader){.r = rbuf_of(bytes, len), .now = now};
	if (rbuf_u64(&s->r) != MAGIC)
		return STATE_FOREIGN;
	if (rbuf_u32(&s->r) != VERSION)
		return s->r.bad ? STATE_DAMAGED : STATE_VERSION;
	if (len < HEAD_SIZE + SUM_SIZE)
		return STATE_DAMAGED;
	tail = rbuf_of((const uint8_t *)bytes + len - SUM_SIZE, SUM_SIZE);
	if (rbuf_u64(&tail) != sum(bytes, len - SUM_SIZE))
		return STATE_DAMAGED;
	boot = rbuf_bytes(&s->r, 16);
	if (memcmp(boot, boot_id, 16) != 0)
		return STATE_OTHER_BOOT;
	age_us = mono_sub(now, (mono_t){read_i64(&s->r)});
	if (age_us < 0)
		return STATE_OTHER_BOOT;
	if (age_us > STATE_AGE_MAX_US)
		return STATE_OLD;
	s->left = rbuf_u32(&s->r);
	return records_are_sound(*s) ? STATE_OK : STATE_DAMAGED;
}

bool state_next(struct state_reader *s, uint64_t *fingerprint, struct target_past *past)
{
	if (s->left == 0)
		return false;
	s->left--;
	return read_record(s, fingerprint, past);
}

const char *state_fault_name(enum state_fault f)
{
	static const char *const names[] = {
		[STATE_OK] = "sound",
		[STATE_FOREIGN] = "not a file of slad",
		[STATE_VERSION] = "of another version",
		[STATE_DAMAGED] = "damaged",
		[STATE_OTHER_BOOT] = "of another boot",
		[STATE_OLD] = "more than an hour old",
	};

	return names[f];
}
