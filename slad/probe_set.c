/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Making and freeing sets of probes; see probe_set.h. */
#include "slad/probe_set.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

/*
 * Many probes share phases, so that one wake-up and one system call send several; but not too many,
 * as the last of them is late by all before it. Phases lie no closer together than a millisecond.
 */
#define PHASES 32u
#define PROBES_A_PHASE 8u
#define PHASE_MIN_US (1 * US_PER_MS)
#define NOWHERE SIZE_MAX

void probe_set_free(struct probe_set *s, const struct probe_set *kept)
{
	for (size_t i = 0; s->targets && i < s->n; i++) {
		bool keep = false;

		for (size_t k = 0; kept && s->targets[i] && k < kept->n && !keep; k++)
			keep = kept->targets[k] == s->targets[i];
		if (!keep)
			target_free(s->targets[i]);
	}
	for (size_t i = 0; s->groups && i < s->n_groups; i++)
		group_free(s->groups[i]);
	free(s->targets);
	free(s->deadlines);
	free(s->ifindexes);
	free(s->dirty);
	free(s->states);
	free(s->groups);
	*s = (struct probe_set){0};
}

/* The running target that the new configuration leaves as it is, or NOWHERE. Usually at its old
 * place. */
static size_t find_same(const struct probe_set *old, const struct conf *c, size_t i)
{
	if (i < old->n && target_is(old->targets[i], c, &c->probes[i]))
		return i;
	for (size_t k = 0; k < old->n; k++)
		if (target_is(old->targets[k], c, &c->probes[i]))
			return k;
	return NOWHERE;
}

static size_t phases(size_t n_probes, int64_t interval_us)
{
	size_t most = (size_t)(interval_us / PHASE_MIN_US);
	size_t n = n_probes / PROBES_A_PHASE;

	if (n < PHASES)
		n = n_probes < PHASES ? n_probes : PHASES;
	return n < most ? n : most;
}

static int make_targets(struct probe_set *s, const struct probe_set *old, const struct conf *c,
			uint32_t tag, mono_t now)
{
	for (size_t i = 0; i < c->n_probes; i++) {
		size_t same = find_same(old, c, i), n;
		uint64_t cookie;

		if (same != NOWHERE) {
			s->targets[i] = old->targets[same];
			s->ifindexes[i] = old->ifindexes[same];
			continue;
		}
		if (getrandom(&cookie, sizeof(cookie), 0) != sizeof(cookie))
			return -EIO;
		s->targets[i] = target_new(c, &c->probes[i], tag, cookie, now);
		if (!s->targets[i])
			return -ENOMEM;
		n = phases(c->n_probes, c->probes[i].interval_us);
		target_start(s->targets[i], now, i % n, n);
	}
	return 0;
}

static int make_groups(struct probe_set *s, const struct probe_set *old, const struct conf *c,
		       mono_t now)
{
	for (size_t i = 0; i < c->n_sla_groups; i++) {
		s->groups[i] = group_new(&c->sla_groups[i], now);
		if (!s->groups[i])
			return -ENOMEM;
		for (size_t k = 0; k < old->n_groups; k++)
			if (strcmp(old->groups[k]->name, s->groups[i]->name) == 0)
				group_inherit(s->groups[i], old->groups[k]);
	}
	return 0;
}

int probe_set_make(struct probe_set *s, const struct probe_set *old, const struct conf *c,
		   uint32_t tag, mono_t now)
{
	size_t n = c->n_probes + 1; /* calloc(0) may be NULL */
	int err;

	s->n = c->n_probes;
	s->n_groups = c->n_sla_groups;
	s->targets = calloc(n, sizeof(*s->targets));
	s->deadlines = calloc(n, sizeof(*s->deadlines));
	s->ifindexes = calloc(n, sizeof(*s->ifindexes));
	s->dirty = calloc(n, sizeof(*s->dirty));
	s->states = calloc(n, sizeof(*s->states));
	s->groups = calloc(s->n_groups + 1, sizeof(*s->groups));
	if (!s->targets || !s->deadlines || !s->ifindexes || !s->dirty || !s->states || !s->groups)
		return -ENOMEM;
	err = make_targets(s, old, c, tag, now);
	return err < 0 ? err : make_groups(s, old, c, now);
}
