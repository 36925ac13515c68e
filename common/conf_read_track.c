/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Readers of vrrp_sync_group. Pure. */
#include "common/conf_internal.h"
#include "common/conf_rows.h"

/* The names are looked up when all instances are read. */
void read_sync_members(struct parse *p, const struct keyword *k, const struct stmt *s, void *object)
{
	(void)object;
	if (s->n_body == 0)
		conf_error(p, &s->words[0].pos, "`%s' is empty", k->name);
	for (const struct stmt *line = s->body; line; line = line->next)
		if (line->has_body)
			conf_error(p, &line->words[0].pos, "`%s' takes no block",
				   line->words[0].text);
}
