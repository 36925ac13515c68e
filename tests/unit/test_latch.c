/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The latch: what is written is read, the spare copy alone is touched, threads never see a torn
 * value. */
#include "common/latch.h"

#include <check.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

#define WORDS 96
#define SIZE (WORDS * sizeof(uint64_t))

static struct {
	struct latch latch;
	uint64_t copies[2][WORDS];
	_Atomic bool stop;
} shared;

static void fill(uint64_t value[WORDS], uint64_t seed)
{
	for (size_t i = 0; i < WORDS; i++)
		value[i] = seed * 31 + i;
}

START_TEST(reads_what_was_written)
{
	uint64_t in[WORDS], out[WORDS];

	for (uint64_t seed = 1; seed < 10; seed++) {
		fill(in, seed);
		latch_write(&shared.latch, shared.copies, SIZE, in);
		memset(out, 0, sizeof(out));
		ck_assert(latch_read(&shared.latch, shared.copies, SIZE, out));
		ck_assert_mem_eq(in, out, SIZE);
	}
	ck_assert_uint_eq(shared.latch.generation, 9);
}
END_TEST

/* What a writer leaves that was killed between its first word and its publication. */
START_TEST(half_a_copy_is_not_read)
{
	uint64_t in[WORDS], out[WORDS];
	uint64_t generation = shared.latch.generation;

	fill(in, 77);
	latch_write(&shared.latch, shared.copies, SIZE, in);
	memset(shared.copies[(generation + 2) & 1], 0xee, SIZE / 2);
	ck_assert(latch_read(&shared.latch, shared.copies, SIZE, out));
	ck_assert_mem_eq(in, out, SIZE);

	fill(in, 78);
	latch_write(&shared.latch, shared.copies, SIZE, in);
	ck_assert(latch_read(&shared.latch, shared.copies, SIZE, out));
	ck_assert_mem_eq(in, out, SIZE);
}
END_TEST

static bool whole(const uint64_t value[WORDS])
{
	for (size_t i = 1; i < WORDS; i++)
		if (value[i] != value[0] + i)
			return false;
	return true;
}

static void *write_on(void *arg)
{
	uint64_t value[WORDS];

	(void)arg;
	for (uint64_t seed = 1; !shared.stop; seed++) {
		fill(value, seed);
		latch_write(&shared.latch, shared.copies, SIZE, value);
	}
	return NULL;
}

#define CHANGES 2000
#define LOOKS                                                                               \
	20000000 /* a machine whose one free core is the writer's needs many, and yields in \
		    between */

START_TEST(never_torn)
{
	uint64_t value[WORDS];
	pthread_t writer;
	unsigned changes = 0;
	uint64_t last = 0;

	fill(value, 0);
	latch_write(&shared.latch, shared.copies, SIZE, value);
	shared.stop = false;
	ck_assert_int_eq(pthread_create(&writer, NULL, write_on, NULL), 0);
	for (unsigned looks = 0; looks < LOOKS && changes < CHANGES; looks++) {
		bool read = latch_read(&shared.latch, shared.copies, SIZE, value);

		if (!read || value[0] == last) {
			sched_yield();
			continue;
		}
		ck_assert(whole(value));
		ck_assert_uint_gt(value[0], last);
		last = value[0];
		changes++;
	}
	shared.stop = true;
	pthread_join(writer, NULL);
	ck_assert_uint_eq(changes, CHANGES);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("latch");
	TCase *t = tcase_create("latch");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_set_timeout(t, 60);
	tcase_add_test(t, reads_what_was_written);
	tcase_add_test(t, half_a_copy_is_not_read);
	tcase_add_test(t, never_torn);
	suite_add_tcase(s, t);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
