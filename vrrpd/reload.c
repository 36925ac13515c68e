/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A reload: the file is read and checked aside, then committed whole. An instance with the same
 * name, interface, VRID, version and family goes on in its state under the new settings; others
 * leave and start.
 */
#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "common/notify.h"
#include "vrrpd/daemon.h"
#include "vrrpd/tunnels.h"

static void report(const struct diags *diags, json_t *out)
{
	for (size_t k = 0; k < diags->n; k++) {
		const struct diag *g = &diags->list[k];
		bool error = g->level == DIAG_ERROR;
		char line[CONF_PATH_MAX + 320];

		snprintf(line, sizeof(line), "%s:%u:%u: %s: %s", g->file, g->line, g->column,
			 error ? "error" : "warning", g->text);
		log_msg(error ? LOG_ERR : LOG_WARNING, "%s", line);
		if (out)
			json_array_append_new(out, json_string(line));
	}
}

/* The instance that goes on as number `index`, taken out of the old list; NULL: a new one starts.
 */
static struct instance *keep(struct vrrpd *d, size_t index)
{
	for (size_t k = 0; k < d->n_instances; k++) {
		struct instance *i = d->instances[k];

		if (i && instance_matches(i, &d->conf->instances[index])) {
			d->instances[k] = NULL;
			return i;
		}
	}
	return NULL;
}

static bool swap_instances(struct vrrpd *d)
{
	struct instance **list = calloc(d->conf->n_instances + 1, sizeof(*list));

	if (!list)
		return false;
	for (size_t k = 0; k < d->conf->n_instances; k++)
		if ((list[k] = keep(d, k)) && instance_reconfigure(list[k], k) != 0)
			return false;
	/* Who leaves goes before who comes: they may share an address. */
	for (size_t k = 0; k < d->n_instances; k++) {
		if (!d->instances[k])
			continue;
		instance_leave(d->instances[k]);
		instance_free(d->instances[k]);
	}
	for (size_t k = 0; k < d->conf->n_instances; k++) {
		if (list[k])
			continue;
		list[k] = instance_new(&d->host, k);
		if (!list[k])
			return false;
		list[k]->ready = true;
	}
	free(d->instances);
	d->instances = list;
	d->n_instances = d->conf->n_instances;
	return true;
}

static void commit(struct vrrpd *d, struct conf *c)
{
	struct conf *old = d->conf;

	d->conf = c;
	d->host.conf = c;
	if (track_reload(d->track, c) != 0 || !swap_instances(d)) {
		/* Between two configurations there is no way back: a supervisor starts us afresh.
		 */
		log_msg(LOG_CRIT, "out of memory in a reload");
		abort();
	}
	conf_free(old);
	for (size_t k = 0; k < d->n_instances; k++)
		vrrpd_refresh_tracks(d, d->instances[k]);
}

bool vrrpd_reload(struct vrrpd *d, json_t *diagnostics)
{
	struct diags diags = {0};
	char why[256] = "";
	struct conf *c;

	notify_reloading();
	c = conf_load(d->options.config, d->options.config_id, &diags);
	report(&diags, diagnostics);
	diags_free(&diags);
	if (c && tunnels_reload(d->host.tunnels, c, why, sizeof(why)) != 0) {
		log_msg(LOG_ERR, "%s: %s", d->options.config, why);
		if (diagnostics)
			json_array_append_new(
				diagnostics, json_sprintf("%s: error: %s", d->options.config, why));
		conf_free(c);
		c = NULL;
	}
	if (c) {
		commit(d, c);
		log_msg(LOG_NOTICE, "%s reloaded", d->options.config);
	} else {
		log_msg(LOG_ERR, "%s not reloaded; the old configuration runs on",
			d->options.config);
	}
	notify_ready(NULL);
	return c != NULL;
}
