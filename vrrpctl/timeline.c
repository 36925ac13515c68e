/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * `vrrpctl events`: what both daemons keep, merged by time, and with --follow what comes. RFC 3339
 * in UTC sorts as text.
 */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "vrrpctl/commands.h"
#include "vrrpctl/daemons.h"
#include "vrrpctl/feed.h"
#include "vrrpctl/format.h"
#include "vrrpctl/jsonx.h"
#include "vrrpctl/output.h"

#define RECONNECT_MS 100

static int by_time(const void *a, const void *b)
{
	const json_t *const *x = a, *const *y = b;

	return strcmp(jx_str(*x, "time", ""), jx_str(*y, "time", ""));
}

/* A new array with the events of both, in order; NULL: out of memory. */
static json_t *sorted(const json_t *events)
{
	size_t n = json_array_size(events);
	json_t **list = calloc(n ? n : 1, sizeof(json_t *)), *out = json_array();

	if (!list) {
		json_decref(out);
		return NULL;
	}
	for (size_t i = 0; i < n; i++)
		list[i] = json_array_get(events, i);
	qsort(list, n, sizeof(json_t *), by_time);
	for (size_t i = 0; i < n; i++)
		json_array_append(out, list[i]);
	free(list);
	return out;
}

static bool print_event(const struct cmdline *o, const json_t *e)
{
	struct text t = {.colour = output_colour()};

	if (o->json)
		return output_json(e);
	format_event(&t, e);
	return output_text(&t);
}

/* ---- once ---- */

static enum exit_status print_kept(const struct cmdline *o, json_t *events)
{
	json_t *in_order = sorted(events);
	json_t *whole = json_pack("{s:O?}", "events", in_order);
	bool ok = in_order && whole;
	size_t i;
	json_t *e;

	if (ok && o->json)
		ok = output_json(whole);
	else
		json_array_foreach(in_order, i, e)
			ok = ok && print_event(o, e);
	json_decref(whole);
	json_decref(in_order);
	return ok ? STATUS_DONE : STATUS_NO;
}

static enum exit_status once(const struct cmdline *o)
{
	json_t *all = json_array();
	size_t answered = 0;
	enum exit_status status;

	for (enum daemon d = 0; d < N_DAEMONS; d++) {
		char buf[256];
		json_t *answer;
		int err = daemon_command(o->dir, d, "events", STATUS_TIMEOUT_MS, &answer);

		if (err) {
			complain("%s", daemon_error(o->dir, d, err, buf, sizeof(buf)));
			continue;
		}
		answered++;
		json_array_extend(all, json_object_get(answer, "events"));
		json_decref(answer);
	}
	status = answered ? print_kept(o, all) : STATUS_NOT_RUNNING;
	json_decref(all);
	return status;
}

/* ---- following ---- */

struct follow {
	const struct cmdline *o;
	struct feed feed[N_DAEMONS];
	char last[N_DAEMONS]
		 [32];        /* time of the last event printed: a new stream repeats older ones */
	bool told[N_DAEMONS]; /* that it is not there */
};

static void connect_all(struct follow *f)
{
	for (enum daemon d = 0; d < N_DAEMONS; d++) {
		char buf[256];
		int err = feed_connect(&f->feed[d], f->o->dir);

		if (err && !f->told[d])
			complain("%s; waiting for it",
				 daemon_error(f->o->dir, d, err, buf, sizeof(buf)));
		f->told[d] = err != 0;
	}
}

/* Takes what came into `batch`, without what an earlier stream already told. */
static void take(struct follow *f, enum daemon d, json_t *batch)
{
	json_t *e;

	feed_read(&f->feed[d]);
	while ((e = feed_next(&f->feed[d]))) {
		if (strcmp(jx_str(e, "time", ""), f->last[d]) > 0 || f->last[d][0] == '\0')
			json_array_append(batch, e);
		json_decref(e);
	}
}

static void remember(struct follow *f, enum daemon d, const json_t *batch, size_t from)
{
	const json_t *e = json_array_get(batch, json_array_size(batch) - 1);

	if (json_array_size(batch) > from)
		strncpy(f->last[d], jx_str(e, "time", ""), sizeof(f->last[d]) - 1);
}

static bool turn(struct follow *f)
{
	struct pollfd fds[N_DAEMONS];
	json_t *batch = json_array(), *in_order;
	bool ok = true;
	size_t i;
	json_t *e;

	connect_all(f);
	for (enum daemon d = 0; d < N_DAEMONS; d++)
		fds[d] = (struct pollfd){.fd = f->feed[d].fd, .events = POLLIN};
	poll(fds, N_DAEMONS, RECONNECT_MS);
	for (enum daemon d = 0; d < N_DAEMONS; d++) {
		size_t from = json_array_size(batch);

		take(f, d, batch);
		remember(f, d, batch, from);
	}
	in_order = sorted(batch);
	json_array_foreach(in_order, i, e)
		ok = ok && print_event(f->o, e);
	ok = ok && in_order;
	json_decref(in_order);
	json_decref(batch);
	return ok;
}

enum exit_status command_events(const struct cmdline *o)
{
	struct follow f = {.o = o};

	if (!o->follow)
		return once(o);
	for (enum daemon d = 0; d < N_DAEMONS; d++)
		feed_init(&f.feed[d], d);
	while (turn(&f))
		;
	for (enum daemon d = 0; d < N_DAEMONS; d++)
		feed_close(&f.feed[d]);
	return STATUS_NO;
}
