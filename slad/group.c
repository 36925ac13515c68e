/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Groups of probes; see group.h. */
#include "slad/group.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "slad/verdict.h"

struct group *group_new(const struct conf_sla_group *c, mono_t now)
{
	struct group *g = calloc(1, sizeof(*g) + c->n_probes * sizeof(g->members[0]));

	if (!g)
		return NULL;
	strcpy(g->name, c->name);
	strcpy(g->cause, "no evidence yet");
	g->need = c->require == REQUIRE_ANY   ? 1
		  : c->require == REQUIRE_ALL ? c->n_probes
					      : c->count;
	g->since = now;
	g->n = c->n_probes;
	for (size_t i = 0; i < g->n; i++)
		g->members[i] = (size_t)c->probes[i];
	return g;
}

void group_free(struct group *g)
{
	free(g);
}

void group_inherit(struct group *g, const struct group *before)
{
	g->state = before->state;
	g->since = before->since;
	g->transitions = before->transitions;
	memcpy(g->cause, before->cause, sizeof(g->cause));
}

bool group_weigh(struct group *g, const enum sla_state *states, mono_t now)
{
	size_t up = 0, down = 0;
	enum sla_state to;

	for (size_t i = 0; i < g->n; i++) {
		up += states[g->members[i]] == SLA_UP;
		down += states[g->members[i]] == SLA_DOWN;
	}
	to = verdict_group(up, down, g->n, g->need);
	if (to == g->state)
		return false;
	g->state = to;
	g->since = now;
	g->transitions++;
	snprintf(g->cause, sizeof(g->cause), "%zu of %zu probes up, %zu down, %zu needed", up, g->n,
		 down, g->need);
	return true;
}
