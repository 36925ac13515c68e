/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Commands of the configuration are run by a helper process of their own, never by the daemon: what
 * the daemon does for one is to send a datagram that it does not wait for. Checks run beside each
 * other, hooks strictly one after the other in the order in which they were given; each has a time
 * limit, at which its whole process group is killed. They run as the daemon's user, without its
 * capabilities and its scheduling, and are told to end when the helper does. At the end the hooks
 * that are left are waited for, five seconds at most. A helper that is gone is replaced, once a
 * second at most; what it ran and had still to run is lost.
 */
#ifndef VRRPD_RUNNER_H
#define VRRPD_RUNNER_H

#include <stdbool.h>
#include <stdint.h>

#include "common/conf.h"
#include "common/loop.h"

struct runner;

struct runner_ops {
	/* A check is over. `ran`: it was started; `good`: and ended with status 0; `text`: how. */
	void (*result)(void *ctx, uint32_t id, bool ran, bool good, const char *text);
	/* What runner_serve began has ended. */
	void (*ended)(void *ctx, uint32_t id, const char *text);
	/* The helper is gone: nothing that was begun will have a result. */
	void (*lost)(void *ctx);
};

/* Forks. 0 or a negative errno. Everything below is well with a NULL runner, and does nothing. */
int runner_start(struct runner **out, struct loop *loop, const struct runner_ops *ops, void *ctx);
/* 0, or a negative errno when the helper is gone or far behind. */
int runner_check(struct runner *r, uint32_t id, const struct conf_command *c, int64_t limit_us);
/* `more`: arguments after the command's own, NULL after the last. How a hook that failed ended is
 * logged. */
int runner_hook(struct runner *r, const struct conf_command *c, const char *const more[]);
/* Writes the line into the FIFO, which is made if it is not there. What nobody reads is dropped,
 * and logged. */
int runner_line(struct runner *r, const char *fifo, const char *line);
/* The last hook: the end waits for it as long as its limit is, beyond the five seconds. */
int runner_last(struct runner *r, const struct conf_command *c, int64_t limit_us);
/* A command without a time limit beside the others, with the FIFO as its last argument, which is
 * made if it is not there. At the end the FIFO is closed, then the command told to end. */
int runner_serve(struct runner *r, uint32_t id, const struct conf_command *c, const char *fifo);
/* Tells the one of that id to end. */
int runner_dismiss(struct runner *r, uint32_t id);
void runner_close(struct runner *r);

#endif
