/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory that is freed all at once; see arena.h. Pure. */
#include "common/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct piece {
	struct piece *next;
	alignas(max_align_t) unsigned char bytes[];
};

struct arena {
	struct piece *pieces;
};

struct arena *arena_new(void)
{
	struct arena *a = calloc(1, sizeof(*a));

	if (!a)
		abort();
	return a;
}

void *arena_array(struct arena *a, size_t n, size_t size)
{
	struct piece *p;

	if (size != 0 && n > (SIZE_MAX - sizeof(*p)) / size)
		abort();
	p = calloc(1, sizeof(*p) + n * size);
	if (!p)
		abort();
	p->next = a->pieces;
	a->pieces = p;
	return p->bytes;
}

void *arena_alloc(struct arena *a, size_t size)
{
	return arena_array(a, 1, size);
}

/* Room is 4, 8, 16 ... elements, so n alone tells when it is used up. */
void *arena_append(struct arena *a, void *list, size_t n, size_t size)
{
	void *grown;

	if (n != 0 && (n < 4 || (n & (n - 1)) != 0))
		return list;
	grown = arena_array(a, n == 0 ? 4 : n * 2, size);
	if (n != 0)
		memcpy(grown, list, n * size);
	return grown;
}

char *arena_strndup(struct arena *a, const char *text, size_t len)
{
	char *copy = arena_array(a, len + 1, 1);

	memcpy(copy, text, len);
	return copy;
}

void arena_free(struct arena *a)
{
	if (!a)
		return;
	for (struct piece *p = a->pieces, *next; p; p = next) {
		next = p->next;
		free(p);
	}
	free(a);
}
