/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From replies, losses and void probes to unknown, up or down. The evidence fills a leaky bucket: a
 * loss adds 3, a success takes 1, never below 0 nor above full, which is 3 * fall. A reply slower
 * than max_rtt fills it like a loss.
 *
 *   down     the bucket is full, or the last minute's loss is above max_loss; then delay_down.
 *   up       the bucket is empty and `rise` straight successes; then, if the last verdict was down,
 * the wait of a return: delay_up, doubled by each flap up to 300 s, halved by each 300 s of staying
 * up. unknown  before there is evidence, and again when probes have been void for as many as `fall`
 * and at least VERDICT_VOID_US. The bucket starts anew then; what is known of flaps stays.
 *
 * A change that waits for its delay is dropped once the bucket has come half the way back. The
 * functions that return bool tell whether the published state changed. Pure.
 */
#ifndef SLAD_VERDICT_H
#define SLAD_VERDICT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/mono.h"
#include "common/sla.h"

#define VERDICT_LOSS_POINTS 3u
#define VERDICT_WAIT_MAX_US (300 * US_PER_S)
#define VERDICT_STABLE_US (300 * US_PER_S)
#define VERDICT_VOID_US (1 * US_PER_S)
/* A reply that comes later than this after its probe takes no points back. */
#define VERDICT_LATE_US (1 * US_PER_S)

struct verdict_rules {
	unsigned fall, rise; /* 1 and more */
	int64_t delay_down_us, delay_up_us;
	int64_t max_rtt_us;         /* 0: none */
	unsigned max_loss_permille; /* 0: none */
	enum sla_state start;
};

struct verdict {
	enum sla_state state; /* as published */
	mono_t since;
	uint64_t transitions;
	char cause[SLA_CAUSE_MAX];
	bool decided; /* by evidence, once at least since verdict_init */

	unsigned bucket, straight_good, straight_bad;
	bool slow;              /* the newest points are a slow reply's */
	bool lossy;             /* above max_loss */
	unsigned loss_permille; /* that made it lossy */

	enum sla_state leaning; /* what the evidence says; differs from state while a delay runs */
	mono_t due;             /* the end of that delay */
	char leaning_cause[SLA_CAUSE_MAX];

	enum sla_state definite; /* the last state that was not unknown */
	int64_t wait_us;         /* of the coming return */
	int64_t next_wait_us;    /* of the return after the next flap */
	mono_t stable_at;        /* when next_wait_us is halved */

	uint64_t voids; /* straight */
	mono_t void_since;
};

/* What is known of flaps, to outlive the verdict itself. */
struct verdict_past {
	enum sla_state definite;
	int64_t wait_us, next_wait_us;
	uint64_t transitions;
};

void verdict_init(struct verdict *v, const struct verdict_rules *r, mono_t now);
void verdict_remember(const struct verdict *v, struct verdict_past *out);
/* After verdict_init. The state stays: a past verdict is no evidence. A preset one outranks the
 * past. */
void verdict_recall(struct verdict *v, const struct verdict_rules *r,
		    const struct verdict_past *past);

bool verdict_success(struct verdict *v, const struct verdict_rules *r, int64_t rtt_us, mono_t now);
bool verdict_loss(struct verdict *v, const struct verdict_rules *r, mono_t now);
/* A probe that was called lost was answered after all, rtt_us after it was sent. */
bool verdict_late(struct verdict *v, const struct verdict_rules *r, int64_t rtt_us, mono_t now);
/* n probes in a row say nothing about the path; `why` is one line. */
bool verdict_void(struct verdict *v, const struct verdict_rules *r, uint64_t n, const char *why,
		  mono_t now);
/* The last minute's probes; fewer than `fall` losses are never too many. */
bool verdict_share(struct verdict *v, const struct verdict_rules *r, uint32_t decided,
		   uint32_t lost, mono_t now);
/* Lets delays end. To be called at verdict_deadline, harmless at any time. */
bool verdict_tick(struct verdict *v, const struct verdict_rules *r, mono_t now);
mono_t verdict_deadline(const struct verdict *v);

/* "unknown", "up", "down". */
const char *verdict_name(enum sla_state s);

/* One verdict of n: up when `need` are up, down when so many cannot be any more. */
enum sla_state verdict_group(size_t up, size_t down, size_t n, size_t need);

#endif
