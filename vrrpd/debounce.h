/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Interfaces whose going down or coming up counts only after it has held for a while, the
 * configuration's interface_up_down_delays. One that the kernel no longer has is down at once.
 */
#ifndef VRRPD_DEBOUNCE_H
#define VRRPD_DEBOUNCE_H

#include <stdbool.h>

#include "common/conf.h"
#include "common/loop.h"
#include "vrrpd/nl_link.h"

struct debounce;

/* What an interface counts as has changed. */
typedef void (*debounce_fn)(void *ctx, const char *interface);

/* NULL when out of memory. */
struct debounce *debounce_new(struct loop *loop, const struct links *links, debounce_fn fn,
			      void *ctx);
/* The delays of the configuration; interfaces count as what they are now. False: out of memory. */
bool debounce_reload(struct debounce *b, const struct conf *c);
/* The interface may have changed: before debounce_running is asked. */
void debounce_look(struct debounce *b, const char *interface);
/* Whether an interface counts as up and running. */
bool debounce_running(const struct debounce *b, const char *interface);
void debounce_free(struct debounce *b);

#endif
