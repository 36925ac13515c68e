/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the instances use of this host: one of each, owned by daemon.c. */
#ifndef VRRPD_HOST_H
#define VRRPD_HOST_H

#include <stddef.h>
#include <stdint.h>

#include "common/conf.h"
#include "common/events.h"
#include "common/loop.h"
#include "vrrpd/alarm.h"
#include "vrrpd/announce.h"
#include "vrrpd/pace.h"
#include "vrrpd/work.h"

struct instance;
struct debounce;
struct links;
struct routing;
struct tunnels;
struct ports;

struct host {
	struct loop *loop;
	const struct conf *conf;
	struct links *links;
	struct debounce *debounce; /* whether an interface counts as running */
	struct tunnels *tunnels;
	struct routing *routing;
	struct ports *ports;
	struct announce announce;
	/* Of the announcements of a family, by the configuration's garp_group. */
	struct pace (*garp_paces)[N_FAMILIES];
	struct work_queue work; /* of the instances; turn.h works it off */
	struct alarm tunnels_alarms[ALARM_TUNNELS_KINDS]; /* from ALARM_INSTANCE_KINDS on */
	struct timer alarm_timer;                         /* alarms.c's */
	/* Keeps a transition in the timeline and tells those who follow it. */
	void (*record)(void *ctx, enum thing thing, const char *name, const char *from,
		       const char *to, const char *reason);
	/* Tells the commands and FIFOs of the configuration. */
	void (*notice)(void *ctx, const struct instance *i, enum conf_notice n);
	/* An instance of a sync group changed in what the group goes by. */
	void (*unsettled)(void *ctx);
	/* An instance took its addresses or let go of them. */
	void (*holdings_changed)(void *ctx);
	/* The set of drained instances changed. */
	void (*drains_changed)(void *ctx);
	void *ctx;
};

#endif
