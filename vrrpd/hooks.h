/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * keepalived's notify commands and FIFOs: what the configuration has for a change of state is
 * handed to the helper process, in keepalived's words and order: notify_master and the like, then
 * notify with its four arguments, then the FIFOs. Waits for nothing.
 */
#ifndef VRRPD_HOOKS_H
#define VRRPD_HOOKS_H

#include "common/conf.h"
#include "vrrpd/runner.h"

/* kind: "INSTANCE" or "GROUP". */
void hooks_send(struct runner *r, const struct conf *c, const struct conf_hooks *h,
		const char *kind, const char *name, enum conf_notice n, unsigned priority);

/* Only the command for it. */
void hooks_run(struct runner *r, const struct conf_hooks *h, const char *name, enum conf_notice n);
/* Only the line for the FIFOs. */
void hooks_line(struct runner *r, const struct conf *c, const char *kind, const char *name,
		enum conf_notice n, unsigned priority);

#endif
