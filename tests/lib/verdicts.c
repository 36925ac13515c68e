// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * verdicts SOCKET PROBE...: stands in for slad on its channel, for tests of what follows from a
 * verdict faster or more often than a path could change. Every probe begins up. Lines from stdin:
 * "PROBE up", "PROBE down", and "PROBE flap N MS": N changes, one every MS, the first one to the
 * other state. A line "done" follows each. Ends with stdin.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/loop.h"
#include "common/shm.h"

struct player {
	struct loop *loop;
	struct loop_io in;
	struct timer heartbeat, flap;
	struct shm_writer *writer;
	struct sla_verdict *verdicts;
	size_t n;
	size_t flapping; /* which one */
	long left, period_us;
	mono_t next;
	char text[256]; /* of a line that is not whole yet */
	size_t used;
};

static void on_heartbeat(void *ctx, mono_t now)
{
	struct player *p = ctx;

	shm_writer_heartbeat(p->writer, now);
	timer_set(&p->heartbeat, mono_add(now, SLA_HEARTBEAT_US));
}

static void put(struct player *p, size_t i, enum sla_state state, mono_t now)
{
	struct sla_verdict *v = &p->verdicts[i];

	if (v->state != state)
		v->transitions++;
	v->state = state;
	v->since_us = v->updated_us = now.us;
	v->since_realtime_us = realtime_us();
	shm_writer_put(p->writer, i, v, true);
}

static void done(void)
{
	puts("done");
	fflush(stdout);
}

/* On absolute deadlines, as a test counts on so many changes in so long. */
static void on_flap(void *ctx, mono_t now)
{
	struct player *p = ctx;
	bool down = p->verdicts[p->flapping].state == SLA_DOWN;

	put(p, p->flapping, down ? SLA_UP : SLA_DOWN, now);
	p->next = mono_add(p->next, p->period_us);
	if (--p->left > 0)
		timer_set(&p->flap, p->next);
	else
		done();
}

static void obey(struct player *p, const char *line)
{
	char name[SLA_NAME_MAX], verb[8];
	mono_t now = loop_now(p->loop);
	long times = 0, ms = 0;
	size_t i = 0;

	if (sscanf(line, "%63s %7s %ld %ld", name, verb, &times, &ms) < 2)
		return;
	while (i < p->n && strcmp(p->verdicts[i].name, name) != 0)
		i++;
	if (i == p->n)
		return;
	if (strcmp(verb, "flap") == 0 && times > 0 && ms > 0) {
		p->flapping = i;
		p->left = times;
		p->period_us = ms * US_PER_MS;
		p->next = mono_add(now, p->period_us);
		timer_set(&p->flap, p->next);
		return;
	}
	put(p, i, strcmp(verb, "down") == 0 ? SLA_DOWN : SLA_UP, now);
	done();
}

static void on_stdin(void *ctx, unsigned events)
{
	struct player *p = ctx;
	ssize_t n = read(STDIN_FILENO, p->text + p->used, sizeof(p->text) - 1 - p->used);
	char *end;

	(void)events;
	if (n <= 0) {
		loop_stop(p->loop);
		return;
	}
	p->used += (size_t)n;
	p->text[p->used] = '\0';
	while ((end = strchr(p->text, '\n'))) {
		*end = '\0';
		obey(p, p->text);
		p->used -= (size_t)(end + 1 - p->text);
		memmove(p->text, end + 1, p->used + 1);
	}
}

static bool begin(struct player *p, const char *path, char *const names[])
{
	p->loop = loop_new();
	p->verdicts = calloc(p->n, sizeof(*p->verdicts));
	if (!p->loop || !p->verdicts)
		return false;
	for (size_t i = 0; i < p->n; i++) {
		snprintf(p->verdicts[i].name, sizeof(p->verdicts[i].name), "%s", names[i]);
		snprintf(p->verdicts[i].cause, sizeof(p->verdicts[i].cause), "played");
		p->verdicts[i].state = SLA_UP;
	}
	if (shm_writer_open(&p->writer, p->loop, path) < 0 ||
	    shm_writer_layout(p->writer, p->verdicts, p->n) < 0)
		return false;
	timer_init(&p->heartbeat, p->loop, on_heartbeat, p);
	timer_init(&p->flap, p->loop, on_flap, p);
	on_heartbeat(p, loop_now(p->loop));
	shm_writer_lifecycle(p->writer, SLA_RUNNING);
	return loop_io_add(p->loop, &p->in, STDIN_FILENO, LOOP_READ, on_stdin, p) == 0;
}

int main(int argc, char *argv[])
{
	struct player p = {.n = argc > 2 ? (size_t)argc - 2 : 0};
	bool begun;

	if (p.n == 0)
		return 2;
	begun = begin(&p, argv[1], argv + 2);
	if (begun)
		loop_run(p.loop);
	shm_writer_close(p.writer);
	if (p.loop)
		loop_free(p.loop);
	free(p.verdicts);
	return begun ? 0 : 3;
}
