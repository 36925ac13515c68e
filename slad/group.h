/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An sla_group: one verdict made of several probes' verdicts. Pure but for its allocation. */
#ifndef SLAD_GROUP_H
#define SLAD_GROUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/conf.h"
#include "common/mono.h"
#include "common/sla.h"

struct group {
	char name[CONF_NAME_MAX];
	size_t need; /* so many up */
	enum sla_state state;
	mono_t since;
	uint64_t transitions;
	char cause[SLA_CAUSE_MAX];
	size_t n;
	size_t members[]; /* probes, by index */
};

/* NULL when out of memory. Unknown until the first group_weigh. */
struct group *group_new(const struct conf_sla_group *c, mono_t now);
void group_free(struct group *g);
/* Takes the history of the group of the same name before a reload. */
void group_inherit(struct group *g, const struct group *before);
/* `states` is indexed as the members are. True when the verdict changed. */
bool group_weigh(struct group *g, const enum sla_state *states, mono_t now);

#endif
