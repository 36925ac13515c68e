/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Timers over one absolute timerfd of CLOCK_MONOTONIC. The timerfd is set at most once a turn,
 * before the loop sleeps, however often timers moved meanwhile. Contract: loop.h.
 */
#include "common/timers.h"

#include <errno.h>
#include <sys/timerfd.h>
#include <unistd.h>

int timers_open(struct timers *ts)
{
	*ts = (struct timers){.set = MONO_NEVER};
	ts->fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	return ts->fd < 0 ? -errno : 0;
}

void timers_close(struct timers *ts)
{
	close(ts->fd);
}

void timers_sync(struct timers *ts)
{
	const struct timer *first = timer_heap_first(&ts->heap);
	mono_t want = first ? first->deadline : MONO_NEVER;
	struct itimerspec its = {0};

	if (want.us == ts->set.us)
		return;
	if (first) {
		its.it_value.tv_sec = want.us / US_PER_S;
		its.it_value.tv_nsec = want.us % US_PER_S * 1000;
	}
	/* Cannot fail: the descriptor and the numbers are our own. */
	timerfd_settime(ts->fd, TFD_TIMER_ABSTIME, &its, NULL);
	ts->set = want;
}

void timers_run(struct timers *ts, mono_t now)
{
	uint64_t end = ts->heap.next_order;
	struct timer *t;
	uint64_t ticks;

	if (read(ts->fd, &ticks, sizeof(ticks)) == sizeof(ticks))
		ts->set = MONO_NEVER;
	/*
	 * A callback may arm, move and disarm any timer. What it arms has an order of `end` or
	 * more, and sorts behind everything that was due already, since no deadline lies before
	 * `now`.
	 */
	while ((t = timer_heap_first(&ts->heap)) && mono_reached(t->deadline, now) &&
	       t->order < end) {
		timer_heap_remove(&ts->heap, t);
		t->fn(t->ctx, now);
	}
}

void timer_init(struct timer *t, struct loop *l, timer_fn fn, void *ctx)
{
	*t = (struct timer){.loop = l, .fn = fn, .ctx = ctx};
}

void timer_set(struct timer *t, mono_t deadline)
{
	struct timer_heap *h;
	mono_t now;

	if (!t->armed && mono_is_never(deadline))
		return;
	h = &loop_timers(t->loop)->heap;
	now = loop_now(t->loop);
	if (t->armed)
		timer_heap_remove(h, t);
	t->deadline = mono_before(deadline, now) ? now : deadline;
	if (!mono_is_never(deadline))
		timer_heap_insert(h, t);
}

bool timer_armed(const struct timer *t)
{
	return t->armed;
}
