/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The path of path.h. */
#include "tests/sim/path.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/conf_parse.h"

#define YEAR_US (365.25 * 86400 * 1e6)
#define REFRESH_US (200 * US_PER_MS)
#define GIVE_UP_US (600 * US_PER_S)

double path_random(struct path *s)
{
	s->seed ^= s->seed << 13;
	s->seed ^= s->seed >> 7;
	s->seed ^= s->seed << 17;
	return (double)(s->seed >> 11) / 9007199254740992.0;
}

static double exponential(struct path *s, double mean)
{
	return -mean * log(1 - path_random(s));
}

/* ---- the way there and back ---- */

static bool in_blackout(struct path *s)
{
	const struct path_model *m = &s->model;

	while (m->burst_us > 0 && mono_reached(s->burst_end, s->now)) {
		s->burst_begin = mono_add(s->burst_end, (int64_t)exponential(s, m->calm_us));
		s->burst_end = mono_add(s->burst_begin, 1 + (int64_t)exponential(s, m->burst_us));
	}
	return m->burst_us > 0 && mono_reached(s->burst_begin, s->now);
}

/* A bucket of tokens, as hosts limit their ICMP with. */
static bool refused(struct path *s)
{
	double rate = s->model.answers_a_second;

	if (rate <= 0)
		return false;
	s->tokens += rate * (double)mono_sub(s->now, s->tokens_at) / 1e6;
	s->tokens_at = s->now;
	if (s->tokens > rate)
		s->tokens = rate;
	if (s->tokens < 1)
		return true;
	s->tokens -= 1;
	return false;
}

/* The time that this probe takes, or PATH_LOST. */
static int64_t crossing(struct path *s)
{
	const struct path_model *m = &s->model;
	int64_t us;

	if (mono_reached(m->dead_from, s->now) || in_blackout(s) ||
	    (m->loss > 0 && path_random(s) < m->loss) || refused(s))
		return PATH_LOST;
	us = m->rtt_us + (int64_t)(path_random(s) * (double)m->jitter_us);
	if (m->trace) {
		int32_t tenths = m->trace[s->at++ % m->n_trace];

		if (tenths == PATH_LOST)
			return PATH_LOST;
		us = tenths * INT64_C(100);
	}
	return mono_reached(m->mute_from, mono_add(s->now, us)) ? PATH_LOST : us;
}

static void transmit(struct path *s)
{
	struct echo_request q;
	struct flight *f;
	int64_t us;

	target_request(s->t, &q);
	target_sent(s->t, s->now);
	us = crossing(s);
	if (us == PATH_LOST || s->n_flying == PATH_IN_FLIGHT)
		return;
	f = &s->flying[s->n_flying++];
	f->arrival = mono_add(s->now, us);
	f->m = (struct echo_message){
		.kind = ECHO_REPLY,
		.from = s->t->conf.target,
		.to = s->t->conf.source,
		.source = s->t->conf.source,
		.target = s->t->conf.target,
		.id = q.id,
		.icmp_seq = (uint16_t)q.seq,
		.payload = q.size,
		.tag = q.tag,
		.seq = q.seq,
		.cookie = q.cookie,
	};
}

/* ---- the daemon's side ---- */

static void note(struct path *s, unsigned flags)
{
	if (!(flags & TARGET_CHANGED))
		return;
	switch (s->t->verdict.state) {
	case SLA_DOWN:
		s->downs++;
		s->last_down = s->now;
		break;
	case SLA_UP:
		s->ups++;
		s->last_up = s->now;
		break;
	case SLA_UNKNOWN:
		s->unknowns++;
		break;
	}
}

static size_t first_arrival(const struct path *s)
{
	size_t best = 0;

	for (size_t i = 1; i < s->n_flying; i++)
		if (mono_before(s->flying[i].arrival, s->flying[best].arrival))
			best = i;
	return best;
}

/* Replies that arrived by now, in order, as a socket would hand them up. */
static void deliver(struct path *s)
{
	while (s->n_flying) {
		size_t i = first_arrival(s);
		struct flight f = s->flying[i];

		if (!mono_reached(f.arrival, s->now))
			return;
		s->flying[i] = s->flying[--s->n_flying];
		note(s, target_receive(s->t, &f.m, f.arrival));
	}
}

void path_turn(struct path *s)
{
	unsigned flags;

	deliver(s);
	flags = target_turn(s->t, s->now);
	note(s, flags);
	if (!(flags & TARGET_SEND))
		return;
	if (target_wants_id(s->t, s->now))
		target_set_id(s->t, (uint16_t)(s->t->id + 1), s->now);
	transmit(s);
}

void path_run(struct path *s, mono_t until, bool to_change)
{
	unsigned changes = s->downs + s->ups + s->unknowns;
	mono_t refresh = s->now;

	while (mono_before(s->now, until) &&
	       !(to_change && s->downs + s->ups + s->unknowns != changes)) {
		mono_t next = mono_min(target_deadline(s->t), until);

		if (s->n_flying)
			next = mono_min(next, s->flying[first_arrival(s)].arrival);
		if (mono_before(s->now, next))
			s->now = next;
		path_turn(s);
		if (mono_sub(s->now, refresh) >= REFRESH_US) {
			note(s, target_refresh(s->t, s->now));
			refresh = s->now;
		}
	}
}

/* ---- lives ---- */

struct conf_probe path_profile(const char *name)
{
	struct lex_file file = {.name = "profile"};
	struct diags diags = {0};
	struct conf_probe p;
	struct conf *c;
	char text[160];

	snprintf(text, sizeof(text),
		 "sla_probe sim {\n target 172.16.41.10\n source 10.1.22.252\n profile %s\n}\n",
		 name);
	file.text = text;
	file.len = strlen(text);
	c = conf_parse(&file, "sim", "sim", NULL, NULL, &diags);
	diags_free(&diags);
	if (!c)
		abort();
	p = c->probes[0];
	conf_free(c);
	return p;
}

struct path path_begin(const struct conf_probe *p, uint64_t seed)
{
	struct path s = {
		.seed = seed * UINT64_C(0x9e3779b97f4a7c15) + 1,
		.now = {US_PER_S},
		.model = {.rtt_us = 15 * US_PER_MS,
			  .jitter_us = 5 * US_PER_MS,
			  .dead_from = MONO_NEVER,
			  .mute_from = MONO_NEVER},
	};

	s.burst_begin = s.burst_end = s.tokens_at = s.now;
	s.t = target_new(NULL, p, 1, 2, s.now);
	if (!s.t)
		abort();
	return s;
}

void path_end(struct path *s)
{
	target_free(s->t);
}

void path_judge_afresh(struct path *s)
{
	struct conf_probe p = s->t->conf;

	target_free(s->t);
	s->t = target_new(NULL, &p, 1, 2, s->now);
	s->n_flying = 0;
	if (!s->t)
		abort();
}

void path_settle(struct path *s)
{
	path_run(s, mono_add(s->now, 60 * US_PER_S), true);
	path_run(s, mono_add(s->now, 10 * US_PER_S + (int64_t)(path_random(s) * 1e5)), false);
}

double path_alarms(const struct conf_probe *settings, const struct path_model *m, int64_t watch_us,
		   unsigned most, uint64_t seed)
{
	struct conf_probe p = *settings;
	struct path s;
	mono_t begin;
	unsigned alarms;
	double watched_us;

	p.start = START_UP;
	s = path_begin(&p, seed);
	s.model = *m;
	s.model.dead_from = s.model.mute_from = MONO_NEVER;
	begin = s.now;
	while (s.downs < most && mono_sub(s.now, begin) < watch_us) {
		/* Judged afresh after each alarm, so that flaps do not slow the run down. */
		if (s.t->verdict.state != SLA_UP)
			path_judge_afresh(&s);
		path_run(&s, mono_add(begin, watch_us), true);
	}
	alarms = s.downs;
	watched_us = (double)mono_sub(s.now, begin);
	path_end(&s);
	return alarms * YEAR_US / watched_us;
}

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static double detect_once(const struct conf_probe *p, const struct path_model *before,
			  const struct path_model *after, uint64_t seed)
{
	struct path s = path_begin(p, seed);
	double took_s;
	mono_t cut;

	s.model = *before;
	s.model.dead_from = s.model.mute_from = MONO_NEVER;
	path_settle(&s);
	cut = s.now;
	s.model = *after;
	s.model.dead_from = mono_add(after->dead_from, cut.us);
	s.model.mute_from = mono_add(after->mute_from, cut.us);
	s.tokens = after->answers_a_second;
	s.tokens_at = cut;
	path_run(&s, mono_add(cut, GIVE_UP_US), true);
	took_s = s.downs ? (double)mono_sub(s.last_down, cut) / 1e6 : INFINITY;
	path_end(&s);
	return took_s;
}

struct path_times path_detection(const struct conf_probe *p, const struct path_model *before,
				 const struct path_model *after, unsigned rounds, uint64_t seed)
{
	double *took = calloc(rounds, sizeof(*took));
	struct path_times r = {0};

	if (!took)
		abort();
	for (unsigned i = 0; i < rounds; i++) {
		took[i] = detect_once(p, before, after, seed + i);
		r.mean_s += took[i] / rounds;
	}
	qsort(took, rounds, sizeof(*took), ascending);
	r.p99_s = took[(rounds * 99 + 99) / 100 - 1];
	r.worst_s = took[rounds - 1];
	free(took);
	return r;
}
