/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vrrpd as a whole; see daemon.h. Opens the parts in the order in which they need each other, and
 * carries events between them. */
#include "vrrpd/daemon.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/caps.h"
#include "common/log.h"
#include "common/notify.h"
#include "config.h"
#include "vrrpd/alarms.h"
#include "vrrpd/claims.h"
#include "vrrpd/debounce.h"
#include "vrrpd/hooks.h"
#include "vrrpd/interfaces.h"
#include "vrrpd/routing.h"
#include "vrrpd/nl_link.h"
#include "vrrpd/sole.h"
#include "vrrpd/sync_groups.h"
#include "vrrpd/tunnels.h"
#include "vrrpd/turn.h"
#include "vrrpd/vmacs.h"

/* After the last hand-over of a clean stop the LAN's traffic is still carried this long: what is on
 * its way here when the next router's gratuitous ARP arrives. */
#define STOP_GRACE_US (200 * US_PER_MS)

struct instance *vrrpd_find(struct vrrpd *d, const char *name)
{
	int k = conf_find_instance(d->conf, name);

	return k >= 0 && (size_t)k < d->n_instances ? d->instances[k] : NULL;
}

/* ---- events between the parts ---- */

static void record(void *ctx, enum thing thing, const char *name, const char *from, const char *to,
		   const char *reason)
{
	struct vrrpd *d = ctx;
	const struct event *e =
		events_add(&d->events, realtime_us(), thing, name, from, to, reason);

	if (d->control)
		control_event(d->control, e);
}

static void notice(void *ctx, const struct instance *i, enum conf_notice n)
{
	const struct vrrpd *d = ctx;

	hooks_send(d->errands.runner, d->conf, &i->conf->hooks, "INSTANCE", i->conf->name, n,
		   i->fsm.priority);
}

static void holdings_changed(void *ctx)
{
	const struct vrrpd *d = ctx;

	if (d->claims)
		claims_changed(d->claims);
}

static struct track_view track_now(struct vrrpd *d, const struct conf_track *t)
{
	bool up;

	switch (t->kind) {
	case TRACK_SLA:
		return (struct track_view){track_state_of(d->track, t->index), 0};
	case TRACK_TUNNEL:
		up = tunnels_state(d->host.tunnels, t->index) == TUNNEL_UP;
		break;
	case TRACK_FILE:
		return track_files_view(d->files, t->index);
	case TRACK_SCRIPT:
		return track_scripts_view(d->scripts, t->index);
	case TRACK_INTERFACE:
	default:
		up = debounce_running(d->host.debounce, t->name);
		break;
	}
	return (struct track_view){up ? TRACK_UP : TRACK_DOWN, 0};
}

void vrrpd_refresh_tracks(struct vrrpd *d, struct instance *i)
{
	for (size_t k = 0; k < i->conf->n_tracks; k++) {
		struct track_view v = track_now(d, &i->conf->tracks[k]);

		instance_track(i, k, &v);
	}
	instance_review(i);
}

static void refresh_all(struct vrrpd *d)
{
	for (size_t k = 0; k < d->n_instances; k++)
		vrrpd_refresh_tracks(d, d->instances[k]);
}

static void on_sla(void *ctx, int sla, enum track_state s, const char *cause)
{
	struct vrrpd *d = ctx;

	log_msg(LOG_INFO, "%s is %s: %s", conf_sla_name(d->conf, sla), track_state_name(s), cause);
	tunnels_sla(d->host.tunnels, sla, s);
}

static void on_slas(void *ctx)
{
	struct vrrpd *d = ctx;

	tunnels_select(d->host.tunnels);
	refresh_all(d);
}

/* A file's number or a script's state. */
static void on_tracked(void *ctx)
{
	refresh_all(ctx);
}

static void on_tunnel(void *ctx, int tunnel, enum tunnel_state from, enum tunnel_state to,
		      const char *why)
{
	struct vrrpd *d = ctx;
	const char *name = d->conf->tunnels[tunnel].name;

	log_transition(to == TUNNEL_UP ? LOG_NOTICE : LOG_WARNING, THING_TUNNEL, name,
		       tunnel_state_name(from), tunnel_state_name(to), why);
	record(d, THING_TUNNEL, name, tunnel_state_name(from), tunnel_state_name(to), why);
	refresh_all(d);
}

static void on_input(void *ctx, const struct port_input *in)
{
	struct vrrpd *d = ctx;
	struct segment *s = roster_find(&d->roster, in->interface, in->family);
	struct instance *i = s && in->vrid >= 0 ? s->by_vrid[in->vrid] : NULL;

	if (i)
		instance_input(i, in);
	else if (s)
		s->strays[in->vrid < 0 ? in->fault : ADVERT_BAD_VRID]++;
}

/* ---- start ---- */

bool vrrpd_may_start(const struct vrrpd *d, mono_t now)
{
	return !d->errands.starting && mono_reached(d->startup_timer.deadline, now);
}

void vrrpd_startup_over(void *ctx, mono_t now)
{
	struct vrrpd *d = ctx;

	if (!vrrpd_may_start(d, now))
		return;
	for (size_t k = 0; k < d->n_instances; k++)
		d->instances[k]->ready = true;
	refresh_all(d);
}

/* At the end of the turn, when all instances know what it brought. */
static void unsettled(void *ctx)
{
	struct vrrpd *d = ctx;

	timer_set(&d->sync_timer, loop_now(d->host.loop));
}

static void settle(void *ctx, mono_t now)
{
	(void)now;
	sync_groups_settle(ctx);
}

static void watchdog(void *ctx, mono_t now)
{
	struct vrrpd *d = ctx;

	notify_watchdog();
	timer_set(&d->watchdog_timer, mono_add(now, notify_watchdog_us()));
}

int vrrpd_hold(struct vrrpd *d)
{
	char why[256];

	if (rundir_open(&d->rundir, d->options.runtime_dir, "vrrpd", why, sizeof(why)) != 0)
		return refused("%s", why);
	d->sole = sole_hold();
	if (d->sole == -EBUSY)
		return refused("another vrrpd works in this network namespace");
	return d->sole >= 0 ? EXIT_OK
			    : refused("cannot lock the network namespace: %s", strerror(-d->sole));
}

static int open_tunnels(struct vrrpd *d)
{
	const struct tunnels_user user = {on_tunnel, alarms_of_tunnels, d};
	char why[256] = "";
	bool *drained = drains_saved(d);
	int err;

	if (!drained)
		return refused("out of memory");
	err = tunnels_open(&d->host.tunnels, d->host.loop, d->conf, drained, &user, why,
			   sizeof(why));
	free(drained);
	if (err)
		return refused("%s", why[0] ? why : strerror(-err));
	if (why[0])
		log_msg(LOG_NOTICE, "%s", why);
	return EXIT_OK;
}

static int open_kernel(struct vrrpd *d)
{
	int err;

	if (!caps_have_net_admin())
		return refused("vrrpd needs the capability CAP_NET_ADMIN");
	if (!caps_have_net_raw())
		return refused("vrrpd needs the capability CAP_NET_RAW");
	err = announce_open(&d->host.announce);
	if (err)
		return refused("no packet socket for announcements: %s", strerror(-err));
	err = interfaces_open(d);
	if (err)
		return refused("no netlink socket for interfaces: %s", strerror(-err));
	err = open_tunnels(d);
	if (err)
		return err;
	err = routing_open(&d->host.routing, d->host.loop, d->conf);
	if (err)
		return refused("no netlink socket for routes: %s", strerror(-err));
	d->host.ports = ports_new(d->host.loop, on_input, d);
	d->accept = accept_new(d->host.loop);
	if (!d->host.ports || !d->accept)
		return refused("out of memory");
	accept_apply(d->accept, d->conf);
	return EXIT_OK;
}

bool vrrpd_enrol(struct vrrpd *d)
{
	free(d->host.garp_paces);
	d->host.garp_paces = calloc(d->conf->n_garp_groups + 1, sizeof(*d->host.garp_paces));
	if (!d->host.garp_paces)
		return false;
	roster_clear(&d->roster);
	for (size_t k = 0; k < d->n_instances; k++) {
		struct instance *i = d->instances[k];
		const struct conf_instance *c = i->conf;
		struct segment *s = roster_put(&d->roster, c->interface, c->family, c->vrid, i);

		if (!s)
			return false;
		i->strays = s->strays;
	}
	return true;
}

static int open_instances(struct vrrpd *d)
{
	d->claims = claims_new(d);
	if (!d->claims)
		return refused("out of memory");
	d->instances = calloc(d->conf->n_instances + 1, sizeof(*d->instances));
	for (size_t k = 0; d->instances && k < d->conf->n_instances; k++) {
		d->instances[k] = instance_new(&d->host, k);
		if (!d->instances[k])
			return refused("out of memory");
		d->n_instances++;
	}
	return d->instances && vrrpd_enrol(d) ? EXIT_OK : refused("out of memory");
}

static int open_sockets(struct vrrpd *d)
{
	char path[PATH_MAX];
	int err;

	err = control_open(&d->control, d->host.loop,
			   rundir_file(&d->rundir, "vrrpd.ctl", path, sizeof(path)), &d->events,
			   vrrpd_command, d);
	if (err)
		return refused("control socket %s: %s", path, strerror(-err));
	err = track_open(&d->track, d->host.loop, d->conf,
			 rundir_file(&d->rundir, "slad.sock", path, sizeof(path)), on_sla, on_slas,
			 d);
	if (err)
		return refused("channel %s: %s", path, strerror(-err));
	err = track_files_open(&d->files, d->host.loop, d->conf, on_tracked, d);
	if (err)
		return refused("no watch on files: %s", strerror(-err));
	if (track_scripts_open(&d->scripts, d->host.loop, on_tracked, d) != 0 || !errands_take(d))
		return refused("out of memory");
	return EXIT_OK;
}

/* ---- stop ---- */

static void stop_now(void *ctx, mono_t now)
{
	struct vrrpd *d = ctx;

	for (size_t k = 0; k < d->n_instances; k++) {
		if (instance_gone(d->instances[k]))
			continue;
		/* Yielding: its own deadline ends it. */
		timer_set(&d->stop_timer, mono_add(now, 10 * US_PER_MS));
		return;
	}
	if (d->was_active) {
		d->was_active = false;
		timer_set(&d->stop_timer, mono_add(now, STOP_GRACE_US));
		return;
	}
	loop_stop(d->host.loop);
}

static void begin_stop(struct vrrpd *d)
{
	if (d->stopping)
		return;
	d->stopping = true;
	notify_stopping();
	for (size_t k = 0; k < d->n_instances; k++) {
		struct instance *i = d->instances[k];

		d->was_active |= i->fsm.state == FSM_ACTIVE;
		i->stopping = true;
		instance_review(i);
	}
	stop_now(d, loop_now(d->host.loop));
}

static void on_signal(void *ctx, int signo)
{
	struct vrrpd *d = ctx;

	if (signo == SIGHUP)
		vrrpd_reload(d, NULL);
	else
		begin_stop(d);
}

static void close_all(struct vrrpd *d)
{
	control_close(d->control);
	track_close(d->track);
	claims_free(d->claims);
	track_files_close(d->files);
	track_scripts_close(d->scripts);
	errands_end(d);
	for (size_t k = 0; k < d->n_instances; k++)
		instance_free(d->instances[k]);
	free(d->instances);
	roster_free(&d->roster);
	free(d->host.garp_paces);
	ports_free(d->host.ports);
	accept_free(d->accept);
	tunnels_free(d->host.tunnels);
	routing_free(d->host.routing);
	debounce_free(d->host.debounce);
	links_close(d->host.links);
	announce_close(&d->host.announce);
	loop_free(d->host.loop);
	if (d->sole >= 0)
		close(d->sole);
	rundir_close(&d->rundir);
	conf_free(d->conf);
	free(d);
}

/* ---- the whole ---- */

static int begin(struct vrrpd *d)
{
	int signals[] = {SIGHUP, SIGTERM, SIGINT};
	mono_t now;
	int status;

	d->host.conf = d->conf;
	d->host.loop = loop_new();
	if (!d->host.loop)
		return refused("no event loop");
	status = vrrpd_hold(d);
	if (status != EXIT_OK)
		return status;
	for (size_t k = 0; k < sizeof(signals) / sizeof(signals[0]); k++)
		loop_signal(d->host.loop, signals[k], on_signal, d);
	loop_turn_end(d->host.loop, turn_end, &d->host);
	alarms_open(d);
	status = open_kernel(d);
	if (status == EXIT_OK)
		status = open_instances(d);
	if (status == EXIT_OK)
		status = open_sockets(d);
	if (status != EXIT_OK)
		return status;
	now = loop_now(d->host.loop);
	d->started = now;
	timer_init(&d->sync_timer, d->host.loop, settle, d);
	timer_init(&d->startup_timer, d->host.loop, vrrpd_startup_over, d);
	timer_init(&d->stop_timer, d->host.loop, stop_now, d);
	timer_init(&d->watchdog_timer, d->host.loop, watchdog, d);
	timer_init(&d->resume_timer, d->host.loop, drains_expire, d);
	timer_set(&d->startup_timer, mono_add(now, d->conf->startup_delay_us));
	if (notify_watchdog_us() > 0)
		watchdog(d, now);
	interfaces_adopt(d);
	routing_start(d->host.routing);
	drains_load(d);
	vmacs_open(d);
	errands_start_up(d);
	vrrpd_startup_over(d, now);
	refresh_all(d);
	return EXIT_OK;
}

static int run(struct vrrpd *d)
{
	int status = begin(d);
	char why[200];
	size_t left;

	if (status != EXIT_OK)
		return status;
	log_msg(LOG_NOTICE, "vrrpd " PACKAGE_VERSION " runs: %zu instances, %zu tunnels",
		d->conf->n_instances, d->conf->n_tunnels);
	notify_ready("running");
	loop_run(d->host.loop);
	sync_groups_tell(d);
	if (tunnels_shut(d->host.tunnels) != 0)
		log_msg(LOG_ERR, "cannot close the tunnels for LAN traffic");
	if (accept_remove(why, sizeof(why)) != 0)
		log_msg(LOG_ERR, "cannot remove the table of no_accept: %s", why);
	routing_stop(d->host.routing);
	vmacs_remove(d->host.links, &left);
	if (left > 0)
		log_msg(LOG_ERR, "%zu macvlans are not removed", left);
	log_msg(LOG_NOTICE, "vrrpd stopped");
	return EXIT_OK;
}

int vrrpd_main(const struct options *o)
{
	struct vrrpd *d = calloc(1, sizeof(*d));
	struct diags diags = {0};
	int status = EXIT_BAD_CONFIG;

	if (!d)
		return EXIT_REFUSED;
	d->options = *o;
	d->rundir.lock_fd = d->host.announce.fd = d->sole = -1;
	d->host.record = record;
	d->host.notice = notice;
	d->host.unsettled = unsettled;
	d->host.holdings_changed = holdings_changed;
	d->host.drains_changed = drains_changed;
	d->host.ctx = d;
	log_open("vrrpd", o->debug);
	d->conf = conf_load(o->config, o->config_id, &diags);
	diags_print(&diags, stderr);
	diags_free(&diags);
	if (d->conf && o->check)
		status = EXIT_OK;
	else if (o->flush || (d->conf && o->close))
		status = vrrpd_alone(d);
	else if (d->conf)
		status = run(d);
	close_all(d);
	return status;
}
