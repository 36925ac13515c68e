/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is left to do, in ranks: a turn of the loop works at the first rank that has something, so
 * that in a burst of takeovers what has its addresses is announced before others get theirs, and
 * repeats come last. Adverts have no rank: they are sent at once. Whoever is queued gives the storage; a
 * zeroed queue is empty. Pure.
 */
#ifndef VRRPD_WORK_H
#define VRRPD_WORK_H

#include <stdbool.h>

enum work_rank {
	WORK_ANNOUNCE,  /* the first round of announcements */
	WORK_ADDRESSES, /* policies and addresses, to take or to release */
	WORK_REPEAT,    /* its repeats */
	WORK_RANKS      /* nothing is left */
};

struct work {
	void *owner; /* the caller's */
	enum work_rank rank;
	bool queued;
	struct work *next, *prev;
};

struct work_queue {
	struct work *first[WORK_RANKS], *last[WORK_RANKS];
};

/* Behind the others of that rank. What is in this rank already keeps its place, and what is in
 * another leaves it. */
void work_put(struct work_queue *q, struct work *w, enum work_rank rank);
/* Not queued is fine. */
void work_drop(struct work_queue *q, struct work *w);
/* The rank that is served now, WORK_RANKS when all are empty. */
enum work_rank work_next(const struct work_queue *q);

#endif
