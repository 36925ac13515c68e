/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes as the file of slad's statistics. To get past the checksum, they are read a second time
 * with a right one and the right head. What is accepted must be what writing it anew gives, byte by
 * byte, and must bear going on.
 */
#include <stdlib.h>
#include <string.h>

#include "slad/state.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const uint8_t boot[16];
static const mono_t now = {INT64_C(86400) * US_PER_S};

static void go_on(struct target_past *p)
{
	struct sla_second seconds[SLA_HISTORY];
	struct window_stats stats;

	window_stats(&p->quality.hour, &stats);
	quality_late(&p->quality, 1000, (mono_t){1}, now);
	quality_loss(&p->quality, mono_add(now, US_PER_S));
	quality_reply(&p->quality, 77, mono_add(now, 1000 * US_PER_S));
	window_in_order(&p->quality.hour, true, mono_add(now, 1000 * US_PER_S));
	window_stats(&p->quality.minute, &stats);
	if (stats.p50_us < stats.min_us || stats.p99_us > stats.max_us)
		abort();
	history_list(&p->quality.history, mono_add(now, 1000 * US_PER_S), seconds);
}

static void look(const uint8_t *data, size_t size)
{
	struct state_reader s;
	struct target_past past;
	uint64_t fingerprint;
	uint8_t *again;
	struct wbuf w;
	int64_t saved = 0;

	if (state_open(&s, data, size, boot, now) != STATE_OK)
		return;
	for (size_t i = 0; i < 8; i++)
		saved = (int64_t)((uint64_t)saved << 8 | data[28 + i]);
	again = malloc(size);
	if (!again)
		abort();
	w = wbuf_of(again, size);
	state_begin(&w, boot, (mono_t){saved}, s.left);
	while (state_next(&s, &fingerprint, &past)) {
		state_add(&w, fingerprint, &past);
		go_on(&past);
	}
	state_end(&w, again);
	if (w.bad || w.used != size || memcmp(again, data, size) != 0)
		abort();
	free(again);
}

/* One record, made of the input's bytes under a head that is right. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t room = state_size(0) + size;
	uint8_t *copy = malloc(room);
	struct wbuf w = wbuf_of(copy, room);

	if (!copy)
		abort();
	look(data, size);
	state_begin(&w, boot, now, 1);
	wbuf_bytes(&w, data, size);
	state_end(&w, copy);
	look(copy, w.used);
	free(copy);
	return 0;
}
