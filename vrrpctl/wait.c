/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `vrrpctl wait`: the state of one instance, probe or tunnel, by name. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "vrrpctl/await.h"
#include "vrrpctl/commands.h"
#include "vrrpctl/output.h"
#include "vrrpctl/snapshot.h"

struct waiting {
	const char *name, *state;
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

static bool reached(void *ctx, const json_t *snapshot)
{
	struct waiting *w = ctx;
	const char *state = snapshot_state(snapshot, w->name);

	snprintf(w->seen, sizeof(w->seen), "%s", state ? state : "");
	return state && strcasecmp(state, w->state) == 0;
}

static enum exit_status give_up(const struct cmdline *o, const struct waiting *w,
				const int errors[N_DAEMONS])
{
	char buf[256];

	for (enum daemon d = 0; d < N_DAEMONS; d++)
		if (errors[d])
			complain("%s", daemon_error(o->dir, d, errors[d], buf, sizeof(buf)));
	if (errors[DAEMON_VRRPD] && errors[DAEMON_SLAD])
		return STATUS_NOT_RUNNING;
	if (w->seen[0])
		complain("%s is %s, not %s", w->name, w->seen, w->state);
	else
		complain("no instance, probe or tunnel is called %s", w->name);
	return STATUS_NO;
}

enum exit_status command_wait(const struct cmdline *o)
{
	struct waiting w = {.name = o->args[0], .state = o->args[1]};
	int errors[N_DAEMONS];

	if (!known_state(w.state))
		return STATUS_USAGE;
	if (await(o->dir, o->timeout_ms, reached, &w, errors))
		return STATUS_DONE;
	return give_up(o, &w, errors);
}
