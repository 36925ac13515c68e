/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The timers' order: a pairing heap of struct timer by deadline, then by the order of arming. The
 * links lie in the timers themselves, so that arming one never allocates. Insertion takes constant
 * time, removal logarithmic time on average. Pure.
 */
#ifndef COMMON_TIMER_HEAP_H
#define COMMON_TIMER_HEAP_H

#include <stdint.h>

#include "common/loop.h"

struct timer_heap {
	struct timer *root;
	uint64_t next_order;
};

/* t->deadline is set and t is in no heap. Gives it the next order and sets t->armed. */
void timer_heap_insert(struct timer_heap *h, struct timer *t);
/* t is in this heap. Clears t->armed. */
void timer_heap_remove(struct timer_heap *h, struct timer *t);
/* The first to fire, or NULL. */
struct timer *timer_heap_first(const struct timer_heap *h);

#endif
