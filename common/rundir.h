/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The runtime directory: made if absent (mode 0750; parents 0755), and a lock in it that keeps a
 * second daemon of the same name out. Logs nothing; on failure `why` says what and names the path
 * and, for a lock, the holder's pid.
 */
#ifndef COMMON_RUNDIR_H
#define COMMON_RUNDIR_H

#include <stddef.h>

/* With the NUL. A path and a name together fit a sockaddr_un. */
#define RUNDIR_PATH_MAX 88
#define RUNDIR_NAME_MAX 20

struct rundir {
	char path[RUNDIR_PATH_MAX];
	char program[RUNDIR_NAME_MAX - 6]; /* a name is "/PROGRAM.lock" at the longest */
	int lock_fd;
};

/* 0, -EBUSY when another daemon holds DIR/PROGRAM.lock, or another negative errno. */
int rundir_open(struct rundir *r, const char *dir, const char *program, char *why, size_t why_size);
/* DIR/NAME into buf. */
const char *rundir_file(const struct rundir *r, const char *name, char *buf, size_t size);
/* Safe twice, and after a failed open. */
void rundir_close(struct rundir *r);

#endif
