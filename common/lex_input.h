/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The stack of texts that the lexer reads, line by line: files, and the values of definitions of
 * several lines, whose lines are read like a file's but stand where the reference stands. Bounds
 * how deep and how many. Pure; memory comes from an arena. Only for lexer.c.
 */
#ifndef COMMON_LEX_INPUT_H
#define COMMON_LEX_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/arena.h"
#include "common/diag.h"
#include "common/lexer.h"

struct input;

struct inputs {
	struct arena *arena;
	struct diags *diags;
	struct input *top;
	const struct source *sources[LEX_SOURCES_MAX];
	unsigned n_files, n_inputs;
	struct pos refused; /* the last that was not pushed */
	struct pos end;     /* of the first file, once it is read */
};

/* One raw line and where it is. */
struct raw_line {
	const char *p;
	size_t len;
	struct pos pos; /* of p[0] */
	bool generated; /* not from a file: all of it stands at pos */
};

/* Reported and not pushed when there are too many or they are too deep. `at`: the include. */
void inputs_push_file(struct inputs *in, const struct lex_file *file, struct input *parent,
		      const struct pos *at);
void inputs_push_text(struct inputs *in, const char *text, size_t len, const struct pos *at);
/* True when that file is being read, by itself or by what it includes. */
bool inputs_in_use(const struct inputs *in, const char *file);
/* The next line without its end. False when all is read. */
bool inputs_read(struct inputs *in, struct raw_line *out);

#endif
