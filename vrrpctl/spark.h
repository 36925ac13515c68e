/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The last minute of each probe as `status --watch` saw it, one sample a redraw, drawn as a line of
 * blocks. The caller gives the storage. Pure, with jansson.
 */
#ifndef VRRPCTL_SPARK_H
#define VRRPCTL_SPARK_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#define SPARK_SAMPLES 60
#define SPARK_PROBES 64
#define SPARK_LOST (-1)
/* Three bytes a block, and the NUL. */
#define SPARK_STRLEN (SPARK_SAMPLES * 3 + 1)

struct spark {
	char name[64];
	json_int_t sent, received;     /* at the last sample */
	int64_t rtt_us[SPARK_SAMPLES]; /* a ring; SPARK_LOST: probes went out and none came back */
	size_t n;                      /* samples ever taken */
};

struct sparks {
	struct spark probe[SPARK_PROBES];
	size_t n;
};

/* Takes a sample of every probe of the snapshot; those past SPARK_PROBES have no line. */
void sparks_sample(struct sparks *s, const json_t *snapshot);
/* Oldest first, lowest to highest RTT as eight heights, "x" where all was lost. "" for an unknown
 * name. */
const char *sparks_draw(const struct sparks *s, const char *name, char buf[SPARK_STRLEN]);

#endif
