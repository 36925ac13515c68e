/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Readers of statements of global_defs and of those outside blocks. Pure. */
#include <string.h>

#include "common/arena.h"
#include "common/conf_internal.h"
#include "common/conf_rows.h"
#include "common/conf_value.h"

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

static bool read_delay(struct parse *p, const struct token *t, int64_t *out)
{
	if (value_fixed(t->text, 6, out) && *out >= 0 && *out <= SECONDS(255))
		return true;
	conf_error(p, &t->pos, "a delay is 0 to 255 seconds, not `%s'", t->text);
	return false;
}

static bool is_delayed(const struct conf *c, const char *interface)
{
	for (size_t k = 0; k < c->n_delays; k++)
		if (strcmp(c->delays[k].interface, interface) == 0)
			return true;
	return false;
}

static void read_interface_delays(struct parse *p, const struct stmt *s)
{
	struct conf *c = p->conf;
	struct conf_delay d;

	if (s->has_body || s->n < 2) {
		conf_error(p, &s->words[0].pos, "expected an interface and its delays");
		return;
	}
	if (!read_ifname(p, &s->words[0], "interface", d.interface) || !no_surplus(p, s, 3) ||
	    !read_delay(p, &s->words[1], &d.down_us))
		return;
	d.up_us = d.down_us;
	if (s->n > 2 && !read_delay(p, &s->words[2], &d.up_us))
		return;
	if (is_delayed(c, d.interface)) {
		conf_error(p, &s->words[0].pos, "`%s' is given twice", s->words[0].text);
		return;
	}
	c->delays = arena_append(p->keep, c->delays, c->n_delays, sizeof(*c->delays));
	c->delays[c->n_delays++] = d;
}

void read_delays(struct parse *p, const struct keyword *k, const struct stmt *s, void *object)
{
	(void)k;
	(void)object;
	for (const struct stmt *line = s->body; line; line = line->next)
		read_interface_delays(p, line);
}
