/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The messages between runner.c and runner_child.c, one a datagram of their socket pair. For these
 * two files only. */
#ifndef VRRPD_RUNNER_WIRE_H
#define VRRPD_RUNNER_WIRE_H

#include <stddef.h>
#include <stdint.h>

#define RUNNER_ARGS_MAX 2048 /* bytes, with a NUL after each argument */
#define RUNNER_WHAT_MAX 128

enum runner_task {
	TASK_CHECK,   /* at once, beside others */
	TASK_HOOK,    /* after the ones before it */
	TASK_LAST,    /* a hook that the end waits for beyond the time for others */
	TASK_SERVE,   /* at once, without a limit; its last argument is a FIFO */
	TASK_DISMISS, /* no command: the one that serves with this id is told to end */
	TASK_LINE,    /* no command: a FIFO's path, and what to write into it */
};

struct runner_request {
	enum runner_task task;
	uint32_t id;
	int64_t limit_us;
	uint32_t len; /* of args */
	char args[RUNNER_ARGS_MAX];
};

enum runner_end {
	END_EXIT,    /* `code` is the exit status */
	END_SIGNAL,  /* ... the signal */
	END_LIMIT,   /* killed at its time limit */
	END_UNBEGUN, /* ... the errno */
};

struct runner_reply {
	enum runner_task task;
	uint32_t id;
	enum runner_end end;
	int code;
	char what[RUNNER_WHAT_MAX]; /* the command's first word */
};

/* The helper's whole life: returns when the other end is closed and the hooks are done. */
void runner_child(int fd);

#endif
