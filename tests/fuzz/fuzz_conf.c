/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libFuzzer entry over the whole road from text to configuration. Includes find nothing but one
 * file of two lines, so that their paths are reached and nothing is opened.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/arena.h"
#include "common/conf_parse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void include(void *ctx, struct arena *a, const char *from, const char *pattern,
		    struct lex_files *out)
{
	static const struct lex_file part = {"part", "priority 7\n}\n", 13, NULL};

	(void)ctx;
	(void)from;
	out->wild = strchr(pattern, '*') != NULL;
	if (pattern[0] != 'p')
		return;
	out->n = 1;
	out->list = arena_array(a, 1, sizeof(*out->list));
	out->list[0] = part;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct lex_file file = {"fuzz", (const char *)data, size, NULL};
	struct diags d = {0};
	struct conf *c = conf_parse(&file, "id", "host", include, NULL, &d);

	/* An error has a reason, and a configuration has none. */
	if ((c == NULL) != (d.errors > 0))
		abort();
	conf_free(c);
	diags_free(&d);
	return 0;
}
