/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Drained instances in RUNDIR/drained, a line each: the time limit in monotonic microseconds (0:
 * none) and the name, which may have blanks. A restart keeps them, a reboot clears the runtime
 * directory and the clock alike. While an instance is drained its tunnels may leave the cloud's
 * health checks unanswered.
 */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "vrrpd/daemon.h"
#include "vrrpd/tunnels.h"

static FILE *open_file(const struct vrrpd *d, const char *mode)
{
	char path[PATH_MAX];
	FILE *f = fopen(rundir_file(&d->rundir, "drained", path, sizeof(path)), mode);

	if (!f && errno != ENOENT)
		log_msg(LOG_WARNING, "cannot remember drains in %s: %s", path, strerror(errno));
	return f;
}

static void save(const struct vrrpd *d)
{
	FILE *f = open_file(d, "we");

	for (size_t k = 0; f && k < d->n_instances; k++) {
		const struct instance *i = d->instances[k];

		if (i->fsm.drained)
			fprintf(f, "%" PRId64 " %s\n",
				mono_is_never(i->resume_at) ? 0 : i->resume_at.us, i->conf->name);
	}
	if (f)
		fclose(f);
}

static void tell_cloud(struct vrrpd *d, size_t owner)
{
	struct tunnels_cloud c = tunnels_cloud(d->host.tunnels, owner);
	const char *name = d->conf->instances[owner].name;

	if (c.state == CLOUD_STAYS)
		log_thing(LOG_WARNING, THING_INSTANCE, name, "the cloud cannot be moved: %s",
			  c.why);
	else if (c.state == CLOUD_MOVING)
		log_thing(LOG_NOTICE, THING_INSTANCE, name,
			  "the cloud's health checks are left unanswered: it moves its traffic "
			  "within %.1f s",
			  (double)c.left_us / US_PER_S);
}

void drains_changed(void *ctx)
{
	struct vrrpd *d = ctx;
	mono_t next = MONO_NEVER;

	save(d);
	for (size_t k = 0; k < d->n_instances; k++) {
		const struct instance *i = d->instances[k];

		if (tunnels_drain(d->host.tunnels, k, i->fsm.drained) && i->fsm.drained)
			tell_cloud(d, k);
		if (i->fsm.drained)
			next = mono_min(next, i->resume_at);
	}
	timer_set(&d->resume_timer, next);
}

/* For each instance of the configuration its time limit, INT64_MAX without one, 0 when it is not
 * drained. Malloc'ed; NULL: out of memory. */
static int64_t *read_limits(const struct vrrpd *d)
{
	char line[CONF_NAME_MAX + 32], name[CONF_NAME_MAX];
	int64_t *until = calloc(d->conf->n_instances + 1, sizeof(*until)), limit;
	FILE *f = open_file(d, "re");
	int k;

	while (until && f && fgets(line, sizeof(line), f))
		if (sscanf(line, "%" SCNd64 " %63[^\n]", &limit, name) == 2 &&
		    (k = conf_find_instance(d->conf, name)) >= 0)
			until[k] = limit ? limit : INT64_MAX;
	if (f)
		fclose(f);
	return until;
}

bool *drains_saved(const struct vrrpd *d)
{
	bool *out = calloc(d->conf->n_instances + 1, sizeof(*out));
	int64_t *until = read_limits(d);

	for (size_t k = 0; out && until && k < d->conf->n_instances; k++)
		out[k] = until[k] != 0;
	free(until);
	return out;
}

void drains_load(struct vrrpd *d)
{
	/* Read whole before the first drain, which writes the file. */
	int64_t *until = read_limits(d);

	for (size_t n = 0; until && n < d->n_instances; n++) {
		if (!until[n] || instance_drained(d->instances[n]))
			continue;
		log_thing(LOG_NOTICE, THING_INSTANCE, d->conf->instances[n].name, "still drained");
		instance_drain(d->instances[n], false, (mono_t){until[n]});
	}
	free(until);
}

void drains_expire(void *ctx, mono_t now)
{
	struct vrrpd *d = ctx;

	for (size_t k = 0; k < d->n_instances; k++) {
		struct instance *i = d->instances[k];

		if (!i->fsm.drained || !mono_reached(i->resume_at, now))
			continue;
		log_thing(LOG_NOTICE, THING_INSTANCE, i->conf->name, "the drain's time is over");
		instance_resume(i);
	}
	drains_changed(d);
}
