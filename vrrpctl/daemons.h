/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How vrrpctl reaches the two daemons: their control sockets and slad's channel, in the runtime
 * directory. Blocking, with time limits. Prints nothing: errors are negative errnos, put into words
 * by daemon_error.
 */
#ifndef VRRPCTL_DAEMONS_H
#define VRRPCTL_DAEMONS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "vrrpctl/cmdline.h"

enum daemon { DAEMON_VRRPD, DAEMON_SLAD, N_DAEMONS };

#define STATUS_TIMEOUT_MS 2000
#define ACTION_TIMEOUT_MS 60000

const char *daemon_name(enum daemon d);
/* One request, one answer: *answer is the caller's. 0 also when the answer is {"ok": false}. */
int daemon_call(const char *dir, enum daemon d, const json_t *request, int timeout_ms,
		json_t **answer);
/* The same for {"command": command}. */
int daemon_command(const char *dir, enum daemon d, const char *command, int timeout_ms,
		   json_t **answer);
/* A sentence: "vrrpd is not running (no /run/... )", "permission denied: ...". buf is returned. */
const char *daemon_error(const char *dir, enum daemon d, int error, char *buf, size_t size);
/* True for the errors that mean that no daemon is there. */
bool daemon_absent(int error);
/* The exit status for an error: refused by the file system's rights is a no, else the daemon cannot
 * be had. */
enum exit_status daemon_status(int error);

/*
 * The status object of both (snapshot.h), the caller's; NULL: out of memory. errors[d] is 0 or why
 * that daemon's part is empty.
 */
json_t *daemons_snapshot(const char *dir, int errors[N_DAEMONS]);

#endif
