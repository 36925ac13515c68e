/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a person reads: the status object, its parts, and the timeline, in 80 columns. Data carry
 * their age, counted from `now_us` (CLOCK_REALTIME). Pure, with jansson.
 */
#ifndef VRRPCTL_FORMAT_H
#define VRRPCTL_FORMAT_H

#include <jansson.h>
#include <stdint.h>

#include "vrrpctl/text.h"

void format_status(struct text *t, const json_t *snapshot, int64_t now_us);
/* With every counter and percentile. */
void format_probes(struct text *t, const json_t *snapshot, int64_t now_us);
void format_tunnels(struct text *t, const json_t *snapshot);
/* One line: time, thing, name, old and new state, reason. */
void format_event(struct text *t, const json_t *event);
/* An array of lines: of "explain", or the diagnostics of "reload". */
void format_lines(struct text *t, const json_t *lines);

#endif
