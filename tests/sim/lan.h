/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Routers on a LAN on a virtual clock: the real fsm.c and sync.c, no socket, no sleep. The LAN
 * loses, doubles, delays, reorders and parts adverts as it is told; routers die, stall, refuse to
 * take addresses. The same seed makes the same run, on every host. What must hold at every step is
 * checked here: an Active router holds the addresses, and no other; nobody takes over because of
 * silence before an interval three times as long as the last advert said, or because it slept.
 */
#ifndef TESTS_SIM_LAN_H
#define TESTS_SIM_LAN_H

#include <stdbool.h>
#include <stdint.h>

#include "common/addr.h"
#include "vrrpd/fsm.h"

#define LAN_ROUTERS 5
#define LAN_GROUPS 2
#define LAN_FLIGHTS 1024

/* A router's part in one virtual router. */
struct lan_member {
	struct fsm fsm;
	struct fsm_conf conf;
	uint8_t configured;
	bool holds;
	bool shut;        /* by what it tracks */
	mono_t heard;     /* in this state, the last advert that was no farewell */
	int64_t every_us; /* and what that said of the next one */
};

struct lan_router {
	struct lan_member members[LAN_GROUPS];
	struct addr address;
	bool alive;
	unsigned side;        /* of a parted LAN */
	mono_t stalled_until; /* its packets and timers wait, with their stamps */
	mono_t refuses_until; /* its kernel refuses addresses */
};

struct lan_flight {
	bool used;
	unsigned to, from, group;
	mono_t arrives;
	uint8_t priority;
};

struct lan {
	struct lan_router routers[LAN_ROUTERS];
	struct lan_flight flights[LAN_FLIGHTS];
	unsigned top; /* no flight beyond this one */
	unsigned n_routers, n_groups;
	bool synced; /* the groups are a sync group */
	unsigned loss_percent, double_percent;
	int64_t delay_min_us, delay_max_us;
	mono_t now;
	uint64_t random, seed, steps;
};

unsigned lan_below(struct lan *l, unsigned n);
/* Says what is wrong, with the seed and the state of all, and ends the program. */
void lan_fail(const struct lan *l, const char *what) __attribute__((noreturn));

/* Power on: all its members start with their configured priorities. */
void lan_start(struct lan *l, unsigned router);
void lan_cut(struct lan *l, unsigned router);
/* Its members' last words. */
void lan_farewell(struct lan *l, unsigned router);
/* An event for one member of a router that is alive, and for its sync group what follows. */
void lan_feed(struct lan *l, unsigned router, unsigned group, const struct fsm_event *e);
/* A tracked thing lets it take part or not. */
void lan_shut(struct lan *l, unsigned router, unsigned group, bool shut);
/* A new configuration. */
void lan_reload(struct lan *l, unsigned router, unsigned group, const struct fsm_conf *c,
		uint8_t priority);
/* The next thing that happens, not after `until`; false: nothing does. */
bool lan_turn(struct lan *l, mono_t until);

unsigned lan_actives(const struct lan *l, unsigned group);
unsigned lan_holders(const struct lan *l, unsigned group);
/* The first Active router; n_routers: none. */
unsigned lan_active(const struct lan *l, unsigned group);

#endif
