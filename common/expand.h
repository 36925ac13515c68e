/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One line of keepalived's language before it is cut into words: comments off, `$NAME` and
 * `${NAME}` put in, late and recursively. Every byte remembers the column that it came from.
 * Source: keepalived.conf(5), "Parameter substitution". Pure; memory comes from an arena.
 */
#ifndef COMMON_EXPAND_H
#define COMMON_EXPAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/arena.h"

struct cooked {
	char *c;       /* not terminated */
	uint32_t *col; /* from 1 */
	size_t n, room;
};

/* A definition. A value of several lines has '\n' between them. */
struct var {
	struct var *next;
	const char *name, *value;
	size_t value_len;
	bool lines;
};

struct vars {
	struct var *first;
};

#define EXPAND_DEPTH 16
#define EXPAND_MAX 65536

/* Comment and escapes off raw[0..len); column of raw[0] is `col`. 0, or the column of an unmatched
 * quote, which is dropped. */
uint32_t line_cook(struct arena *a, struct cooked *out, const char *raw, size_t len, uint32_t col);

enum expand_result { EXPAND_OK, EXPAND_TOO_DEEP, EXPAND_TOO_LONG };
/* Undefined names stay as they are. */
enum expand_result line_expand(struct arena *a, const struct vars *vars, const struct cooked *in,
			       struct cooked *out);

/* Length of the name at p, 0 when none starts there. */
size_t var_name_len(const char *p, size_t len);
void var_set(struct arena *a, struct vars *vars, const char *name, size_t name_len,
	     const char *value, size_t value_len);
/* The definition when the cooked line is nothing but a reference to it, else NULL. */
const struct var *var_alone(const struct vars *vars, const struct cooked *line);

#endif
