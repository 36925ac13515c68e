/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Wanted against present; see plan.h. Pure. */
#include "vrrpd/plan.h"

#include <string.h>

#define SERIAL_SHIFT 3
#define SERIAL_MAX ((~POLICY_OWNER_MASK) >> SERIAL_SHIFT)

static struct policy *find(struct policy present[], size_t n, const struct policy *p)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = policy_place_cmp(p, &present[middle]);

		if (order == 0)
			return &present[middle];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

static size_t serial_of(const struct policy *p)
{
	return (p->index & ~POLICY_OWNER_MASK) >> SERIAL_SHIFT;
}

/* used[s] for serials below n; among that many there is a free one for every wanted policy. */
static void mark_used(uint8_t used[], size_t n, const struct policy list[], size_t n_list)
{
	for (size_t i = 0; i < n_list; i++)
		if (policy_is_ours(&list[i]) && serial_of(&list[i]) < n)
			used[serial_of(&list[i])] = 1;
}

static void emit(struct plan *out, enum change_kind kind, const struct policy *p)
{
	out->changes[out->n++] = (struct change){kind, *p};
}

/* Deletes what no wanted policy took over; the weakest, which are the blocks, in the second pass.
 */
static void emit_leftovers(struct plan *out, const struct policy present[], size_t n, bool blocks)
{
	for (size_t i = 0; i < n; i++)
		if (policy_is_ours(&present[i]) && present[i].tunnel < 0 &&
		    present[i].block == blocks)
			emit(out, CHANGE_DELETE, &present[i]);
}

void plan_policies(struct policy wanted[], size_t n_wanted, struct policy present[],
		   size_t n_present, struct plan *out)
{
	size_t n_serials = n_wanted + n_present + 1, serial = 1;

	out->n = 0;
	out->conflict = NULL;
	memset(out->scratch, 0, n_serials);
	mark_used(out->scratch, n_serials, present, n_present);
	mark_used(out->scratch, n_serials, wanted, n_wanted);
	for (size_t i = 0; i < n_wanted; i++) {
		struct policy *w = &wanted[i], *p = find(present, n_present, w);

		if (p && !policy_is_ours(p)) {
			w->index = 0;
			if (!out->conflict)
				out->conflict = p;
			continue;
		}
		if (p) {
			w->index = p->index;
			p->kind = w->kind;
			p->tunnel = w->tunnel;
		} else if (w->index == 0) {
			while (out->scratch[serial])
				serial++;
			w->index = POLICY_OWNER | (uint32_t)(serial++ << SERIAL_SHIFT) | w->dir;
		}
		if (!p || !policy_same(p, w))
			emit(out, CHANGE_PUT, w);
	}
	emit_leftovers(out, present, n_present, false);
	emit_leftovers(out, present, n_present, true);
}
