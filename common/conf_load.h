/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From a file name to a struct conf: the glue that reads files (include, globs) and prints
 * diagnostics. All errors and warnings of one run are collected, each once, in order of position.
 */
#ifndef COMMON_CONF_LOAD_H
#define COMMON_CONF_LOAD_H

#include <stddef.h>
#include <stdio.h>

#include "common/conf.h"
#include "common/diag.h"

/*
 * Reads and checks FILE whole. Returns the configuration, owned by the caller (conf_free), or NULL
 * when there is at least one error; `out` then says why, and holds the warnings in either case. A
 * file that cannot be read is a diagnostic too (line 1, column 1). `id` is keepalived's -i for @id
 * lines; NULL is the host name's first label.
 */
struct conf *conf_load(const char *file, const char *id, struct diags *out);

/* FILE:LINE:COLUMN: error: text, then the line and a caret beneath it (two lines, indented). */
void diags_print(const struct diags *d, FILE *to);

#endif
