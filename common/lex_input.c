/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The stack of texts under the lexer; see lex_input.h. Pure. */
#include "common/lex_input.h"

#include <string.h>

struct input {
	struct input *below;      /* on the stack: what is read after this one */
	struct input *parent;     /* the one that holds the include or the reference */
	const struct source *src; /* for positions */
	const char *text;
	size_t len, off;
	uint32_t line;
	unsigned depth;
	bool generated; /* not a file: `at` is the position of everything in it */
	struct pos at;
};

static bool push(struct inputs *in, struct input *i, struct input *parent, const struct pos *at)
{
	i->parent = parent;
	i->depth = parent ? parent->depth + 1 : 0;
	if (++in->n_inputs > LEX_SOURCES_MAX || i->depth > LEX_INCLUDE_DEPTH) {
		/* Once a reference, however it multiplies. */
		if (at->src != in->refused.src || at->line != in->refused.line)
			diag_add(in->diags, DIAG_ERROR, at,
				 "includes or definitions are nested too deep");
		in->refused = *at;
		return false;
	}
	i->below = in->top;
	in->top = i;
	return true;
}

void inputs_push_file(struct inputs *in, const struct lex_file *f, struct input *parent,
		      const struct pos *at)
{
	static const char byte_order_mark[] = "\xef\xbb\xbf";
	struct source *src = arena_alloc(in->arena, sizeof(*src));
	struct input *i = arena_alloc(in->arena, sizeof(*i));

	*src = (struct source){f->name, f->text, f->len, in->n_files};
	*i = (struct input){.src = src, .text = f->text, .len = f->len, .line = 1};
	if (f->len >= 3 && memcmp(f->text, byte_order_mark, 3) == 0)
		i->off = 3;
	if (in->n_files == 0)
		in->end = (struct pos){src, 1, 1, 0};
	if (push(in, i, parent, at))
		in->sources[in->n_files++] = src;
}

void inputs_push_text(struct inputs *in, const char *text, size_t len, const struct pos *at)
{
	struct input *i = arena_alloc(in->arena, sizeof(*i));

	*i = (struct input){.src = at->src, .text = text, .len = len, .line = at->line};
	i->generated = true;
	i->at = *at;
	push(in, i, in->top, at);
}

bool inputs_in_use(const struct inputs *in, const char *file)
{
	for (const struct input *i = in->top; i; i = i->parent)
		if (!i->generated && strcmp(i->src->file, file) == 0)
			return true;
	return false;
}

static void pop(struct inputs *in)
{
	const struct input *i = in->top;

	if (!i->generated && i->src->order == 0)
		in->end = (struct pos){i->src, i->line, 1, i->len};
	in->top = i->below;
}

bool inputs_read(struct inputs *in, struct raw_line *r)
{
	struct input *i;
	const char *nl;

	while (in->top && in->top->off >= in->top->len)
		pop(in);
	i = in->top;
	if (!i)
		return false;
	r->p = i->text + i->off;
	r->len = i->len - i->off;
	r->generated = i->generated;
	r->pos = i->generated ? i->at : (struct pos){i->src, i->line, 1, i->off};
	nl = memchr(r->p, '\n', r->len);
	if (nl)
		r->len = (size_t)(nl - r->p);
	i->off += r->len + (nl ? 1 : 0);
	i->line += nl ? 1 : 0;
	if (r->len > 0 && r->p[r->len - 1] == '\r')
		r->len--;
	return true;
}
