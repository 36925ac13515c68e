/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Commands of the configuration are run by a helper process of their own, never by the daemon: what
 * the daemon does for one is to send a datagram that it does not wait for. Checks run beside each
 * other, hooks strictly one after the other in the order in which they were given; each has a time
 * limit, at which its whole process group is killed. They run as the daemon's user, without its
 * capabilities and its scheduling. At the end the
 * hooks that are left are waited for, five seconds at most.
 */
#ifndef VRRPD_RUNNER_H
#define VRRPD_RUNNER_H

#include <stdbool.h>
#include <stdint.h>

#include "common/conf.h"
#include "common/loop.h"

struct runner;

/* A check is over. `ran`: it was started; `good`: and ended with status 0; `text`: how it ended. */
typedef void (*runner_fn)(void *ctx, uint32_t id, bool ran, bool good, const char *text);

/* Forks. 0 or a negative errno. Everything below is well with a NULL runner, and does nothing. */
int runner_start(struct runner **out, struct loop *loop, runner_fn fn, void *ctx);
/* 0, or a negative errno when the helper is gone or far behind. */
int runner_check(struct runner *r, uint32_t id, const struct conf_command *c, int64_t limit_us);
/* `more`: arguments after the command's own, NULL after the last. How a hook that failed ended is
 * logged. */
int runner_hook(struct runner *r, const struct conf_command *c, const char *const more[]);
/* Writes the line into the FIFO, which is made if it is not there. What nobody reads is dropped,
 * and logged. */
int runner_line(struct runner *r, const char *fifo, const char *line);
void runner_close(struct runner *r);

#endif
