/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A LAN of routers on a virtual clock; see lan.h. */
#include "tests/sim/lan.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "vrrpd/sync.h"

/* A sync group that is not of one mind after so many orders never will be. */
#define ORDERS_MAX 16

/* xorshift64*: the same numbers everywhere for a seed. */
unsigned lan_below(struct lan *l, unsigned n)
{
	l->random ^= l->random >> 12;
	l->random ^= l->random << 25;
	l->random ^= l->random >> 27;
	return (unsigned)(l->random * UINT64_C(2685821657736338717) >> 33) % n;
}

void lan_fail(const struct lan *l, const char *what)
{
	fprintf(stderr, "seed %" PRIu64 " at %.6f s: %s\n", l->seed,
		(double)l->now.us / (double)US_PER_S, what);
	for (unsigned k = 0; k < l->n_routers; k++)
		for (unsigned g = 0; g < l->n_groups; g++) {
			const struct lan_member *m = &l->routers[k].members[g];

			fprintf(stderr, "  router %u in group %u: %s%s%s, priority %u%s%s\n", k, g,
				fsm_state_name(m->fsm.state), m->holds ? " holding" : "",
				fsm_yielding(&m->fsm) ? " yielding" : "", m->fsm.priority,
				m->fsm.drained ? ", drained" : "",
				l->routers[k].alive ? "" : ", dead");
		}
	exit(1);
}

static void put_flight(struct lan *l, unsigned from, unsigned to, unsigned group, uint8_t priority)
{
	unsigned slot = 0;
	int64_t spread = l->delay_max_us - l->delay_min_us;

	while (slot < LAN_FLIGHTS && l->flights[slot].used)
		slot++;
	if (slot == LAN_FLIGHTS)
		lan_fail(l, "a storm of adverts");
	if (slot == l->top)
		l->top++;
	l->flights[slot] = (struct lan_flight){
		.used = true,
		.to = to,
		.from = from,
		.group = group,
		.priority = priority,
		.arrives = mono_add(l->now, l->delay_min_us +
						    (spread ? lan_below(l, (unsigned)spread) : 0)),
	};
}

/* A frame that is under way when its sender dies arrives all the same. */
static void send(struct lan *l, unsigned from, unsigned group, uint8_t priority)
{
	for (unsigned to = 0; to < l->n_routers; to++) {
		const struct lan_router *r = &l->routers[to];

		if (to == from || !r->alive || r->side != l->routers[from].side)
			continue;
		if (lan_below(l, 100) < l->loss_percent)
			continue;
		put_flight(l, from, to, group, priority);
		if (lan_below(l, 100) < l->double_percent)
			put_flight(l, from, to, group, priority);
	}
}

/* Neither older news nor its own sleep is a reason to take over. */
static void check_takeover(const struct lan *l, const struct lan_member *m,
			   const struct fsm *before)
{
	/* A sync group goes by what its members found earlier. */
	if (before->state != FSM_BACKUP || m->fsm.state != FSM_ACTIVE || m->conf.synced)
		return;
	if (m->fsm.why == FSM_WHY_SILENCE && m->every_us > 0 &&
	    mono_sub(l->now, m->heard) < 3 * m->every_us)
		lan_fail(l, "a takeover without silence");
	if (mono_sub(l->now, before->deadline) > fsm_down_us(before, &m->conf))
		lan_fail(l, "a takeover because of its own stall");
}

static void note_advert(struct lan_member *m, const struct fsm_event *e)
{
	if (e->priority == 0 || mono_before(e->received, m->heard))
		return;
	m->heard = e->received;
	m->every_us = e->interval_us;
}

static void step(struct lan *l, unsigned router, unsigned group, const struct fsm_event *e)
{
	struct lan_router *r = &l->routers[router];
	struct lan_member *m = &r->members[group];
	const struct fsm before = m->fsm;
	unsigned act;

	if (e->kind == FSM_ADVERT)
		note_advert(m, e);
	act = fsm_step(&m->fsm, &m->conf, e, l->now);
	l->steps++;
	check_takeover(l, m, &before);
	if (before.state != m->fsm.state)
		m->every_us = 0;
	if (act & FSM_SEND)
		send(l, router, group, m->fsm.priority);
	if (act & FSM_SEND_ZERO)
		send(l, router, group, 0);
	if (act & FSM_RELEASE)
		m->holds = false;
	if (act & FSM_TAKE) {
		m->holds = true;
		if (mono_before(l->now, r->refuses_until)) {
			const struct fsm_event refused = {.kind = FSM_REFUSED};

			step(l, router, group, &refused);
		}
	}
	if (m->holds != (m->fsm.state == FSM_ACTIVE))
		lan_fail(l, "the addresses are not where the state says");
}

/* What instance.c makes of permissions: whether the member may take part now. */
static bool review(struct lan *l, unsigned router, unsigned group, bool may)
{
	const struct fsm *f = &l->routers[router].members[group].fsm;
	const struct fsm_event e = {.kind = may ? FSM_START : FSM_SHUT, .priority = f->priority};
	bool idle = f->state == FSM_INITIALIZE;

	if (may ? idle || f->yield == FSM_SHUT : !idle && f->yield != FSM_SHUT) {
		step(l, router, group, &e);
		return true;
	}
	return false;
}

/* One round of what sync_groups.c does; false when there was nothing to do. */
static bool order(struct lan *l, unsigned router)
{
	struct lan_router *r = &l->routers[router];
	struct sync_member members[LAN_GROUPS];
	struct fsm_event e = {.kind = FSM_SYNC_ACTIVE};
	bool did = false;
	enum sync_order what;

	for (unsigned g = 0; g < l->n_groups; g++) {
		const struct fsm *f = &r->members[g].fsm;

		members[g] = (struct sync_member){
			.fit = !r->members[g].shut,
			.state = f->state,
			.wants = f->wants != FSM_WHY_NONE,
			.leaving = f->drained || f->yield == FSM_DRAIN,
		};
	}
	what = sync_judge(members, l->n_groups);
	if (what == SYNC_TO_BACKUP)
		e.kind = FSM_SYNC_BACKUP;
	for (unsigned g = 0; g < l->n_groups; g++) {
		const struct fsm before = r->members[g].fsm;
		const struct fsm *after = &r->members[g].fsm;

		did |= review(l, router, g,
			      members[g].fit && sync_blocker(members, l->n_groups, g) < 0);
		if (what != SYNC_STAY)
			step(l, router, g, &e);
		did |= before.state != after->state || before.wants != after->wants ||
		       before.yield != after->yield;
	}
	return did;
}

static void settle_group(struct lan *l, unsigned router)
{
	unsigned n = 0;

	while (l->synced && order(l, router))
		if (++n > ORDERS_MAX)
			lan_fail(l, "a sync group that orders without end");
}

void lan_feed(struct lan *l, unsigned router, unsigned group, const struct fsm_event *e)
{
	step(l, router, group, e);
	settle_group(l, router);
}

void lan_shut(struct lan *l, unsigned router, unsigned group, bool shut)
{
	l->routers[router].members[group].shut = shut;
	review(l, router, group, !shut);
	settle_group(l, router);
}

void lan_start(struct lan *l, unsigned router)
{
	struct lan_router *r = &l->routers[router];

	r->alive = true;
	r->stalled_until = r->refuses_until = MONO_ZERO;
	for (unsigned g = 0; g < l->n_groups; g++) {
		struct lan_member *m = &r->members[g];

		m->holds = m->shut = false;
		m->every_us = 0;
		m->conf.synced = l->synced;
		fsm_init(&m->fsm, &m->conf, m->configured);
	}
	for (unsigned g = 0; g < l->n_groups; g++)
		review(l, router, g, true);
	settle_group(l, router);
}

void lan_cut(struct lan *l, unsigned router)
{
	struct lan_router *r = &l->routers[router];

	r->alive = false;
	for (unsigned g = 0; g < l->n_groups; g++)
		r->members[g].holds = false;
	for (unsigned k = 0; k < l->top; k++)
		if (l->flights[k].used && l->flights[k].to == router)
			l->flights[k].used = false;
}

void lan_farewell(struct lan *l, unsigned router)
{
	for (unsigned g = 0; g < l->n_groups; g++)
		send(l, router, g, 0);
}

void lan_reload(struct lan *l, unsigned router, unsigned group, const struct fsm_conf *c,
		uint8_t priority)
{
	struct lan_member *m = &l->routers[router].members[group];
	const struct fsm_event e = {.kind = FSM_PRIORITY, .priority = priority};

	m->conf = *c;
	m->configured = priority;
	fsm_reconfigure(&m->fsm, &m->conf, l->now);
	lan_feed(l, router, group, &e);
}

static void deliver(struct lan *l, struct lan_flight *f)
{
	const struct lan_router *to = &l->routers[f->to], *from = &l->routers[f->from];
	const struct fsm_event e = {
		.kind = FSM_ADVERT,
		.priority = f->priority,
		.source_order = addr_cmp(&from->address, &to->address),
		.interval_us = from->members[f->group].conf.advert_us,
		.received = f->arrives,
	};

	f->used = false;
	lan_feed(l, f->to, f->group, &e);
}

/* A stalled router sees what is due when it wakes. */
static mono_t seen(const struct lan_router *r, mono_t due)
{
	return mono_before(due, r->stalled_until) ? r->stalled_until : due;
}

static struct lan_flight *next_flight(struct lan *l, mono_t *when)
{
	struct lan_flight *first = NULL;

	while (l->top > 0 && !l->flights[l->top - 1].used)
		l->top--;
	for (unsigned k = 0; k < l->top; k++) {
		struct lan_flight *f = &l->flights[k];
		mono_t at;

		if (!f->used)
			continue;
		at = seen(&l->routers[f->to], f->arrives);
		if (mono_before(at, *when) ||
		    (first && mono_reached(at, *when) && mono_before(f->arrives, first->arrives))) {
			first = f;
			*when = at;
		}
	}
	return first;
}

static struct lan_member *next_timer(struct lan *l, mono_t *when, unsigned *router, unsigned *group)
{
	struct lan_member *first = NULL;

	for (unsigned k = 0; k < l->n_routers; k++)
		for (unsigned g = 0; l->routers[k].alive && g < l->n_groups; g++) {
			struct lan_member *m = &l->routers[k].members[g];
			mono_t at = seen(&l->routers[k], m->fsm.deadline);

			if (!mono_before(at, *when))
				continue;
			first = m;
			*when = at;
			*router = k;
			*group = g;
		}
	return first;
}

/* Packets before deadlines of the same moment, as the loop serves them. */
bool lan_turn(struct lan *l, mono_t until)
{
	const struct fsm_event timer = {.kind = FSM_TIMER};
	mono_t when = mono_add(until, 1);
	struct lan_flight *flight = next_flight(l, &when);
	unsigned router = 0, group = 0;
	const struct lan_member *m = next_timer(l, &when, &router, &group);

	if (!flight && !m)
		return false;
	if (mono_before(l->now, when))
		l->now = when;
	if (m)
		lan_feed(l, router, group, &timer);
	else
		deliver(l, flight);
	return true;
}

unsigned lan_actives(const struct lan *l, unsigned group)
{
	unsigned n = 0;

	for (unsigned k = 0; k < l->n_routers; k++)
		n += l->routers[k].alive && l->routers[k].members[group].fsm.state == FSM_ACTIVE;
	return n;
}

unsigned lan_holders(const struct lan *l, unsigned group)
{
	unsigned n = 0;

	for (unsigned k = 0; k < l->n_routers; k++)
		n += l->routers[k].members[group].holds;
	return n;
}

unsigned lan_active(const struct lan *l, unsigned group)
{
	unsigned k = 0;

	while (k < l->n_routers &&
	       !(l->routers[k].alive && l->routers[k].members[group].fsm.state == FSM_ACTIVE))
		k++;
	return k;
}
