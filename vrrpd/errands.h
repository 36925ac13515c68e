/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The commands of the configuration that belong to the daemon as a whole: the helper process that
 * runs all of them, startup_script and shutdown_script, and the readers of the notify FIFOs. Waits
 * for nothing.
 */
#ifndef VRRPD_ERRANDS_H
#define VRRPD_ERRANDS_H

#include <stdbool.h>

#include "common/conf.h"
#include "vrrpd/runner.h"

/* A notify_fifo_script. */
struct fifo_reader {
	struct vrrpd *daemon;
	uint32_t id;
	struct timer again; /* when it has ended, or could not begin */
	char fifo[CONF_PATH_MAX], args[CONF_COMMAND_MAX];
	struct conf_command command; /* of args; none: no reader */
};

struct errands {
	struct runner *runner; /* NULL until there is a command to run */
	bool starting;         /* startup_script runs */
	struct fifo_reader readers[N_FIFOS];
};

struct vrrpd;

/* The configuration's commands, at start and in a reload. False: out of memory. */
bool errands_take(struct vrrpd *d);
/* Begins startup_script if there is one: d->errands.starting until vrrpd_startup_over is called. */
void errands_start_up(struct vrrpd *d);
/* shutdown_script; then waits for what is left. */
void errands_end(struct vrrpd *d);

#endif
