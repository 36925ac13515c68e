/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The loop over libev's epoll backend. The order within a turn comes from libev's watcher
 * priorities: the clock first, then descriptors and signals, timers last. Contract: loop.h.
 */
#include "common/loop.h"

#include <errno.h>
#include <ev.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/queue.h>
#include <time.h>

#include "common/timers.h"

struct loop_sig {
	struct ev_signal watcher;
	loop_signal_fn fn;
	void *ctx;
	SLIST_ENTRY(loop_sig) next;
};

struct loop {
	struct ev_loop *ev;
	struct ev_prepare before_sleep;
	struct ev_check after_sleep;
	struct ev_io timerfd;
	struct timers timers;
	SLIST_HEAD(, loop_sig) signals;
	loop_turn_fn turn_end;
	void *turn_ctx;
	mono_t now;
	bool stop;
};

static int64_t clock_us(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return ts.tv_sec * US_PER_S + ts.tv_nsec / 1000;
}

mono_t mono_clock(void)
{
	return (mono_t){clock_us(CLOCK_MONOTONIC)};
}

int64_t realtime_us(void)
{
	return clock_us(CLOCK_REALTIME);
}

static void on_before_sleep(struct ev_loop *ev, struct ev_prepare *w, int revents)
{
	struct loop *l = w->data;

	(void)ev;
	(void)revents;
	timers_sync(&l->timers);
}

static void on_after_sleep(struct ev_loop *ev, struct ev_check *w, int revents)
{
	struct loop *l = w->data;

	(void)ev;
	(void)revents;
	l->now = mono_clock();
}

static void on_timerfd(struct ev_loop *ev, struct ev_io *w, int revents)
{
	struct loop *l = w->data;

	(void)ev;
	(void)revents;
	timers_run(&l->timers, l->now);
}

static void start_watchers(struct loop *l)
{
	ev_prepare_init(&l->before_sleep, on_before_sleep);
	l->before_sleep.data = l;
	ev_prepare_start(l->ev, &l->before_sleep);

	ev_check_init(&l->after_sleep, on_after_sleep);
	l->after_sleep.data = l;
	ev_set_priority(&l->after_sleep, EV_MAXPRI);
	ev_check_start(l->ev, &l->after_sleep);

	ev_io_init(&l->timerfd, on_timerfd, l->timers.fd, EV_READ);
	l->timerfd.data = l;
	ev_set_priority(&l->timerfd, EV_MINPRI);
	ev_io_start(l->ev, &l->timerfd);
}

struct loop *loop_new(void)
{
	struct loop *l = calloc(1, sizeof(*l));

	if (!l)
		return NULL;
	l->ev = ev_loop_new(EVBACKEND_EPOLL | EVFLAG_NOENV);
	if (!l->ev)
		goto free_loop;
	if (timers_open(&l->timers) < 0)
		goto destroy_ev;
	SLIST_INIT(&l->signals);
	l->now = mono_clock();
	start_watchers(l);
	return l;

destroy_ev:
	ev_loop_destroy(l->ev);
free_loop:
	free(l);
	return NULL;
}

void loop_free(struct loop *l)
{
	struct loop_sig *s;

	if (!l)
		return;
	while ((s = SLIST_FIRST(&l->signals))) {
		SLIST_REMOVE_HEAD(&l->signals, next);
		ev_signal_stop(l->ev, &s->watcher);
		free(s);
	}
	ev_io_stop(l->ev, &l->timerfd);
	ev_loop_destroy(l->ev);
	timers_close(&l->timers);
	free(l);
}

void loop_run(struct loop *l)
{
	/* What came before the first turn has work for its end. */
	bool more = l->turn_end;

	while (!l->stop) {
		ev_run(l->ev, more ? EVRUN_NOWAIT : EVRUN_ONCE);
		more = l->turn_end && l->turn_end(l->turn_ctx);
	}
	l->stop = false;
}

void loop_turn_end(struct loop *l, loop_turn_fn fn, void *ctx)
{
	l->turn_end = fn;
	l->turn_ctx = ctx;
}

void loop_stop(struct loop *l)
{
	l->stop = true;
}

mono_t loop_now(const struct loop *l)
{
	return l->now;
}

struct timers *loop_timers(struct loop *l)
{
	return &l->timers;
}

/* ---- descriptors ---- */

static int to_ev(unsigned events)
{
	return (events & LOOP_READ ? EV_READ : 0) | (events & LOOP_WRITE ? EV_WRITE : 0);
}

/* Touches nothing after fn, which may have removed the watcher. */
static void on_io(struct ev_loop *ev, struct ev_io *w, int revents)
{
	struct loop_io *io = w->data;

	(void)ev;
	io->fn(io->ctx,
	       (revents & EV_READ ? LOOP_READ : 0u) | (revents & EV_WRITE ? LOOP_WRITE : 0u));
}

int loop_io_add(struct loop *l, struct loop_io *io, int fd, unsigned events, loop_io_fn fn,
		void *ctx)
{
	struct ev_io *w;

	if (fcntl(fd, F_GETFD) < 0)
		return -errno;
	w = malloc(sizeof(*w));
	if (!w)
		return -ENOMEM;
	*io = (struct loop_io){.loop = l, .fn = fn, .ctx = ctx, .fd = fd, .watcher = w};
	ev_io_init(w, on_io, fd, 0);
	w->data = io;
	loop_io_events(io, events);
	return 0;
}

void loop_io_events(struct loop_io *io, unsigned events)
{
	struct ev_io *w = io->watcher;
	struct ev_loop *ev;

	if (!w)
		return;
	ev = io->loop->ev;
	ev_io_stop(ev, w);
	ev_io_set(w, io->fd, to_ev(events));
	if (events)
		ev_io_start(ev, w);
}

void loop_io_del(struct loop_io *io)
{
	struct ev_io *w = io->watcher;

	if (!w)
		return;
	ev_io_stop(io->loop->ev, w);
	io->watcher = NULL;
	free(w);
}

/* ---- signals ---- */

static void on_signal(struct ev_loop *ev, struct ev_signal *w, int revents)
{
	struct loop_sig *s = w->data;

	(void)ev;
	(void)revents;
	s->fn(s->ctx, w->signum);
}

int loop_signal(struct loop *l, int signo, loop_signal_fn fn, void *ctx)
{
	struct loop_sig *s = calloc(1, sizeof(*s));

	if (!s)
		return -ENOMEM;
	s->fn = fn;
	s->ctx = ctx;
	ev_signal_init(&s->watcher, on_signal, signo);
	s->watcher.data = s;
	ev_signal_start(l->ev, &s->watcher);
	SLIST_INSERT_HEAD(&l->signals, s, next);
	return 0;
}
