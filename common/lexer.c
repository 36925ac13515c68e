/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A stack of inputs, the line as the unit of work. An input is a file or the value of a definition
 * of several lines, whose lines are read like a file's (they may define, choose by @id, and refer
 * again) but stand where the reference stands. Pure; see lexer.h.
 */
#include "common/lexer.h"

#include <string.h>

#include "common/expand.h"

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

/* One raw line and where it is. */
struct raw {
	const char *p;
	size_t len;
	struct pos pos; /* of p[0] */
	bool generated;
};

struct lexer {
	struct arena *arena;
	struct diags *diags;
	const char *id;
	lex_include_fn include;
	void *ctx;
	struct input *top;
	const struct source *sources[LEX_SOURCES_MAX];
	unsigned n_files, n_inputs;
	struct vars vars;
	struct token *tokens;
	size_t n, next;
	struct token eof;
};

struct lexer *lexer_new(struct arena *a, struct diags *d, const char *id, lex_include_fn fn,
			void *ctx)
{
	struct lexer *x = arena_alloc(a, sizeof(*x));

	x->arena = a;
	x->diags = d;
	x->id = id;
	x->include = fn;
	x->ctx = ctx;
	x->eof.kind = TOKEN_EOF;
	var_set(a, &x->vars, "_INSTANCE", 9, id, strlen(id));
	var_set(a, &x->vars, "_HASH", 5, "#", 1);
	var_set(a, &x->vars, "_BANG", 5, "!", 1);
	return x;
}

const char *lexer_file(const struct lexer *x, unsigned order)
{
	return order < x->n_files ? x->sources[order]->file : NULL;
}

static void set_pwd(struct lexer *x, const char *file)
{
	const char *slash = strrchr(file, '/');

	if (slash)
		var_set(x->arena, &x->vars, "_PWD", 4, file, (size_t)(slash - file));
	else
		var_set(x->arena, &x->vars, "_PWD", 4, ".", 1);
}

/* False when there are too many: a definition or an include that multiplies. */
static bool push(struct lexer *x, struct input *in, const struct pos *at)
{
	if (++x->n_inputs > LEX_SOURCES_MAX || in->depth > LEX_INCLUDE_DEPTH) {
		if (x->n_inputs <= LEX_SOURCES_MAX + 1)
			diag_add(x->diags, DIAG_ERROR, at,
				 "includes or definitions are nested too deep");
		return false;
	}
	in->below = x->top;
	x->top = in;
	return true;
}

static void push_file(struct lexer *x, const struct lex_file *f, struct input *parent,
		      const struct pos *at)
{
	static const char bom[] = "\xef\xbb\xbf";
	struct source *src = arena_alloc(x->arena, sizeof(*src));
	struct input *in = arena_alloc(x->arena, sizeof(*in));

	*src = (struct source){f->name, f->text, f->len, x->n_files};
	*in = (struct input){.src = src, .text = f->text, .len = f->len, .line = 1};
	if (f->len >= 3 && memcmp(f->text, bom, 3) == 0)
		in->off = 3;
	in->parent = parent;
	in->depth = parent ? parent->depth + 1 : 0;
	if (!push(x, in, at))
		return;
	x->sources[x->n_files++] = src;
	set_pwd(x, f->name);
}

void lexer_start(struct lexer *x, const struct lex_file *file)
{
	struct pos none = {0};

	push_file(x, file, NULL, &none);
	x->eof.pos = (struct pos){x->sources[0], 1, 1, 0};
}

static void push_definition(struct lexer *x, const struct var *v, const struct pos *at)
{
	struct input *in = arena_alloc(x->arena, sizeof(*in));

	*in = (struct input){
		.src = at->src, .text = v->value, .len = v->value_len, .line = at->line};
	in->generated = true;
	in->at = *at;
	in->parent = x->top;
	in->depth = x->top->depth + 1;
	push(x, in, at);
}

/* The end of an input: back to the one below. */
static void pop(struct lexer *x)
{
	struct input *in = x->top;
	const struct input *file;

	if (!in->generated)
		x->eof.pos = (struct pos){in->src, in->line, 1, in->len};
	x->top = in->below;
	for (file = x->top; file && file->generated; file = file->below)
		;
	if (file)
		set_pwd(x, file->src->file);
}

static bool read_raw(struct lexer *x, struct raw *r)
{
	struct input *in;
	const char *nl;

	while (x->top && x->top->off >= x->top->len)
		pop(x);
	in = x->top;
	if (!in)
		return false;
	r->p = in->text + in->off;
	r->len = in->len - in->off;
	r->generated = in->generated;
	r->pos = in->generated ? in->at : (struct pos){in->src, in->line, 1, in->off};
	nl = memchr(r->p, '\n', r->len);
	if (nl)
		r->len = (size_t)(nl - r->p);
	in->off += r->len + (nl ? 1 : 0);
	if (nl)
		in->line++;
	if (r->len > 0 && r->p[r->len - 1] == '\r')
		r->len--;
	return true;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f';
}

static void skip(struct raw *r, size_t n)
{
	r->p += n;
	r->len -= n;
	if (!r->generated)
		r->pos.column += (uint32_t)n;
}

static void skip_blanks(struct raw *r)
{
	while (r->len > 0 && is_blank(*r->p))
		skip(r, 1);
}

/* Takes all leading @id and @^id off. False: the line is meant for another router. */
static bool meant_for_us(const struct lexer *x, struct raw *r)
{
	size_t id_len = strlen(x->id);
	bool ours = true;

	for (skip_blanks(r); r->len > 0 && *r->p == '@'; skip_blanks(r)) {
		bool other = r->len > 1 && r->p[1] == '^';
		size_t n = 0;
		bool same;

		skip(r, other ? 2 : 1);
		while (n < r->len && !is_blank(r->p[n]))
			n++;
		same = n == id_len && memcmp(r->p, x->id, n) == 0;
		ours = ours && same != other;
		skip(r, n);
	}
	return ours;
}

static void cook_line(struct lexer *x, const struct raw *r, struct cooked *out)
{
	struct pos at = r->pos;
	uint32_t col = line_cook(x->arena, out, r->p, r->len, r->pos.column);

	if (r->generated)
		for (size_t i = 0; i < out->n; i++)
			out->col[i] = at.column;
	else if (col != 0)
		at.column = col;
	if (col != 0)
		diag_add(x->diags, DIAG_ERROR, &at, "unmatched quote");
	while (out->n > 0 && is_blank(out->c[out->n - 1]))
		out->n--;
}

/* Length of "$NAME" when the line is "$NAME=...", else 0. */
static size_t definition_len(const struct raw *r)
{
	size_t n = r->len > 1 && r->p[0] == '$' ? var_name_len(r->p + 1, r->len - 1) : 0;

	return n > 0 && n + 1 < r->len && r->p[n + 1] == '=' ? n + 1 : 0;
}

static bool ends_in_backslash(const struct cooked *c)
{
	return c->n > 0 && c->c[c->n - 1] == '\\' && (c->n == 1 || c->c[c->n - 2] != '\\');
}

struct text {
	char *p;
	size_t n, room;
};

static void text_add(struct arena *a, struct text *t, const char *p, size_t n)
{
	if (t->n + n > t->room) {
		size_t room = (t->n + n) * 2 + 64;
		char *grown = arena_alloc(a, room);

		if (t->n)
			memcpy(grown, t->p, t->n);
		t->p = grown;
		t->room = room;
	}
	if (n)
		memcpy(t->p + t->n, p, n);
	t->n += n;
}

/* Reads the value and the lines that continue it; `keep` false reads past a definition for another
 * router. */
static void read_definition(struct lexer *x, struct raw *r, size_t name_len, bool keep)
{
	const char *name = r->p + 1;
	struct cooked line = {0};
	struct text value = {0};
	bool more;

	skip(r, name_len + 1);
	do {
		skip_blanks(r);
		if (keep)
			cook_line(x, r, &line);
		else
			line_cook(x->arena, &line, r->p, r->len, 1);
		more = ends_in_backslash(&line);
		text_add(x->arena, &value, line.c, line.n - (more ? 1 : 0));
		more = more && read_raw(x, r);
		if (more && value.n > 0)
			text_add(x->arena, &value, "\n", 1);
	} while (more);
	if (keep)
		var_set(x->arena, &x->vars, name, name_len - 1, value.n ? value.p : "", value.n);
}

static void add_token(struct lexer *x, enum token_kind kind, const char *text,
		      const struct pos *line, uint32_t col)
{
	struct token *t;

	x->tokens = arena_append(x->arena, x->tokens, x->n, sizeof(*x->tokens));
	t = &x->tokens[x->n++];
	*t = (struct token){kind, text, *line};
	t->pos.column = col;
}

/* The end of a single-quoted piece that begins at i, or 0 when it is an apostrophe. */
static size_t single_quote_end(const struct cooked *c, size_t i)
{
	const char *end = i + 1 < c->n ? memchr(c->c + i + 1, '\'', c->n - i - 1) : NULL;

	return end ? (size_t)(end - c->c) : 0;
}

/* Copies a word to `out` (room for all of the line) and returns the offset behind it. */
static size_t read_word(const struct cooked *c, size_t i, char *out, size_t *n)
{
	char quote = '\0';

	*n = 0;
	for (; i < c->n; i++) {
		char ch = c->c[i];
		char next = i + 1 < c->n ? c->c[i + 1] : '\0';

		if (quote == '\0' && (is_blank(ch) || ch == '{' || ch == '}'))
			break;
		if (ch == '\\' && quote == '"' && (next == '"' || next == '\\')) {
			out[(*n)++] = next;
			i++;
		} else if (ch == quote) {
			quote = '\0';
		} else if (quote == '\0' &&
			   (ch == '"' || (ch == '\'' && *n == 0 && single_quote_end(c, i) != 0))) {
			quote = ch;
		} else if (quote == '\0' && ch == '$' && next == '{') {
			/* An undefined ${NAME} keeps its braces. */
			while (i < c->n && c->c[i] != '}' && !is_blank(c->c[i]))
				out[(*n)++] = c->c[i++];
			if (i == c->n || c->c[i] != '}')
				break;
			out[(*n)++] = '}';
		} else {
			out[(*n)++] = ch;
		}
	}
	return i;
}

static void cut(struct lexer *x, const struct cooked *c, const struct pos *line)
{
	char *word = arena_alloc(x->arena, c->n + 1);
	size_t i = 0, n;

	while (i < c->n) {
		uint32_t col = c->col[i];

		if (is_blank(c->c[i])) {
			i++;
		} else if (c->c[i] == '{' || c->c[i] == '}') {
			add_token(x, c->c[i] == '{' ? TOKEN_OPEN : TOKEN_CLOSE, "", line, col);
			i++;
		} else {
			i = read_word(c, i, word, &n);
			add_token(x, TOKEN_WORD, arena_strndup(x->arena, word, n), line, col);
		}
	}
}

static bool in_use(const struct lexer *x, const char *file)
{
	for (const struct input *in = x->top; in; in = in->parent)
		if (!in->generated && strcmp(in->src->file, file) == 0)
			return true;
	return false;
}

/* The last is pushed first, so that the first is read first. */
static void include_files(struct lexer *x, const struct lex_files *found, const struct pos *at)
{
	struct input *parent = x->top;

	for (size_t i = 0; i < found->n; i++)
		if (!found->list[i].why && in_use(x, found->list[i].name))
			found->list[i].why = "it includes itself";
	for (size_t i = found->n; i-- > 0;)
		if (found->list[i].why)
			diag_add(x->diags, DIAG_ERROR, at, "cannot include `%s': %s",
				 found->list[i].name, found->list[i].why);
		else
			push_file(x, &found->list[i], parent, at);
}

/* include and its forms: m, w and a insist on a match; without wildcards every form does. */
static void include(struct lexer *x)
{
	const struct token *words = x->tokens;
	char form = words[0].text[strlen("include")];
	struct lex_files found = {0};

	if (x->n != 2 || words[1].kind != TOKEN_WORD) {
		diag_add(x->diags, DIAG_ERROR, &words[0].pos, "`%s' takes one file name",
			 words[0].text);
		return;
	}
	if (x->include)
		x->include(x->ctx, x->arena, words[0].pos.src->file, words[1].text, &found);
	if (found.n == 0 && (!found.wild || (form != '\0' && strchr("mwa", form))))
		diag_add(x->diags, DIAG_ERROR, &words[1].pos, "no file matches `%s'",
			 words[1].text);
	else
		include_files(x, &found, &words[1].pos);
}

static bool is_include(const char *word)
{
	static const char *const forms[] = {"include",  "includer", "includem",
					    "includew", "includeb", "includea"};

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		if (strcmp(word, forms[i]) == 0)
			return true;
	return false;
}

static void expand_line(struct lexer *x, const struct cooked *in, const struct raw *r,
			struct cooked *out)
{
	switch (line_expand(x->arena, &x->vars, in, out)) {
	case EXPAND_OK:
		return;
	case EXPAND_TOO_DEEP:
		diag_add(x->diags, DIAG_ERROR, &r->pos,
			 "definitions refer to each other in a circle");
		break;
	case EXPAND_TOO_LONG:
		diag_add(x->diags, DIAG_ERROR, &r->pos,
			 "the line is too long with its definitions");
		break;
	}
	out->n = 0;
}

/* $NAME=@id is legal: the condition may come out of a definition. */
static bool expanded_for_us(const struct lexer *x, struct cooked *c)
{
	struct raw r = {.p = c->c, .len = c->n, .generated = true};

	if (c->n == 0)
		return true;
	if (!meant_for_us(x, &r))
		return false;
	c->c += c->n - r.len;
	c->col += c->n - r.len;
	c->n = r.len;
	c->room = r.len;
	return true;
}

static void read_statement_line(struct lexer *x, const struct raw *r)
{
	struct cooked plain = {0}, full = {0};
	const struct var *alone;

	cook_line(x, r, &plain);
	alone = var_alone(&x->vars, &plain);
	if (alone && alone->lines) {
		struct pos at = r->pos;

		at.column = plain.col[0];
		push_definition(x, alone, &at);
		return;
	}
	expand_line(x, &plain, r, &full);
	if (!expanded_for_us(x, &full))
		return;
	cut(x, &full, &r->pos);
	if (x->n > 0 && x->tokens[0].kind == TOKEN_WORD && is_include(x->tokens[0].text)) {
		include(x);
		x->n = 0;
	}
	if (x->n > 0)
		add_token(x, TOKEN_EOL, "", &r->pos, r->pos.column);
}

static bool refused_line(struct lexer *x, const struct raw *r)
{
	if (memchr(r->p, '\0', r->len))
		diag_add(x->diags, DIAG_ERROR, &r->pos, "a NUL byte: this is not a text file");
	else if (r->len > 4 && (memcmp(r->p, "~SEQ", 4) == 0 || memcmp(r->p, "~LST", 4) == 0))
		diag_add(x->diags, DIAG_ERROR, &r->pos, "%.4s lines are not supported", r->p);
	else
		return false;
	return true;
}

static bool read_line(struct lexer *x)
{
	struct raw r;
	size_t name_len;
	bool ours;

	if (!read_raw(x, &r))
		return false;
	ours = meant_for_us(x, &r);
	name_len = definition_len(&r);
	if (ours && refused_line(x, &r))
		return true;
	if (name_len)
		read_definition(x, &r, name_len, ours);
	else if (ours)
		read_statement_line(x, &r);
	return true;
}

const struct token *lexer_next(struct lexer *x)
{
	if (x->next == x->n) {
		x->n = x->next = 0;
		while (x->n == 0)
			if (!read_line(x))
				return &x->eof;
	}
	return &x->tokens[x->next++];
}
