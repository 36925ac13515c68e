/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * `vrrpctl drain` and `resume`. vrrpd answers a drain when it has begun; what became of it is read
 * from the status: drained and no longer Active, or no longer drained, when nobody took over.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "vrrpctl/await.h"
#include "vrrpctl/commands.h"
#include "vrrpctl/jsonx.h"
#include "vrrpctl/output.h"

#define HANDOVER_TIMEOUT_MS 30000

/* null for --all. */
static json_t *name_of(const struct cmdline *o)
{
	return o->all ? json_null() : json_string(o->args[0]);
}

/* Takes the request. 0, or the exit status, complained. */
static enum exit_status ask(const struct cmdline *o, json_t *request)
{
	char buf[256];
	json_t *answer = NULL;
	int err = request ? daemon_call(o->dir, DAEMON_VRRPD, request, ACTION_TIMEOUT_MS, &answer)
			  : -ENOMEM;
	bool ok = !err && jx_true(answer, "ok");

	json_decref(request);
	if (err)
		complain("%s", daemon_error(o->dir, DAEMON_VRRPD, err, buf, sizeof(buf)));
	else if (!ok)
		complain("vrrpd: %s", jx_str(answer, "error", "refused"));
	json_decref(answer);
	if (err)
		return daemon_status(err);
	return ok ? STATUS_DONE : STATUS_NO;
}

static bool meant(const struct cmdline *o, const json_t *instance)
{
	return o->all || jx_is(instance, "name", o->args[0]);
}

/* No instance that is meant is still on its way. Keeps the object for the report. */
struct outcome {
	const struct cmdline *o;
	json_t *snapshot;
};

static bool settled(void *ctx, const json_t *snapshot)
{
	struct outcome *out = ctx;
	size_t i;
	json_t *o;

	json_decref(out->snapshot);
	out->snapshot = json_deep_copy(snapshot);
	json_array_foreach(json_object_get(snapshot, "instances"), i, o)
		if (meant(out->o, o) && jx_true(o, "drained") && jx_is(o, "state", "Active"))
			return false;
	return jx_true(json_object_get(json_object_get(snapshot, "daemons"), "vrrpd"), "running");
}

/* True when this instance is drained. */
static bool report_one(struct text *t, const json_t *o)
{
	const json_t *peer = json_object_get(o, "peer");
	const char *name = jx_str(o, "name", "?"), *address = jx_str(peer, "address", NULL);

	if (!jx_true(o, "drained"))
		text_add(t,
			 "%s: not drained: no other router took over; it stays %s (see --force)\n",
			 name, jx_str(o, "state", "?"));
	else if (jx_is(o, "state", "Active"))
		text_add(t, "%s: the hand-over has begun and is not over yet\n", name);
	else if (address)
		text_add(t, "%s: drained; %s holds it with priority %lld, heard %lld ms ago\n",
			 name, address, (long long)jx_int(peer, "priority"),
			 (long long)jx_int(peer, "heard_ms_ago"));
	else
		text_add(t, "%s: drained; no other router has been heard\n", name);
	return jx_true(o, "drained") && !jx_is(o, "state", "Active");
}

static enum exit_status report(const struct cmdline *o, const json_t *snapshot)
{
	struct text t = {.colour = output_colour()};
	json_t *list = json_array(), *whole = json_pack("{s:O}", "instances", list);
	bool all = true, printed;
	size_t i;
	json_t *instance;

	json_array_foreach(json_object_get(snapshot, "instances"), i, instance) {
		if (!meant(o, instance))
			continue;
		all = report_one(&t, instance) && all;
		json_array_append(list, instance);
	}
	printed = o->json ? output_json(whole) : output_text(&t);
	text_free(&t);
	json_decref(list);
	json_decref(whole);
	return all && printed ? STATUS_DONE : STATUS_NO;
}

enum exit_status command_drain(const struct cmdline *o)
{
	struct outcome out = {.o = o};
	int errors[N_DAEMONS];
	enum exit_status status;

	status = ask(o, json_pack("{s:s, s:o, s:o, s:b}", "command", "drain", "name", name_of(o),
				  "for_ms", o->for_ms < 0 ? json_null() : json_integer(o->for_ms),
				  "force", o->force));
	if (status != STATUS_DONE)
		return status;
	await(o->dir, HANDOVER_TIMEOUT_MS, settled, &out, errors);
	status = report(o, out.snapshot);
	json_decref(out.snapshot);
	return status;
}

enum exit_status command_resume(const struct cmdline *o)
{
	enum exit_status status =
		ask(o, json_pack("{s:s, s:o}", "command", "resume", "name", name_of(o)));

	if (status == STATUS_DONE && o->json)
		puts("{\"ok\": true}");
	else if (status == STATUS_DONE)
		printf("%s: resumed\n", o->all ? "all instances" : o->args[0]);
	return status;
}
