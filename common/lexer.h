/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * keepalived's language over memory buffers, as words and braces with their positions: comments,
 * double quotes, variables, `@id` lines and includes are dealt with here and never seen above.
 * Files come through a callback. A mistake is reported once and reading goes on. Source:
 * keepalived.conf(5) of 2.2.7. Pure; memory comes from an arena.
 *
 * Where keepalived guesses or drops in silence this is an error: an unmatched quote, a NUL byte, an
 * include that names no file, ~SEQ and ~LST lines, which are not done.
 */
#ifndef COMMON_LEXER_H
#define COMMON_LEXER_H

#include <stdbool.h>
#include <stddef.h>

#include "common/arena.h"
#include "common/diag.h"

enum token_kind { TOKEN_WORD, TOKEN_OPEN, TOKEN_CLOSE, TOKEN_EOL, TOKEN_EOF };

struct token {
	enum token_kind kind;
	const char *text; /* of a word; quotes off */
	struct pos pos;
};

/* A file as the callback found it. `why`: NULL, or why it could not be read. */
struct lex_file {
	const char *name, *text;
	size_t len;
	const char *why;
};

struct lex_files {
	struct lex_file *list; /* in the arena, with all that they point at */
	size_t n;
	bool wild; /* the pattern has wildcards, so that no match may be meant */
};

/* The files that `pattern`, written in the file `from`, stands for. */
typedef void (*lex_include_fn)(void *ctx, struct arena *a, const char *from, const char *pattern,
			       struct lex_files *out);

#define LEX_INCLUDE_DEPTH 16
#define LEX_SOURCES_MAX 4096 /* files, and definitions of several lines put in */

struct lexer;

/* In the arena, freed with it. `id` is what @id lines are compared with. fn NULL: includes find
 * nothing. */
struct lexer *lexer_new(struct arena *a, struct diags *d, const char *id, lex_include_fn fn,
			void *ctx);
/* The file to begin with. Text and name outlive the lexer. */
void lexer_start(struct lexer *x, const struct lex_file *file);
/* Valid until the next call. TOKEN_EOF for ever at the end. A line without words yields no token.
 */
const struct token *lexer_next(struct lexer *x);
/* Files opened so far, by their order; NULL beyond the last. */
const char *lexer_file(const struct lexer *x, unsigned order);

#endif
