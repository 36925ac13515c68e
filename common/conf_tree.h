/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tokens into statements: words on a line, and what stands in braces behind them. Knows no keyword
 * but those that may only stand outside all braces, by which it finds its way back after a
 * forgotten `}`. Pure.
 */
#ifndef COMMON_CONF_TREE_H
#define COMMON_CONF_TREE_H

#include <stdbool.h>
#include <stddef.h>

#include "common/lexer.h"

struct stmt {
	const struct token *words; /* n of them, at least one but in the root */
	size_t n;
	bool has_body;
	bool broken; /* a brace is missing in or after it: its contents cannot be trusted */
	struct stmt *body, *next;
	size_t n_body;
};

/*
 * Reads to the end. Returns the root, whose body is the file's statements; in the arena. `top` says
 * whether a word opens a block that only stands outside all others.
 */
struct stmt *conf_tree_read(struct lexer *x, struct arena *a, struct diags *d,
			    bool (*top)(const char *word));

#endif
