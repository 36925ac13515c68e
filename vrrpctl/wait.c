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

#define OF(d) (1u << (d))

/* The words, and the daemons whose things can be in that state. */
static const struct word {
	const char *state;
	unsigned daemons;
} words[] = {
	{"Initialize", OF(DAEMON_VRRPD)},
	{"Backup", OF(DAEMON_VRRPD)},
	{"Active", OF(DAEMON_VRRPD)},
	{"no_sa", OF(DAEMON_VRRPD)},
	{"unknown", OF(DAEMON_SLAD)},
	{"up", OF(DAEMON_VRRPD) | OF(DAEMON_SLAD)},
	{"down", OF(DAEMON_VRRPD) | OF(DAEMON_SLAD)},
};

static const struct word *find_word(const char *state)
{
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcasecmp(words[i].state, state) == 0)
			return &words[i];
	complain("`%s' is no state: use Initialize, Backup, Active; up, down, unknown; no_sa",
		 state);
	return NULL;
}

static bool reached(void *ctx, const json_t *snapshot)
{
	struct waiting *w = ctx;
	const char *state = snapshot_state(snapshot, w->name);

	snprintf(w->seen, sizeof(w->seen), "%s", state ? state : "");
	return state && strcasecmp(state, w->state) == 0;
}

/* A name that nobody knows may be known to a daemon that is absent. */
static enum exit_status give_up(const struct cmdline *o, const struct waiting *w, unsigned daemons,
				const int errors[N_DAEMONS])
{
	enum exit_status status = STATUS_NO;
	char buf[256];

	if (w->seen[0]) {
		complain("%s is %s, not %s", w->name, w->seen, w->state);
		return STATUS_NO;
	}
	for (enum daemon d = 0; d < N_DAEMONS; d++) {
		if (!errors[d] || !(daemons & OF(d)))
			continue;
		complain("%s", daemon_error(o->dir, d, errors[d], buf, sizeof(buf)));
		status = daemon_status(errors[d]);
	}
	if (status == STATUS_NO)
		complain("no instance, probe or tunnel is called %s", w->name);
	return status;
}

enum exit_status command_wait(const struct cmdline *o)
{
	struct waiting w = {.name = o->args[0], .state = o->args[1]};
	const struct word *word = find_word(w.state);
	int errors[N_DAEMONS];

	if (!word)
		return STATUS_USAGE;
	if (await(o->dir, o->timeout_ms, reached, &w, errors))
		return STATUS_DONE;
	return give_up(o, &w, word->daemons, errors);
}
