/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A reload: the file is read and checked aside, then committed whole. An instance with the same
 * name, interface, VRID, version, family and macvlans goes on in its state under the new settings;
 * others leave and start. What is drained stays so by its name.
 */
#include <stdlib.h>
#include <string.h>

#include "common/conf_reload.h"
#include "common/log.h"
#include "common/notify.h"
#include "vrrpd/daemon.h"
#include "vrrpd/debounce.h"
#include "vrrpd/hooks.h"
#include "vrrpd/sync_groups.h"
#include "vrrpd/tunnels.h"
#include "vrrpd/turn.h"
#include "vrrpd/vmacs.h"

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

/* keepalived's word for it is FAULT, unless notify_deleted asks for the other. */
static void tell_deletion(struct vrrpd *d, const struct instance *i)
{
	enum conf_notice n = i->conf->tells_deletion ? NOTICE_DELETED : NOTICE_FAULT;

	if (n != i->noticed)
		d->host.notice(d, i, n);
}

/* Those that do not go on. */
static void dismiss(struct vrrpd *d)
{
	for (size_t k = 0; k < d->n_instances; k++) {
		struct instance *i = d->instances[k];
		bool again;

		if (!i)
			continue;
		again = conf_find_instance(d->conf, i->conf->name) >= 0;
		instance_leave(i);
		instance_tell_end(i,
				  again ? "begins anew after the reload" : "no longer configured");
		if (!again)
			tell_deletion(d, i);
		instance_free(i);
	}
}

/* A claim moves along by name, but one of this name that starts anew has claimed nothing yet. */
static struct instance *begin_anew(struct vrrpd *d, size_t index)
{
	const struct conf_instance *c = &d->conf->instances[index];
	struct instance *i = instance_new(&d->host, index);

	if (!i)
		return NULL;
	i->ready = vrrpd_may_start(d, loop_now(d->host.loop));
	tunnels_release(d->host.tunnels, index, c->tunnel, c->tunnel_group, false);
	return i;
}

/* Everybody lets go before anybody takes: an address may go from one instance to another. */
static bool swap_instances(struct vrrpd *d)
{
	size_t n = d->conf->n_instances;
	struct instance **list = calloc(n + 1, sizeof(*list));

	if (!list)
		return false;
	for (size_t k = 0; k < n; k++)
		list[k] = keep(d, k);
	dismiss(d);
	free(d->instances);
	d->instances = list;
	d->n_instances = n;
	for (size_t k = 0; k < n; k++)
		if (list[k] && instance_reconfigure(list[k], k) != 0)
			return false;
	for (size_t k = 0; k < n; k++)
		if (!list[k] && !(list[k] = begin_anew(d, k)))
			return false;
	if (!vrrpd_enrol(d))
		return false;
	for (size_t k = 0; k < n; k++)
		instance_keep(list[k]);
	return true;
}

static void drop_ports(struct vrrpd *d, const struct conf *old)
{
	for (size_t k = 0; k < old->n_instances; k++) {
		const struct conf_instance *c = &old->instances[k];
		size_t user = 0;

		while (user < d->n_instances &&
		       (d->instances[user]->conf->family != c->family ||
			strcmp(d->instances[user]->conf->interface, c->interface) != 0))
			user++;
		if (user == d->n_instances)
			ports_drop(d->host.ports, c->interface, c->family);
	}
}

/* fifo_write_vrrp_states_on_reload; those that start now are told in any case. */
static void repeat_states(struct vrrpd *d)
{
	for (size_t k = 0; k < d->n_instances; k++) {
		const struct instance *i = d->instances[k];

		if (i->noticed != N_NOTICES)
			hooks_line(d->errands.runner, d->conf, "INSTANCE", i->conf->name,
				   i->noticed, i->fsm.priority);
	}
	sync_groups_repeat(d);
}

static void commit(struct vrrpd *d, struct conf *c)
{
	struct conf *old = d->conf;

	d->conf = c;
	d->host.conf = c;
	if (track_reload(d->track, c) != 0 || track_files_reload(d->files, c) != 0 ||
	    !errands_take(d) || !debounce_reload(d->host.debounce, c) || !swap_instances(d)) {
		/* Between two configurations there is no way back: a supervisor starts us afresh.
		 */
		log_msg(LOG_CRIT, "out of memory in a reload");
		abort();
	}
	accept_apply(d->accept, c);
	routing_reload(d->host.routing, c);
	drop_ports(d, old);
	conf_free(old);
	if (c->fifo_states_on_reload)
		repeat_states(d);
	drains_load(d);
	vmacs_settle(d, loop_now(d->host.loop));
	d->host.unsettled(d);
	for (size_t k = 0; k < d->n_instances; k++)
		vrrpd_refresh_tracks(d, d->instances[k]);
}

bool vrrpd_reload(struct vrrpd *d, json_t *diagnostics)
{
	char why[256] = "";
	struct conf *c;

	/* An instance that starts now would never be gone. */
	if (d->stopping)
		return false;
	notify_reloading();
	turn_finish(&d->host);
	c = conf_reload(d->options.config, d->options.config_id, diagnostics);
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
