/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Kills the writer of a verdict in mid-write, ten thousand times over one memory, and reads all the
 * while: a child publishes records in which every word follows from one number, as fast as it can;
 * the parent reads through a read-only mapping and ends it by SIGKILL at a random moment. No read
 * may be torn; after each kill the read must succeed, and the next writer must go on from there. A
 * kill counts when it left a half-written copy behind.
 *
 * The same is done to a seqlock and to a single plain copy, which must be caught: the test can see
 * what it looks for.
 */
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "common/latch.h"
#include "common/loop.h"
#include "common/sla.h"

#define KILLS 10000
#define MAX_ROUNDS (5 * KILLS)
#define WORDS (sizeof(struct sla_verdict) / sizeof(uint64_t))
#define SIZE (WORDS * sizeof(uint64_t))
/* The first record of a new writer takes microseconds, or some time slices of a busy machine. */
#define GOES_ON_US (20 * US_PER_S)

struct memory {
	struct latch latch;
	uint64_t copy[2][WORDS];
};

struct scheme {
	const char *name;
	void (*write)(struct memory *m, const uint64_t *value);
	bool (*read)(const struct memory *m, uint64_t *value);
};

enum outcome { FINE, TORN, UNREADABLE, WENT_BACK, STUCK };

static const char *const outcome_text[] = {
	[FINE] = "no torn record",
	[TORN] = "a torn record",
	[UNREADABLE] = "no readable record after a kill",
	[WENT_BACK] = "an older record after a newer one",
	[STUCK] = "a writer that does not go on after a kill",
};

struct tally {
	unsigned kills, in_mid_write;
	unsigned long reads;
};

/* ---- the three schemes ---- */

static void write_latch(struct memory *m, const uint64_t *value)
{
	latch_write(&m->latch, m->copy, SIZE, value);
}

static bool read_latch(const struct memory *m, uint64_t *value)
{
	return latch_read(&m->latch, m->copy, SIZE, value);
}

static void put_words(uint64_t *to, const uint64_t *from)
{
	for (size_t i = 0; i < WORDS; i++)
		__atomic_store_n(&to[i], from[i], __ATOMIC_RELAXED);
}

static void get_words(uint64_t *to, const uint64_t *from)
{
	for (size_t i = 0; i < WORDS; i++)
		to[i] = __atomic_load_n(&from[i], __ATOMIC_RELAXED);
}

static void write_seqlock(struct memory *m, const uint64_t *value)
{
	uint64_t odd = atomic_load_explicit(&m->latch.generation, memory_order_relaxed) | 1;

	atomic_store_explicit(&m->latch.generation, odd, memory_order_relaxed);
	atomic_thread_fence(memory_order_release);
	put_words(m->copy[0], value);
	atomic_store_explicit(&m->latch.generation, odd + 1, memory_order_release);
}

static bool read_seqlock(const struct memory *m, uint64_t *value)
{
	for (unsigned i = 0; i < 10000; i++) {
		uint64_t g = atomic_load_explicit(&m->latch.generation, memory_order_acquire);

		get_words(value, m->copy[0]);
		atomic_thread_fence(memory_order_acquire);
		if (!(g & 1) &&
		    atomic_load_explicit(&m->latch.generation, memory_order_relaxed) == g)
			return true;
	}
	return false;
}

static void write_plain(struct memory *m, const uint64_t *value)
{
	put_words(m->copy[0], value);
}

static bool read_plain(const struct memory *m, uint64_t *value)
{
	get_words(value, m->copy[0]);
	return true;
}

/* ---- writer ---- */

static void fill(uint64_t *value, uint64_t number)
{
	for (size_t i = 0; i < WORDS; i++)
		value[i] = number + (i << 48);
}

static bool whole(const uint64_t *value)
{
	for (size_t i = 1; i < WORDS; i++)
		if (value[i] != value[0] + ((uint64_t)i << 48))
			return false;
	return true;
}

static void write_for_ever(const struct scheme *s, struct memory *m, uint64_t number)
{
	uint64_t value[WORDS];

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;) {
		fill(value, ++number);
		s->write(m, value);
	}
}

/* ---- reader ---- */

static int64_t random_us(uint64_t *state, int64_t below)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return (int64_t)(*state % (uint64_t)below);
}

/* One look. A writer at full speed may keep us from a consistent copy: that is no finding while it
 * lives. */
static enum outcome look(const struct scheme *s, const struct memory *m, uint64_t *last,
			 struct tally *t)
{
	uint64_t value[WORDS];

	if (!s->read(m, value))
		return UNREADABLE;
	t->reads++;
	if (!whole(value))
		return TORN;
	if (value[0] < *last)
		return WENT_BACK;
	*last = value[0];
	return FINE;
}

static enum outcome watch_until_it_goes_on(const struct scheme *s, const struct memory *m,
					   uint64_t *last, struct tally *t)
{
	const struct timespec nap = {.tv_nsec = 20000};
	mono_t end = mono_add(mono_clock(), GOES_ON_US);
	uint64_t before = *last;
	enum outcome o;

	while (*last == before) {
		o = look(s, m, last, t);
		if (o != FINE && o != UNREADABLE)
			return o;
		if (mono_reached(end, mono_clock()))
			return STUCK;
		if (*last == before)
			nanosleep(&nap, NULL);
	}
	return FINE;
}

static enum outcome watch_for(const struct scheme *s, const struct memory *m, int64_t us,
			      uint64_t *last, struct tally *t)
{
	mono_t end = mono_add(mono_clock(), us);
	enum outcome o;

	while (!mono_reached(end, mono_clock())) {
		o = look(s, m, last, t);
		if (o != FINE && o != UNREADABLE)
			return o;
	}
	return FINE;
}

static enum outcome one_round(const struct scheme *s, struct memory *rw, const struct memory *ro,
			      uint64_t *random, uint64_t *last, struct tally *t)
{
	enum outcome o;
	pid_t pid = fork();

	if (pid < 0) {
		perror("fork");
		exit(EXIT_FAILURE);
	}
	if (pid == 0)
		write_for_ever(s, rw, *last);
	o = watch_until_it_goes_on(s, ro, last, t);
	if (o == FINE)
		o = watch_for(s, ro, random_us(random, 100), last, t);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	if (o == FINE)
		o = look(s, ro, last, t);
	t->kills++;
	t->in_mid_write += !whole(ro->copy[0]) || !whole(ro->copy[1]);
	return o;
}

static enum outcome run(const struct scheme *s, unsigned kills, struct tally *t)
{
	uint64_t random = 0x9e3779b97f4a7c15, last = 0;
	enum outcome o = FINE;
	int fd = memfd_create("shm_kill", MFD_CLOEXEC);
	struct memory *rw, *ro;

	if (fd < 0 || ftruncate(fd, sizeof(*rw)) < 0) {
		perror("memfd");
		exit(EXIT_FAILURE);
	}
	rw = mmap(NULL, sizeof(*rw), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	ro = mmap(NULL, sizeof(*ro), PROT_READ, MAP_SHARED, fd, 0);
	if (rw == MAP_FAILED || ro == MAP_FAILED) {
		perror("mmap");
		exit(EXIT_FAILURE);
	}
	fill(rw->copy[0], 0);
	fill(rw->copy[1], 0);
	*t = (struct tally){0};
	while (o == FINE && t->in_mid_write < kills && t->kills < MAX_ROUNDS)
		o = one_round(s, rw, ro, &random, &last, t);
	munmap(rw, sizeof(*rw));
	munmap(ro, sizeof(*ro));
	close(fd);
	return o;
}

static bool judge(const struct scheme *s, unsigned kills, bool must_hold)
{
	mono_t start = mono_clock();
	struct tally t;
	enum outcome o = run(s, kills, &t);
	bool good = must_hold ? o == FINE && t.in_mid_write >= kills : o != FINE;

	printf("%s %s: %u kills, %u in mid-write, %lu reads, %.1f s: %s\n", good ? "ok" : "not ok",
	       s->name, t.kills, t.in_mid_write, t.reads,
	       (double)mono_sub(mono_clock(), start) / (double)US_PER_S, outcome_text[o]);
	return good;
}

int main(void)
{
	static const struct scheme latch = {"latch", write_latch, read_latch};
	static const struct scheme seqlock = {"seqlock", write_seqlock, read_seqlock};
	static const struct scheme plain = {"one copy", write_plain, read_plain};
	bool good = judge(&latch, KILLS, true);

	good &= judge(&seqlock, KILLS, false);
	good &= judge(&plain, KILLS, false);
	return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
