/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A latch: two copies and a generation, one writer, any number of readers, in memory that two
 * processes share. A plain seqlock stays odd for ever when its writer is killed in mid-write; here
 * one of the two copies is always whole, so a reader ends after a bounded number of tries whatever
 * happened to the writer. After the kernel's raw_write_seqcount_latch (include/linux/seqlock.h).
 * Pure.
 *
 * Generation g: readers use copy[g & 1]. The writer makes g odd and even in turn: it fills the copy
 * that readers do not use, then publishes it by storing g + 1.
 */
#ifndef COMMON_LATCH_H
#define COMMON_LATCH_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct latch {
	_Atomic uint64_t generation;
};

/* size must be a multiple of 8; copies point at two areas of that size, 8-byte aligned. */
void latch_write(struct latch *l, void *copies, size_t size, const void *value);
/* False after too many tries, which only a runaway writer can cause; *value is then unspecified. */
bool latch_read(const struct latch *l, const void *copies, size_t size, void *value);

#endif
