/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * `vrrpctl drain` and `resume`. vrrpd answers a drain when it has begun; what became of it is read
 * from the status: drained and no longer Active, or no longer drained, when nobody took over. Where
 * the tunnels have a health_check the command waits until the cloud must have moved, too.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "vrrpctl/await.h"
#include "vrrpctl/commands.h"
#include "vrrpctl/jsonx.h"
#include "vrrpctl/output.h"

#define HANDOVER_TIMEOUT_MS 30000
/* Beyond what vrrpd says that the cloud needs. */
#define MARGIN_MS 5000

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

/* Keeps the object for the report. */
struct outcome {
	const struct cmdline *o;
	json_t *snapshot;
};

static bool vrrpd_runs(const json_t *snapshot)
{
	return jx_true(json_object_get(json_object_get(snapshot, "daemons"), "vrrpd"), "running");
}

/* Whether vrrpd answers and none of the instances that are meant is still on its way. */
static bool all_arrived(struct outcome *out, const json_t *snapshot,
			bool (*on_its_way)(const json_t *instance))
{
	size_t i;
	json_t *o;

	json_decref(out->snapshot);
	out->snapshot = json_deep_copy(snapshot);
	json_array_foreach(json_object_get(snapshot, "instances"), i, o)
		if (meant(out->o, o) && jx_true(o, "drained") && on_its_way(o))
			return false;
	return vrrpd_runs(snapshot);
}

static bool is_active(const json_t *instance)
{
	return jx_is(instance, "state", "Active");
}

static bool cloud_moves(const json_t *instance)
{
	return jx_is(json_object_get(instance, "cloud"), "state", "moving");
}

static bool handed_over(void *ctx, const json_t *snapshot)
{
	return all_arrived(ctx, snapshot, is_active);
}

static bool cloud_moved(void *ctx, const json_t *snapshot)
{
	return all_arrived(ctx, snapshot, cloud_moves);
}

/* How long the cloud needs for the last of them, which is told to who waits; 0: none needs any. */
static int64_t cloud_left_ms(const struct outcome *out)
{
	int64_t longest = 0;
	size_t i;
	json_t *o;

	json_array_foreach(json_object_get(out->snapshot, "instances"), i, o) {
		int64_t left = jx_int(json_object_get(o, "cloud"), "left_ms");

		if (!meant(out->o, o) || !cloud_moves(o))
			continue;
		complain("%s: handed over; the cloud moves its traffic within %.1f s",
			 jx_str(o, "name", "?"), (double)left / 1000);
		if (left > longest)
			longest = left;
	}
	return longest;
}

/* True when the cloud needs not move, or has. */
static bool report_cloud(struct text *t, const char *name, const json_t *cloud)
{
	bool moved = jx_is(cloud, "state", "moved");

	if (!json_is_object(cloud))
		return true;
	if (moved)
		text_add(t, "%s: the cloud has moved: its health checks failed long enough\n",
			 name);
	else
		text_add(t, "%s: the cloud has not moved: %s\n", name,
			 jx_str(cloud, "reason", "its health checks may still be answered"));
	return moved;
}

/* An old acquaintance holds nothing: an Active router is heard. */
static bool is_held_by(const json_t *instance, const json_t *peer)
{
	return json_is_string(json_object_get(peer, "address")) && jx_int(peer, "priority") > 0 &&
	       jx_int(peer, "heard_ms_ago") <= jx_int(instance, "active_down_ms");
}

/* True when this instance is drained. */
static bool report_one(struct text *t, const json_t *o)
{
	const json_t *peer = json_object_get(o, "peer");
	const char *name = jx_str(o, "name", "?");

	if (!jx_true(o, "drained"))
		text_add(t,
			 "%s: not drained: no other router took over; it stays %s (see --force)\n",
			 name, jx_str(o, "state", "?"));
	else if (is_active(o))
		text_add(t, "%s: the hand-over has begun and is not over yet\n", name);
	else if (is_held_by(o, peer))
		text_add(t, "%s: drained; %s holds it with priority %lld, heard %lld ms ago\n",
			 name, jx_str(peer, "address", "?"), (long long)jx_int(peer, "priority"),
			 (long long)jx_int(peer, "heard_ms_ago"));
	else
		text_add(t,
			 "%s: drained, and no other router holds the addresses: the LAN is without "
			 "them until one does or `vrrpctl resume %s`\n",
			 name, name);
	return jx_true(o, "drained") && !is_active(o) &&
	       report_cloud(t, name, json_object_get(o, "cloud"));
}

static enum exit_status report(const struct cmdline *o, const json_t *snapshot)
{
	struct text t = {.colour = output_colour()};
	json_t *list = json_array(), *whole = json_pack("{s:O}", "instances", list);
	bool all = true, known = o->all && vrrpd_runs(snapshot), printed;
	size_t i;
	json_t *instance;

	json_array_foreach(json_object_get(snapshot, "instances"), i, instance) {
		if (!meant(o, instance))
			continue;
		known = true;
		all = report_one(&t, instance) && all;
		json_array_append(list, instance);
	}
	printed = o->json ? output_json(whole) : output_text(&t);
	text_free(&t);
	json_decref(list);
	json_decref(whole);
	if (!known)
		complain(
			"vrrpd began the drain and does not tell of it any more: what became of it "
			"is not known");
	return known && all && printed ? STATUS_DONE : STATUS_NO;
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
	if (await(o->dir, HANDOVER_TIMEOUT_MS, handed_over, &out, errors)) {
		int64_t left_ms = cloud_left_ms(&out);

		if (left_ms > 0)
			await(o->dir, left_ms + MARGIN_MS, cloud_moved, &out, errors);
	}
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
