/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Looking up rows of the keyword table; the rows are in conf_rows_*.c. Pure. */
#include "common/conf_table.h"

#include <stdio.h>
#include <string.h>

#include "common/conf_rows.h"
#include "common/conf_value.h"

const struct keyword_block *keyword_block(enum conf_block b)
{
	static const struct keyword_block *const blocks[N_BLOCKS] = {
		[BLOCK_TOP] = &conf_rows_top,
		[BLOCK_GLOBAL] = &conf_rows_global,
		[BLOCK_INSTANCE] = &conf_rows_instance,
		[BLOCK_SYNC_GROUP] = &conf_rows_sync_group,
		[BLOCK_TRACK_FILE] = &conf_rows_track_file,
		[BLOCK_GARP_GROUP] = &conf_rows_garp_group,
		[BLOCK_SCRIPT] = &conf_rows_script,
		[BLOCK_PROBE] = &conf_rows_probe,
		[BLOCK_SLA_GROUP] = &conf_rows_sla_group,
		[BLOCK_TUNNEL] = &conf_rows_tunnel,
		[BLOCK_STATIC_SA] = &conf_rows_static_sa,
		[BLOCK_TUNNEL_GROUP] = &conf_rows_tunnel_group,
	};

	return blocks[b];
}

const struct keyword *keyword_find(enum conf_block b, const char *name)
{
	const struct keyword_block *block = keyword_block(b);

	for (size_t i = 0; i < block->n; i++)
		if (strcmp(block->rows[i].name, name) == 0)
			return &block->rows[i];
	return NULL;
}

const struct keyword_aside *keyword_find_aside(enum conf_block b, const char *name)
{
	const struct keyword_block *block = keyword_block(b);

	for (size_t i = 0; i < block->n_aside; i++)
		if (strcmp(block->aside[i].name, name) == 0)
			return &block->aside[i];
	return NULL;
}

bool keyword_is_known(enum conf_block b, const char *name)
{
	return keyword_find(b, name) || keyword_find_aside(b, name);
}

bool keyword_is_top(const char *word)
{
	static const char *const aside[] = {"virtual_server", "virtual_server_group"};
	const struct keyword *k = keyword_find(BLOCK_TOP, word);
	const struct keyword *inner = keyword_find(BLOCK_INSTANCE, word);

	for (size_t i = 0; i < sizeof(aside) / sizeof(aside[0]); i++)
		if (strcmp(aside[i], word) == 0)
			return true;
	/* track_file opens a block here and there. */
	return k && (k->type == VALUE_BLOCK || k->flags & KEYWORD_LISTS) &&
	       !(inner && inner->flags & KEYWORD_LISTS);
}

unsigned keyword_digits(enum value_type t)
{
	return t == VALUE_SECONDS ? 6 : t == VALUE_MS ? 3 : t == VALUE_PERCENT ? 1 : 0;
}

const char *keyword_range(const struct keyword *k, char buf[KEYWORD_RANGE_STRLEN])
{
	char min[VALUE_STRLEN], max[VALUE_STRLEN];

	buf[0] = '\0';
	switch (k->type) {
	case VALUE_BOOL:
		snprintf(buf, KEYWORD_RANGE_STRLEN, "on or off");
		break;
	case VALUE_UINT:
	case VALUE_SECONDS:
	case VALUE_MS:
	case VALUE_PERCENT:
		snprintf(buf, KEYWORD_RANGE_STRLEN, "%s to %s",
			 value_format(k->min, keyword_digits(k->type), min),
			 value_format(k->max, keyword_digits(k->type), max));
		break;
	case VALUE_CHOICE:
		for (const char *p = k->choices; *p;) {
			size_t n = strcspn(p, " "), used = strlen(buf);

			snprintf(buf + used, KEYWORD_RANGE_STRLEN - used, "%.*s%s", (int)n, p,
				 p[n] ? ", " : "");
			p += n + (p[n] == ' ');
		}
		break;
	default:
		break;
	}
	return buf;
}
