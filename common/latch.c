/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The latch's two operations. Payload words are relaxed atomics, since reader and writer may touch
 * one copy at once: the reader then throws away what it read, but the reading itself must be
 * defined. The two fences pair: a reader that saw a word of the next filling of its copy also sees
 * the generation that was published before that filling began, and tries again. Pure; see latch.h.
 */
#include "common/latch.h"

#include <string.h>

_Static_assert(ATOMIC_LLONG_LOCK_FREE == 2, "a lock would live in one process only");

/* A copy of a record takes well below a microsecond, so a sane writer lets the second try succeed.
 */
#define TRIES 10000

static size_t offset_of_copy(uint64_t generation, size_t size)
{
	return (generation & 1) * size;
}

void latch_write(struct latch *l, void *copies, size_t size, const void *value)
{
	uint64_t g = atomic_load_explicit(&l->generation, memory_order_relaxed);
	_Atomic uint64_t *to = (void *)((char *)copies + offset_of_copy(g + 1, size));
	const char *from = value;

	atomic_thread_fence(memory_order_release);
	for (size_t i = 0; i < size / sizeof(uint64_t); i++) {
		uint64_t word;

		memcpy(&word, from + i * sizeof(word), sizeof(word));
		atomic_store_explicit(&to[i], word, memory_order_relaxed);
	}
	atomic_store_explicit(&l->generation, g + 1, memory_order_release);
}

static bool try_read(const struct latch *l, const void *copies, size_t size, void *value)
{
	uint64_t g = atomic_load_explicit(&l->generation, memory_order_acquire);
	const _Atomic uint64_t *from =
		(const void *)((const char *)copies + offset_of_copy(g, size));
	char *to = value;

	for (size_t i = 0; i < size / sizeof(uint64_t); i++) {
		uint64_t word = atomic_load_explicit(&from[i], memory_order_relaxed);

		memcpy(to + i * sizeof(word), &word, sizeof(word));
	}
	atomic_thread_fence(memory_order_acquire);
	return atomic_load_explicit(&l->generation, memory_order_relaxed) == g;
}

bool latch_read(const struct latch *l, const void *copies, size_t size, void *value)
{
	for (unsigned i = 0; i < TRIES; i++)
		if (try_read(l, copies, size, value))
			return true;
	return false;
}
