/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A probe's last minute, second by second, drawn as a line of blocks. Pure, with jansson. */
#ifndef VRRPCTL_SPARK_H
#define VRRPCTL_SPARK_H

#include <jansson.h>

#include "common/sla.h"

/* Three bytes a block, and the NUL. */
#define SPARK_STRLEN (SLA_HISTORY * 3 + 1)

/*
 * `history` is a probe's in the status object. Oldest first: a block from the lowest to the highest
 * RTT at eight heights, "!" when some of the second's probes were lost, "x" when all were, a blank
 * when there were none. "" when there is nothing to draw.
 */
const char *spark_draw(const json_t *history, char buf[SPARK_STRLEN]);

#endif
