/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Waits until the status object satisfies a condition: the daemons' event streams wake it, and each
 * wake-up looks at the present state. A daemon that is not there yet is waited for.
 */
#ifndef VRRPCTL_AWAIT_H
#define VRRPCTL_AWAIT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "vrrpctl/daemons.h"

/* True ends the wait. The object is valid during the call. */
typedef bool (*await_fn)(void *ctx, const json_t *snapshot);

/*
 * Looks at once, then at every event, at the latest every quarter of a second. True when fn was
 * satisfied, false at the timeout; errors as daemons_snapshot's, of the last look.
 */
bool await(const char *dir, int64_t timeout_ms, await_fn fn, void *ctx, int errors[N_DAEMONS]);

#endif
