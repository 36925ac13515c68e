/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is wrong with a configuration, and where: errors and warnings collected in one run over all
 * of its files. Texts are plain, one line, and name the thing. Bytes that would upset a terminal
 * are replaced. Pure.
 */
#ifndef COMMON_DIAG_H
#define COMMON_DIAG_H

#include <stddef.h>
#include <stdint.h>

#include "common/conf.h"

enum diag_level { DIAG_WARNING, DIAG_ERROR };

/* One file's text; lives as long as positions in it. `order`: the how many-eth file that was
 * opened. */
struct source {
	const char *file;
	const char *text;
	size_t len;
	unsigned order;
};

struct pos {
	const struct source *src;
	uint32_t line, column; /* from 1; a tab is one column */
	size_t line_start;     /* offset of the line in src->text */
};

struct diag {
	enum diag_level level;
	unsigned order; /* of the file */
	char file[CONF_PATH_MAX];
	unsigned line, column; /* from 1 */
	char text[256];        /* one line, no final stop */
	char source[160];      /* the line itself, for the caret; may be empty */
};

struct diags {
	struct diag *list;
	size_t n, errors, warnings;
	size_t room; /* allocated entries */
};

/* More than this many say nothing new: the rest is cut off with an error that says so. */
#define DIAGS_MAX 1000

void diag_add(struct diags *d, enum diag_level level, const struct pos *pos, const char *format,
	      ...) __attribute__((format(printf, 4, 5)));
/* Sorts by file and position, drops doubles, counts. */
void diags_finish(struct diags *d);
void diags_free(struct diags *d);

#endif
