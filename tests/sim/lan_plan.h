/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a run of the VRRP simulation is about, and what befalls its LAN: all from the seed. */
#ifndef TESTS_SIM_LAN_PLAN_H
#define TESTS_SIM_LAN_PLAN_H

#include "tests/sim/lan.h"

/* A whole LAN is a wire: nothing overtakes. */
#define WIRE_US 200

/* What a run is about, all from its seed. */
struct plan {
	struct lan lan;
	uint8_t version;
	bool preempt, owner, mixed;
	int64_t unit_us;    /* the advert interval that others are multiples of */
	int64_t longest_us; /* of all intervals */
	int64_t delay_us;   /* preempt_delay of all */
	int64_t down_us;    /* the longest Active_Down_Interval */
	mono_t two_since[LAN_GROUPS];
	bool never_alone; /* nobody may hold nothing now */
};

/* Routers with addresses and configurations, not yet started; p is zeroed. */
void lan_plan(struct plan *p, uint64_t seed);
/* One thing happens to the LAN, to a router, or to a member. */
void lan_disturb(struct plan *p);

#endif
