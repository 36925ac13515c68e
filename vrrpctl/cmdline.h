/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command line of vrrpctl as values, and its exit statuses. Reads argv only; prints usage
 * errors on stderr. */
#ifndef VRRPCTL_CMDLINE_H
#define VRRPCTL_CMDLINE_H

#include <stdbool.h>
#include <stdint.h>

enum exit_status {
	STATUS_DONE = 0,
	STATUS_NO = 1, /* the answer is no: timeout, refusal, a finding */
	STATUS_USAGE = 2,
	STATUS_NOT_RUNNING = 3, /* a daemon that is needed does not answer */
};

struct cmdline {
	const char *dir;    /* -r */
	const char *config; /* -f, for doctor */
	bool json, watch, follow, all, force;
	int64_t timeout_ms; /* for wait; default 30 s */
	int64_t for_ms;     /* for drain; -1: not given */
	char **args;        /* after the command's name */
	int n_args;
};

typedef enum exit_status (*command_fn)(const struct cmdline *o);

/*
 * Parses argv into *o. Returns the command to run, or NULL with *status set: after --help and
 * --version, which it prints, and after a usage error, which it explains.
 */
command_fn cmdline_parse(int argc, char *argv[], struct cmdline *o, enum exit_status *status);

#endif
