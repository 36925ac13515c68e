/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The status object as OpenMetrics 1.0 text: a family at a time, base units (seconds, bytes,
 * ratios), counters with _total, "# EOF" at the end. Pure, with jansson.
 */
#ifndef VRRPCTL_METRICS_H
#define VRRPCTL_METRICS_H

#include <jansson.h>

#include "vrrpctl/text.h"

void format_metrics(struct text *t, const json_t *snapshot);

#endif
