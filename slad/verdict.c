/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The leaky bucket and what is published of it. Why a bucket: three straight losses alarm falsely
 * some 300 times a year at 1 % random loss; the bucket finds a dead path as fast as `fall` straight
 * losses, and a half-dead one much faster. Pure; see verdict.h.
 */
#include "slad/verdict.h"

#include <stdio.h>
#include <string.h>

static unsigned full(const struct verdict_rules *r)
{
	return VERDICT_LOSS_POINTS * r->fall;
}

static void say(char cause[SLA_CAUSE_MAX], const char *text)
{
	snprintf(cause, SLA_CAUSE_MAX, "%s", text);
}

void verdict_init(struct verdict *v, const struct verdict_rules *r, mono_t now)
{
	memset(v, 0, sizeof(*v));
	v->state = v->leaning = v->definite = r->start;
	v->since = now;
	v->due = v->stable_at = MONO_NEVER;
	v->wait_us = v->next_wait_us = r->delay_up_us;
	say(v->cause, r->start == SLA_UNKNOWN ? "no evidence yet"
		      : r->start == SLA_UP    ? "preset by `start up'"
					      : "preset by `start down'");
}

static int64_t longest_wait(const struct verdict_rules *r)
{
	return r->delay_up_us > VERDICT_WAIT_MAX_US ? r->delay_up_us : VERDICT_WAIT_MAX_US;
}

static int64_t bounded_wait(const struct verdict_rules *r, int64_t us)
{
	int64_t most = longest_wait(r);

	return us < r->delay_up_us ? r->delay_up_us : us > most ? most : us;
}

void verdict_remember(const struct verdict *v, struct verdict_past *out)
{
	*out = (struct verdict_past){
		.definite = v->definite,
		.wait_us = v->wait_us,
		.next_wait_us = v->next_wait_us,
		.transitions = v->transitions,
	};
}

void verdict_recall(struct verdict *v, const struct verdict_rules *r,
		    const struct verdict_past *past)
{
	if (r->start == SLA_UNKNOWN)
		v->definite = past->definite;
	v->wait_us = bounded_wait(r, past->wait_us);
	v->next_wait_us = bounded_wait(r, past->next_wait_us);
	v->transitions = past->transitions;
}

static void count_flap(struct verdict *v, const struct verdict_rules *r)
{
	v->wait_us = v->next_wait_us;
	v->next_wait_us = bounded_wait(r, 2 * v->next_wait_us);
}

static void enter(struct verdict *v, const struct verdict_rules *r, enum sla_state to,
		  const char *cause, mono_t now)
{
	if (to == SLA_DOWN && v->definite == SLA_UP)
		count_flap(v, r);
	if (to != SLA_UNKNOWN)
		v->definite = to;
	v->stable_at = to == SLA_UP && v->next_wait_us > r->delay_up_us
			       ? mono_add(now, VERDICT_STABLE_US)
			       : MONO_NEVER;
	v->state = v->leaning = to;
	v->decided = true;
	v->due = MONO_NEVER;
	v->since = now;
	v->transitions++;
	say(v->cause, cause);
}

static void lean_down(struct verdict *v, const struct verdict_rules *r, mono_t now)
{
	char *cause = v->leaning_cause;

	v->leaning = SLA_DOWN;
	v->due = mono_add(now, r->delay_down_us);
	if (v->bucket < full(r))
		snprintf(cause, SLA_CAUSE_MAX, "loss %u.%u %% above %u.%u %%",
			 v->loss_permille / 10, v->loss_permille % 10, r->max_loss_permille / 10,
			 r->max_loss_permille % 10);
	else if (v->slow)
		snprintf(cause, SLA_CAUSE_MAX, "replies slower than %lld.%03lld ms",
			 (long long)(r->max_rtt_us / US_PER_MS),
			 (long long)(r->max_rtt_us % US_PER_MS));
	else if (v->straight_bad >= r->fall)
		snprintf(cause, SLA_CAUSE_MAX, "%u straight probes lost", v->straight_bad);
	else
		snprintf(cause, SLA_CAUSE_MAX, "more than one probe in four lost");
}

static void lean_up(struct verdict *v, const struct verdict_rules *r, mono_t now)
{
	v->leaning = SLA_UP;
	v->due = mono_add(now, v->definite == SLA_DOWN ? v->wait_us : 0);
	snprintf(v->leaning_cause, SLA_CAUSE_MAX, "%u straight replies", r->rise);
}

static bool too_bad(const struct verdict *v, const struct verdict_rules *r)
{
	return v->bucket >= full(r) || v->lossy;
}

static bool good_enough(const struct verdict *v, const struct verdict_rules *r)
{
	return v->bucket == 0 && v->straight_good >= r->rise && !v->lossy;
}

/* A waiting change whose evidence has gone half the way back waits no longer. */
static bool contradicted(const struct verdict *v, const struct verdict_rules *r)
{
	if (v->leaning == SLA_DOWN)
		return 2 * v->bucket <= full(r) && !v->lossy;
	return 2 * v->bucket >= full(r) || v->lossy;
}

static bool settle(struct verdict *v, const struct verdict_rules *r, mono_t now)
{
	if (v->leaning == v->state || !mono_reached(v->due, now))
		return false;
	enter(v, r, v->leaning, v->leaning_cause, now);
	return true;
}

static bool weigh(struct verdict *v, const struct verdict_rules *r, mono_t now)
{
	bool changed = settle(v, r, now); /* a delay that ended before this evidence came */

	if (v->leaning != v->state && contradicted(v, r)) {
		v->leaning = v->state;
		v->due = MONO_NEVER;
	}
	if (too_bad(v, r) && v->leaning != SLA_DOWN)
		lean_down(v, r, now);
	else if (good_enough(v, r) && v->leaning != SLA_UP)
		lean_up(v, r, now);
	if (v->leaning == v->state)
		v->due = MONO_NEVER;
	return settle(v, r, now) || changed;
}

/* The first evidence after void probes ends what they said. */
static void evidence(struct verdict *v)
{
	if (v->voids && v->state == SLA_UNKNOWN)
		say(v->cause, "no evidence yet");
	v->voids = 0;
}

static void fill(struct verdict *v, const struct verdict_rules *r, bool slow)
{
	v->bucket += VERDICT_LOSS_POINTS;
	if (v->bucket > full(r))
		v->bucket = full(r);
	v->straight_good = 0;
	v->straight_bad++;
	v->slow = slow;
}

bool verdict_success(struct verdict *v, const struct verdict_rules *r, int64_t rtt_us, mono_t now)
{
	evidence(v);
	if (r->max_rtt_us && rtt_us > r->max_rtt_us) {
		fill(v, r, true);
		return weigh(v, r, now);
	}
	if (v->bucket)
		v->bucket--;
	v->straight_bad = 0;
	if (v->straight_good < r->rise)
		v->straight_good++;
	return weigh(v, r, now);
}

bool verdict_loss(struct verdict *v, const struct verdict_rules *r, mono_t now)
{
	evidence(v);
	fill(v, r, false);
	return weigh(v, r, now);
}

bool verdict_late(struct verdict *v, const struct verdict_rules *r, int64_t rtt_us, mono_t now)
{
	if (rtt_us >= VERDICT_LATE_US || (r->max_rtt_us && rtt_us > r->max_rtt_us))
		return weigh(v, r, now);
	v->bucket -= v->bucket < VERDICT_LOSS_POINTS ? v->bucket : VERDICT_LOSS_POINTS;
	if (v->straight_bad)
		v->straight_bad--;
	return weigh(v, r, now);
}

bool verdict_void(struct verdict *v, const struct verdict_rules *r, uint64_t n, const char *why,
		  mono_t now)
{
	bool changed = settle(v, r, now);

	if (n == 0)
		return changed;
	if (v->voids == 0)
		v->void_since = now;
	v->voids += n;
	if (v->voids < r->fall || mono_sub(now, v->void_since) < VERDICT_VOID_US)
		return changed;
	v->bucket = v->straight_good = v->straight_bad = 0;
	v->lossy = false;
	if (v->state == SLA_UNKNOWN) {
		v->leaning = SLA_UNKNOWN;
		v->due = MONO_NEVER;
		say(v->cause, why);
		return changed;
	}
	enter(v, r, SLA_UNKNOWN, why, now);
	return true;
}

bool verdict_share(struct verdict *v, const struct verdict_rules *r, uint32_t decided,
		   uint32_t lost, mono_t now)
{
	if (!r->max_loss_permille || decided == 0)
		return false;
	v->loss_permille = (unsigned)((uint64_t)lost * 1000 / decided);
	v->lossy =
		lost >= r->fall && (uint64_t)lost * 1000 > (uint64_t)r->max_loss_permille * decided;
	return weigh(v, r, now);
}

bool verdict_tick(struct verdict *v, const struct verdict_rules *r, mono_t now)
{
	bool changed = settle(v, r, now);

	while (mono_reached(v->stable_at, now)) {
		v->next_wait_us /= 2;
		if (v->next_wait_us < r->delay_up_us)
			v->next_wait_us = r->delay_up_us;
		v->stable_at = v->next_wait_us > r->delay_up_us
				       ? mono_add(v->stable_at, VERDICT_STABLE_US)
				       : MONO_NEVER;
	}
	return changed;
}

mono_t verdict_deadline(const struct verdict *v)
{
	return mono_min(v->due, v->stable_at);
}

const char *verdict_name(enum sla_state s)
{
	return s == SLA_UP ? "up" : s == SLA_DOWN ? "down" : "unknown";
}

enum sla_state verdict_group(size_t up, size_t down, size_t n, size_t need)
{
	if (up >= need)
		return SLA_UP;
	return n - down < need ? SLA_DOWN : SLA_UNKNOWN;
}
