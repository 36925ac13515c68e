/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The event loop: libev and timerfd live behind this header and nowhere else. One loop a process.
 * The clock is read once a turn, right after the loop woke; loop_now() gives that reading. Timers
 * are absolute, kept in a heap over one timerfd (libev's own timers count whole milliseconds). In a
 * turn file descriptors are served before timers, so that what waits in a socket counts before a
 * deadline that passed meanwhile. Arming a timer allocates nothing and cannot fail.
 */
#ifndef COMMON_LOOP_H
#define COMMON_LOOP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/mono.h"

struct loop;

/* NULL when out of memory. */
struct loop *loop_new(void);
void loop_free(struct loop *l);
/* Runs until loop_stop; one that came earlier counts, and ends it after no turn. */
void loop_run(struct loop *l);
void loop_stop(struct loop *l);
/*
 * Calls fn at the end of each turn, after descriptors and timers; while it returns true the loop
 * does not sleep before the next turn. One for a loop; before loop_run.
 */
typedef bool (*loop_turn_fn)(void *ctx);
void loop_turn_end(struct loop *l, loop_turn_fn fn, void *ctx);
/* This turn's time. */
mono_t loop_now(const struct loop *l);
/* Reads the clocks now: at start, before the loop runs, and where a fresh stamp matters. */
mono_t mono_clock(void);
int64_t realtime_us(void);

/* ---- descriptors; the struct belongs to the caller and must outlive its registration ---- */
#define LOOP_READ 1u
#define LOOP_WRITE 2u
typedef void (*loop_io_fn)(void *ctx, unsigned events);

struct loop_io {
	struct loop *loop;
	loop_io_fn fn;
	void *ctx;
	int fd;
	void *watcher; /* loop.c's */
};

/* 0, -EBADF, -ENOMEM. */
int loop_io_add(struct loop *l, struct loop_io *io, int fd, unsigned events, loop_io_fn fn,
		void *ctx);
/* Watches for other events; 0 pauses. */
void loop_io_events(struct loop_io *io, unsigned events);
/* Does not close fd. Safe on a zeroed struct and inside its own callback. */
void loop_io_del(struct loop_io *io);

/* ---- timers; same ownership ---- */
typedef void (*timer_fn)(void *ctx, mono_t now);

struct timer {
	struct loop *loop;
	timer_fn fn;
	void *ctx;
	mono_t deadline; /* as armed, but never before the turn that armed it */
	/* timer_heap.c's: */
	struct timer *child, *next, *prev;
	uint64_t order;
	bool armed;
};

void timer_init(struct timer *t, struct loop *l, timer_fn fn, void *ctx);
/*
 * Arms, moves, or with MONO_NEVER disarms. One shot. A past deadline counts as now, and what a
 * timer's callback arms fires in the next turn at the earliest. Equal deadlines fire in the order
 * in which they were armed.
 */
void timer_set(struct timer *t, mono_t deadline);
bool timer_armed(const struct timer *t);

/* ---- signals, delivered in the loop ---- */
typedef void (*loop_signal_fn)(void *ctx, int signo);
/* For the life of the loop. 0, -ENOMEM. */
int loop_signal(struct loop *l, int signo, loop_signal_fn fn, void *ctx);

#endif
