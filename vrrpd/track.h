/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * slad's verdicts as vrrpd sees them: reads the channel, holds the last verdict of a slad that went
 * silent, or has begun anew and has no evidence yet, for SLA_HOLD_US (an upgrade takes less), then
 * says unknown. A dead monitor never deposes a healthy router, and one that is restarted never
 * brings one with a dead line back.
 */
#ifndef VRRPD_TRACK_H
#define VRRPD_TRACK_H

#include "common/conf.h"
#include "common/loop.h"
#include "vrrpd/priority.h"

struct track;

/*
 * The state of an sla (numbered as in conf.h) changed. What was found at once is told one by one,
 * and then track_end_fn is called: what follows from it is to be judged there, since no order
 * among it means anything.
 */
typedef void (*track_fn)(void *ctx, int sla, enum track_state s, const char *cause);
typedef void (*track_end_fn)(void *ctx);

/* `path` is slad's socket, which need not be there yet. 0 or a negative errno. */
int track_open(struct track **out, struct loop *loop, const struct conf *c, const char *path,
	       track_fn fn, track_end_fn end, void *ctx);
/* The numbers of the new configuration; known verdicts move along by name. 0 or -ENOMEM. */
int track_reload(struct track *t, const struct conf *c);
enum track_state track_state_of(const struct track *t, int sla);
void track_close(struct track *t);

#endif
