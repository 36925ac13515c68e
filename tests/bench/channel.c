/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Measures the channel between two processes, as slad and vrrpd use it: from a put to the reader's
 * callback, at a pace of 1 ms, and from the writer's SIGKILL to the reader's hang-up. Prints p50,
 * p99 and the maximum.
 *
 * channel [WAKES [KILLS]]
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/loop.h"
#include "common/shm.h"

#define PACE_US US_PER_MS
#define LIMIT_US (120 * US_PER_S)

struct samples {
	int64_t *us;
	size_t n, wanted;
};

struct bench {
	struct loop *loop;
	struct shm_reader *reader;
	struct timer limit;
	struct samples wakes, hangups;
	mono_t killed_at;
	pid_t writer;
	char dir[64], path[80];
};

static void die(const char *what)
{
	perror(what);
	exit(EXIT_FAILURE);
}

/* ---- the writer's process ---- */

struct writer {
	struct loop *loop;
	struct shm_writer *shm;
	struct timer pace;
	struct sla_verdict verdict;
};

static void put(void *ctx, mono_t now)
{
	struct writer *w = ctx;

	timer_set(&w->pace, mono_add(now, PACE_US));
	w->verdict.transitions++;
	w->verdict.updated_us = mono_clock().us;
	shm_writer_put(w->shm, 0, &w->verdict, true);
}

static void write_on(const char *path)
{
	struct writer w = {.loop = loop_new()};

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	strcpy(w.verdict.name, "bench");
	if (!w.loop || shm_writer_open(&w.shm, w.loop, path) < 0 ||
	    shm_writer_layout(w.shm, &w.verdict, 1) < 0)
		_exit(EXIT_FAILURE);
	timer_init(&w.pace, w.loop, put, &w);
	timer_set(&w.pace, mono_add(loop_now(w.loop), PACE_US));
	loop_run(w.loop);
}

static void start_writer(struct bench *b)
{
	b->writer = fork();
	if (b->writer < 0)
		die("fork");
	if (b->writer == 0) {
		write_on(b->path);
		_exit(EXIT_FAILURE);
	}
}

static void kill_writer(struct bench *b)
{
	b->killed_at = mono_clock();
	kill(b->writer, SIGKILL);
}

/* ---- the reader's process ---- */

static void add(struct samples *s, int64_t us)
{
	if (s->n < s->wanted)
		s->us[s->n++] = us;
}

static void on_wake(struct bench *b)
{
	mono_t now = mono_clock();
	struct sla_verdict v;

	if (b->wakes.n == b->wakes.wanted || !shm_reader_get(b->reader, 0, &v))
		return;
	add(&b->wakes, now.us - v.updated_us);
	if (b->wakes.n == b->wakes.wanted)
		kill_writer(b);
}

static void on_hangup(struct bench *b)
{
	add(&b->hangups, mono_sub(mono_clock(), b->killed_at));
	waitpid(b->writer, NULL, 0);
	if (b->hangups.n < b->hangups.wanted)
		start_writer(b);
	else
		loop_stop(b->loop);
}

static void on_event(void *ctx, enum shm_event e)
{
	struct bench *b = ctx;

	switch (e) {
	case SHM_CONNECTED:
		if (b->wakes.n == b->wakes.wanted)
			kill_writer(b);
		break;
	case SHM_WAKE:
		on_wake(b);
		break;
	case SHM_HANGUP:
		on_hangup(b);
		break;
	}
}

static void too_late(void *ctx, mono_t now)
{
	struct bench *b = ctx;

	(void)now;
	loop_stop(b->loop);
}

/* ---- the whole ---- */

static int by_value(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static void print(const char *what, struct samples *s)
{
	if (!s->n) {
		printf("%s: nothing measured\n", what);
		return;
	}
	qsort(s->us, s->n, sizeof(*s->us), by_value);
	printf("%s, %zu times: p50 %lld us, p99 %lld us, max %lld us\n", what, s->n,
	       (long long)s->us[s->n / 2], (long long)s->us[s->n * 99 / 100],
	       (long long)s->us[s->n - 1]);
}

static struct samples samples_of(const char *text, size_t usual)
{
	size_t n = text ? strtoul(text, NULL, 10) : usual;
	struct samples s = {.us = calloc(n ? n : 1, sizeof(int64_t)), .wanted = n ? n : 1};

	if (!s.us)
		die("calloc");
	return s;
}

int main(int argc, char **argv)
{
	struct bench b = {.dir = "/tmp/bench-channel-XXXXXX"};
	bool complete;

	b.wakes = samples_of(argc > 1 ? argv[1] : NULL, 2000);
	b.hangups = samples_of(argc > 2 ? argv[2] : NULL, 100);
	b.loop = loop_new();
	if (!b.loop || !mkdtemp(b.dir))
		die("start");
	snprintf(b.path, sizeof(b.path), "%s/sock", b.dir);
	start_writer(&b);
	timer_init(&b.limit, b.loop, too_late, &b);
	timer_set(&b.limit, mono_add(loop_now(b.loop), LIMIT_US));
	if (shm_reader_open(&b.reader, b.loop, b.path, on_event, &b) < 0)
		die("shm_reader_open");
	loop_run(b.loop);
	complete = b.hangups.n == b.hangups.wanted;
	if (!complete)
		kill_writer(&b);
	shm_reader_close(b.reader);
	loop_free(b.loop);
	unlink(b.path);
	rmdir(b.dir);

	print("put to callback", &b.wakes);
	print("kill to hang-up", &b.hangups);
	free(b.wakes.us);
	free(b.hangups.us);
	return complete ? EXIT_SUCCESS : EXIT_FAILURE;
}
