/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Readers of the words that the lines of addresses, routes and rules have in common. Pure. */
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <string.h>

#include "common/conf_internal.h"
#include "common/conf_value.h"
#include "common/nearest.h"

#define TABLE_NAMES "/etc/iproute2/{rt_tables,rt_tables.d/*.conf}"

const struct token *words_value(struct words *w, const struct token *option)
{
	if (w->next < w->s->n)
		return &w->s->words[w->next++];
	conf_error(w->p, &option->pos, "`%s' needs a value", option->text);
	return NULL;
}

bool same_family(struct words *w, const struct token *t, uint8_t *known, uint8_t family)
{
	if (*known == FAMILY_NONE)
		*known = family;
	if (*known != family)
		conf_error(w->p, &t->pos, "`%s' is not of the family of the words before it",
			   t->text);
	return *known == family;
}

void read_scope(struct parse *p, const struct token *t, uint8_t *out)
{
	static const uint8_t values[] = {0, 0, 200, 253, 254, 255}; /* RT_SCOPE_* */
	int named = value_choice("global universe site link host nowhere", t->text);
	int64_t v;

	if (named >= 0)
		*out = values[named];
	else if (value_int(t->text, &v) && v >= 0 && v <= 255)
		*out = (uint8_t)v;
	else
		conf_error(p, &t->pos,
			   "`scope' takes global, site, link, host, nowhere or 0 to 255, not `%s'",
			   t->text);
}

bool read_range(struct parse *p, const struct token *t, const char *what, int64_t min, int64_t max,
		int64_t *out)
{
	int64_t v;

	if (value_int(t->text, &v) && v >= min && v <= max) {
		*out = v;
		return true;
	}
	conf_error(p, &t->pos, "`%s' is %s, but must be %lld to %lld", what, t->text,
		   (long long)min, (long long)max);
	return false;
}

static bool is_table(const char *text, int64_t *v)
{
	return value_int(text, v) && *v >= 1 && *v <= UINT32_MAX;
}

/* Lines of a number and a name. */
static bool name_in(const struct lex_file *f, const char *name, int64_t *v)
{
	const char *p = f->text, *end = f->text + f->len;

	while (p < end) {
		const char *eol = memchr(p, '\n', (size_t)(end - p));
		size_t n = (size_t)((eol ? eol : end) - p);
		char line[128], number[24], word[64];

		snprintf(line, sizeof(line), "%.*s", (int)(n < sizeof(line) ? n : 0), p);
		if (sscanf(line, "%23s %63s", number, word) == 2 && strcmp(word, name) == 0 &&
		    is_table(number, v))
			return true;
		p += n + 1;
	}
	return false;
}

static bool is_named_table(struct parse *p, const char *name, int64_t *v)
{
	struct lex_files files = {0};

	if (p->include)
		p->include(p->include_ctx, p->temp, "", TABLE_NAMES, &files);
	for (size_t i = 0; i < files.n; i++)
		if (!files.list[i].why && name_in(&files.list[i], name, v))
			return true;
	return false;
}

bool read_table(struct parse *p, const struct token *t, uint32_t *out)
{
	static const uint8_t numbers[] = {RT_TABLE_DEFAULT, RT_TABLE_MAIN, RT_TABLE_LOCAL};
	int usual = value_choice("default main local", t->text);
	int64_t v;

	if (usual < 0 && !is_table(t->text, &v) && !is_named_table(p, t->text, &v)) {
		conf_error(p, &t->pos,
			   "`table' takes a number or a name of /etc/iproute2/rt_tables, not `%s'",
			   t->text);
		return false;
	}
	*out = usual < 0 ? (uint32_t)v : numbers[usual];
	return true;
}

void word_aside(struct parse *p, const struct token *t, const char *why)
{
	conf_warn(p, &t->pos, "`%s' is not done by this program and set aside: %s", t->text, why);
}

void unknown_word(struct parse *p, const struct token *t, const char *what, const char *known)
{
	struct nearest near = {0};
	char list[512];

	for (size_t i = 0; i < sizeof(list) && (i == 0 || known[i - 1]); i++)
		list[i] = known[i] == ' ' ? '\0' : known[i];
	for (size_t i = 0; i < strlen(known); i += strlen(list + i) + 1)
		nearest_try(&near, t->text, list + i);
	conf_error(p, &t->pos, "unknown word `%s' of %s%s%s%s", t->text, what,
		   near.best ? "; did you mean `" : "", near.best ? near.best : "",
		   near.best ? "'?" : "");
}
