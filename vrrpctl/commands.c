/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The commands that ask and print: views of the status object, and requests to vrrpd. What is not
 * running is said on stderr, by the name of the daemon, and is the exit status.
 */
#include "vrrpctl/commands.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "common/loop.h"
#include "vrrpctl/daemons.h"
#include "vrrpctl/format.h"
#include "vrrpctl/jsonx.h"
#include "vrrpctl/metrics.h"
#include "vrrpctl/output.h"
#include "vrrpctl/snapshot.h"

static void complain_daemon(const struct cmdline *o, enum daemon d, int error)
{
	char buf[256];

	complain("%s", daemon_error(o->dir, d, error, buf, sizeof(buf)));
}

/* The status object; NULL: out of memory, said. */
static json_t *snapshot(const struct cmdline *o, int errors[N_DAEMONS])
{
	json_t *s = daemons_snapshot(o->dir, errors);

	if (!s)
		complain("out of memory");
	return s;
}

static bool print_status(const struct cmdline *o, const json_t *s)
{
	struct text t = {.colour = output_colour()};

	if (o->json)
		return output_json(s);
	if (o->watch && t.colour)
		text_add(&t, "\033[H\033[J");
	format_status(&t, s, realtime_us());
	if (o->watch && !t.colour)
		text_add(&t, "\n");
	return output_text(&t);
}

/* Redraws each second until it is interrupted or stdout is gone. */
static enum exit_status watch(const struct cmdline *o)
{
	static const struct timespec second = {1, 0};
	int errors[N_DAEMONS];
	bool ok = true;

	while (ok) {
		json_t *s = snapshot(o, errors);

		if (!s)
			return STATUS_NO;
		ok = print_status(o, s);
		json_decref(s);
		nanosleep(&second, NULL);
	}
	return STATUS_NO;
}

enum exit_status command_status(const struct cmdline *o)
{
	int errors[N_DAEMONS];
	json_t *s;
	bool ok;

	if (o->watch)
		return watch(o);
	s = snapshot(o, errors);
	if (!s)
		return STATUS_NO;
	ok = print_status(o, s);
	json_decref(s);
	if (errors[DAEMON_VRRPD])
		complain_daemon(o, DAEMON_VRRPD, errors[DAEMON_VRRPD]);
	return ok ? daemon_status(errors[DAEMON_VRRPD]) : STATUS_NO;
}

/* {"KEY": list} of the status object. */
static bool print_part(const json_t *s, const char *key)
{
	json_t *part = json_pack("{s:O}", key, json_object_get(s, key));
	bool ok = output_json(part);

	json_decref(part);
	return ok;
}

/* Without an answer the reasons stay unknown, which is said by null. */
static void add_reasons(const struct cmdline *o, json_t *s)
{
	json_t *answer = NULL;

	daemon_command(o->dir, DAEMON_SLAD, "rejected", STATUS_TIMEOUT_MS, &answer);
	snapshot_add_reasons(s, answer);
	json_decref(answer);
}

static enum exit_status view(const struct cmdline *o, enum daemon d, const char *key)
{
	struct text t = {.colour = output_colour()};
	int errors[N_DAEMONS];
	json_t *s = snapshot(o, errors);
	bool ok;

	if (!s)
		return STATUS_NO;
	if (errors[d]) {
		complain_daemon(o, d, errors[d]);
		json_decref(s);
		return daemon_status(errors[d]);
	}
	if (d == DAEMON_SLAD)
		add_reasons(o, s);
	if (o->json) {
		ok = print_part(s, key);
	} else {
		if (d == DAEMON_SLAD)
			format_probes(&t, s, realtime_us());
		else
			format_tunnels(&t, s);
		ok = output_text(&t);
	}
	json_decref(s);
	return ok ? STATUS_DONE : STATUS_NO;
}

enum exit_status command_probes(const struct cmdline *o)
{
	return view(o, DAEMON_SLAD, "probes");
}

enum exit_status command_tunnels(const struct cmdline *o)
{
	return view(o, DAEMON_VRRPD, "tunnels");
}

enum exit_status command_metrics(const struct cmdline *o)
{
	struct text t = {0};
	int errors[N_DAEMONS];
	json_t *s = snapshot(o, errors);
	bool ok;

	if (!s)
		return STATUS_NO;
	format_metrics(&t, s);
	ok = output_text(&t);
	json_decref(s);
	return ok ? daemon_status(errors[DAEMON_VRRPD]) : STATUS_NO;
}

/* ---- requests ---- */

/* Prints what the daemon answered; its text is at `key`, a string or a list of lines. */
static enum exit_status print_answer(const struct cmdline *o, enum daemon d, const json_t *answer,
				     const char *key)
{
	const json_t *said = json_object_get(answer, key);
	struct text t = {.colour = output_colour()};
	bool ok = jx_true(answer, "ok"), printed;

	if (!ok)
		complain("%s: %s", daemon_name(d), jx_str(answer, "error", "refused"));
	if (o->json) {
		printed = output_json(answer);
	} else {
		if (json_is_array(said))
			format_lines(&t, said);
		else if (json_is_string(said))
			text_add(&t, "%s\n", json_string_value(said));
		printed = output_text(&t);
	}
	return ok && printed ? STATUS_DONE : STATUS_NO;
}

/* Takes the request. */
static enum exit_status ask_vrrpd(const struct cmdline *o, json_t *request, const char *key)
{
	json_t *answer = NULL;
	int err = request ? daemon_call(o->dir, DAEMON_VRRPD, request, ACTION_TIMEOUT_MS, &answer)
			  : -ENOMEM;
	enum exit_status status;

	json_decref(request);
	if (err) {
		complain_daemon(o, DAEMON_VRRPD, err);
		return daemon_status(err);
	}
	status = print_answer(o, DAEMON_VRRPD, answer, key);
	json_decref(answer);
	return status;
}

enum exit_status command_explain(const struct cmdline *o)
{
	return ask_vrrpd(o, json_pack("{s:s, s:s}", "command", "explain", "name", o->args[0]),
			 "lines");
}

/* ---- reload ---- */

static void print_diagnostics(const json_t *answer)
{
	size_t i;
	json_t *line;

	json_array_foreach(json_object_get(answer, "diagnostics"), i, line)
		fprintf(stderr, "%s\n", json_string_value(line) ? json_string_value(line) : "?");
}

/* vrrpd first: both read one file, so that what it refuses is not given to slad either. */
enum exit_status command_reload(const struct cmdline *o)
{
	json_t *answers = json_object();
	enum exit_status status = STATUS_NOT_RUNNING;

	for (enum daemon d = 0; d < N_DAEMONS && status != STATUS_NO; d++) {
		json_t *answer;
		int err = daemon_command(o->dir, d, "reload", ACTION_TIMEOUT_MS, &answer);

		if (err) {
			complain_daemon(o, d, err);
			if (!daemon_absent(err))
				status = STATUS_NO;
			continue;
		}
		status = jx_true(answer, "ok") ? STATUS_DONE : STATUS_NO;
		if (status == STATUS_NO)
			complain("%s keeps its old configuration: %s", daemon_name(d),
				 jx_str(answer, "error", "refused"));
		print_diagnostics(answer);
		json_object_set_new(answers, daemon_name(d), answer);
	}
	if (o->json && !output_json(answers))
		status = STATUS_NO;
	json_decref(answers);
	return status;
}
