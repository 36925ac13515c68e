/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Drained instances by name in RUNDIR/drained, a line each with the time limit in monotonic
 * microseconds (0: none): a restart keeps them, a reboot clears the runtime directory and the clock
 * alike.
 */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "vrrpd/daemon.h"

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
			fprintf(f, "%s %" PRId64 "\n", i->conf->name,
				mono_is_never(i->resume_at) ? 0 : i->resume_at.us);
	}
	if (f)
		fclose(f);
}

void drains_changed(void *ctx)
{
	struct vrrpd *d = ctx;
	mono_t next = MONO_NEVER;

	save(d);
	for (size_t k = 0; k < d->n_instances; k++)
		if (d->instances[k]->fsm.drained)
			next = mono_min(next, d->instances[k]->resume_at);
	timer_set(&d->resume_timer, next);
}

void drains_load(struct vrrpd *d)
{
	char line[CONF_NAME_MAX + 32], name[CONF_NAME_MAX];
	int64_t *until = calloc(d->n_instances + 1, sizeof(*until)), limit;
	FILE *f = open_file(d, "re");
	int k;

	/* Read whole before the first drain, which writes the file. */
	while (until && f && fgets(line, sizeof(line), f))
		if (sscanf(line, "%63s %" SCNd64, name, &limit) == 2 &&
		    (k = conf_find_instance(d->conf, name)) >= 0)
			until[k] = limit ? limit : INT64_MAX;
	if (f)
		fclose(f);
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
