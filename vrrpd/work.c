/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A queue in ranks; see work.h. Pure. */
#include "vrrpd/work.h"

#include <stddef.h>

void work_put(struct work_queue *q, struct work *w, enum work_rank rank)
{
	if (w->queued && w->rank == rank)
		return;
	work_drop(q, w);
	w->rank = rank;
	w->queued = true;
	w->next = NULL;
	w->prev = q->last[rank];
	if (w->prev)
		w->prev->next = w;
	else
		q->first[rank] = w;
	q->last[rank] = w;
}

void work_drop(struct work_queue *q, struct work *w)
{
	if (!w->queued)
		return;
	if (w->prev)
		w->prev->next = w->next;
	else
		q->first[w->rank] = w->next;
	if (w->next)
		w->next->prev = w->prev;
	else
		q->last[w->rank] = w->prev;
	w->queued = false;
}

enum work_rank work_next(const struct work_queue *q)
{
	enum work_rank r = WORK_ANNOUNCE;

	while (r < WORK_RANKS && !q->first[r])
		r++;
	return r;
}
