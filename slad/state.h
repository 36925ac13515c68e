/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The probes' past as bytes, for a file that a restart reads: a head, a record for each probe, and
 * a checksum over all of it. All or nothing: bytes that are not exactly what this version writes
 * give no record. Times are CLOCK_MONOTONIC's, so the file is good for one boot. Pure.
 */
#ifndef SLAD_STATE_H
#define SLAD_STATE_H

#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/mono.h"
#include "slad/target.h"

/* Older than this nothing of it would be left in the hour, nor much of the flaps. */
#define STATE_AGE_MAX_US (3600 * US_PER_S)

/* The most that head, n records and checksum can need. */
size_t state_size(size_t n);

void state_begin(struct wbuf *w, const uint8_t boot_id[16], mono_t now, size_t n);
void state_add(struct wbuf *w, uint64_t fingerprint, const struct target_past *past);
/* `begin` is where state_begin began to write. w->bad: it did not fit. */
void state_end(struct wbuf *w, const uint8_t *begin);

enum state_fault {
	STATE_OK,
	STATE_FOREIGN, /* not such a file at all */
	STATE_VERSION, /* of another version */
	STATE_DAMAGED, /* cut, changed, or impossible */
	STATE_OTHER_BOOT,
	STATE_OLD,
};

struct state_reader {
	struct rbuf r;
	mono_t now;
	size_t left; /* records */
};

/* Looks at every byte; the bytes stay in use until the last state_next. */
enum state_fault state_open(struct state_reader *s, const void *bytes, size_t len,
			    const uint8_t boot_id[16], mono_t now);
/* The next record, after STATE_OK; false when there is none left. */
bool state_next(struct state_reader *s, uint64_t *fingerprint, struct target_past *past);

/* "damaged" and so on. */
const char *state_fault_name(enum state_fault f);

#endif
