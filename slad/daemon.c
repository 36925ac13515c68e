/* SPDX-License-Identifier: GPL-2.0-or-later */
/* slad as a whole; see daemon.h. Opens the parts in the order in which they need each other, and
 * carries changes of verdict out. */
#include "slad/daemon.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/conf_load.h"
#include "common/control.h"
#include "common/events.h"
#include "common/conf_reload.h"
#include "common/log.h"
#include "common/notify.h"
#include "common/rundir.h"
#include "config.h"
#include "slad/engine.h"
#include "slad/keep.h"
#include "slad/names.h"
#include "slad/netwatch.h"
#include "slad/publish.h"

/* Statistics are brought up to date with every so many heartbeats; verdicts at once. */
#define REFRESH_BEATS 4u
/* What a crash may lose of them. Writing them takes a moment in which no probe is sent. */
#define SAVE_PERIOD_US (300 * US_PER_S)

struct slad {
	struct options options;
	struct loop *loop;
	struct rundir rundir;
	struct engine *engine;
	struct names *names;
	struct netwatch *netwatch;
	struct publish *publish;
	struct control *control;
	struct timer heartbeat;
	unsigned beats;
	int status; /* to exit with */
	mono_t started, watchdog_due, save_due;
	struct events events;
};

/* ---- verdicts ---- */

struct sla_view {
	const char *name, *cause;
	enum sla_state state;
};

static struct sla_view view(const struct slad *s, size_t sla)
{
	size_t n = engine_targets(s->engine);

	if (sla < n) {
		const struct target *t = engine_target(s->engine, sla);

		return (struct sla_view){t->conf.name, t->verdict.cause, t->verdict.state};
	}
	const struct group *g = engine_group(s->engine, sla - n);

	return (struct sla_view){g->name, g->cause, g->state};
}

/* The readers hear of it first: what else is done with a change is for people. */
static void on_changed(void *ctx, size_t sla, enum sla_state from)
{
	struct slad *s = ctx;
	struct sla_view v = view(s, sla);
	const struct event *e;

	publish_sla(s->publish, s->engine, sla, true);
	log_transition(v.state == SLA_UP ? LOG_NOTICE : LOG_WARNING, THING_PROBE, v.name,
		       verdict_name(from), verdict_name(v.state), v.cause);
	e = events_add(&s->events, realtime_us(), THING_PROBE, v.name, verdict_name(from),
		       verdict_name(v.state), v.cause);
	if (s->control)
		control_event(s->control, e);
}

static void on_refreshed(void *ctx, size_t sla)
{
	struct slad *s = ctx;

	publish_sla(s->publish, s->engine, sla, false);
}

static const char *state_path(const struct slad *s, char path[PATH_MAX])
{
	return rundir_file(&s->rundir, "slad.state", path, PATH_MAX);
}

static void save(struct slad *s, mono_t now)
{
	char path[PATH_MAX];

	keep_save(s->engine, state_path(s, path));
	s->save_due = mono_add(now, SAVE_PERIOD_US);
}

static void on_heartbeat(void *ctx, mono_t now)
{
	struct slad *s = ctx;

	publish_heartbeat(s->publish, now);
	if (s->beats++ % REFRESH_BEATS == 0)
		engine_refresh(s->engine, now, on_refreshed, s);
	if (mono_reached(s->watchdog_due, now)) {
		notify_watchdog();
		s->watchdog_due = mono_add(now, notify_watchdog_us());
	}
	if (mono_reached(s->save_due, now))
		save(s, now);
	timer_set(&s->heartbeat, mono_add(now, SLA_HEARTBEAT_US));
}

/* ---- configuration ---- */

static int apply(struct slad *s, const struct conf *c)
{
	int err = engine_apply(s->engine, c);

	if (err == -E2BIG)
		return refused("%s: more than %u probes and groups", s->options.config,
			       SLA_MAX_RECORDS);
	if (err < 0)
		return refused("%s: %s", s->options.config, strerror(-err));
	if (names_apply(s->names, c) < 0)
		log_msg(LOG_ERR, "%s: out of memory for host names: the old ones are looked up",
			s->options.config);
	return EXIT_OK;
}

static int publish_all(struct slad *s)
{
	int err = publish_layout(s->publish, s->engine);

	if (err < 0)
		return refused("cannot publish verdicts: %s", strerror(-err));
	publish_heartbeat(s->publish, mono_clock());
	publish_running(s->publish);
	engine_weigh(s->engine);
	return EXIT_OK;
}

/* True when the new configuration runs. `diagnostics` may be NULL. */
static bool reload(struct slad *s, json_t *diagnostics)
{
	bool done = false;
	struct conf *c;

	notify_reloading();
	c = conf_reload(s->options.config, s->options.config_id, diagnostics);
	if (c)
		done = apply(s, c) == EXIT_OK;
	conf_free(c);
	if (done && publish_all(s) != EXIT_OK) {
		/* The old probes are gone: a supervisor starts us afresh. */
		s->status = EXIT_REFUSED;
		loop_stop(s->loop);
		return false;
	}
	if (done)
		log_msg(LOG_NOTICE, "%s reloaded: %zu probes", s->options.config,
			engine_targets(s->engine));
	else
		log_msg(LOG_ERR, "%s not reloaded; the old configuration runs on",
			s->options.config);
	notify_ready(NULL);
	return done;
}

/* ---- the control socket ---- */

static json_t *status_answer(struct slad *s)
{
	const struct echo_io_counters *io = engine_io(s->engine);
	json_t *answer = control_ok(), *malformed = json_object();

	for (unsigned r = ECHO_OK + 1; r <= ECHO_NOT_OURS; r++)
		json_object_set_new(malformed, echo_reason_name(r),
				    json_integer((json_int_t)io->malformed[r]));
	json_object_set_new(answer, "pid", json_integer(getpid()));
	json_object_set_new(answer, "uptime_ms",
			    json_integer(mono_sub(loop_now(s->loop), s->started) / US_PER_MS));
	json_object_set_new(answer, "version", json_string(PACKAGE_VERSION));
	json_object_set_new(answer, "probes", json_integer((json_int_t)engine_targets(s->engine)));
	json_object_set_new(answer, "messages", json_integer((json_int_t)io->received));
	json_object_set_new(answer, "foreign", json_integer((json_int_t)engine_foreign(s->engine)));
	json_object_set_new(answer, "overruns", json_integer((json_int_t)io->overruns));
	json_object_set_new(answer, "malformed", malformed);
	return answer;
}

static json_t *one_rejected(const struct target *t)
{
	json_t *by = json_object();

	for (unsigned r = ECHO_ACCEPTED + 1; r < ECHO_REJECTS; r++)
		json_object_set_new(by, echo_reject_name(r),
				    json_integer((json_int_t)t->counters.rejects[r]));
	for (unsigned k = ECHO_REPLY + 1; k < ECHO_KINDS; k++)
		json_object_set_new(by, echo_kind_name(k),
				    json_integer((json_int_t)t->counters.errors[k]));
	return by;
}

/* Why messages were not counted, by probe. */
static json_t *rejected_answer(struct slad *s)
{
	json_t *answer = control_ok(), *probes = json_object();

	for (size_t i = 0; i < engine_targets(s->engine); i++) {
		const struct target *t = engine_target(s->engine, i);

		json_object_set_new(probes, t->conf.name, one_rejected(t));
	}
	json_object_set_new(answer, "rejected", probes);
	return answer;
}

static json_t *reload_answer(struct slad *s)
{
	json_t *diagnostics = json_array();
	json_t *answer = reload(s, diagnostics)
				 ? control_ok()
				 : control_error("not reloaded; the old configuration runs on");

	json_object_set_new(answer, "diagnostics", diagnostics);
	return answer;
}

static json_t *on_command(void *ctx, const char *command, const json_t *request,
			  const struct control_peer *peer)
{
	struct slad *s = ctx;

	(void)request;
	(void)peer; /* the socket's mode decides who may ask */
	if (strcmp(command, "status") == 0)
		return status_answer(s);
	if (strcmp(command, "rejected") == 0)
		return rejected_answer(s);
	if (strcmp(command, "reload") == 0)
		return reload_answer(s);
	return control_error("slad knows no command '%s'", command);
}

/* ---- life ---- */

static void on_named(void *ctx, const char *host, uint8_t family, const struct addr *address,
		     const char *why)
{
	struct slad *s = ctx;

	engine_named(s->engine, host, family, address, why);
}

static void on_network(void *ctx)
{
	struct slad *s = ctx;

	engine_reroute(s->engine);
}

static void on_signal(void *ctx, int signo)
{
	struct slad *s = ctx;

	if (signo == SIGHUP) {
		reload(s, NULL);
		return;
	}
	notify_stopping();
	loop_stop(s->loop);
}

static int open_sockets(struct slad *s)
{
	char path[PATH_MAX];
	int err;

	err = publish_open(&s->publish, s->loop,
			   rundir_file(&s->rundir, "slad.sock", path, sizeof(path)));
	if (err < 0)
		return refused("channel %s: %s", path, strerror(-err));
	err = control_open(&s->control, s->loop,
			   rundir_file(&s->rundir, "slad.ctl", path, sizeof(path)), &s->events,
			   on_command, s);
	if (err < 0)
		return refused("control socket %s: %s", path, strerror(-err));
	return EXIT_OK;
}

static int open_all(struct slad *s)
{
	static const int signals[] = {SIGHUP, SIGTERM, SIGINT};
	char why[PATH_MAX + 256];
	int err;

	s->loop = loop_new();
	if (!s->loop)
		return refused("no event loop");
	if (rundir_open(&s->rundir, s->options.runtime_dir, "slad", why, sizeof(why)) != 0)
		return refused("%s", why);
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		if (loop_signal(s->loop, signals[i], on_signal, s) < 0)
			return refused("out of memory");
	if (engine_open(&s->engine, s->loop, on_changed, s, why, sizeof(why)) < 0)
		return refused("%s", why);
	s->names = names_new(s->loop, on_named, s);
	if (!s->names)
		return refused("out of memory");
	err = netwatch_open(&s->netwatch, s->loop, on_network, s);
	if (err < 0)
		return refused("no netlink socket for changes of the network: %s", strerror(-err));
	return open_sockets(s);
}

/* Everything up to the first turn of the loop. */
static int prepare(struct slad *s, const struct conf *c)
{
	char path[PATH_MAX];
	int status = open_all(s);

	if (status == EXIT_OK)
		status = apply(s, c);
	if (status != EXIT_OK)
		return status;
	keep_load(s->engine, state_path(s, path));
	return publish_all(s);
}

static int run(struct slad *s, const struct conf *c)
{
	int status = prepare(s, c);

	if (status != EXIT_OK)
		return status;
	s->started = mono_clock();
	s->save_due = mono_add(s->started, SAVE_PERIOD_US);
	s->watchdog_due = notify_watchdog_us() > 0 ? s->started : MONO_NEVER;
	timer_init(&s->heartbeat, s->loop, on_heartbeat, s);
	timer_set(&s->heartbeat, s->started);
	log_msg(LOG_NOTICE, "slad " PACKAGE_VERSION " runs: %zu probes, %zu groups",
		engine_targets(s->engine), engine_groups(s->engine));
	notify_ready("running");
	loop_run(s->loop);
	save(s, mono_clock());
	log_msg(LOG_NOTICE, "slad stopped");
	return s->status;
}

static void close_all(struct slad *s)
{
	control_close(s->control);
	publish_close(s->publish);
	netwatch_close(s->netwatch);
	names_free(s->names);
	engine_close(s->engine);
	loop_free(s->loop);
	rundir_close(&s->rundir);
	free(s);
}

int slad_main(const struct options *o)
{
	struct slad *s = calloc(1, sizeof(*s));
	struct diags diags = {0};
	int status = EXIT_BAD_CONFIG;
	struct conf *c;

	if (!s)
		return EXIT_REFUSED;
	s->options = *o;
	s->rundir.lock_fd = -1;
	log_open("slad", o->debug);
	c = conf_load(o->config, o->config_id, &diags);
	diags_print(&diags, stderr);
	diags_free(&diags);
	if (c)
		status = o->check ? EXIT_OK : run(s, c);
	conf_free(c);
	close_all(s);
	return status;
}
