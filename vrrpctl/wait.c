/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * `vrrpctl wait`: the daemons' event streams wake it, and each wake-up looks at the present state.
 * A look every quarter of a second besides covers what no event tells. A daemon that is not there
 * yet is waited for.
 */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <strings.h>

#include "common/loop.h"
#include "vrrpctl/commands.h"
#include "vrrpctl/daemons.h"
#include "vrrpctl/feed.h"
#include "vrrpctl/jsonx.h"
#include "vrrpctl/output.h"
#include "vrrpctl/snapshot.h"

#define LOOK_MS 250
#define RECONNECT_MS 10

struct waiting {
	const char *dir, *name, *state;
	struct feed feed[N_DAEMONS];
	int errors[N_DAEMONS];
	char seen[32]; /* the last state seen; empty: no such name */
};

static bool known_state(const char *state)
{
	static const char *const words[] = {"Initialize", "Backup", "Active", "unknown",
					    "up",         "down",   "no_sa"};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcasecmp(words[i], state) == 0)
			return true;
	complain("`%s' is no state: use Initialize, Backup, Active; up, down, unknown; no_sa",
		 state);
	return false;
}

/* True when it is in the state now. */
static bool look(struct waiting *w)
{
	json_t *s = daemons_snapshot(w->dir, w->errors);
	const char *state = s ? snapshot_state(s, w->name) : NULL;
	bool reached = state && strcasecmp(state, w->state) == 0;

	memset(w->seen, 0, sizeof(w->seen));
	if (state)
		strncpy(w->seen, state, sizeof(w->seen) - 1);
	json_decref(s);
	return reached;
}

/* Drops what came: an event only says that it is time to look. */
static void drain(struct feed *f)
{
	json_t *e;

	feed_read(f);
	while ((e = feed_next(f)))
		json_decref(e);
}

/* Connects what is not, and sleeps until something may have changed. */
static void sleep_until_news(struct waiting *w, int64_t left_ms)
{
	struct pollfd fds[N_DAEMONS];
	int64_t ms = LOOK_MS;

	for (enum daemon d = 0; d < N_DAEMONS; d++) {
		if (feed_connect(&w->feed[d], w->dir) && w->errors[d])
			ms = RECONNECT_MS;
		fds[d] = (struct pollfd){.fd = w->feed[d].fd, .events = POLLIN};
	}
	poll(fds, N_DAEMONS, (int)(left_ms < ms ? left_ms : ms));
	for (enum daemon d = 0; d < N_DAEMONS; d++)
		drain(&w->feed[d]);
}

static enum exit_status give_up(const struct waiting *w)
{
	char buf[256];

	for (enum daemon d = 0; d < N_DAEMONS; d++)
		if (w->errors[d])
			complain("%s", daemon_error(w->dir, d, w->errors[d], buf, sizeof(buf)));
	if (w->errors[DAEMON_VRRPD] && w->errors[DAEMON_SLAD])
		return STATUS_NOT_RUNNING;
	if (w->seen[0])
		complain("%s is in state %s, not %s", w->name, w->seen, w->state);
	else
		complain("no instance, probe or tunnel is called %s", w->name);
	return STATUS_NO;
}

enum exit_status command_wait(const struct cmdline *o)
{
	struct waiting w = {.dir = o->dir, .name = o->args[0], .state = o->args[1]};
	mono_t deadline = mono_add(mono_clock(), o->timeout_ms * US_PER_MS);
	bool reached;

	if (!known_state(w.state))
		return STATUS_USAGE;
	for (enum daemon d = 0; d < N_DAEMONS; d++)
		feed_init(&w.feed[d], d);
	while (!(reached = look(&w))) {
		int64_t left = mono_sub(deadline, mono_clock()) / US_PER_MS;

		if (left <= 0)
			break;
		sleep_until_news(&w, left);
	}
	for (enum daemon d = 0; d < N_DAEMONS; d++)
		feed_close(&w.feed[d]);
	return reached ? STATUS_DONE : give_up(&w);
}
