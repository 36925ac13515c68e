/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The FIFOs of the helper process, kept open over all reloads, so that a line waits for a reader
 * that comes late. For runner_child.c only. */
#ifndef VRRPD_RUNNER_FIFOS_H
#define VRRPD_RUNNER_FIFOS_H

#include <stdbool.h>
#include <stddef.h>

#include "common/conf.h"

#define FIFOS_MAX 8

struct fifos {
	struct {
		char path[CONF_PATH_MAX];
		int fd;
	} list[FIFOS_MAX];
	size_t n;
};

/* Opens the FIFO, which is made if it is not there or no longer there: its descriptor or a negative
 * errno. Waits for nobody. */
int fifos_open(struct fifos *f, const char *path);
/* Whether somebody has read all that was written. */
bool fifos_all_read(const struct fifos *f);
/* What was not read is lost. */
void fifos_close(struct fifos *f);

#endif
