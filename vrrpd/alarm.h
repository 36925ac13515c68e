/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is wrong around a virtual router, or with what the tunnels have in the kernel, and changes
 * no state: to be told of once, not with each packet. An alarm that goes on is told again after a
 * minute, then after two, four, ... up to an hour, with the number of times in between. Some kinds
 * last until they are cleared; one of the others that came no more for ALARM_HOLD_US is over. Pure.
 */
#ifndef VRRPD_ALARM_H
#define VRRPD_ALARM_H

#include <stdbool.h>
#include <stdint.h>

#include "common/mono.h"

#define ALARM_TEXT_MAX 200
#define ALARM_HOLD_US (60 * US_PER_S)

enum alarm_kind {
	/* Of an instance. */
	ALARM_DUPLICATE_VRID,   /* another virtual router has its number */
	ALARM_SECOND_ACTIVE,    /* a router goes on as Active beside this one */
	ALARM_ADDRESS_CLAIMED,  /* a virtual address that we hold is another host's */
	ALARM_OWN_ECHO,         /* an advert from our own address */
	ALARM_OTHER_VERSION,    /* adverts of another VRRP version */
	ALARM_OTHER_INTERVAL,   /* adverts of version 2 with another interval */
	ALARM_OTHER_PASSWORD,   /* adverts with another authentication */
	ALARM_BAD_CHECKSUM,     /* adverts whose checksum is wrong */
	ALARM_ADDRESSES_DIFFER, /* the peer's list of addresses is not ours */
	ALARM_INTERVAL_DIFFERS, /* the peer's advert interval is not ours */
	ALARM_STRANGER,         /* unicast adverts of somebody who is no peer */
	ALARM_INSTANCE_KINDS,
	/* Of the tunnels together; the kernel's objects are ours, and others change them. */
	ALARM_POLICIES_CHANGED = ALARM_INSTANCE_KINDS, /* which were put back */
	ALARM_SAS_REMOVED,                             /* static ones */
	ALARM_INTERFACE_CHANGED,                       /* of a tunnel in interface mode; put back */
	ALARM_GUARD_CHANGED,                           /* which was put back */
	/* These last: something that cannot be as it must be. */
	ALARM_POLICIES_WRONG, /* a stranger in our place, or the kernel's refusal */
	ALARM_SAS_REFUSED,    /* static ones, by the kernel or for their key file */
	ALARM_INTERFACE_WRONG,
	ALARM_ROUTES_WRONG,
	ALARM_GUARD_MISSING,
	ALARM_KINDS
};
#define ALARM_TUNNELS_KINDS (ALARM_KINDS - ALARM_INSTANCE_KINDS)

/* "duplicate_vrid", ... */
const char *alarm_name(enum alarm_kind k);
/* Two routers may both be Active because of it, or traffic goes astray. */
bool alarm_is_grave(enum alarm_kind k);

/* Zeroed: never raised. */
struct alarm {
	bool stands;
	uint64_t begun;  /* how often it began, in this run of the daemon */
	uint64_t times;  /* since it began */
	uint64_t untold; /* since it was told last */
	mono_t since, last, told;
	int64_t pause_us;          /* until it is told again */
	int64_t since_realtime_us; /* the caller's */
	char text[ALARM_TEXT_MAX]; /* the caller's, as told last */
};

/* It happened (again). True: tell it, and that it happened *more times untold before. */
bool alarm_raise(struct alarm *a, mono_t now, uint64_t *more);
/* When alarm_expire ends it, unless it is raised again; NEVER: not by itself. */
mono_t alarm_expires_at(enum alarm_kind k, const struct alarm *a);
/* Ends it when it came no more for long enough. True: it is over now, which is to be told. */
bool alarm_expire(enum alarm_kind k, struct alarm *a, mono_t now);
/* Ends one that lasts. True: it stood. */
bool alarm_clear(struct alarm *a, mono_t now);
/* Of one that is over: "once", "37 times in 125 s", or for one that lasts "after 125 s". Returns
 * buf. */
#define ALARM_STORY_STRLEN 64
const char *alarm_story(enum alarm_kind k, const struct alarm *a, char buf[ALARM_STORY_STRLEN]);

/*
 * An Active router answers a lower one at once, which makes that one Backup: who sends on does not
 * hear us. `heard` is when its advert came. True when it has gone on for longer than two of the
 * silences that end an Active router's reign.
 */
struct rival {
	mono_t since, last;
};
bool rival_goes_on(struct rival *r, mono_t heard, int64_t down_us);

#endif
