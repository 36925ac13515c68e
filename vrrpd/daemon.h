/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vrrpd as a whole: opens the parts, joins them, reloads and ends them. */
#ifndef VRRPD_DAEMON_H
#define VRRPD_DAEMON_H

#include <jansson.h>
#include <stdbool.h>

#include "common/conf_load.h"
#include "common/control.h"
#include "common/options.h"
#include "common/rundir.h"
#include "vrrpd/accept.h"
#include "vrrpd/errands.h"
#include "vrrpd/host.h"
#include "vrrpd/instance.h"
#include "vrrpd/roster.h"
#include "vrrpd/track.h"
#include "vrrpd/track_files.h"
#include "vrrpd/track_scripts.h"

struct vrrpd {
	struct host host;
	struct accept *accept;
	struct options options;
	struct rundir rundir;
	int sole; /* see sole.h; -1: not held */
	struct conf *conf;
	struct control *control;
	struct events events;
	struct track *track;
	struct claims *claims;
	struct track_files *files;
	struct errands errands;
	struct track_scripts *scripts;
	struct instance **instances; /* in the configuration's order */
	size_t n_instances;
	struct roster roster; /* the same, by what adverts carry */
	struct timer sync_timer, vmac_timer, startup_timer, stop_timer, watchdog_timer,
		resume_timer;
	mono_t started;
	bool stopping, was_active;
};

/* The whole program after main's options; returns the exit status. */
int vrrpd_main(const struct options *o);

/* alone.c: --flush and --close, without a running daemon; returns the exit status. */
int vrrpd_alone(struct vrrpd *d);

/* reload.c: reads the file again. On errors nothing changes, and they are logged and added to
 * `diagnostics` when it is given. */
bool vrrpd_reload(struct vrrpd *d, json_t *diagnostics);

/* commands.c: the answers on the control socket. ctx is the struct vrrpd. */
json_t *vrrpd_command(void *ctx, const char *command, const json_t *request,
		      const struct control_peer *peer);

/* daemon.c, for the others. */
/* Makes sure that this is the only vrrpd of its runtime directory and of its network namespace;
 * returns an exit status. */
int vrrpd_hold(struct vrrpd *d);
struct instance *vrrpd_find(struct vrrpd *d, const char *name);
/* Makes the roster that of the present instances, and the distances of their announcements those of
 * the configuration; false when out of memory. */
bool vrrpd_enrol(struct vrrpd *d);
/* Neither vrrp_startup_delay nor startup_script keeps instances from starting. */
bool vrrpd_may_start(const struct vrrpd *d, mono_t now);
/* Lets the instances start when that is so; ctx is the struct vrrpd. */
void vrrpd_startup_over(void *ctx, mono_t now);
/* Brings an instance's tracked states up to date with links, tunnels and verdicts. */
void vrrpd_refresh_tracks(struct vrrpd *d, struct instance *i);

/* drains.c: drained instances outlive a restart, in RUNDIR/drained. */
/* Drains again those of the file that are not. */
void drains_load(struct vrrpd *d);
/* Which instances of the configuration an earlier run left drained; malloc'ed, NULL: out of memory.
 */
bool *drains_saved(const struct vrrpd *d);
/* Writes the set down and waits for the next time limit; ctx is the struct vrrpd. */
void drains_changed(void *ctx);
/* Resumes those whose time is over. */
void drains_expire(void *ctx, mono_t now);

#endif
