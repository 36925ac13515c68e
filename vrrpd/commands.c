/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What vrrpd answers on its control socket. A drain is answered when it has begun; its outcome
 * shows in the status: drained and Backup, or Active and no longer drained when nobody took over.
 */
#include <string.h>

#include "common/log.h"
#include "vrrpd/daemon.h"
#include "vrrpd/explain.h"
#include "vrrpd/status_json.h"

/* The instances that a request means: one by "name", or all when the name is null. */
static json_t *for_each(struct vrrpd *d, const json_t *request,
			void (*fn)(struct instance *i, const json_t *request))
{
	const char *name = json_string_value(json_object_get(request, "name"));
	struct instance *one = name ? vrrpd_find(d, name) : NULL;

	if (name && !one)
		return control_error("there is no instance '%s'", name);
	for (size_t k = 0; k < d->n_instances; k++)
		if (!name || d->instances[k] == one)
			fn(d->instances[k], request);
	return control_ok();
}

static void drain_one(struct instance *i, const json_t *request)
{
	json_int_t for_ms = json_integer_value(json_object_get(request, "for_ms"));
	mono_t until =
		for_ms > 0 ? mono_add(loop_now(i->host->loop), for_ms * US_PER_MS) : MONO_NEVER;

	log_thing(LOG_NOTICE, THING_INSTANCE, i->conf->name, "drain asked for");
	instance_drain(i, json_is_true(json_object_get(request, "force")), until);
}

static void resume_one(struct instance *i, const json_t *request)
{
	(void)request;
	log_thing(LOG_NOTICE, THING_INSTANCE, i->conf->name, "resume asked for");
	instance_resume(i);
}

static json_t *explain(struct vrrpd *d, const json_t *request)
{
	const char *name = json_string_value(json_object_get(request, "name"));
	struct instance *i = name ? vrrpd_find(d, name) : NULL;
	json_t *answer;

	if (!i)
		return control_error("there is no instance '%s'", name ? name : "");
	answer = control_ok();
	json_object_set_new(answer, "lines", explain_instance(i, loop_now(d->host.loop)));
	return answer;
}

static json_t *reload(struct vrrpd *d)
{
	json_t *diagnostics = json_array(), *answer;

	answer = vrrpd_reload(d, diagnostics)
			 ? control_ok()
			 : control_error("the configuration has errors; the old one runs on");
	json_object_set_new(answer, "diagnostics", diagnostics);
	return answer;
}

json_t *vrrpd_command(void *ctx, const char *command, const json_t *request,
		      const struct control_peer *peer)
{
	struct vrrpd *d = ctx;

	(void)peer; /* the socket's mode decides who may ask */
	if (strcmp(command, "status") == 0)
		return status_json(d, loop_now(d->host.loop));
	if (strcmp(command, "explain") == 0)
		return explain(d, request);
	if (strcmp(command, "drain") != 0 && strcmp(command, "resume") != 0 &&
	    strcmp(command, "reload") != 0)
		return control_error("vrrpd knows no command '%s'", command);
	if (d->stopping)
		return control_error("vrrpd stops");
	if (strcmp(command, "drain") == 0)
		return for_each(d, request, drain_one);
	if (strcmp(command, "resume") == 0)
		return for_each(d, request, resume_one);
	return reload(d);
}
