/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A pairing heap (Fredman, Sedgewick, Sleator, Tarjan, 1986) in the child-and-siblings form. `prev`
 * is the sibling before, or the parent for a first child. Pure; see timer_heap.h.
 */
#include "common/timer_heap.h"

#include <stddef.h>

static bool fires_before(const struct timer *a, const struct timer *b)
{
	return a->deadline.us != b->deadline.us ? mono_before(a->deadline, b->deadline)
						: a->order < b->order;
}

/* Two roots become one; either may be NULL. */
static struct timer *meld(struct timer *a, struct timer *b)
{
	struct timer *parent, *child;

	if (!a || !b)
		return a ? a : b;
	parent = fires_before(a, b) ? a : b;
	child = parent == a ? b : a;
	child->prev = parent;
	child->next = parent->child;
	if (child->next)
		child->next->prev = child;
	parent->child = child;
	return parent;
}

/* Melds siblings in pairs from the left, then the pairs from the right. */
static struct timer *meld_siblings(struct timer *first)
{
	struct timer *pairs = NULL, *root = NULL;

	while (first) {
		struct timer *a = first, *b = a->next;

		first = b ? b->next : NULL;
		a->next = a->prev = NULL;
		if (b)
			b->next = b->prev = NULL;
		a = meld(a, b);
		a->next = pairs;
		pairs = a;
	}
	while (pairs) {
		struct timer *next = pairs->next;

		pairs->next = NULL;
		root = meld(root, pairs);
		pairs = next;
	}
	return root;
}

static void unlink_from_siblings(struct timer *t)
{
	if (t->prev->child == t)
		t->prev->child = t->next;
	else
		t->prev->next = t->next;
	if (t->next)
		t->next->prev = t->prev;
}

void timer_heap_insert(struct timer_heap *h, struct timer *t)
{
	t->child = t->next = t->prev = NULL;
	t->order = h->next_order++;
	t->armed = true;
	h->root = meld(h->root, t);
}

void timer_heap_remove(struct timer_heap *h, struct timer *t)
{
	struct timer *orphans = meld_siblings(t->child);

	if (h->root == t) {
		h->root = orphans;
	} else {
		unlink_from_siblings(t);
		h->root = meld(h->root, orphans);
	}
	t->child = t->next = t->prev = NULL;
	t->armed = false;
}

struct timer *timer_heap_first(const struct timer_heap *h)
{
	return h->root;
}
