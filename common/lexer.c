/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The line is the unit of work: meant for this router? a definition? then comments off, definitions
 * put in, cut into words, included files pushed. See lexer.h. Pure.
 */
#include "common/lexer.h"

#include <string.h>

#include "common/expand.h"
#include "common/lex_input.h"

struct lexer {
	struct arena *arena;
	struct diags *diags;
	const char *id;
	lex_include_fn include;
	void *ctx;
	struct inputs inputs;
	const struct source *pwd_of; /* the file that ${_PWD} stands for */
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
	x->inputs.arena = a;
	x->inputs.diags = d;
	var_set(a, &x->vars, "_INSTANCE", 9, id, strlen(id));
	var_set(a, &x->vars, "_HASH", 5, "#", 1);
	var_set(a, &x->vars, "_BANG", 5, "!", 1);
	return x;
}

const char *lexer_file(const struct lexer *x, unsigned order)
{
	return order < x->inputs.n_files ? x->inputs.sources[order]->file : NULL;
}

void lexer_start(struct lexer *x, const struct lex_file *file)
{
	const struct pos none = {0};

	inputs_push_file(&x->inputs, file, NULL, &none);
}

/* False at the end of all. */
static bool next_raw(struct lexer *x, struct raw_line *r)
{
	const char *slash;

	if (!inputs_read(&x->inputs, r))
		return false;
	if (r->pos.src == x->pwd_of)
		return true;
	x->pwd_of = r->pos.src;
	slash = strrchr(x->pwd_of->file, '/');
	if (slash)
		var_set(x->arena, &x->vars, "_PWD", 4, x->pwd_of->file,
			(size_t)(slash - x->pwd_of->file));
	else
		var_set(x->arena, &x->vars, "_PWD", 4, ".", 1);
	return true;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f';
}

static void skip(struct raw_line *r, size_t n)
{
	r->p += n;
	r->len -= n;
	if (!r->generated)
		r->pos.column += (uint32_t)n;
}

static void skip_blanks(struct raw_line *r)
{
	while (r->len > 0 && is_blank(*r->p))
		skip(r, 1);
}

/* Takes all leading @id and @^id off. False: the line is meant for another router. */
static bool meant_for_us(const struct lexer *x, struct raw_line *r)
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

static void cook_line(struct lexer *x, const struct raw_line *r, struct cooked *out)
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
static size_t definition_len(const struct raw_line *r)
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
static void read_definition(struct lexer *x, struct raw_line *r, size_t name_len, bool keep)
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
		more = more && next_raw(x, r);
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

/* The last is pushed first, so that the first is read first. */
static void include_files(struct lexer *x, const struct lex_files *found, const struct pos *at)
{
	struct input *parent = x->inputs.top;

	for (size_t i = 0; i < found->n; i++)
		if (!found->list[i].why && inputs_in_use(&x->inputs, found->list[i].name))
			found->list[i].why = "it includes itself";
	for (size_t i = found->n; i-- > 0;)
		if (found->list[i].why)
			diag_add(x->diags, DIAG_ERROR, at, "cannot include `%s': %s",
				 found->list[i].name, found->list[i].why);
		else
			inputs_push_file(&x->inputs, &found->list[i], parent, at);
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

static void expand_line(struct lexer *x, const struct cooked *in, const struct raw_line *r,
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
	struct raw_line r = {.p = c->c, .len = c->n, .generated = true};

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

static void read_statement_line(struct lexer *x, const struct raw_line *r)
{
	struct cooked plain = {0}, full = {0};
	const struct var *alone;

	cook_line(x, r, &plain);
	alone = var_alone(&x->vars, &plain);
	if (alone && alone->lines) {
		struct pos at = r->pos;

		at.column = plain.col[0];
		inputs_push_text(&x->inputs, alone->value, alone->value_len, &at);
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

static bool refused_line(struct lexer *x, const struct raw_line *r)
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
	struct raw_line r;
	size_t name_len;
	bool ours;

	if (!next_raw(x, &r))
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
			if (!read_line(x)) {
				x->eof.pos = x->inputs.end;
				return &x->eof;
			}
	}
	return &x->tokens[x->next++];
}
