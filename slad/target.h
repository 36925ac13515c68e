/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One probe: feeds pacer, statistics and verdict with what was sent and what came back, and says
 * what to do next. Touches no socket and no clock, so a simulation drives it as the daemon does.
 *
 * A probe of a tunnel counts only when it was seen to leave through it; one that left another way
 * is void, and while they do only one a second is sent to see whether that has ended.
 *
 * A probe that was sent ends in one of four ways: received in time; lost at its timeout; void, when
 * the timeout passed but says nothing about the path, since this daemon was stalled or the host
 * asleep; or it is still on its way. A reply after that is late, and takes a loss of less than a
 * second back.
 */
#ifndef SLAD_TARGET_H
#define SLAD_TARGET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/conf.h"
#include "common/mono.h"
#include "slad/echo.h"
#include "slad/pacer.h"
#include "slad/quality.h"
#include "slad/verdict.h"

/* The automatic timeout is twice the p99 RTT between these. */
#define TARGET_TIMEOUT_MIN_US (200 * US_PER_MS)
#define TARGET_TIMEOUT_MAX_US (3 * US_PER_S)
/* The hour's figures are made anew this often: their percentiles are a pass over a histogram. */
#define TARGET_HOUR_PERIOD_US (1 * US_PER_S)
/* While probes go astray, one is sent this often. */
#define TARGET_ASTRAY_US (1 * US_PER_S)
/* A fresh ICMP id this often while down. */
#define TARGET_ID_LIFE_US (30 * US_PER_S)

struct target_counters {
	uint64_t sent, received, lost, late, duplicate;
	uint64_t rejected; /* the sum of the two tables */
	uint64_t rejects[ECHO_REJECTS], errors[ECHO_KINDS];
	uint64_t send_errors; /* of this host; no loss */
	uint64_t void_probes; /* with the send errors */
};

/* What outlives a run of the daemon. */
struct target_past {
	struct target_counters counters;
	struct quality quality;
	struct verdict_past verdict;
};

struct target_sent {
	mono_t sent, deadline;
	mono_t lost_at;
	uint32_t seq;
	uint16_t id;
	uint8_t fate; /* target.c's */
	bool proven;  /* seen to leave through the tunnel */
};

/* How the probes of a tunnel must leave. */
struct target_way {
	char interface[CONF_IFNAME_MAX];
	char device[CONF_IFNAME_MAX]; /* they enter the tunnel by; empty: none of its own */
	struct addr local, remote;    /* outer; unset: no tunnel */
};

struct target {
	struct conf_probe conf; /* a copy; pos.file is NULL */
	char tunnel[CONF_NAME_MAX];
	struct target_way way;
	char nameless[SLA_CAUSE_MAX]; /* why its host name has no address, or has an old one */
	struct verdict_rules rules;
	struct verdict verdict;
	struct pacer pacer;
	struct quality quality;
	struct window_stats minute, hour; /* as of the last target_refresh */
	mono_t hour_due;                  /* when `hour` is made anew */
	mono_t share_from;                /* from when max_loss is judged */
	struct target_counters counters;
	char trouble[SLA_CAUSE_MAX]; /* why this host cannot send now; empty: it can */
	int64_t timeout_us;
	bool astray;       /* the last probe that was seen left another way */
	mono_t astray_due; /* when the next is sent to see */

	uint32_t tag;
	uint64_t cookie;
	uint16_t id;
	bool want_id;
	mono_t id_since;

	uint32_t next_seq, oldest; /* [oldest, next_seq) may still be waited for */
	mono_t last_deadline;
	size_t ring_size; /* a power of two */
	struct target_sent ring[];
};

/* What to do now; bits. */
#define TARGET_SEND 1u    /* a probe is due: request, send, report */
#define TARGET_CHANGED 2u /* the verdict did */
#define TARGET_TROUBLE 4u /* sending began to fail, or fails for another reason: see trouble */
#define TARGET_CLEAR 8u   /* sending works again */

/* NULL when out of memory. The first probe is due at `first`. */
struct target *target_new(const struct conf *c, const struct conf_probe *p, uint32_t tag,
			  uint64_t cookie, mono_t now);
void target_free(struct target *t);
/* Sets the phase: probe `index` of `count`. */
void target_start(struct target *t, mono_t origin, size_t index, size_t count);
/* True when the probe in the new configuration is this one, in every statement. */
bool target_is(const struct target *t, const struct conf *c, const struct conf_probe *p);

/* Of the settings that target_is compares. */
uint64_t target_fingerprint(const struct target *t);
void target_remember(const struct target *t, struct target_past *out);
/*
 * To a target that has sent nothing yet. Figures go on from there; the verdict is made afresh, from
 * what this run sees: until the past has left the minute, max_loss is not judged.
 */
void target_recall(struct target *t, const struct target_past *past, mono_t now);
/*
 * The address of its host name: a changed one makes everything anew but the pace. Until there is
 * one nothing is sent, and `why' is said.
 */
unsigned target_address(struct target *t, const struct addr *a, uint64_t cookie, mono_t now);
void target_nameless(struct target *t, const char *why);

/* When target_turn wants to be called. */
mono_t target_deadline(const struct target *t);
/* A timeout passed: read the socket dry before the turn, as its reply may lie there. */
bool target_overdue(const struct target *t, mono_t now);
unsigned target_turn(struct target *t, mono_t now);

/* After TARGET_SEND. True: take a fresh id first and give it to target_set_id. */
bool target_wants_id(const struct target *t, mono_t now);
void target_set_id(struct target *t, uint16_t id, mono_t now);
void target_request(const struct target *t, struct echo_request *out);
/* The request went out at `now`, or did not: `why` is one line. */
unsigned target_sent(struct target *t, mono_t now);
unsigned target_unsent(struct target *t, const char *why, mono_t now);
/* The request with this sequence was seen to leave; `astray` is one line, NULL: as it must. */
unsigned target_left(struct target *t, uint32_t seq, const char *astray, mono_t now);

/* A reply or an ICMP error for one of our ids; `at` is the kernel's stamp of its arrival. */
unsigned target_receive(struct target *t, const struct echo_message *m, mono_t at);
/* A reply that the caller rejects itself. */
void target_reject(struct target *t, enum echo_reject why);
/* The host slept: what is on its way says nothing. */
unsigned target_slept(struct target *t, mono_t now);
/* The way there may have changed: a fresh id with the next probe. */
void target_reroute(struct target *t);
/* Once in a while: statistics, automatic timeout, max_loss. Also due when nothing happened for a
 * second, as time alone changes figures. */
bool target_wants_refresh(const struct target *t, mono_t now);
unsigned target_refresh(struct target *t, mono_t now);

#endif
