/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fills the channel's records; see publish.h. What does not change in a record is written at the
 * layout. */
#include "slad/publish.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/shm.h"

struct publish {
	struct shm_writer *writer;
	struct sla_verdict *records;
	size_t n;
	bool laid_out;
};

int publish_open(struct publish **out, struct loop *loop, const char *path)
{
	struct publish *p = calloc(1, sizeof(*p));
	int err;

	if (!p)
		return -ENOMEM;
	err = shm_writer_open(&p->writer, loop, path);
	if (err < 0) {
		free(p);
		return err;
	}
	*out = p;
	return 0;
}

void publish_close(struct publish *p)
{
	if (!p)
		return;
	if (p->laid_out)
		shm_writer_lifecycle(p->writer, SLA_STOPPED);
	shm_writer_close(p->writer);
	free(p->records);
	free(p);
}

static int64_t since_realtime(mono_t since)
{
	return realtime_us() - mono_sub(mono_clock(), since);
}

static void fill_minute(struct sla_verdict *v, const struct window_stats *s)
{
	v->window_sent = s->decided;
	v->window_lost = s->lost;
	v->rtt_last_us = s->last_us;
	v->rtt_min_us = s->min_us;
	v->rtt_avg_us = s->avg_us;
	v->rtt_p50_us = s->p50_us;
	v->rtt_p95_us = s->p95_us;
	v->rtt_p99_us = s->p99_us;
	v->rtt_max_us = s->max_us;
	v->rtt_jitter_us = s->jitter_us;
}

static void fill_hour(struct sla_verdict *v, const struct window_stats *s)
{
	v->hour_sent = s->decided;
	v->hour_lost = s->lost;
	v->hour_min_us = s->min_us;
	v->hour_avg_us = s->avg_us;
	v->hour_p50_us = s->p50_us;
	v->hour_p95_us = s->p95_us;
	v->hour_p99_us = s->p99_us;
	v->hour_max_us = s->max_us;
	v->hour_jitter_us = s->jitter_us;
	v->hour_runs = s->runs;
	v->hour_run_losses = s->run_losses;
	v->hour_longest_run = s->longest_run;
}

/* A host name until it has an address. */
static void name_target(struct sla_verdict *v, const struct target *t)
{
	if (addr_is_set(&t->conf.target))
		addr_format(&t->conf.target, v->target);
	else
		snprintf(v->target, sizeof(v->target), "%.*s", (int)sizeof(v->target) - 1,
			 t->conf.host);
}

static void fill_target(struct sla_verdict *v, const struct target *t, mono_t now)
{
	const struct target_counters *c = &t->counters;

	v->state = t->verdict.state;
	if (v->since_us != t->verdict.since.us) {
		v->since_us = t->verdict.since.us;
		v->since_realtime_us = since_realtime(t->verdict.since);
	}
	memcpy(v->cause, t->verdict.cause, sizeof(v->cause));
	v->transitions = t->verdict.transitions;
	v->decided = t->verdict.decided;
	v->sent = c->sent;
	v->received = c->received;
	v->lost = c->lost;
	v->late = c->late;
	v->duplicate = c->duplicate;
	v->rejected = c->rejected;
	v->send_errors = c->send_errors;
	v->void_probes = c->void_probes;
	v->timeout_us = t->timeout_us;
	if (t->conf.host[0])
		name_target(v, t);
	fill_minute(v, &t->minute);
	fill_hour(v, &t->hour);
	history_list(&t->quality.history, now, v->history);
}

/* Unknown for want of a member's first verdict is none itself. */
static bool all_decided(const struct engine *e, const struct group *g)
{
	for (size_t i = 0; i < g->n; i++) {
		const struct verdict *v = &engine_target(e, g->members[i])->verdict;

		if (v->state == SLA_UNKNOWN && !v->decided)
			return false;
	}
	return true;
}

static void fill_group(struct sla_verdict *v, const struct engine *e, const struct group *g)
{
	v->state = g->state;
	v->since_us = g->since.us;
	v->since_realtime_us = since_realtime(g->since);
	v->transitions = g->transitions;
	v->decided = all_decided(e, g);
	memcpy(v->cause, g->cause, sizeof(v->cause));
}

static void fill(struct publish *p, const struct engine *e, size_t sla)
{
	struct sla_verdict *v = &p->records[sla];
	size_t n = engine_targets(e);
	mono_t now = mono_clock();

	if (sla < n)
		fill_target(v, engine_target(e, sla), now);
	else
		fill_group(v, e, engine_group(e, sla - n));
	v->updated_us = now.us;
}

static void lay_out_target(struct sla_verdict *v, const struct target *t)
{
	v->kind = SLA_PROBE;
	strcpy(v->name, t->conf.name);
	strcpy(v->tunnel, t->tunnel);
	name_target(v, t);
	if (addr_is_set(&t->conf.source))
		addr_format(&t->conf.source, v->source);
	v->interval_us = t->conf.interval_us;
}

static void lay_out_group(struct sla_verdict *v, const struct group *g)
{
	v->kind = SLA_GROUP;
	strcpy(v->name, g->name);
	fill_minute(v, &WINDOW_NO_STATS);
	fill_hour(v, &WINDOW_NO_STATS);
}

static bool same_names(const struct publish *p, const struct sla_verdict *records, size_t n)
{
	if (!p->laid_out || n != p->n)
		return false;
	for (size_t i = 0; i < n; i++)
		if (p->records[i].kind != records[i].kind ||
		    strcmp(p->records[i].name, records[i].name) != 0)
			return false;
	return true;
}

int publish_layout(struct publish *p, const struct engine *e)
{
	size_t targets = engine_targets(e), n = targets + engine_groups(e);
	struct sla_verdict *records = calloc(n + 1, sizeof(*records));
	bool keep;
	int err = 0;

	if (!records)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		if (i < targets)
			lay_out_target(&records[i], engine_target(e, i));
		else
			lay_out_group(&records[i], engine_group(e, i - targets));
	keep = same_names(p, records, n);
	free(p->records);
	p->records = records;
	p->n = n;
	for (size_t i = 0; i < n; i++)
		fill(p, e, i);
	if (!keep)
		err = shm_writer_layout(p->writer, records, n);
	p->laid_out = err == 0;
	for (size_t i = 0; keep && i < n; i++)
		shm_writer_put(p->writer, i, &records[i], false);
	return err;
}

void publish_sla(struct publish *p, const struct engine *e, size_t sla, bool wake)
{
	if (!p->laid_out || sla >= p->n)
		return;
	fill(p, e, sla);
	shm_writer_put(p->writer, sla, &p->records[sla], wake);
}

void publish_heartbeat(struct publish *p, mono_t now)
{
	if (p->laid_out)
		shm_writer_heartbeat(p->writer, now);
}

void publish_running(struct publish *p)
{
	if (p->laid_out)
		shm_writer_lifecycle(p->writer, SLA_RUNNING);
}
