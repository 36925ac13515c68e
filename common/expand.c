/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Comments and variables of a line; see expand.h. Pure. */
#include "common/expand.h"

#include <string.h>

static void put(struct arena *a, struct cooked *o, char c, uint32_t col)
{
	if (o->n == o->room) {
		size_t room = o->room ? o->room * 2 : 128;
		char *text = arena_alloc(a, room);
		uint32_t *cols = arena_array(a, room, sizeof(*cols));

		if (o->n) {
			memcpy(text, o->c, o->n);
			memcpy(cols, o->col, o->n * sizeof(*cols));
		}
		o->c = text;
		o->col = cols;
		o->room = room;
	}
	o->c[o->n] = c;
	o->col[o->n++] = col;
}

/* Returns the offset of the quote that is still open at the end, or len. `plain`: this quote is
 * none. */
static size_t cook(struct arena *a, struct cooked *out, const char *raw, size_t len, uint32_t col,
		   size_t plain)
{
	size_t open = len;

	for (size_t i = 0; i < len; i++) {
		bool quoted = open != len;
		char next = i + 1 < len ? raw[i + 1] : '\0';

		if (i == plain)
			continue;
		if (raw[i] == '\\' && !quoted && (next == '#' || next == '!')) {
			put(a, out, next, col + (uint32_t)i);
			i++;
			continue;
		}
		if (raw[i] == '\\' && (next == '"' || next == '\\')) {
			put(a, out, raw[i], col + (uint32_t)i);
			i++;
		} else if (raw[i] == '"') {
			open = quoted ? len : i;
		} else if (!quoted && (raw[i] == '#' || raw[i] == '!')) {
			break;
		}
		put(a, out, raw[i], col + (uint32_t)i);
	}
	return open;
}

uint32_t line_cook(struct arena *a, struct cooked *out, const char *raw, size_t len, uint32_t col)
{
	size_t open;

	out->n = 0;
	open = cook(a, out, raw, len, col, len);
	if (open == len)
		return 0;
	/* Without the quote the rest reads as it would have without the mistake, mostly. */
	out->n = 0;
	cook(a, out, raw, len, col, open);
	return col + (uint32_t)open;
}

static bool name_byte(char c, bool first)
{
	return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (!first && c >= '0' && c <= '9');
}

size_t var_name_len(const char *p, size_t len)
{
	size_t n = 0;

	while (n < len && name_byte(p[n], n == 0))
		n++;
	return n;
}

static const struct var *find(const struct vars *vars, const char *name, size_t len)
{
	for (const struct var *v = vars->first; v; v = v->next)
		if (strncmp(v->name, name, len) == 0 && v->name[len] == '\0')
			return v;
	return NULL;
}

void var_set(struct arena *a, struct vars *vars, const char *name, size_t name_len,
	     const char *value, size_t value_len)
{
	struct var *v;

	for (v = vars->first; v; v = v->next)
		if (strncmp(v->name, name, name_len) == 0 && v->name[name_len] == '\0')
			break;
	if (!v) {
		v = arena_alloc(a, sizeof(*v));
		v->name = arena_strndup(a, name, name_len);
		v->next = vars->first;
		vars->first = v;
	}
	v->value = arena_strndup(a, value, value_len);
	v->value_len = value_len;
	v->lines = memchr(value, '\n', value_len) != NULL;
}

/* A reference to a defined name at p: its definition and length, or NULL. */
static const struct var *reference(const struct vars *vars, const char *p, size_t len, size_t *used)
{
	bool brace = len > 1 && p[1] == '{';
	size_t skip = brace ? 2 : 1;
	size_t n = len > skip && p[0] == '$' ? var_name_len(p + skip, len - skip) : 0;

	if (n == 0 || (brace && (skip + n >= len || p[skip + n] != '}')))
		return NULL;
	*used = skip + n + brace;
	return find(vars, p + skip, n);
}

const struct var *var_alone(const struct vars *vars, const struct cooked *line)
{
	size_t from = 0, to = line->n, used;
	const struct var *v;

	while (from < to && (line->c[from] == ' ' || line->c[from] == '\t'))
		from++;
	while (to > from && (line->c[to - 1] == ' ' || line->c[to - 1] == '\t'))
		to--;
	v = to > from ? reference(vars, line->c + from, to - from, &used) : NULL;
	return v && used == to - from ? v : NULL;
}

struct expansion {
	struct arena *arena;
	const struct vars *vars;
	struct cooked *out;
	unsigned
		steps; /* references followed; bounds doubling definitions that expand to nothing */
	enum expand_result result;
};

/* `fixed`: the column of the outermost reference, 0 at the top where cols tells. */
static void expand(struct expansion *x, const char *p, const uint32_t *cols, size_t len,
		   uint32_t fixed, unsigned depth)
{
	for (size_t i = 0; i < len && x->result == EXPAND_OK; i++) {
		uint32_t col = fixed ? fixed : cols[i];
		size_t used;
		const struct var *v =
			p[i] == '$' ? reference(x->vars, p + i, len - i, &used) : NULL;

		if (x->out->n >= EXPAND_MAX || x->steps >= EXPAND_MAX) {
			x->result = EXPAND_TOO_LONG;
		} else if (!v) {
			put(x->arena, x->out, p[i] == '\n' ? ' ' : p[i], col);
		} else if (depth >= EXPAND_DEPTH) {
			x->result = EXPAND_TOO_DEEP;
		} else {
			x->steps++;
			expand(x, v->value, NULL, v->value_len, col, depth + 1);
			i += used - 1;
		}
	}
}

enum expand_result line_expand(struct arena *a, const struct vars *vars, const struct cooked *in,
			       struct cooked *out)
{
	struct expansion x = {.arena = a, .vars = vars, .out = out};

	out->n = 0;
	expand(&x, in->c, in->col, in->n, 0, 0);
	return x.result;
}
