/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The VRRP state machine of one instance: RFC 9568, 6.4, and RFC 3768, 6.4, as a table of state and
 * event. fsm_step alone changes a protocol state. Time is an argument, what to do is returned, and
 * the caller arms one timer to `deadline`. Pure.
 *
 * Beyond the RFC, an Active router that leaves of its own will yields first: it sends priority 0,
 * falls silent, and keeps the addresses until the next router is heard (or nobody came for
 * YIELD_WAIT adverts), so that a planned hand-over has no moment without an owner. A peer sees
 * plain VRRP.
 */
#ifndef VRRPD_FSM_H
#define VRRPD_FSM_H

#include <stdbool.h>
#include <stdint.h>

#include "common/mono.h"

enum fsm_state { FSM_INITIALIZE, FSM_BACKUP, FSM_ACTIVE, FSM_STATES };

/* "Initialize", "Backup", "Active". */
const char *fsm_state_name(enum fsm_state s);

/* Const between reloads. */
struct fsm_conf {
	uint8_t version;
	int64_t advert_us;     /* Advertisement_Interval */
	unsigned down_adverts; /* Active_Down_Interval is this many adverts and the skew; 3 in the
				  RFCs */
	bool preempt;
	bool synced; /* in a sync group: never Active of its own will, only says that it would */
	int64_t preempt_delay_us;
};

enum fsm_event_kind {
	FSM_START,    /* may take part now: interface up, start-up delay over, nothing shuts it */
	FSM_HALT,     /* cannot take part: interface gone; nothing can be sent */
	FSM_SHUT,     /* must not take part: shut by tracking, or the daemon stops */
	FSM_DRAIN,    /* hand over and stay Backup; `force`: also when nobody takes it */
	FSM_RESUME,   /* the end of FSM_DRAIN */
	FSM_TIMER,    /* the deadline is reached */
	FSM_ADVERT,   /* a valid advert of this virtual router */
	FSM_PRIORITY, /* the effective priority changed */
	FSM_REFUSED,  /* the kernel refused what FSM_TAKE asked */
	FSM_SYNC_ACTIVE, /* the whole sync group would be Active */
	FSM_SYNC_BACKUP, /* the sync group is Backup: hand over */
	FSM_EVENTS
};

struct fsm_event {
	enum fsm_event_kind kind;
	bool adopt; /* START: this router was Active when its last run ended without a farewell, and
		       still has the addresses */
	bool force; /* DRAIN */
	uint8_t priority; /* ADVERT: the sender's; PRIORITY, START: our effective one */
	int source_order; /* ADVERT: sender's address against ours: <0, 0, >0, unsigned in network
			     order */
	int64_t interval_us; /* ADVERT */
	mono_t received;     /* ADVERT: the kernel's stamp */
};

/* What to do, to be done in the order of the bits. */
#define FSM_SEND (1u << 0)      /* an advert with the effective priority */
#define FSM_SEND_ZERO (1u << 1) /* an advert with priority 0 */
#define FSM_TAKE (1u << 2)      /* policies, addresses, gratuitous ARP, each acknowledged */
#define FSM_RELEASE (1u << 3)   /* addresses, then policies after their linger time */
#define FSM_ANNOUNCE \
	(1u << 4) /* gratuitous ARP again: somebody else may have claimed the addresses */

/* Why the machine last changed its state or mind. */
enum fsm_reason {
	FSM_WHY_NONE,
	FSM_WHY_STARTED,
	FSM_WHY_OWNER,          /* priority 255 starts Active */
	FSM_WHY_ADOPTED,        /* found Active as the last run left it */
	FSM_WHY_SILENCE,        /* Active_Down_Interval without an advert */
	FSM_WHY_PEER_LEFT,      /* priority 0, then Skew_Time */
	FSM_WHY_PREEMPTED,      /* only lower priorities heard for Active_Down_Interval */
	FSM_WHY_HIGHER,         /* heard a higher priority */
	FSM_WHY_HIGHER_ADDRESS, /* the same priority from a greater address */
	FSM_WHY_HANDED_OVER,    /* yielded, and somebody took it */
	FSM_WHY_NOBODY,         /* yielded, and nobody came */
	FSM_WHY_HALTED,
	FSM_WHY_SHUT,
	FSM_WHY_REFUSED,
};

struct fsm {
	enum fsm_state state;
	enum fsm_reason why;
	uint8_t priority;         /* effective */
	uint8_t peer_priority;    /* of the last advert above 0 that was heard; 0: none yet */
	int64_t active_advert_us; /* Active_Adver_Interval: learned in version 3 */
	mono_t deadline;   /* Active: next advert, or end of yielding; Backup: Active_Down_Timer */
	mono_t heard;      /* Backup: from when Active_Down_Interval counts */
	mono_t sent;       /* Active: the last advert */
	mono_t preempt_at; /* from when on lower priorities are ignored; NEVER: no delay runs */
	mono_t refused_until; /* until when they are not, since the kernel refused the addresses */
	unsigned refusals;    /* FSM_REFUSED in a row */
	bool heard_zero, heard_lower; /* since `heard` */
	bool drained;                 /* Backup that never becomes Active */
	enum fsm_reason wants; /* a synced Backup: why it would be Active; FSM_WHY_NONE: it would
				  not */
	enum fsm_event_kind yield; /* FSM_SHUT, FSM_DRAIN, FSM_PRIORITY, FSM_SYNC_BACKUP while
				      yielding; FSM_EVENTS: not */
	bool yield_force;
};

void fsm_init(struct fsm *f, const struct fsm_conf *c, uint8_t priority);
/* Returns FSM_* actions; f->deadline is then the time of the next FSM_TIMER. */
unsigned fsm_step(struct fsm *f, const struct fsm_conf *c, const struct fsm_event *e, mono_t now);
/* After a reload: times follow the new configuration. */
void fsm_reconfigure(struct fsm *f, const struct fsm_conf *c, mono_t now);

bool fsm_yielding(const struct fsm *f);
int64_t fsm_skew_us(const struct fsm *f, const struct fsm_conf *c);
/* Active_Down_Interval. */
int64_t fsm_down_us(const struct fsm *f, const struct fsm_conf *c);

#endif
