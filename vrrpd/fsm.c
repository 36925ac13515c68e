/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The state machine: one function a cell of the table at the end. Pure; see fsm.h.
 *
 * Four rules that the RFC leaves open:
 * - A deadline that fires later than a whole Active_Down_Interval shows a stall of this host, and a
 * router must not take over because of its own sleep: the interval starts again.
 * - Answers to lower adverts and to priority 0 are at least a hundredth of an interval apart, so
 * that a flood of forged adverts makes no flood of ours.
 * - An Active router whose priority falls below that of a router heard before offers the addresses
 * by yielding, and goes on when nobody takes them. Without the offer its peer needs a whole down
 * interval.
 * - A router whose kernel refused the addresses leaves a lower Active alone for a while, longer
 * each time: its claim is heard before the kernel answers, and makes that router let go of them.
 */
#include "vrrpd/fsm.h"

#include "vrrpd/advert.h"

/* A peer needs at most its skew, which is below one interval; the rest is for slow hosts. */
#define YIELD_WAIT_NUM 3
#define YIELD_WAIT_DEN 2
#define REFUSED_WAIT_MAX_US (60 * US_PER_S)

typedef unsigned (*cell_fn)(struct fsm *f, const struct fsm_conf *c, const struct fsm_event *e,
			    mono_t now);

const char *fsm_state_name(enum fsm_state s)
{
	static const char *const names[FSM_STATES] = {"Initialize", "Backup", "Active"};

	return names[s];
}

bool fsm_yielding(const struct fsm *f)
{
	return f->yield != FSM_EVENTS;
}

int64_t fsm_skew_us(const struct fsm *f, const struct fsm_conf *c)
{
	int64_t unit = c->version == 2 ? US_PER_S : f->active_advert_us;

	return (256 - f->priority) * unit / 256;
}

int64_t fsm_down_us(const struct fsm *f, const struct fsm_conf *c)
{
	return c->down_adverts * f->active_advert_us + fsm_skew_us(f, c);
}

static void enter(struct fsm *f, enum fsm_state state, enum fsm_reason why)
{
	f->state = state;
	f->why = why;
	f->yield = FSM_EVENTS;
	f->wants = FSM_WHY_NONE;
	f->preempt_at = MONO_NEVER;
	f->heard_zero = f->heard_lower = false;
}

/* Backup: from `heard` on, silence for the down interval (after priority 0: the skew) means
 * takeover. */
static void arm_down(struct fsm *f, const struct fsm_conf *c)
{
	f->deadline = mono_add(f->heard, f->heard_zero ? fsm_skew_us(f, c) : fsm_down_us(f, c));
}

static unsigned to_backup(struct fsm *f, const struct fsm_conf *c, enum fsm_reason why, mono_t from)
{
	enter(f, FSM_BACKUP, why);
	f->heard = from;
	arm_down(f, c);
	return 0;
}

static unsigned send_at(struct fsm *f, const struct fsm_conf *c, mono_t now)
{
	f->sent = now;
	f->deadline = mono_add(now, c->advert_us);
	return FSM_SEND;
}

static unsigned to_active(struct fsm *f, const struct fsm_conf *c, enum fsm_reason why, mono_t now)
{
	enter(f, FSM_ACTIVE, why);
	f->active_advert_us = c->advert_us;
	return send_at(f, c, now) | FSM_TAKE;
}

static void forget_refusals(struct fsm *f)
{
	f->refusals = 0;
	f->refused_until = MONO_ZERO;
}

static unsigned to_initialize(struct fsm *f, enum fsm_reason why)
{
	enter(f, FSM_INITIALIZE, why);
	forget_refusals(f);
	f->deadline = MONO_NEVER;
	return 0;
}

/* An answer to somebody else's advert: now, unless one has just been sent. */
static unsigned answer(struct fsm *f, const struct fsm_conf *c, unsigned more, mono_t now)
{
	if (mono_sub(now, f->sent) < c->advert_us / 100)
		return 0;
	return send_at(f, c, now) | more;
}

static unsigned ignore(struct fsm *f, const struct fsm_conf *c, const struct fsm_event *e,
		       mono_t now)
{
	(void)f, (void)c, (void)e, (void)now;
	return 0;
}

static unsigned set_priority(struct fsm *f, const struct fsm_conf *c, const struct fsm_event *e,
			     mono_t now)
{
	(void)c, (void)now;
	f->priority = e->priority;
	return 0;
}

static unsigned mark_drained(struct fsm *f, const struct fsm_conf *c, const struct fsm_event *e,
			     mono_t now)
{
	(void)c, (void)e, (void)now;
	f->drained = true;
	f->wants = FSM_WHY_NONE;
	return 0;
}

static unsigned unmark_drained(struct fsm *f, const struct fsm_conf *c, const struct fsm_event *e,
			       mono_t now)
{
	(void)c, (void)e, (void)now;
	f->drained = false;
	return 0;
}

static unsigned init_start(struct fsm *f, const struct fsm_conf *c, const struct fsm_event *e,
			   mono_t now)
{
	bool owner = e->priority == VRRP_PRIORITY_OWNER && !f->drained;
	unsigned act;

	f->priority = e->priority;
	f->active_advert_us = c->advert_us;
	if (owner && !c->synced)
		return to_active(f, c, FSM_WHY_OWNER, now);
	if (e->adopt && c->preempt && !f->drained)
		return to_active(f, c, FSM_WHY_ADOPTED, now);
	/* What the last run left and this one does not take up may be the peer's by now. */
	act = to_backup(f, c, FSM_WHY_STARTED, now) | (e->adopt ? FSM_RELEASE : 0);
	if (owner)
		f->wants = FSM_WHY_OWNER;
	return act;
}

static unsigned halt(struct fsm *f, const struct fsm_conf *c, const struct fsm_event *e, mono_t now)
{
	(void)c, (void)e, (void)now;
	return to_initialize(f, FSM_WHY_HALTED);
}

static unsigned backup_shut(struct fsm *f, const struct fsm_conf *c, const struct fsm_event *e,
			    mono_t now)
{
	(void)c, (void)e, (void)now;
	return to_initialize(f, FSM_WHY_SHUT);
}

static unsigned backup_timer(struct fsm *f, const struct fsm_conf *c, const struct fsm_event *e,
			     mono_t now)
{
	enum fsm_reason why = FSM_WHY_SILENCE;

	(void)e;
	if (f->drained || mono_sub(now, f->deadline) > fsm_down_us(f, c))
		why = FSM_WHY_NONE;
	else if (f->heard_zero)
		why = FSM_WHY_PEER_LEFT;
	else if (f->heard_lower)
		why = FSM_WHY_PREEMPTED;
	if (why != FSM_WHY_NONE && !c->synced)
		return to_active(f, c, why, now);
	f->wants = why;
	f->heard = now;
	f->heard_zero = false;
	arm_down(f, c);
	return 0;
}

/* Whether this Backup lets a lower priority be, because of nopreempt, a refusal of the kernel, or a
 * delay that still runs. */
static bool tolerates_lower(struct fsm *f, const struct fsm_conf *c, mono_t now)
{
	if (!c->preempt || f->drained || !mono_reached(f->refused_until, now))
		return true;
	if (c->preempt_delay_us == 0)
		return false;
	if (mono_is_never(f->preempt_at))
		f->preempt_at = mono_add(now, c->preempt_delay_us);
	return !mono_reached(f->preempt_at, now);
}

static void learn_interval(struct fsm *f, const struct fsm_conf *c, const struct fsm_event *e)
{
	if (c->version == 3)
		f->active_advert_us = e->interval_us;
}

/* Adverts come in their order; a stamp before the last one's shows a wall clock that was set. */
static void hear(struct fsm *f, const struct fsm_event *e)
{
	if (mono_before(f->heard, e->received))
		f->heard = e->received;
}

static unsigned backup_advert(struct fsm *f, const struct fsm_conf *c, const struct fsm_event *e,
			      mono_t now)
{
	if (e->priority == VRRP_PRIORITY_LEAVING) {
		hear(f, e);
		f->heard_zero = true;
		arm_down(f, c);
		return 0;
	}
	f->peer_priority = e->priority;
	if (e->priority < f->priority && !tolerates_lower(f, c, now)) {
		f->heard_lower = true;
		return 0;
	}
	if (e->priority >= f->priority)
		f->preempt_at = MONO_NEVER;
	learn_interval(f, c, e);
	hear(f, e);
	f->heard_zero = f->heard_lower = false;
	f->wants = FSM_WHY_NONE;
	arm_down(f, c);
	return 0;
}

static unsigned backup_sync_active(struct fsm *f, const struct fsm_conf *c,
				   const struct fsm_event *e, mono_t now)
{
	(void)e;
	return f->wants == FSM_WHY_NONE ? 0 : to_active(f, c, f->wants, now);
}

static unsigned backup_priority(struct fsm *f, const struct fsm_conf *c, const struct fsm_event *e,
				mono_t now)
{
	(void)now;
	f->priority = e->priority;
	arm_down(f, c);
	return 0;
}

static unsigned yield_for(struct fsm *f, const struct fsm_conf *c, const struct fsm_event *e,
			  mono_t now)
{
	f->yield = e->kind;
	f->yield_force = e->force;
	f->deadline = mono_add(now, c->advert_us * YIELD_WAIT_NUM / YIELD_WAIT_DEN);
	if (c->version == 2) /* its skew is up to a second, whatever the interval */
		f->deadline = mono_add(now, US_PER_S * YIELD_WAIT_NUM / YIELD_WAIT_DEN);
	return FSM_SEND_ZERO;
}

static unsigned keep_going(struct fsm *f, const struct fsm_conf *c, mono_t now)
{
	f->yield = FSM_EVENTS;
	return send_at(f, c, now);
}

static unsigned yielded(struct fsm *f, const struct fsm_conf *c, enum fsm_reason why, mono_t from)
{
	enum fsm_event_kind kind = f->yield;

	if (kind == FSM_SHUT)
		return to_initialize(f, FSM_WHY_SHUT) | FSM_RELEASE;
	f->drained = kind == FSM_DRAIN;
	return to_backup(f, c, why, from) | FSM_RELEASE;
}

static unsigned active_timer(struct fsm *f, const struct fsm_conf *c, const struct fsm_event *e,
			     mono_t now)
{
	(void)e;
	forget_refusals(f);
	if (!fsm_yielding(f)) {
		/* Keep the pace of the deadlines, unless a whole interval was missed. */
		mono_t due = f->deadline;
		unsigned act = send_at(f, c, now);

		if (mono_sub(now, due) < c->advert_us)
			f->deadline = mono_add(due, c->advert_us);
		return act;
	}
	if (f->yield == FSM_SHUT || f->yield == FSM_SYNC_BACKUP ||
	    (f->yield == FSM_DRAIN && f->yield_force))
		return yielded(f, c, FSM_WHY_NOBODY, now);
	f->why = FSM_WHY_NOBODY;
	return keep_going(f, c, now);
}

static unsigned active_advert(struct fsm *f, const struct fsm_conf *c, const struct fsm_event *e,
			      mono_t now)
{
	bool higher = e->priority > f->priority;

	if (e->priority == VRRP_PRIORITY_LEAVING)
		return fsm_yielding(f) ? 0 : answer(f, c, 0, now);
	f->peer_priority = e->priority;
	if (fsm_yielding(f) && (higher || f->yield != FSM_PRIORITY)) {
		learn_interval(f, c, e);
		return yielded(f, c, FSM_WHY_HANDED_OVER, e->received);
	}
	if (higher || (e->priority == f->priority && e->source_order > 0)) {
		learn_interval(f, c, e);
		return to_backup(f, c, higher ? FSM_WHY_HIGHER : FSM_WHY_HIGHER_ADDRESS,
				 e->received) |
		       FSM_RELEASE;
	}
	f->yield = FSM_EVENTS;
	return answer(f, c, FSM_ANNOUNCE, now);
}

static unsigned active_priority(struct fsm *f, const struct fsm_conf *c, const struct fsm_event *e,
				mono_t now)
{
	bool fell = e->priority < f->priority;

	f->priority = e->priority;
	if (fsm_yielding(f)) {
		if (f->yield == FSM_PRIORITY && f->peer_priority <= f->priority)
			return keep_going(f, c, now);
		return 0;
	}
	return fell && f->peer_priority > f->priority ? yield_for(f, c, e, now) : 0;
}

/* One that is being shut hands over anyway, and for good. */
static unsigned active_drain(struct fsm *f, const struct fsm_conf *c, const struct fsm_event *e,
			     mono_t now)
{
	return f->yield == FSM_SHUT ? 0 : yield_for(f, c, e, now);
}

/* Only a yielding router can be told to start or to resume: what it yielded for is over. */
static unsigned active_start(struct fsm *f, const struct fsm_conf *c, const struct fsm_event *e,
			     mono_t now)
{
	f->priority = e->priority;
	return f->yield == FSM_SHUT ? keep_going(f, c, now) : 0;
}

static unsigned active_resume(struct fsm *f, const struct fsm_conf *c, const struct fsm_event *e,
			      mono_t now)
{
	(void)e;
	return f->yield == FSM_DRAIN ? keep_going(f, c, now) : 0;
}

/* Its group leaves; what makes it leave anyway goes before. */
static unsigned active_sync_backup(struct fsm *f, const struct fsm_conf *c,
				   const struct fsm_event *e, mono_t now)
{
	return fsm_yielding(f) && f->yield != FSM_PRIORITY ? 0 : yield_for(f, c, e, now);
}

static unsigned active_sync_active(struct fsm *f, const struct fsm_conf *c,
				   const struct fsm_event *e, mono_t now)
{
	(void)e;
	return f->yield == FSM_SYNC_BACKUP ? keep_going(f, c, now) : 0;
}

static unsigned active_halt(struct fsm *f, const struct fsm_conf *c, const struct fsm_event *e,
			    mono_t now)
{
	return halt(f, c, e, now) | FSM_RELEASE;
}

static unsigned active_refused(struct fsm *f, const struct fsm_conf *c, const struct fsm_event *e,
			       mono_t now)
{
	int64_t wait_us = fsm_down_us(f, c);

	(void)e;
	for (unsigned n = f->refusals++; n > 0 && wait_us < REFUSED_WAIT_MAX_US; n--)
		wait_us *= 2;
	to_backup(f, c, FSM_WHY_REFUSED, now);
	f->refused_until =
		mono_add(now, wait_us < REFUSED_WAIT_MAX_US ? wait_us : REFUSED_WAIT_MAX_US);
	return FSM_SEND_ZERO | FSM_RELEASE;
}

/* clang-format off */
static const cell_fn table[FSM_STATES][FSM_EVENTS] = {
	[FSM_INITIALIZE] = {
		[FSM_START] = init_start,       [FSM_HALT] = ignore,
		[FSM_SHUT] = ignore,            [FSM_DRAIN] = mark_drained,
		[FSM_RESUME] = unmark_drained,  [FSM_TIMER] = ignore,
		[FSM_ADVERT] = ignore,          [FSM_PRIORITY] = set_priority,
		[FSM_REFUSED] = ignore,
		[FSM_SYNC_ACTIVE] = ignore,     [FSM_SYNC_BACKUP] = ignore,
	},
	[FSM_BACKUP] = {
		[FSM_START] = ignore,           [FSM_HALT] = halt,
		[FSM_SHUT] = backup_shut,       [FSM_DRAIN] = mark_drained,
		[FSM_RESUME] = unmark_drained,  [FSM_TIMER] = backup_timer,
		[FSM_ADVERT] = backup_advert,   [FSM_PRIORITY] = backup_priority,
		[FSM_REFUSED] = ignore,
		[FSM_SYNC_ACTIVE] = backup_sync_active, [FSM_SYNC_BACKUP] = ignore,
	},
	[FSM_ACTIVE] = {
		[FSM_START] = active_start,     [FSM_HALT] = active_halt,
		[FSM_SHUT] = yield_for,         [FSM_DRAIN] = active_drain,
		[FSM_RESUME] = active_resume,   [FSM_TIMER] = active_timer,
		[FSM_ADVERT] = active_advert,   [FSM_PRIORITY] = active_priority,
		[FSM_REFUSED] = active_refused,
		[FSM_SYNC_ACTIVE] = active_sync_active, [FSM_SYNC_BACKUP] = active_sync_backup,
	},
};
/* clang-format on */

void fsm_init(struct fsm *f, const struct fsm_conf *c, uint8_t priority)
{
	*f = (struct fsm){
		.state = FSM_INITIALIZE,
		.priority = priority,
		.active_advert_us = c->advert_us,
		.deadline = MONO_NEVER,
		.preempt_at = MONO_NEVER,
		.yield = FSM_EVENTS,
	};
}

unsigned fsm_step(struct fsm *f, const struct fsm_conf *c, const struct fsm_event *e, mono_t now)
{
	return table[f->state][e->kind](f, c, e, now);
}

void fsm_reconfigure(struct fsm *f, const struct fsm_conf *c, mono_t now)
{
	forget_refusals(f);
	if (f->state == FSM_BACKUP) {
		if (c->version == 2)
			f->active_advert_us = c->advert_us;
		arm_down(f, c);
	} else if (f->state == FSM_ACTIVE && !fsm_yielding(f)) {
		f->active_advert_us = c->advert_us;
		f->deadline = mono_min(f->deadline, mono_add(now, c->advert_us));
	}
}
