/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Plans against a model of the kernel's policy table: random wanted and present sets from a seeded
 * generator. The model behaves as the kernel does: a put replaces and keeps the index that is
 * there, a deletion goes by index.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "vrrpd/plan.h"

#define MOST 24
#define ROUNDS 20000

struct model {
	struct policy list[2 * MOST];
	size_t n;
};

static uint32_t draw(uint64_t *seed, uint32_t below)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(*seed >> 33) % below;
}

/* Few places, so that sets overlap often. */
static struct policy random_policy(uint64_t *seed)
{
	struct policy p = {.kind = (enum policy_kind)draw(seed, 4),
			   .dir = (enum policy_dir)draw(seed, 3),
			   .priority = 1 + draw(seed, 2),
			   .tunnel = (int)draw(seed, 3),
			   .block = draw(seed, 2),
			   .reqid = 1 + draw(seed, 2)};
	uint8_t src[4] = {10, 0, 0, (uint8_t)draw(seed, 4)};
	uint8_t dst[4] = {172, 16, 0, (uint8_t)draw(seed, 3)};

	p.src = (struct prefix){addr_ipv4(src), 32};
	p.dst = (struct prefix){addr_ipv4(dst), 32};
	return p;
}

static struct policy *at_place(struct policy list[], size_t n, const struct policy *p)
{
	for (size_t i = 0; i < n; i++)
		if (policy_same_place(&list[i], p))
			return &list[i];
	return NULL;
}

static size_t random_set(uint64_t *seed, struct policy out[])
{
	size_t n = 0, tries = draw(seed, MOST + 1);

	while (tries-- > 0) {
		struct policy p = random_policy(seed);

		if (!at_place(out, n, &p))
			out[n++] = p;
	}
	return n;
}

static int by_kind(const void *a, const void *b)
{
	const struct policy *x = a, *y = b;

	return (int)x->kind - (int)y->kind;
}

static int by_place(const void *a, const void *b)
{
	return policy_place_cmp(a, b);
}

/* Some of them ours, some of them another program's. */
static void fill_model(uint64_t *seed, struct model *m)
{
	m->n = random_set(seed, m->list);
	for (size_t i = 0; i < m->n; i++) {
		struct policy *p = &m->list[i];

		p->index = (uint32_t)(i + 1) << 3 | p->dir;
		if (draw(seed, 4) > 0)
			p->index |= POLICY_OWNER;
		p->kind = POLICY_FOREIGN;
		p->tunnel = -1;
	}
	if (m->n > 0)
		qsort(m->list, m->n, sizeof(m->list[0]), by_place);
}

static void put(struct model *m, const struct policy *p)
{
	struct policy *there = at_place(m->list, m->n, p);

	ck_assert_uint_ne(p->index, 0);
	ck_assert_uint_eq(p->index & 7, p->dir);
	if (there) {
		uint32_t index = there->index;

		ck_assert_msg(policy_is_ours(there), "a put on a stranger's place");
		*there = *p;
		there->index = index;
		return;
	}
	for (size_t i = 0; i < m->n; i++)
		ck_assert_uint_ne(m->list[i].index, p->index);
	m->list[m->n++] = *p;
}

static void del(struct model *m, const struct policy *p)
{
	size_t i = 0;

	while (i < m->n && m->list[i].index != p->index)
		i++;
	ck_assert_uint_lt(i, m->n);
	ck_assert_msg(policy_is_ours(&m->list[i]), "a stranger's policy deleted");
	m->list[i] = m->list[--m->n];
}

/* Puts in the order of kinds, then deletions, the blocks among them last. */
static void assert_order(const struct plan *p)
{
	int phase = 0;

	for (size_t i = 0; i < p->n; i++) {
		const struct change *c = &p->changes[i];
		int now = c->kind == CHANGE_PUT ? (int)c->policy.kind : c->policy.block ? 11 : 10;

		ck_assert_int_ge(now, phase);
		phase = now;
	}
}

static void apply(struct model *m, const struct plan *p)
{
	for (size_t i = 0; i < p->n; i++) {
		if (p->changes[i].kind == CHANGE_PUT)
			put(m, &p->changes[i].policy);
		else
			del(m, &p->changes[i].policy);
	}
}

/* Every wanted policy is there with its index, or a stranger is in its place; nothing else of ours
 * is. */
static void assert_result(struct model *m, struct policy wanted[], size_t n,
			  const struct model *before)
{
	for (size_t i = 0; i < n; i++) {
		struct policy *p = at_place(m->list, m->n, &wanted[i]);

		ck_assert_ptr_nonnull(p);
		if (wanted[i].index == 0) {
			ck_assert(!policy_is_ours(p));
			continue;
		}
		ck_assert(policy_same(p, &wanted[i]));
		ck_assert_uint_eq(p->index, wanted[i].index);
	}
	for (size_t i = 0; i < m->n; i++)
		if (policy_is_ours(&m->list[i]))
			ck_assert_ptr_nonnull(at_place(wanted, n, &m->list[i]));
	for (size_t i = 0; i < before->n; i++)
		if (!policy_is_ours(&before->list[i])) {
			struct policy *p = at_place(m->list, m->n, &before->list[i]);

			ck_assert(p && policy_same(p, &before->list[i]));
		}
}

static void one_round(uint64_t *seed)
{
	struct policy wanted[MOST], seen[2 * MOST];
	struct change changes[3 * MOST];
	uint8_t scratch[3 * MOST + 1];
	struct plan plan = {.changes = changes, .scratch = scratch};
	struct model m = {0}, before;
	size_t n = random_set(seed, wanted), strangers = 0;

	if (n > 0)
		qsort(wanted, n, sizeof(wanted[0]), by_kind);
	fill_model(seed, &m);
	before = m;
	memcpy(seen, m.list, sizeof(seen));
	for (size_t i = 0; i < n; i++) {
		struct policy *p = at_place(m.list, m.n, &wanted[i]);

		strangers += p && !policy_is_ours(p);
	}
	plan_policies(wanted, n, seen, m.n, &plan);
	ck_assert_int_eq(plan.conflict != NULL, strangers > 0);
	assert_order(&plan);
	apply(&m, &plan);
	assert_result(&m, wanted, n, &before);
	/* The second time there is nothing left to do. */
	qsort(m.list, m.n, sizeof(m.list[0]), by_place);
	for (size_t i = 0; i < m.n; i++)
		m.list[i].tunnel = -1;
	plan_policies(wanted, n, m.list, m.n, &plan);
	ck_assert_uint_eq(plan.n, 0);
}

START_TEST(property)
{
	uint64_t seed = 1;

	for (int i = 0; i < ROUNDS; i++)
		one_round(&seed);
}
END_TEST

START_TEST(conflict_named)
{
	uint64_t seed = 7;
	struct policy wanted = random_policy(&seed), present = wanted;
	struct change changes[2];
	uint8_t scratch[3];
	struct plan plan = {.changes = changes, .scratch = scratch};

	present.index = 8 | present.dir;
	present.tunnel = -1;
	plan_policies(&wanted, 1, &present, 1, &plan);
	ck_assert_ptr_eq(plan.conflict, &present);
	ck_assert_uint_eq(plan.n, 0);
}
END_TEST

/* Numbers are given again, however often the set is replaced. */
START_TEST(numbers_are_reused)
{
	struct policy set[2][2];
	struct change changes[4];
	uint8_t scratch[5];
	struct plan plan = {.changes = changes, .scratch = scratch};

	for (unsigned i = 0; i < 1000; i++) {
		struct policy *now = set[i % 2], *old = set[(i + 1) % 2];

		for (unsigned k = 0; k < 2; k++) {
			uint8_t src[4] = {10, (uint8_t)(i % 2), 0, (uint8_t)k};

			now[k] = (struct policy){.src = {addr_ipv4(src), 32}, .tunnel = 0};
			if (i > 0)
				old[k].tunnel = -1;
		}
		plan_policies(now, 2, old, i > 0 ? 2 : 0, &plan);
		ck_assert_uint_le((now[1].index & ~POLICY_OWNER_MASK) >> 3, 4);
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("plan");
	TCase *t = tcase_create("plans");
	SRunner *r;
	int failed;

	tcase_add_test(t, property);
	tcase_add_test(t, conflict_named);
	tcase_add_test(t, numbers_are_reused);
	tcase_set_timeout(t, 60);
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
