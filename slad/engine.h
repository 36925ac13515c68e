/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * All probes and groups of one daemon, run on one timer and one socket. Turns deadlines and
 * messages into calls of target.c, does what it answers, and tells its owner when a verdict
 * changes. Slas are numbered as the configuration numbers them: probes first, then groups.
 */
#ifndef SLAD_ENGINE_H
#define SLAD_ENGINE_H

#include <stddef.h>
#include <stdint.h>

#include "common/conf.h"
#include "common/loop.h"
#include "slad/echo_io.h"
#include "slad/group.h"
#include "slad/target.h"

struct engine;

/* The verdict of an sla changed; `from` is the state before. */
typedef void (*engine_changed_fn)(void *ctx, size_t sla, enum sla_state from);

/* Opens the sockets. `why` names what the system refused. 0 or a negative errno. */
int engine_open(struct engine **out, struct loop *loop, engine_changed_fn changed, void *ctx,
		char *why, size_t why_size);
/* NULL is fine. */
void engine_close(struct engine *e);

/*
 * Takes a configuration, of which it keeps nothing afterwards. Probes that did not change keep
 * their state and their statistics, groups theirs as long as their name stays. On an error
 * (-ENOMEM, -E2BIG) everything stays as it was.
 */
int engine_apply(struct engine *e, const struct conf *c);
/* Judges the groups anew: after engine_apply, once the owner knows the new numbers. */
void engine_weigh(struct engine *e);

size_t engine_targets(const struct engine *e);
/* As target_recall. */
void engine_recall(struct engine *e, size_t i, const struct target_past *past, mono_t now);
const struct target *engine_target(const struct engine *e, size_t i);
size_t engine_groups(const struct engine *e);
const struct group *engine_group(const struct engine *e, size_t i);
const struct echo_io_counters *engine_io(const struct engine *e);
/* Messages that the sockets' filters let through although they are about no probe. */
uint64_t engine_foreign(const struct engine *e);

/* Brings statistics up to date; `each` is called for every sla that saw something since the last
 * time, and for every probe once a second. */
void engine_refresh(struct engine *e, mono_t now, void (*each)(void *ctx, size_t sla), void *ctx);
/* What is known of a host name that was looked up in that family; see names.h. */
void engine_named(struct engine *e, const char *host, uint8_t family, const struct addr *address,
		  const char *why);
/* Addresses or routes of this host changed. */
void engine_reroute(struct engine *e);

#endif
