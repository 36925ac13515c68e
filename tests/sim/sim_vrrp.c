/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Several routers on a virtual clock and a bus that loses, delays, reorders and parts: the real
 * fsm.c, no socket, no sleep. Each run has a seed that it prints when a property fails. Properties,
 * after RFC 9568:
 *   - when the bus has been quiet and whole for long enough, exactly one router is Active;
 *   - with preemption it has the highest priority;
 *   - two Actives never last longer than one Active_Down_Interval after the bus is whole;
 *   - only an Active router holds the addresses, and an Active router holds them;
 *   - a takeover after priority 0 is faster than one after silence.
 *
 * Usage: sim_vrrp [RUNS [FIRST_SEED]]
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vrrpd/fsm.h"

#define ROUTERS_MAX 5
#define FLIGHT_MAX 256
#define ADVERT_US (100 * US_PER_MS)
/* A whole bus is a wire: nothing overtakes. */
#define WIRE_US 200
#define CHAOS_US (20 * US_PER_S)
/* A late joiner waits its own down interval, hears, yields: three of the longest are ample. */
#define QUIET_US (3 * 4 * ADVERT_US)

struct router {
	struct fsm fsm;
	uint8_t configured;
	bool alive, holds;
	unsigned side; /* of a parted bus */
};

struct flight {
	bool used;
	unsigned to, from;
	mono_t arrives;
	uint8_t priority;
};

struct world {
	struct router routers[ROUTERS_MAX];
	struct flight flights[FLIGHT_MAX];
	struct fsm_conf conf;
	unsigned n;
	bool chaos;
	unsigned loss_percent;
	mono_t now, two_since;
	uint64_t random, seed, steps;
};

/* xorshift64*: the same numbers everywhere for a seed. */
static uint64_t next_random(struct world *w)
{
	w->random ^= w->random >> 12;
	w->random ^= w->random << 25;
	w->random ^= w->random >> 27;
	return w->random * UINT64_C(2685821657736338717);
}

static unsigned below(struct world *w, unsigned n)
{
	return (unsigned)(next_random(w) >> 33) % n;
}

static void fail(const struct world *w, const char *what)
{
	fprintf(stderr, "seed %" PRIu64 " at %.6f s: %s\n", w->seed,
		(double)w->now.us / (double)US_PER_S, what);
	for (unsigned k = 0; k < w->n; k++)
		fprintf(stderr, "  router %u: %s%s, priority %u (configured %u)%s\n", k,
			fsm_state_name(w->routers[k].fsm.state),
			w->routers[k].holds ? " holding" : "", w->routers[k].fsm.priority,
			w->routers[k].configured, w->routers[k].alive ? "" : ", dead");
	exit(1);
}

/* A frame that is still under way when its sender dies arrives all the same. */
static void send(struct world *w, unsigned from, uint8_t priority)
{
	for (unsigned to = 0; to < w->n; to++) {
		const struct router *r = &w->routers[to];
		unsigned slot = 0;

		if (to == from || !r->alive || r->side != w->routers[from].side)
			continue;
		if (w->chaos && below(w, 100) < w->loss_percent)
			continue;
		while (slot < FLIGHT_MAX && w->flights[slot].used)
			slot++;
		if (slot == FLIGHT_MAX)
			fail(w, "a storm of adverts");
		w->flights[slot] = (struct flight){
			.used = true,
			.to = to,
			.from = from,
			.priority = priority,
			.arrives = mono_add(w->now, w->chaos ? 50 + below(w, 30000) : WIRE_US),
		};
	}
}

static void feed(struct world *w, unsigned k, struct fsm_event e)
{
	struct router *r = &w->routers[k];
	unsigned act = fsm_step(&r->fsm, &w->conf, &e, w->now);

	w->steps++;
	if (act & FSM_SEND)
		send(w, k, r->fsm.priority);
	if (act & FSM_SEND_ZERO)
		send(w, k, 0);
	if (act & FSM_TAKE)
		r->holds = true;
	if (act & FSM_RELEASE)
		r->holds = false;
	if (r->holds != (r->fsm.state == FSM_ACTIVE))
		fail(w, "the addresses are not where the state says");
}

static void start(struct world *w, unsigned k)
{
	struct router *r = &w->routers[k];

	r->alive = true;
	r->holds = false;
	fsm_init(&r->fsm, &w->conf, r->configured);
	feed(w, k, (struct fsm_event){.kind = FSM_START, .priority = r->configured});
}

static void deliver(struct world *w, struct flight *f)
{
	struct fsm_event e = {.kind = FSM_ADVERT,
			      .priority = f->priority,
			      .source_order = f->from > f->to ? 1 : -1,
			      .interval_us = ADVERT_US,
			      .received = w->now};

	f->used = false;
	if (w->routers[f->to].alive)
		feed(w, f->to, e);
}

/* The next thing that happens, not after `until`; false when nothing does. */
static bool turn(struct world *w, mono_t until)
{
	struct flight *flight = NULL;
	unsigned router = ROUTERS_MAX;
	mono_t next = mono_add(until, 1);

	for (unsigned k = 0; k < FLIGHT_MAX; k++)
		if (w->flights[k].used && mono_before(w->flights[k].arrives, next)) {
			flight = &w->flights[k];
			next = flight->arrives;
		}
	for (unsigned k = 0; k < w->n; k++)
		if (w->routers[k].alive && mono_before(w->routers[k].fsm.deadline, next)) {
			router = k;
			next = w->routers[k].fsm.deadline;
		}
	if (!mono_reached(next, until))
		return false;
	w->now = next;
	if (router < ROUTERS_MAX)
		feed(w, router, (struct fsm_event){.kind = FSM_TIMER});
	else
		deliver(w, flight);
	return true;
}

static unsigned actives(const struct world *w)
{
	unsigned n = 0;

	for (unsigned k = 0; k < w->n; k++)
		n += w->routers[k].alive && w->routers[k].fsm.state == FSM_ACTIVE;
	return n;
}

static void run_until(struct world *w, mono_t until)
{
	while (turn(w, until)) {
		if (actives(w) < 2)
			w->two_since = MONO_NEVER;
		else if (mono_is_never(w->two_since))
			w->two_since = w->now;
		/* Whole and quiet: a second Active lasts at most the worst down interval. */
		if (!w->chaos && !mono_is_never(w->two_since) &&
		    mono_sub(w->now, w->two_since) > 4 * ADVERT_US)
			fail(w, "two Actives that hear each other");
	}
	w->now = until;
}

static void disturb(struct world *w)
{
	unsigned k = below(w, w->n);
	struct router *r = &w->routers[k];

	switch (below(w, 7)) {
	case 0: /* power cut */
		r->alive = r->holds = false;
		break;
	case 1:
		if (!r->alive)
			start(w, k);
		break;
	case 2: /* the bus parts */
		r->side = below(w, 2);
		break;
	case 3: /* a tracked path dies or comes back */
		if (r->alive)
			feed(w, k,
			     (struct fsm_event){.kind = FSM_PRIORITY,
						.priority = (uint8_t)(1 + below(w, 254))});
		break;
	case 4:
		if (r->alive)
			feed(w, k, (struct fsm_event){.kind = FSM_SHUT});
		break;
	case 5:
		if (r->alive)
			feed(w, k,
			     (struct fsm_event){.kind = FSM_START, .priority = r->fsm.priority});
		break;
	case 6:
		w->loss_percent = below(w, 80);
		break;
	}
}

/* Equals stay as they are: a Backup does not preempt its own priority, whatever its address. */
static bool best_is_active(const struct world *w)
{
	unsigned best = 0, active = 0;

	for (unsigned k = 0; k < w->n; k++) {
		const struct fsm *f = &w->routers[k].fsm;

		best = f->priority > best ? f->priority : best;
		active = f->state == FSM_ACTIVE ? f->priority : active;
	}
	return active == best;
}

static void settle(struct world *w)
{
	w->chaos = false;
	w->two_since = MONO_NEVER;
	for (unsigned k = 0; k < w->n; k++) {
		w->routers[k].side = 0;
		if (!w->routers[k].alive)
			start(w, k);
		else
			feed(w, k,
			     (struct fsm_event){.kind = FSM_START,
						.priority = w->routers[k].fsm.priority});
	}
	run_until(w, mono_add(w->now, QUIET_US));
	if (actives(w) != 1)
		fail(w, "not exactly one Active after quiet");
	if (w->conf.preempt && !best_is_active(w))
		fail(w, "the best router is not Active");
}

/* Nobody disturbs: the Active router leaves with a word or without one; returns how long nobody
 * held. */
static int64_t succession(struct world *w, bool farewell)
{
	unsigned active = 0;
	mono_t left;

	for (unsigned k = 0; k < w->n; k++)
		if (w->routers[k].fsm.state == FSM_ACTIVE)
			active = k;
	if (farewell)
		send(w, active, 0);
	w->routers[active].alive = w->routers[active].holds = false;
	left = w->now;
	while (actives(w) == 0)
		if (!turn(w, mono_add(left, QUIET_US)))
			fail(w, "nobody succeeds");
	return mono_sub(w->now, left);
}

static uint64_t run(uint64_t seed)
{
	struct world w = {.seed = seed,
			  .random = seed * 2 + 1,
			  .chaos = true,
			  .two_since = MONO_NEVER,
			  .conf = {.version = 3, .advert_us = ADVERT_US, .down_adverts = 3}};
	int64_t silent, farewell;
	mono_t end;

	w.n = 2 + below(&w, ROUTERS_MAX - 1);
	w.conf.preempt = below(&w, 4) != 0;
	w.now = (mono_t){US_PER_S};
	end = mono_add(w.now, CHAOS_US);
	for (unsigned k = 0; k < w.n; k++) {
		w.routers[k].configured = (uint8_t)(1 + below(&w, 254));
		start(&w, k);
	}
	while (mono_before(w.now, end)) {
		run_until(&w, mono_add(w.now, below(&w, 400000)));
		disturb(&w);
	}
	settle(&w);
	silent = succession(&w, false);
	settle(&w);
	farewell = succession(&w, true);
	/* Without a word the next router waits three adverts more, less the part of one that had
	 * passed. */
	if (w.conf.preempt && silent - farewell < ADVERT_US)
		fail(&w, "priority 0 does not shorten the succession");
	return w.steps;
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
