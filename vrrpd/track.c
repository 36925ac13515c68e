/* SPDX-License-Identifier: GPL-2.0-or-later */
/* slad's verdicts; see track.h. */
#include "vrrpd/track.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "common/shm.h"

/* What is known of one sla. */
struct known {
	char name[CONF_NAME_MAX]; /* to move along over a reload */
	enum track_state state;
	mono_t heard; /* when slad last had an opinion on it */
};

struct track {
	struct loop *loop;
	const struct conf *conf;
	track_fn fn;
	track_end_fn end;
	bool telling; /* something since the last `end` */
	void *ctx;
	struct shm_reader *reader;
	struct timer timer; /* looks at the heartbeat, and at verdicts that grow old */
	bool stale;
	struct known *slas; /* numbered as in the configuration */
	size_t n;
};

static void set(struct track *t, size_t sla, enum track_state s, const char *cause)
{
	if (t->slas[sla].state == s)
		return;
	t->slas[sla].state = s;
	t->telling = true;
	t->fn(t->ctx, (int)sla, s, cause);
}

static enum track_state from_verdict(uint32_t state)
{
	return state == SLA_UP ? TRACK_UP : state == SLA_DOWN ? TRACK_DOWN : TRACK_UNKNOWN;
}

/* Both daemons number the slas of one file in the same way, unless only one has reloaded it. */
static int sla_of_record(const struct track *t, size_t record, const char *name)
{
	if (record < t->n && strcmp(t->slas[record].name, name) == 0)
		return (int)record;
	return conf_find_sla(t->conf, name);
}

/* A slad that has just begun knows less than what an earlier run last said. */
static bool has_opinion(const struct sla_verdict *v)
{
	return v->state != SLA_UNKNOWN || v->decided;
}

/* Whatever woke us: a few records are read faster than it is found out which changed. */
static void read_all(struct track *t, mono_t now)
{
	struct sla_verdict v;

	for (size_t k = 0; k < shm_reader_count(t->reader); k++) {
		int sla;

		if (!shm_reader_get(t->reader, k, &v) || !has_opinion(&v))
			continue;
		sla = sla_of_record(t, k, v.name);
		if (sla < 0)
			continue;
		t->slas[sla].heard = now;
		set(t, (size_t)sla, from_verdict(v.state), v.cause);
	}
}

static void forget_old(struct track *t, mono_t now)
{
	for (size_t k = 0; k < t->n; k++)
		if (mono_sub(now, t->slas[k].heard) > SLA_HOLD_US)
			set(t, k, TRACK_UNKNOWN, t->stale ? "slad is silent" : "no evidence yet");
}

static void check(void *ctx, mono_t now)
{
	struct track *t = ctx;
	bool stale = shm_reader_stale(t->reader, now);

	timer_set(&t->timer, mono_add(now, SLA_STALE_US));
	if (stale && !t->stale)
		log_msg(LOG_WARNING, "slad is silent; its last verdicts hold for %lld s",
			(long long)(SLA_HOLD_US / US_PER_S));
	else if (!stale && t->stale)
		log_msg(LOG_NOTICE, "slad is heard");
	t->stale = stale;
	if (!stale)
		read_all(t, now);
	forget_old(t, now);
	if (t->telling)
		t->end(t->ctx);
	t->telling = false;
}

static void on_channel(void *ctx, enum shm_event event)
{
	struct track *t = ctx;
	mono_t now = loop_now(t->loop);

	if (event != SHM_HANGUP)
		read_all(t, now);
	check(t, now);
}

int track_reload(struct track *t, const struct conf *c)
{
	size_t n = conf_n_slas(c);
	struct known *slas = calloc(n + 1, sizeof(*slas));

	if (!slas)
		return -ENOMEM;
	for (size_t k = 0; k < n; k++) {
		strcpy(slas[k].name, conf_sla_name(c, (int)k));
		slas[k].heard = loop_now(t->loop);
		for (size_t old = 0; old < t->n; old++)
			if (strcmp(t->slas[old].name, slas[k].name) == 0)
				slas[k] = t->slas[old];
	}
	free(t->slas);
	t->slas = slas;
	t->n = n;
	t->conf = c;
	return 0;
}

int track_open(struct track **out, struct loop *loop, const struct conf *c, const char *path,
	       track_fn fn, track_end_fn end, void *ctx)
{
	struct track *t = calloc(1, sizeof(*t));
	int err;

	if (!t)
		return -ENOMEM;
	*t = (struct track){.loop = loop, .fn = fn, .end = end, .ctx = ctx, .stale = true};
	timer_init(&t->timer, loop, check, t);
	err = track_reload(t, c);
	if (!err)
		err = shm_reader_open(&t->reader, loop, path, on_channel, t);
	if (err) {
		track_close(t);
		return err;
	}
	timer_set(&t->timer, mono_add(loop_now(loop), SLA_STALE_US));
	*out = t;
	return 0;
}

enum track_state track_state_of(const struct track *t, int sla)
{
	return t && sla >= 0 && (size_t)sla < t->n ? t->slas[sla].state : TRACK_UNKNOWN;
}

void track_close(struct track *t)
{
	if (!t)
		return;
	timer_set(&t->timer, MONO_NEVER);
	shm_reader_close(t->reader);
	free(t->slas);
	free(t);
}
