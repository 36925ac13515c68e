/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What loop.c and timer.c share: the timers of a loop, over one absolute timerfd. For these two
 * files only. */
#ifndef COMMON_TIMERS_H
#define COMMON_TIMERS_H

#include "common/loop.h"
#include "common/timer_heap.h"

struct timers {
	struct timer_heap heap;
	int fd;
	mono_t set; /* what the timerfd is set to, MONO_NEVER: disarmed */
};

/* 0 or a negative errno. */
int timers_open(struct timers *ts);
void timers_close(struct timers *ts);
/* Sets the timerfd to the first deadline. Once a turn, before the loop sleeps. */
void timers_sync(struct timers *ts);
/* Fires what is due, once the timerfd is readable. */
void timers_run(struct timers *ts, mono_t now);

/* loop.c's: the timers of a loop. */
struct timers *loop_timers(struct loop *l);

#endif
