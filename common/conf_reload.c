/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A configuration read again; see conf_reload.h. */
#include "common/conf_reload.h"

#include <stdio.h>

#include "common/conf_load.h"
#include "common/log.h"

static void report(const struct diag *d, json_t *out)
{
	bool error = d->level == DIAG_ERROR;
	char line[CONF_PATH_MAX + 320];

	snprintf(line, sizeof(line), "%s:%u:%u: %s: %s", d->file, d->line, d->column,
		 error ? "error" : "warning", d->text);
	log_msg(error ? LOG_ERR : LOG_WARNING, "%s", line);
	if (out)
		json_array_append_new(out, json_string(line));
}

struct conf *conf_reload(const char *file, const char *id, json_t *diagnostics)
{
	struct diags diags = {0};
	struct conf *c = conf_load(file, id, &diags);

	for (size_t k = 0; k < diags.n; k++)
		report(&diags.list[k], diagnostics);
	diags_free(&diags);
	return c;
}
