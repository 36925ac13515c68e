/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From the engine's probes and groups to the records of the channel (common/sla.h, common/shm.h).
 */
#ifndef SLAD_PUBLISH_H
#define SLAD_PUBLISH_H

#include <stdbool.h>
#include <stddef.h>

#include "common/loop.h"
#include "common/sla.h"
#include "slad/engine.h"

struct publish;

/* Listens on `path`. 0 or a negative errno. */
int publish_open(struct publish **out, struct loop *loop, const char *path);
/* NULL is fine. Says STOPPED to those who still look. */
void publish_close(struct publish *p);
/*
 * After engine_apply: the same names in the same places keep their memory, others get a new one. On
 * an error nothing is published any more until it succeeds.
 */
int publish_layout(struct publish *p, const struct engine *e);
/* One sla; `wake` when its verdict changed. */
void publish_sla(struct publish *p, const struct engine *e, size_t sla, bool wake);
void publish_heartbeat(struct publish *p, mono_t now);
void publish_running(struct publish *p);

#endif
