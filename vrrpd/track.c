/* SPDX-License-Identifier: GPL-2.0-or-later */
/* slad's verdicts; see track.h. */
#include "vrrpd/track.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "common/shm.h"

struct track {
	struct loop *loop;
	const struct conf *conf;
	track_fn fn;
	void *ctx;
	struct shm_reader *reader;
	struct timer timer; /* looks at the heartbeat */
	mono_t fresh;       /* when the channel was last seen alive */
	bool stale;
	enum track_state *states;     /* per sla */
	char (*names)[CONF_NAME_MAX]; /* of `states`, to move them over a reload */
	size_t n;
};

static void set(struct track *t, size_t sla, enum track_state s, const char *cause)
{
	if (t->states[sla] == s)
		return;
	t->states[sla] = s;
	t->fn(t->ctx, (int)sla, s, cause);
}

static enum track_state from_verdict(uint32_t state)
{
	return state == SLA_UP ? TRACK_UP : state == SLA_DOWN ? TRACK_DOWN : TRACK_UNKNOWN;
}

/* Whatever woke us: a few records are read faster than it is found out which changed. */
static void read_all(struct track *t)
{
	struct sla_verdict v;

	for (size_t k = 0; k < shm_reader_count(t->reader); k++) {
		int sla;

		if (!shm_reader_get(t->reader, k, &v))
			continue;
		sla = conf_find_sla(t->conf, v.name);
		if (sla >= 0)
			set(t, (size_t)sla, from_verdict(v.state), v.cause);
	}
}

static void check(void *ctx, mono_t now)
{
	struct track *t = ctx;
	bool stale = shm_reader_stale(t->reader, now);

	timer_set(&t->timer, mono_add(now, SLA_STALE_US));
	if (!stale)
		t->fresh = now;
	if (stale && !t->stale)
		log_msg(LOG_WARNING, "slad is silent; its last verdicts hold for %lld s",
			(long long)(SLA_HOLD_US / US_PER_S));
	else if (!stale && t->stale)
		log_msg(LOG_NOTICE, "slad is heard");
	t->stale = stale;
	if (stale && mono_sub(now, t->fresh) > SLA_HOLD_US)
		for (size_t k = 0; k < t->n; k++)
			set(t, k, TRACK_UNKNOWN, "slad is silent");
}

static void on_channel(void *ctx, enum shm_event event)
{
	struct track *t = ctx;

	if (event != SHM_HANGUP)
		read_all(t);
	check(t, loop_now(t->loop));
}

int track_reload(struct track *t, const struct conf *c)
{
	size_t n = conf_n_slas(c);
	enum track_state *states = calloc(n + 1, sizeof(*states));
	char(*names)[CONF_NAME_MAX] = calloc(n + 1, sizeof(*names));

	if (!states || !names) {
		free(states);
		free(names);
		return -ENOMEM;
	}
	for (size_t k = 0; k < n; k++) {
		strcpy(names[k], conf_sla_name(c, (int)k));
		for (size_t old = 0; old < t->n; old++)
			if (strcmp(t->names[old], names[k]) == 0)
				states[k] = t->states[old];
	}
	free(t->states);
	free(t->names);
	t->states = states;
	t->names = names;
	t->n = n;
	t->conf = c;
	return 0;
}

int track_open(struct track **out, struct loop *loop, const struct conf *c, const char *path,
	       track_fn fn, void *ctx)
{
	struct track *t = calloc(1, sizeof(*t));
	int err;

	if (!t)
		return -ENOMEM;
	*t = (struct track){
		.loop = loop, .fn = fn, .ctx = ctx, .fresh = loop_now(loop), .stale = true};
	timer_init(&t->timer, loop, check, t);
	err = track_reload(t, c);
	if (!err)
		err = shm_reader_open(&t->reader, loop, path, on_channel, t);
	if (err) {
		track_close(t);
		return err;
	}
	timer_set(&t->timer, mono_add(t->fresh, SLA_STALE_US));
	*out = t;
	return 0;
}

enum track_state track_state_of(const struct track *t, int sla)
{
	return t && sla >= 0 && (size_t)sla < t->n ? t->states[sla] : TRACK_UNKNOWN;
}

void track_close(struct track *t)
{
	if (!t)
		return;
	timer_set(&t->timer, MONO_NEVER);
	shm_reader_close(t->reader);
	free(t->states);
	free(t->names);
	free(t);
}
