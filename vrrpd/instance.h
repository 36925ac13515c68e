/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One VRRP instance: feeds fsm.c with events and carries out its actions in order, each kernel
 * change acknowledged before the next. Decides nothing about the protocol. The one function that
 * sees a change of state logs it, counts it and puts it into the timeline.
 */
#ifndef VRRPD_INSTANCE_H
#define VRRPD_INSTANCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/conf.h"
#include "common/loop.h"
#include "vrrpd/advert.h"
#include "vrrpd/alarm.h"
#include "vrrpd/fsm.h"
#include "vrrpd/host.h"
#include "vrrpd/nl_link.h"
#include "vrrpd/ports.h"
#include "vrrpd/priority.h"
#include "vrrpd/routing.h"
#include "vrrpd/sync.h"
#include "vrrpd/work.h"

#define REASON_MAX 160

/* What the state machine asked for that waits for the end of the turn. */
enum instance_duty { DUTY_NONE, DUTY_TAKE, DUTY_RELEASE };

struct instance_counters {
	uint64_t adverts_sent, adverts_received, became_active;
	uint64_t priority_zero_sent, priority_zero_received;
	uint64_t faults[ADVERT_FAULTS];
};

struct instance_peer {
	struct addr address; /* unset: none heard yet */
	uint8_t priority;
	enum advert_form form;
	mono_t heard;
};

struct instance {
	struct host *host;
	const struct conf_instance *conf;
	size_t index; /* in the configuration: who claims tunnels */
	struct fsm_conf fsm_conf;
	struct fsm fsm;
	enum fsm_state state; /* as logged and shown: follows fsm.state when the duty is done */
	enum instance_duty duty;
	struct work moving, announcing; /* in the host's queue */
	struct instance_counters counters;
	const uint64_t *strays; /* nobody's packets on the interface, by fault */
	struct instance_peer peer;
	struct track_view *tracks; /* one per conf->tracks */
	struct priority priority;
	enum advert_form form;   /* sent; follows the peer when v3_checksum is auto */
	mono_t both_forms_until; /* the other one is sent, too */
	struct routing_claim routing;
	struct timer timer, garp_timer;
	mono_t announced;       /* the last round of gratuitous ARP */
	unsigned garp_left;     /* rounds of this burst */
	size_t garp_next;       /* address of this round */
	unsigned garp_second;   /* of the second burst, which is still to come */
	int64_t garp_second_us; /* so long after this one */
	mono_t garp_slot; /* when the next frame leaves that has to keep a distance; NEVER: none */
	bool ready;       /* start-up delay over */
	bool stopping;    /* the daemon leaves */
	bool fit;         /* could take part if its sync group let it */
	bool adopt;       /* its addresses were found in place at start */
	bool owns;        /* the addresses are ours in the kernel */
	char vmac_wait[REASON_MAX];      /* why its macvlans are not there; "" when they are */
	int vmac_parent;                 /* the interface below one of them; 0: none seen yet */
	struct arp_settings vmac_before; /* of that interface, before us */
	mono_t held_since;               /* owns: since when */
	size_t asked;        /* owns: so many of the addresses were asked for; claims.c's */
	mono_t resume_at;    /* end of a drain with a time limit; NEVER: none */
	bool unsent_told;    /* in this state: that an advert could not be sent */
	bool fragments_told; /* that adverts are larger than the MTU */
	struct alarm alarms[ALARM_INSTANCE_KINDS];
	struct rival rival;
	mono_t lower_told;              /* the last NOTICE_RX_LOWER */
	char blocked[REASON_MAX];       /* why it cannot take part; "" when it can */
	char blocked_told[REASON_MAX];  /* the last one that was logged */
	char reason[REASON_MAX];        /* of the present state */
	enum conf_notice noticed;       /* the last one; N_NOTICES: none yet */
	enum conf_notice group_noticed; /* of the sync group whose first member it is */
	/* The other member of its sync group that cannot take part; "": none. */
	char sync_blocker[CONF_NAME_MAX];
	int64_t since_realtime_us;
	size_t n_mine;
	struct addr *mine;   /* the addresses of its adverts */
	uint8_t *mine_bytes; /* the same in network order */
};

struct instance *instance_new(struct host *host, size_t index);
/* Sends priority 0 if it is Active and lets go of everything, at once; for a reload that drops it.
 */
void instance_leave(struct instance *i);
/* The last of its story, in the journal and the events. */
void instance_tell_end(const struct instance *i, const char *reason);
void instance_free(struct instance *i);
/* The same instance under the new configuration, whose number `index` it now is; lets go of what it
 * has no longer. 0, or -1 when out of memory: then nothing changed. */
int instance_reconfigure(struct instance *i, size_t index);
/* Then, when all instances have let go: an Active one claims what it now has. */
void instance_keep(struct instance *i);
/* Whether this instance can go on as that one. */
bool instance_matches(const struct instance *i, const struct conf_instance *c);

/* Looks again at what lets it take part: link, address, tracked things, start-up delay, stopping.
 */
void instance_review(struct instance *i);
/* Takes note of a tracked thing; the next review acts on it. */
void instance_track(struct instance *i, size_t track, const struct track_view *v);
/* Its sync group's order, and which other member cannot take part ("": none). */
void instance_sync(struct instance *i, const char *blocker, enum sync_order order);
void instance_input(struct instance *i, const struct port_input *in);
/* turn.c: the duty to take is done (0), or refused, with the words in i->reason. */
void instance_taken(struct instance *i, int err);
void instance_released(struct instance *i);
/* Somebody removed this address; it is put back when it is ours to hold. */
void instance_address_lost(struct instance *i, int ifindex, const struct prefix *p);
/* Somebody claims its addresses. */
void instance_claimed(struct instance *i, mono_t now);
/* An interface may have come back without the addresses that it took along. The instance's own one
 * is review's business. */
void instance_link_changed(struct instance *i, const char *interface);
/* What it holds on an interface is announced again. */
void instance_announce_on(struct instance *i, const char *interface);
void instance_drain(struct instance *i, bool force, mono_t until);
void instance_resume(struct instance *i);
/* True when nothing is left to wait for in a clean stop. */
bool instance_gone(const struct instance *i);
/* alarms.c: something is wrong around it; told as alarm.h says. */
void instance_alarm(struct instance *i, enum alarm_kind kind, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* Drained or on the way to it. */
bool instance_drained(const struct instance *i);
/* Addresses and excluded addresses, in one row. */
size_t instance_n_addresses(const struct instance *i);
const struct conf_vip *instance_address(const struct instance *i, size_t n);
/* What its adverts come from on this link; unset: there is nothing yet. */
const struct addr *instance_source(const struct instance *i, const struct link *link);
/* The interface that an address belongs on. */
const char *instance_device(const struct instance *i, const struct conf_vip *v);
/* One of its addresses belongs on that interface. */
bool instance_holds_on(const struct instance *i, const char *interface);

#endif
