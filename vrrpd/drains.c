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
#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "vrrpd/daemon.h"

static void file_of(const struct vrrpd *d, char *buf, size_t size)
{
	rundir_file(&d->rundir, "drained", buf, size);
}

static void arm(struct vrrpd *d)
{
	mono_t next = MONO_NEVER;

	for (size_t k = 0; k < d->n_instances; k++)
		if (instance_drained(d->instances[k]))
			next = mono_min(next, d->instances[k]->resume_at);
	timer_set(&d->resume_timer, next);
}

void drains_save(const struct vrrpd *d)
{
	char path[PATH_MAX];
	FILE *f;

	file_of(d, path, sizeof(path));
	f = fopen(path, "we");
	if (!f) {
		log_msg(LOG_WARNING, "cannot remember drains in %s: %s", path, strerror(errno));
		return;
	}
	for (size_t k = 0; k < d->n_instances; k++) {
		const struct instance *i = d->instances[k];

		if (instance_drained(i))
			fprintf(f, "%s %" PRId64 "\n", i->conf->name,
				mono_is_never(i->resume_at) ? 0 : i->resume_at.us);
	}
	fclose(f);
}

void drains_load(struct vrrpd *d)
{
	char path[PATH_MAX], line[CONF_NAME_MAX + 32], name[CONF_NAME_MAX];
	int64_t until;
	FILE *f;

	file_of(d, path, sizeof(path));
	f = fopen(path, "re");
	if (!f)
		return;
	while (fgets(line, sizeof(line), f)) {
		struct instance *i;

		if (sscanf(line, "%63s %" SCNd64, name, &until) != 2 || !(i = vrrpd_find(d, name)))
			continue;
		instance_drain(i, false, until ? (mono_t){until} : MONO_NEVER);
		log_thing(LOG_NOTICE, THING_INSTANCE, name, "still drained");
	}
	fclose(f);
	arm(d);
}

void drains_expire(void *ctx, mono_t now)
{
	struct vrrpd *d = ctx;

	for (size_t k = 0; k < d->n_instances; k++) {
		struct instance *i = d->instances[k];

		if (!instance_drained(i) || !mono_reached(i->resume_at, now))
			continue;
		log_thing(LOG_NOTICE, THING_INSTANCE, i->conf->name, "the drain's time is over");
		instance_resume(i);
		drains_save(d);
	}
	arm(d);
}
