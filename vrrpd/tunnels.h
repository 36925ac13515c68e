/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The tunnels' reconciler: one road for start, takeover, yield, reload, adoption after a crash and
 * repair. Holds the roles, asks wanted.c and plan.c, applies through nl_xfrm.c and guard.c, watches
 * SAs by reqid.
 */
#ifndef VRRPD_TUNNELS_H
#define VRRPD_TUNNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/conf.h"
#include "common/loop.h"
#include "vrrpd/alarm.h"
#include "vrrpd/priority.h"
#include "vrrpd/sas.h"
#include "vrrpd/silence.h"

struct tunnels;

/* Its line, or the interface of its own, is down or missing; no SA pair; both SAs. */
enum tunnel_state { TUNNEL_DOWN, TUNNEL_NO_SA, TUNNEL_UP };
const char *tunnel_state_name(enum tunnel_state s); /* "down", "no_sa", "up" */

struct tunnel_status {
	enum tunnel_state state;
	bool carry, selected;
	const struct sa *sas; /* of this tunnel; valid until the next turn */
	size_t n_sas;
	size_t policies_wanted, policies_installed;
	char reason[SAS_WHY_MAX]; /* what has it in its state */
};

/* Who hears of what the kernel's notices brought about. */
struct tunnels_user {
	/* A tunnel's state changed, for the reason `why`. */
	void (*state)(void *ctx, int tunnel, enum tunnel_state from, enum tunnel_state to,
		      const char *why);
	/* Told as often as it happens; text NULL: what was wrong is not so, or not any more. */
	void (*alarm)(void *ctx, enum alarm_kind kind, const char *text);
	void *ctx;
};

/*
 * Opens NETLINK_XFRM and brings the kernel to the wanted state with every role closed, except that
 * an L that is on ESP from an earlier run stays so for its linger time unless a role claims it.
 * `drained` of each instance: it was drained in an earlier run; NULL: none. `user` is copied. A
 * kernel that refuses static SAs leaves their tunnel in TUNNEL_NO_SA, closed, which is an alarm,
 * and is asked again. On failure `why` names the policy, file or kernel part; -EEXIST: a foreign
 * policy stands in our place. Nothing half-installed. c outlives the tunnels. Without tunnels in c
 * this removes what an earlier configuration left, which `why` tells then, and every call succeeds.
 */
int tunnels_open(struct tunnels **out, struct loop *loop, const struct conf *c,
		 const bool drained[], const struct tunnels_user *user, char *why, size_t why_size);
/* A new configuration on the same road; the old one may be freed afterwards. On failure the old one
 * stays. */
int tunnels_reload(struct tunnels *t, const struct conf *c, char *why, size_t why_size);

/*
 * Instance `owner` (its index) claims or releases the LAN traffic of tunnel or group; several
 * owners may. Claim: L is on ESP and acknowledged when this returns 0. Release: after the tunnel's
 * linger L goes to block; `now_too` skips the linger.
 */
int tunnels_claim(struct tunnels *t, size_t owner, int tunnel, int group);
int tunnels_release(struct tunnels *t, size_t owner, int tunnel, int group, bool now_too);

/* Instance `owner` is drained, or not any more: its tunnels may fall silent for the cloud. True
 * when that is new. */
bool tunnels_drain(struct tunnels *t, size_t owner, bool drained);
struct tunnels_cloud {
	enum cloud_state state;
	int64_t left_us; /* for CLOUD_MOVING */
	const char *why; /* for CLOUD_STAYS; valid until the next turn */
};
struct tunnels_cloud tunnels_cloud(const struct tunnels *t, size_t owner);

/* Groups: the verdict of this sla. Nothing follows before tunnels_select. */
void tunnels_sla(struct tunnels *t, int sla, enum track_state s);
/* After all verdicts that came at once: selects with hold_up; the switch is one policy update. */
void tunnels_select(struct tunnels *t);
/* The line's interface changed; `running`: it has carrier. At start the lines are looked at without
 * being told. */
void tunnels_line(struct tunnels *t, const char *interface, bool running);

/* As last judged, from memory. TUNNEL_DOWN for a number that there is not. */
enum tunnel_state tunnels_state(const struct tunnels *t, int tunnel);
/* With fresh counters: may ask the kernel. */
bool tunnels_status(const struct tunnels *t, int tunnel, struct tunnel_status *out);
/* "" or the reason why the nft layer is missing. */
const char *tunnels_guard_missing(const struct tunnels *t);

/*
 * vrrpd --close: the state that tunnels_shut leaves, for a host that boots. It is for keeping
 * things in, so it asks for no keys, no ESP and no interfaces.
 */
int tunnels_close(struct loop *loop, const struct conf *c, char *why, size_t why_size);

/* Clean stop: every L to block, the rest stays. Then tunnels_free. */
int tunnels_shut(struct tunnels *t);
void tunnels_free(struct tunnels *t);
/* vrrpd --flush: removes all policies, routes, rules and interfaces with our mark, the configured
 * static SAs, the guard. What cannot be keeps nothing else; the first error. Counts. */
int tunnels_flush(const struct conf *c, size_t *removed, char *why, size_t why_size);

#endif
