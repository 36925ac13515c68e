/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From the text of a file to a struct conf: the whole road but the reading of files, which comes in
 * as a callback. Pure; memory comes from arenas.
 */
#ifndef COMMON_CONF_PARSE_H
#define COMMON_CONF_PARSE_H

#include "common/conf.h"
#include "common/diag.h"
#include "common/lexer.h"

/*
 * The configuration, owned by the caller, or NULL when there is an error. `id` is for @id lines,
 * `host` the default of router_id. All texts and names are copied. *out need not be empty; it is
 * finished (sorted, counted) on return.
 */
struct conf *conf_parse(const struct lex_file *file, const char *id, const char *host,
			lex_include_fn include, void *ctx, struct diags *out);

#endif
