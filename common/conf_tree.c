/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tokens into statements; see conf_tree.h. Pure. */
#include "common/conf_tree.h"

#include <string.h>

#define DEPTH_MAX 32

struct block {
	struct stmt *stmt;
	struct stmt **tail; /* where the next statement goes */
};

struct reader {
	struct arena *arena;
	struct diags *diags;
	bool (*top)(const char *word);
	struct block stack[DEPTH_MAX];
	size_t depth;        /* open blocks, the root not counted */
	struct token *words; /* of the statement that is being read */
	size_t n;
	bool line_ended; /* only its `{' may still follow */
	size_t beyond;   /* open blocks that are too deep to be kept */
};

static void add_word(struct reader *r, const struct token *t)
{
	r->words = arena_append(r->arena, r->words, r->n, sizeof(*r->words));
	r->words[r->n++] = *t;
}

/* The words read so far become a statement of the innermost block. */
static struct stmt *finish(struct reader *r)
{
	struct block *b = &r->stack[r->depth];
	struct stmt *s;

	r->line_ended = false;
	if (r->beyond > 0)
		r->n = 0;
	if (r->n == 0)
		return NULL;
	s = arena_alloc(r->arena, sizeof(*s));
	s->words = r->words;
	s->n = r->n;
	*b->tail = s;
	b->tail = &s->next;
	b->stmt->n_body++;
	r->words = NULL;
	r->n = 0;
	return s;
}

static void mark_broken(struct stmt *s)
{
	struct stmt *last;

	for (; s; s = last) {
		s->broken = true;
		last = s->body;
		while (last && last->next)
			last = last->next;
		if (last && !last->has_body)
			break;
	}
}

/* Reports what is still open, once, and leaves it. */
static void close_all(struct reader *r)
{
	const struct stmt *s = r->stack[r->depth].stmt;

	if (r->depth == 0)
		return;
	if (s->n > 0)
		diag_add(r->diags, DIAG_ERROR, &s->words[0].pos,
			 "`%s%s%s' is not closed: a `}' is missing in it or after it",
			 s->words[0].text, s->n > 1 ? " " : "", s->n > 1 ? s->words[1].text : "");
	for (size_t i = 1; i <= r->depth; i++)
		mark_broken(r->stack[i].stmt);
	r->depth = 0;
	r->beyond = 0;
}

static void open_block(struct reader *r, const struct token *brace)
{
	struct stmt *s;

	if (r->n > 0 && r->depth > 0 && r->top(r->words[0].text))
		close_all(r);
	if (r->depth + 1 == DEPTH_MAX) {
		if (r->beyond++ == 0)
			diag_add(r->diags, DIAG_ERROR, &brace->pos, "blocks are nested too deep");
		r->n = 0;
		return;
	}
	s = finish(r);
	if (!s) {
		diag_add(r->diags, DIAG_ERROR, &brace->pos, "`{' without a keyword before it");
		s = arena_alloc(r->arena, sizeof(*s)); /* read for its braces, then forgotten */
	}
	s->has_body = true;
	r->stack[++r->depth] = (struct block){s, &s->body};
}

static void close_block(struct reader *r, const struct token *brace)
{
	finish(r);
	if (r->beyond > 0)
		r->beyond--;
	else if (r->depth > 0)
		r->depth--;
	else
		diag_add(r->diags, DIAG_ERROR, &brace->pos, "`}' without a `{' before it");
}

struct stmt *conf_tree_read(struct lexer *x, struct arena *a, struct diags *d,
			    bool (*top)(const char *word))
{
	struct stmt *root = arena_alloc(a, sizeof(*root));
	struct reader r = {.arena = a, .diags = d, .top = top};
	const struct token *t;

	root->has_body = true;
	r.stack[0] = (struct block){root, &root->body};
	while ((t = lexer_next(x))->kind != TOKEN_EOF) {
		switch (t->kind) {
		case TOKEN_WORD:
			if (r.line_ended)
				finish(&r);
			add_word(&r, t);
			break;
		case TOKEN_EOL:
			r.line_ended = r.n > 0;
			break;
		case TOKEN_OPEN:
			open_block(&r, t);
			break;
		case TOKEN_CLOSE:
			close_block(&r, t);
			break;
		case TOKEN_EOF:
			break;
		}
	}
	finish(&r);
	close_all(&r);
	return root;
}
