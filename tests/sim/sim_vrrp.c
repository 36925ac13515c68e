/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two to five routers with one or two virtual routers, of version 2 or 3, over addresses of either
 * family, with equal or different intervals, with and without an owner, preemption and sync groups:
 * two hundred advert intervals of chaos, then peace. Each run has a seed that it prints when a
 * property fails. The properties, after RFC 9568:
 *   - when the LAN has been whole and quiet for long enough, exactly one router is Active;
 *   - with preemption it has the highest priority;
 *   - two Actives never last longer than one Active_Down_Interval on a whole LAN;
 *   - only an Active router holds the addresses, and an Active router holds them (lan.c);
 *   - a drain hands over: afterwards another one is Active, and at no moment nobody holds;
 *   - a succession after priority 0 is faster than one after silence;
 *   - without preemption a router that comes back leaves the addresses where they are;
 *   - of two Actives that find each other the higher priority, then the greater address goes on,
 *     and the other one is told at its next advert;
 *   - a router that is alone keeps the addresses in a drain, and loses them when forced or shut.
 *
 * Usage: sim_vrrp [RUNS [FIRST_SEED]]
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/sim/lan_plan.h"
#include "vrrpd/advert.h"

/* ---- peace ---- */

static void watch(struct plan *p)
{
	const struct lan *l = &p->lan;

	for (unsigned g = 0; g < l->n_groups; g++) {
		if (lan_actives(l, g) < 2)
			p->two_since[g] = MONO_NEVER;
		else if (mono_is_never(p->two_since[g]))
			p->two_since[g] = l->now;
		else if (mono_sub(l->now, p->two_since[g]) > p->down_us)
			lan_fail(l, "two Actives that hear each other");
		if (p->never_alone && lan_holders(l, g) == 0)
			lan_fail(l, "nobody holds the addresses in a hand-over");
	}
}

static void run_in_peace(struct plan *p, int64_t for_us)
{
	mono_t until = mono_add(p->lan.now, for_us);

	while (lan_turn(&p->lan, until))
		watch(p);
	p->lan.now = until;
}

static bool is_owner(const struct lan *l, unsigned k)
{
	return l->routers[k].members[0].configured == VRRP_PRIORITY_OWNER;
}

static void power_on(struct plan *p, unsigned k)
{
	lan_start(&p->lan, k);
	if (is_owner(&p->lan, k) && !p->lan.synced &&
	    p->lan.routers[k].members[0].fsm.state != FSM_ACTIVE)
		lan_fail(&p->lan, "the owner of the addresses waits");
}

/* The LAN is whole, everybody is there, may take part, and has forgotten what its kernel refused.
 */
static void pacify(struct plan *p)
{
	struct lan *l = &p->lan;
	int64_t on_the_way_us = l->delay_max_us;

	l->loss_percent = l->double_percent = 0;
	l->delay_min_us = l->delay_max_us = WIRE_US;
	for (unsigned k = 0; k < l->n_routers; k++) {
		struct lan_router *r = &l->routers[k];

		r->side = 0;
		r->stalled_until = r->refuses_until = MONO_ZERO;
		if (!r->alive)
			power_on(p, k);
		for (unsigned g = 0; g < l->n_groups; g++) {
			const struct lan_member *m = &r->members[g];
			const struct fsm_conf c = m->conf;

			lan_shut(l, k, g, false);
			lan_feed(l, k, g, &(struct fsm_event){.kind = FSM_RESUME});
			/* A sync group whose members have another order on each router has no
			 * answer. */
			lan_reload(l, k, g, &c, r->members[l->synced ? 0 : g].fsm.priority);
		}
	}
	/* What is still under way is older than what is sent now. */
	while (lan_turn(l, mono_add(l->now, 0)))
		;
	for (mono_t until = mono_add(l->now, on_the_way_us); lan_turn(l, until);)
		;
	for (unsigned g = 0; g < l->n_groups; g++)
		p->two_since[g] = MONO_NEVER;
}

/* Equals stay as they are: a Backup does not preempt its own priority, whatever its address. */
static bool best_is_active(const struct lan *l, unsigned group)
{
	unsigned best = 0;

	for (unsigned k = 0; k < l->n_routers; k++) {
		const struct fsm *f = &l->routers[k].members[group].fsm;

		if (!f->drained && f->priority > best)
			best = f->priority;
	}
	return l->routers[lan_active(l, group)].members[group].fsm.priority == best;
}

static void demand_order(const struct plan *p)
{
	const struct lan *l = &p->lan;

	for (unsigned g = 0; g < l->n_groups; g++) {
		if (lan_actives(l, g) != 1)
			lan_fail(l, "not exactly one Active after quiet");
		if (p->preempt && !l->synced && !best_is_active(l, g))
			lan_fail(l, "the best router is not Active");
		if (l->synced && lan_active(l, g) != lan_active(l, 0))
			lan_fail(l, "a sync group is on two routers");
	}
}

static void settle(struct plan *p)
{
	pacify(p);
	/* A late joiner waits its own down interval, hears, yields. */
	run_in_peace(p, 4 * p->down_us + p->delay_us);
	demand_order(p);
}

/* Whom the rules let go on of all that are Active. */
static unsigned winner(const struct lan *l, unsigned group)
{
	unsigned best = l->n_routers;

	for (unsigned k = 0; k < l->n_routers; k++) {
		const struct fsm *f = &l->routers[k].members[group].fsm, *b;

		if (f->state != FSM_ACTIVE)
			continue;
		b = &l->routers[best % l->n_routers].members[group].fsm;
		if (best == l->n_routers || f->priority > b->priority ||
		    (f->priority == b->priority &&
		     addr_cmp(&l->routers[k].address, &l->routers[best].address) > 0))
			best = k;
	}
	return best;
}

static int64_t shortest_interval(const struct lan *l, unsigned group)
{
	int64_t us = INT64_MAX;

	for (unsigned k = 0; k < l->n_routers; k++) {
		const struct lan_member *m = &l->routers[k].members[group];

		if (m->fsm.state == FSM_ACTIVE && m->conf.advert_us < us)
			us = m->conf.advert_us;
	}
	return us;
}

/* The LAN parts and heals: of the two routers that were Active one is to go on. */
static void duel(struct plan *p)
{
	struct lan *l = &p->lan;
	unsigned active = lan_active(l, 0), best;
	int64_t limit_us;
	mono_t healed;

	l->routers[active].side = 1;
	for (mono_t until = mono_add(l->now, 2 * p->down_us); lan_turn(l, until);)
		;
	l->routers[active].side = 0;
	/* A router sends no two adverts in a hundredth of an interval: one may have to wait. */
	limit_us = 2 * shortest_interval(l, 0) + 4 * WIRE_US;
	best = winner(l, 0);
	if (lan_actives(l, 0) != 2)
		lan_fail(l, "not one Active on each side of a parted LAN");
	healed = l->now;
	while (lan_actives(l, 0) > 1 && lan_turn(l, mono_add(healed, limit_us)))
		;
	if (lan_actives(l, 0) != 1)
		lan_fail(l, "two Actives after a heal");
	if (lan_active(l, 0) != best)
		lan_fail(l, "the wrong one of two Actives goes on");
}

static void expect_state(const struct plan *p, unsigned who, enum fsm_state state, const char *what)
{
	const struct lan_member *m = &p->lan.routers[who].members[0];

	if (m->fsm.state != state || m->holds != (state == FSM_ACTIVE))
		lan_fail(&p->lan, what);
}

/* With nobody to hand over to. */
static void alone(struct plan *p)
{
	struct lan *l = &p->lan;
	unsigned who = lan_active(l, 0);

	for (unsigned k = 0; k < l->n_routers; k++)
		if (k != who)
			lan_cut(l, k);
	lan_feed(l, who, 0, &(struct fsm_event){.kind = FSM_DRAIN});
	run_in_peace(p, 2 * p->down_us);
	expect_state(p, who, FSM_ACTIVE, "a drain without a peer gave the addresses up");
	lan_feed(l, who, 0, &(struct fsm_event){.kind = FSM_DRAIN, .force = true});
	run_in_peace(p, 2 * p->down_us);
	expect_state(p, who, FSM_BACKUP, "a forced drain without a peer kept the addresses");
	lan_feed(l, who, 0, &(struct fsm_event){.kind = FSM_RESUME});
	run_in_peace(p, 2 * p->down_us);
	expect_state(p, who, FSM_ACTIVE, "a resumed router did not take the addresses");
	lan_shut(l, who, 0, true);
	run_in_peace(p, 2 * p->down_us);
	expect_state(p, who, FSM_INITIALIZE, "a router that was shut kept the addresses");
	lan_shut(l, who, 0, false);
	run_in_peace(p, 2 * p->down_us);
	expect_state(p, who, FSM_ACTIVE, "a router that may take part again did not");
}

static void hand_over(struct plan *p)
{
	struct lan *l = &p->lan;
	unsigned from = lan_active(l, 0);

	p->never_alone = !l->synced;
	for (unsigned g = 0; g < l->n_groups; g++)
		lan_feed(l, from, g, &(struct fsm_event){.kind = FSM_DRAIN});
	run_in_peace(p, 2 * p->down_us);
	p->never_alone = false;
	for (unsigned g = 0; g < l->n_groups; g++)
		if (l->routers[from].members[g].fsm.state == FSM_ACTIVE &&
		    l->routers[from].members[g].fsm.drained)
			lan_fail(l, "a drained router is Active");
	if (lan_actives(l, 0) != 1 || lan_active(l, 0) == from)
		lan_fail(l, "a drain that does not hand over");
	for (unsigned g = 0; g < l->n_groups; g++)
		lan_feed(l, from, g, &(struct fsm_event){.kind = FSM_RESUME});
}

/* The Active router leaves with a word or without one; returns how long nobody held. */
static int64_t succession(struct plan *p, unsigned who, bool farewell)
{
	struct lan *l = &p->lan;
	mono_t left = l->now;

	if (farewell)
		lan_farewell(l, who);
	lan_cut(l, who);
	for (unsigned g = 0; g < l->n_groups; g++)
		while (lan_actives(l, g) == 0)
			if (!lan_turn(l, mono_add(left, 4 * p->down_us)))
				lan_fail(l, "nobody succeeds");
	return mono_sub(l->now, left);
}

static bool is_active_in_all(const struct lan *l, unsigned k)
{
	for (unsigned g = 0; g < l->n_groups; g++)
		if (lan_active(l, g) != k)
			return false;
	return true;
}

static void compare_successions(struct plan *p)
{
	struct lan *l = &p->lan;
	unsigned first = lan_active(l, 0);
	bool all = is_active_in_all(l, first);
	int64_t silent = succession(p, first, false), farewell;

	settle(p);
	/* Before it hears a slower Active once, a router knows its own interval only: RFC 9568,
	 * 6.4.1. */
	if (!p->preempt && !p->mixed && !is_owner(l, first) && lan_active(l, 0) == first)
		lan_fail(l, "a router that came back took the addresses in spite of nopreempt");
	/* Of another router, with another interval, there is nothing to compare. */
	if (!all || !is_active_in_all(l, first))
		return;
	farewell = succession(p, first, true);
	/* Without a word the next router waits three adverts more, less the part of one that had
	 * passed. */
	if (silent - farewell < p->unit_us)
		lan_fail(l, "priority 0 does not shorten the succession");
}

static uint64_t run(uint64_t seed)
{
	struct plan p = {0};
	mono_t end;

	lan_plan(&p, seed);
	for (unsigned k = 0; k < p.lan.n_routers; k++)
		lan_start(&p.lan, k);
	end = mono_add(p.lan.now, 200 * p.unit_us);
	while (mono_before(p.lan.now, end)) {
		mono_t until = mono_add(p.lan.now, lan_below(&p.lan, (unsigned)(4 * p.unit_us)));

		while (lan_turn(&p.lan, until))
			;
		p.lan.now = until;
		lan_disturb(&p);
	}
	settle(&p);
	hand_over(&p);
	settle(&p);
	if (!p.lan.synced)
		duel(&p);
	settle(&p);
	compare_successions(&p);
	settle(&p);
	if (!p.lan.synced)
		alone(&p);
	return p.lan.steps;
}

int main(int argc, char **argv)
{
	uint64_t runs = argc > 1 ? strtoull(argv[1], NULL, 10) : 2000;
	uint64_t first = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
	uint64_t steps = 0;

	for (uint64_t k = 0; k < runs; k++)
		steps += run(first + k);
	printf("%" PRIu64 " runs from seed %" PRIu64 ", %" PRIu64 " steps: all properties hold\n",
	       runs, first, steps);
	return 0;
}
