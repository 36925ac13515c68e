/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Readers of statements of global_defs. Pure. */
#include <string.h>

#include "common/conf_internal.h"
#include "common/conf_rows.h"

void read_dynamic_interfaces(struct parse *p, const struct keyword *k, const struct stmt *s,
			     void *object)
{
	(void)object;
	if (s->n > 1 && strcmp(s->words[1].text, "allow_if_changes") != 0)
		conf_error(p, &s->words[1].pos, "`%s' after `%s': expected allow_if_changes",
			   s->words[1].text, k->name);
	else
		no_surplus(p, s, 2);
}

void read_reload_check(struct parse *p, const struct keyword *k, const struct stmt *s, void *object)
{
	(void)k;
	(void)object;
	if (no_surplus(p, s, 2) && s->n > 1)
		conf_warn(p, &s->words[1].pos,
			  "`%s' is not written: what is wrong with a file is in the journal and "
			  "the answer of `vrrpctl reload'",
			  s->words[1].text);
}
