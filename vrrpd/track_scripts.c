/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The vrrp_scripts; see track_scripts.h. */
#include "vrrpd/track_scripts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/log.h"

/* A run's id is the reload that it belongs to and the script's number, so that what an earlier
 * configuration began says nothing of this one. */
#define ID(reload, number) ((uint32_t)(reload) << 16 | (uint32_t)(number))

struct script {
	struct track_scripts *all;
	const struct conf_script *conf;
	uint32_t id;
	struct timer timer; /* the next run */
	bool running, told; /* that it could not be run */
	struct script_count count;
};

struct track_scripts {
	struct loop *loop;
	struct runner *runner;
	track_scripts_fn fn;
	void *ctx;
	uint16_t reloads;
	struct script *scripts;
	size_t n;
};

/* No evidence, and said once. */
static void tell_unrun(struct script *s, const char *text)
{
	if (!s->told)
		log_msg(LOG_WARNING, "vrrp_script %s: %s", s->conf->name, text);
	s->told = true;
}

static void run(void *ctx, mono_t now)
{
	struct script *s = ctx;
	mono_t next = mono_add(s->timer.deadline, s->conf->interval_us);
	int err;

	if (mono_reached(next, now))
		next = mono_add(now, s->conf->interval_us);
	timer_set(&s->timer, next);
	if (s->running)
		return;
	err = runner_check(s->all->runner, s->id, &s->conf->command, s->conf->timeout_us);
	s->running = err == 0;
	if (err)
		tell_unrun(s, strerror(-err));
}

void track_scripts_result(void *ctx, uint32_t id, bool ran, bool good, const char *text)
{
	struct track_scripts *t = ctx;
	size_t number = id & 0xffff;
	struct script *s;

	if (number >= t->n || t->scripts[number].id != id)
		return;
	s = &t->scripts[number];
	s->running = false;
	if (!ran) {
		tell_unrun(s, text);
		return;
	}
	s->told = false;
	if (!script_result(&s->count, s->conf->rise, s->conf->fall, good))
		return;
	log_msg(LOG_NOTICE, "vrrp_script %s is %s: %s", s->conf->name,
		track_state_name(s->count.state), text);
	t->fn(t->ctx);
}

void track_scripts_lost(void *ctx)
{
	struct track_scripts *t = ctx;

	for (size_t k = 0; k < t->n; k++)
		t->scripts[k].running = false;
}

static void forget(struct track_scripts *t)
{
	for (size_t k = 0; k < t->n; k++)
		timer_set(&t->scripts[k].timer, MONO_NEVER);
	free(t->scripts);
	t->scripts = NULL;
	t->n = 0;
}

static void begin(struct track_scripts *t, struct script *s, const struct conf_script *c)
{
	script_begin(&s->count, c->init_fail && c->command.len > 0);
	for (size_t k = 0; k < t->n; k++)
		if (strcmp(t->scripts[k].conf->name, c->name) == 0)
			s->count = t->scripts[k].count;
	s->conf = c;
	s->all = t;
	timer_init(&s->timer, t->loop, run, s);
	if (c->tracked && c->command.len > 0)
		timer_set(&s->timer, loop_now(t->loop));
}

int track_scripts_reload(struct track_scripts *t, const struct conf *c, struct runner *r)
{
	struct script *scripts = calloc(c->n_scripts + 1, sizeof(*scripts));

	if (!scripts)
		return -ENOMEM;
	t->runner = r;
	t->reloads++;
	for (size_t k = 0; k < c->n_scripts; k++) {
		scripts[k].id = ID(t->reloads, k);
		begin(t, &scripts[k], &c->scripts[k]);
	}
	forget(t);
	t->scripts = scripts;
	t->n = c->n_scripts;
	return 0;
}

int track_scripts_open(struct track_scripts **out, struct loop *loop, track_scripts_fn fn,
		       void *ctx)
{
	struct track_scripts *t = calloc(1, sizeof(*t));

	if (!t)
		return -ENOMEM;
	*t = (struct track_scripts){.loop = loop, .fn = fn, .ctx = ctx};
	*out = t;
	return 0;
}

struct track_view track_scripts_view(const struct track_scripts *t, int script)
{
	if (!t || script < 0 || (size_t)script >= t->n)
		return (struct track_view){TRACK_UNKNOWN, 0};
	return (struct track_view){t->scripts[script].count.state, 0};
}

void track_scripts_close(struct track_scripts *t)
{
	if (!t)
		return;
	forget(t);
	free(t);
}
