/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory that is freed all at once. Used where a file becomes a configuration: at start and at
 * reload, never in the running daemons' paths. Each piece is an allocation of its own, so that the
 * sanitizers see its ends. Running out of memory ends the program: there is no configuration to go
 * on with. Pure.
 */
#ifndef COMMON_ARENA_H
#define COMMON_ARENA_H

#include <stddef.h>

struct arena;

struct arena *arena_new(void);
/* Zeroed. n * size must not overflow, else the program ends. */
void *arena_array(struct arena *a, size_t n, size_t size);
void *arena_alloc(struct arena *a, size_t size);
/* The list with room for one more behind its n elements; it may move, the old one stays readable.
 */
void *arena_append(struct arena *a, void *list, size_t n, size_t size);
char *arena_strndup(struct arena *a, const char *text, size_t len);
/* NULL is fine. */
void arena_free(struct arena *a);

#endif
