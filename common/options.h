/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The command line that both daemons share. Prints usage, version and complaints itself; says
 * whether to go on.
 */
#ifndef COMMON_OPTIONS_H
#define COMMON_OPTIONS_H

#include <stdbool.h>

/* Exit statuses of both daemons. */
enum { EXIT_OK = 0, EXIT_BAD_CONFIG = 1, EXIT_BAD_USAGE = 2, EXIT_REFUSED = 3 };

struct options {
	const char *config, *runtime_dir;
	const char *config_id; /* for @id lines; NULL: the host name */
	bool check, debug;
	bool flush, close; /* vrrpd's own, one at most; errors for a program without them */
};

/* -1: run; otherwise exit with that status. `what` is one line for the head of the help text. */
int options_parse(struct options *o, int argc, char **argv, const char *what, bool has_kernel);

/* Logs why a daemon cannot run, and returns EXIT_REFUSED. */
int refused(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
