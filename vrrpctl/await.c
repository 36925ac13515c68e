/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The wait of await.h. An event only says that it is time to look, so that the answer never comes
 * from the past; the regular look covers what no event tells.
 */
#include "vrrpctl/await.h"

#include <poll.h>

#include "common/loop.h"
#include "vrrpctl/feed.h"

#define LOOK_MS 250
#define RECONNECT_MS 10

static void discard(struct feed *f)
{
	json_t *e;

	feed_read(f);
	while ((e = feed_next(f)))
		json_decref(e);
}

/* Connects what is not, and sleeps until something may have changed. */
static void sleep_until_news(struct feed feeds[], const char *dir, const int errors[],
			     int64_t left_ms)
{
	struct pollfd fds[N_DAEMONS];
	int64_t ms = LOOK_MS;

	for (enum daemon d = 0; d < N_DAEMONS; d++) {
		if (feed_connect(&feeds[d], dir) && errors[d])
			ms = RECONNECT_MS;
		fds[d] = (struct pollfd){.fd = feeds[d].fd, .events = POLLIN};
	}
	poll(fds, N_DAEMONS, (int)(left_ms < ms ? left_ms : ms));
	for (enum daemon d = 0; d < N_DAEMONS; d++)
		discard(&feeds[d]);
}

static bool look(const char *dir, await_fn fn, void *ctx, int errors[N_DAEMONS])
{
	json_t *s = daemons_snapshot(dir, errors);
	bool satisfied = s && fn(ctx, s);

	json_decref(s);
	return satisfied;
}

bool await(const char *dir, int64_t timeout_ms, await_fn fn, void *ctx, int errors[N_DAEMONS])
{
	mono_t deadline = mono_add(mono_clock(), timeout_ms * US_PER_MS);
	struct feed feeds[N_DAEMONS];
	bool satisfied;

	for (enum daemon d = 0; d < N_DAEMONS; d++)
		feed_init(&feeds[d], d);
	while (!(satisfied = look(dir, fn, ctx, errors))) {
		int64_t left_ms = mono_sub(deadline, mono_clock()) / US_PER_MS;

		if (left_ms <= 0)
			break;
		sleep_until_news(feeds, dir, errors, left_ms);
	}
	for (enum daemon d = 0; d < N_DAEMONS; d++)
		feed_close(&feeds[d]);
	return satisfied;
}
