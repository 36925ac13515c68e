/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Readers of vrrp_sync_group and track_file. Pure. */
#include <string.h>

#include "common/conf_internal.h"
#include "common/conf_rows.h"
#include "common/conf_value.h"

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

void read_default_weight(struct parse *p, const struct keyword *k, const struct stmt *s,
			 void *object)
{
	struct conf_weight *out = (void *)((char *)object + k->offset);
	int64_t v = 1;

	if (s->n < 2)
		conf_error(p, &s->words[0].pos, "`weight' needs a value");
	else if (!value_int(s->words[1].text, &v) || v < k->min || v > k->max)
		conf_error(p, &s->words[1].pos, "`weight' is %s, but must be %d to %d",
			   s->words[1].text, (int)k->min, (int)k->max);
	else if (s->n > 2 && strcmp(s->words[2].text, "reverse") != 0)
		conf_error(p, &s->words[2].pos, "`%s' after `weight': expected reverse",
			   s->words[2].text);
	else
		no_surplus(p, s, 3);
	*out = (struct conf_weight){(int)v, s->n > 2};
}
