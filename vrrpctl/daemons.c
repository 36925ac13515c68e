/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The glue of daemons.h: control sockets by common/control.h, slad's records by common/shm.h. */
#include "config.h"
#include "vrrpctl/daemons.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/control.h"
#include "common/shm.h"
#include "vrrpctl/snapshot.h"

const char *daemon_name(enum daemon d)
{
	return d == DAEMON_VRRPD ? "vrrpd" : "slad";
}

int daemon_call(const char *dir, enum daemon d, const json_t *request, int timeout_ms,
		json_t **answer)
{
	char path[256];
	int fd, err = 0;

	*answer = NULL;
	if (snprintf(path, sizeof(path), "%s/%s.ctl", dir, daemon_name(d)) >= (int)sizeof(path))
		return -ENAMETOOLONG;
	fd = control_connect(path);
	if (fd < 0)
		return fd;
	*answer = control_call(fd, request, timeout_ms, &err);
	close(fd);
	return *answer ? 0 : -abs(err ? err : EPROTO);
}

int daemon_command(const char *dir, enum daemon d, const char *command, int timeout_ms,
		   json_t **answer)
{
	json_t *request = json_pack("{s:s}", "command", command);
	int err = request ? daemon_call(dir, d, request, timeout_ms, answer) : -ENOMEM;

	json_decref(request);
	return err;
}

bool daemon_absent(int error)
{
	return error == -ENOENT || error == -ECONNREFUSED || error == -ENOTDIR;
}

enum exit_status daemon_status(int error)
{
	if (error == 0)
		return STATUS_DONE;
	return error == -EACCES || error == -EPERM ? STATUS_NO : STATUS_NOT_RUNNING;
}

const char *daemon_error(const char *dir, enum daemon d, int error, char *buf, size_t size)
{
	const char *name = daemon_name(d);

	if (daemon_absent(error))
		snprintf(buf, size, "%s is not running (nobody answers in %s)", name, dir);
	else if (error == -ETIMEDOUT || error == -EAGAIN)
		snprintf(buf, size, "%s does not answer", name);
	else if (error == -EACCES || error == -EPERM)
		snprintf(buf, size,
			 "%s: permission denied in %s: be root or a member of group vrrp-sla", name,
			 dir);
	else
		snprintf(buf, size, "%s: %s", name, strerror(-error));
	return buf;
}

/* Takes the records out of the mapping, one whole copy each. */
static struct sla_verdict *records(const struct shm_reader *r, size_t *n)
{
	size_t count = shm_reader_count(r);
	struct sla_verdict *list = calloc(count ? count : 1, sizeof(*list));

	*n = 0;
	for (size_t i = 0; list && i < count; i++)
		if (shm_reader_get(r, i, &list[*n]))
			++*n;
	return list;
}

static void look_at(const struct shm_reader *r, struct slad_view *view)
{
	const struct sla_header *h = shm_reader_header(r);
	mono_t now = mono_clock();

	view->running = true;
	view->pid = h->pid;
	view->stale = shm_reader_stale(r, now);
	view->heartbeat_age_us = now.us - atomic_load(&h->heartbeat_us);
	if (view->heartbeat_age_us < 0)
		view->heartbeat_age_us = 0;
}

/* *storage backs view->verdicts. */
static int view_slad(const char *dir, struct slad_view *view, struct sla_verdict **storage)
{
	struct shm_reader *r;
	char path[256];
	int err;

	*view = (struct slad_view){.stale = true};
	*storage = NULL;
	if (snprintf(path, sizeof(path), "%s/slad.sock", dir) >= (int)sizeof(path))
		return -ENAMETOOLONG;
	err = shm_reader_open_once(&r, path);
	if (err < 0)
		return err;
	look_at(r, view);
	*storage = records(r, &view->n);
	view->verdicts = *storage;
	shm_reader_close(r);
	return 0;
}

json_t *daemons_snapshot(const char *dir, int errors[N_DAEMONS])
{
	struct slad_view view;
	struct sla_verdict *storage;
	json_t *vrrpd, *snapshot;

	errors[DAEMON_VRRPD] =
		daemon_command(dir, DAEMON_VRRPD, "status", STATUS_TIMEOUT_MS, &vrrpd);
	errors[DAEMON_SLAD] = view_slad(dir, &view, &storage);
	snapshot = snapshot_build(vrrpd, &view, PACKAGE_VERSION);
	free(storage);
	json_decref(vrrpd);
	return snapshot;
}
