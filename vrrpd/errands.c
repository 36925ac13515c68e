/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The helper process and what it does for the daemon as a whole; see errands.h. Source of the
 * meaning: keepalived.conf(5). */
#include "vrrpd/errands.h"

#include <string.h>

#include "common/log.h"
#include "vrrpd/daemon.h"

/* No vrrp_script has it: see ID in track_scripts.c. */
#define STARTUP_ID 0
#define READER_SPACING_US US_PER_S

/* ---- readers of FIFOs ---- */

static void begin_reader(void *ctx, mono_t now)
{
	struct fifo_reader *r = ctx;

	/* One of before has another id, so that its end is not taken for this one's. */
	r->id += N_FIFOS;
	if (runner_serve(r->daemon->errands.runner, r->id, &r->command, r->fifo) != 0)
		timer_set(&r->again, mono_add(now, READER_SPACING_US));
}

static void begin_again(struct fifo_reader *r)
{
	if (r->command.len > 0)
		timer_set(&r->again, mono_add(loop_now(r->daemon->host.loop), READER_SPACING_US));
}

static void take_reader(struct vrrpd *d, size_t n)
{
	const struct conf_command *c = &d->conf->fifo_scripts[n];
	struct fifo_reader *r = &d->errands.readers[n];

	if (!r->daemon) {
		r->daemon = d;
		r->id = (uint32_t)n;
		timer_init(&r->again, d->host.loop, begin_reader, r);
	}
	if (c->len == r->command.len && strcmp(r->fifo, d->conf->fifos[n]) == 0 &&
	    memcmp(c->args ? c->args : "", r->args, c->len) == 0)
		return;
	if (r->command.len > 0)
		runner_dismiss(d->errands.runner, r->id);
	timer_set(&r->again, MONO_NEVER);
	strcpy(r->fifo, d->conf->fifos[n]);
	memcpy(r->args, c->args ? c->args : "", c->len);
	r->command = (struct conf_command){r->args, c->len};
	if (c->len > 0)
		begin_reader(r, loop_now(d->host.loop));
}

static void on_ended(void *ctx, uint32_t id, const char *text)
{
	struct vrrpd *d = ctx;
	struct fifo_reader *r = &d->errands.readers[id % N_FIFOS];

	/* One that was dismissed has ended because it was told to. */
	if (r->id != id || r->command.len == 0)
		return;
	log_msg(LOG_WARNING, "the reader of %s has ended, and begins again: %s", r->fifo, text);
	begin_again(r);
}

/* ---- the helper ---- */

static void begun(struct vrrpd *d)
{
	d->errands.starting = false;
	vrrpd_startup_over(d, loop_now(d->host.loop));
}

static void on_result(void *ctx, uint32_t id, bool ran, bool good, const char *text)
{
	struct vrrpd *d = ctx;

	if (id != STARTUP_ID || !d->errands.starting) {
		track_scripts_result(d->scripts, id, ran, good, text);
		return;
	}
	if (!good)
		log_msg(LOG_WARNING, "startup_script: %s", text);
	begun(d);
}

static void on_lost(void *ctx)
{
	struct vrrpd *d = ctx;

	track_scripts_lost(d->scripts);
	for (size_t k = 0; k < N_FIFOS; k++)
		begin_again(&d->errands.readers[k]);
	if (d->errands.starting)
		begun(d);
}

bool errands_take(struct vrrpd *d)
{
	static const struct runner_ops ops = {on_result, on_ended, on_lost};
	int err = 0;

	if (!d->errands.runner && conf_has_commands(d->conf))
		err = runner_start(&d->errands.runner, d->host.loop, &ops, d);
	if (err)
		log_msg(LOG_ERR, "no helper process to run commands: %s", strerror(-err));
	for (size_t k = 0; k < N_FIFOS; k++)
		take_reader(d, k);
	return track_scripts_reload(d->scripts, d->conf, d->errands.runner) == 0;
}

void errands_start_up(struct vrrpd *d)
{
	const struct conf *c = d->conf;

	if (c->startup.len > 0)
		d->errands.starting = runner_check(d->errands.runner, STARTUP_ID, &c->startup,
						   c->startup_limit_us) == 0;
}

void errands_end(struct vrrpd *d)
{
	const struct conf *c = d->conf;

	if (c && c->shutdown.len > 0)
		runner_last(d->errands.runner, &c->shutdown, c->shutdown_limit_us);
	for (size_t k = 0; k < N_FIFOS; k++)
		if (d->errands.readers[k].daemon)
			timer_set(&d->errands.readers[k].again, MONO_NEVER);
	runner_close(d->errands.runner);
}
