/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a probe takes along into the next run of the daemon, and how it is known again there: by its
 * settings, not by its name alone. See target.h.
 */
#include <string.h>

#include "slad/target.h"

/* FNV-1a. */
#define HASH_BEGIN UINT64_C(0xcbf29ce484222325)
#define HASH_PRIME UINT64_C(0x100000001b3)

static uint64_t add_bytes(uint64_t hash, const void *bytes, size_t n)
{
	const uint8_t *p = bytes;

	while (n--)
		hash = (hash ^ *p++) * HASH_PRIME;
	return hash;
}

/* With its NUL, so that two texts do not run together. */
static uint64_t add_text(uint64_t hash, const char *text)
{
	return add_bytes(hash, text, strlen(text) + 1);
}

static uint64_t add_address(uint64_t hash, const struct addr *a)
{
	char text[ADDR_STRLEN];

	return add_text(hash, addr_is_set(a) ? addr_format(a, text) : "");
}

uint64_t target_fingerprint(const struct target *t)
{
	const struct conf_probe *p = &t->conf;
	const int64_t numbers[] = {
		p->mark,
		p->tos,
		p->ttl,
		p->size,
		p->df,
		p->interval_us,
		p->timeout_us,
		p->fall,
		p->rise,
		p->delay_down_us,
		p->delay_up_us,
		p->max_rtt_us,
		p->max_loss_permille,
		p->start,
	};
	uint64_t hash = add_text(HASH_BEGIN, p->name);

	hash = add_text(hash, t->tunnel);
	hash = add_text(hash, t->way.interface);
	hash = add_text(hash, p->interface);
	hash = add_address(hash, &t->way.local);
	hash = add_address(hash, &t->way.remote);
	hash = add_text(hash, p->host);
	hash = add_address(hash, &p->target);
	hash = add_address(hash, &p->source);
	return add_bytes(hash, numbers, sizeof(numbers));
}

void target_remember(const struct target *t, struct target_past *out)
{
	out->counters = t->counters;
	out->quality = t->quality;
	verdict_remember(&t->verdict, &out->verdict);
}

void target_recall(struct target *t, const struct target_past *past, mono_t now)
{
	t->counters = past->counters;
	t->quality = past->quality;
	verdict_recall(&t->verdict, &t->rules, &past->verdict);
	t->share_from = mono_add(now, WINDOW_SLICES * WINDOW_MINUTE_US);
}
