/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The queue in ranks. */
#include <check.h>
#include <stdlib.h>

#include "vrrpd/work.h"

/* Takes the next piece out. */
static struct work *take(struct work_queue *q)
{
	enum work_rank r = work_next(q);
	struct work *w;

	if (r == WORK_RANKS)
		return NULL;
	w = q->first[r];
	work_drop(q, w);
	return w;
}

START_TEST(ranks_come_in_their_order)
{
	struct work_queue q = {0};
	struct work w[6] = {0};
	const enum work_rank ranks[] = {WORK_REPEAT,    WORK_ANNOUNCE, WORK_ADDRESSES,
					WORK_ADDRESSES, WORK_REPEAT,   WORK_ANNOUNCE};
	const int order[] = {1, 5, 2, 3, 0, 4};

	ck_assert_int_eq(work_next(&q), WORK_RANKS);
	for (int i = 0; i < 6; i++)
		work_put(&q, &w[i], ranks[i]);
	for (int i = 0; i < 6; i++)
		ck_assert_ptr_eq(take(&q), &w[order[i]]);
	ck_assert_ptr_null(take(&q));
}
END_TEST

START_TEST(once_in_the_queue)
{
	struct work_queue q = {0};
	struct work w[3] = {0};

	for (int i = 0; i < 3; i++)
		work_put(&q, &w[i], WORK_REPEAT);
	work_put(&q, &w[0], WORK_REPEAT); /* keeps its place */
	work_put(&q, &w[1], WORK_ANNOUNCE);
	ck_assert_ptr_eq(take(&q), &w[1]);
	ck_assert_ptr_eq(take(&q), &w[0]);
	ck_assert_ptr_eq(take(&q), &w[2]);
	ck_assert_ptr_null(take(&q));
}
END_TEST

START_TEST(dropped_from_anywhere)
{
	struct work_queue q = {0};
	struct work w[4] = {0};

	for (int gone = 0; gone < 4; gone++) {
		for (int i = 0; i < 4; i++)
			work_put(&q, &w[i], WORK_ADDRESSES);
		work_drop(&q, &w[gone]);
		work_drop(&q, &w[gone]);
		for (int i = 0; i < 4; i++)
			if (i != gone)
				ck_assert_ptr_eq(take(&q), &w[i]);
		ck_assert_ptr_null(take(&q));
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("work");
	TCase *t = tcase_create("work");
	SRunner *r;
	int failed;

	tcase_add_test(t, ranks_come_in_their_order);
	tcase_add_test(t, once_in_the_queue);
	tcase_add_test(t, dropped_from_anywhere);
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
