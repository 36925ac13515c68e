/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads the configuration again in a running daemon: what diags_print says at start goes to the log
 * here, and to whoever asked for the reload. */
#ifndef COMMON_CONF_RELOAD_H
#define COMMON_CONF_RELOAD_H

#include <jansson.h>

#include "common/conf.h"

/* As conf_load. `diagnostics`, an array that may be NULL, gets the lines "FILE:LINE:COLUMN: error:
 * text". */
struct conf *conf_reload(const char *file, const char *id, json_t *diagnostics);

#endif
