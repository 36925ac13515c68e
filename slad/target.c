/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One probe's bookkeeping; see target.h. */
#include "slad/target.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum fate { FATE_NONE, FATE_WAITING, FATE_RECEIVED, FATE_LOST, FATE_VOID, FATE_ASTRAY };

/* More than a timeout's worth of probes is never kept; a longer timeout is cut to it. */
#define RING_MIN 16u
#define RING_MAX 16384u

static const char stalled[] = "slad was stalled and could not judge";
static const char slept[] = "the host was suspended";
static const char unproven[] = "probes are answered that were not seen to leave";

/* Room for every probe that can still be answered in time, and a second more for the late. */
static size_t ring_size(const struct conf_probe *p)
{
	int64_t wait_us = p->timeout_us ? p->timeout_us : TARGET_TIMEOUT_MAX_US;
	int64_t probes = (wait_us + VERDICT_LATE_US) / p->interval_us + 2;
	size_t size = RING_MIN;

	while ((int64_t)size < probes && size < RING_MAX)
		size *= 2;
	return size;
}

static struct target_sent *sent_at(struct target *t, uint32_t seq)
{
	return &t->ring[seq & (t->ring_size - 1)];
}

static const char *tunnel_name(const struct conf *c, const struct conf_probe *p)
{
	return p->tunnel < 0 ? "" : c->tunnels[p->tunnel].name;
}

static struct target_way way_of(const struct conf *c, const struct conf_probe *p)
{
	struct target_way w = {0};

	if (p->tunnel < 0)
		return w;
	strcpy(w.interface, c->tunnels[p->tunnel].interface);
	strcpy(w.device, c->tunnels[p->tunnel].device);
	w.local = c->tunnels[p->tunnel].local;
	w.remote = c->tunnels[p->tunnel].remote;
	return w;
}

static bool same_way(const struct target_way *a, const struct target_way *b)
{
	return strcmp(a->interface, b->interface) == 0 && strcmp(a->device, b->device) == 0 &&
	       addr_equal(&a->local, &b->local) && addr_equal(&a->remote, &b->remote);
}

static struct verdict_rules rules_of(const struct conf_probe *p)
{
	return (struct verdict_rules){
		.fall = p->fall,
		.rise = p->rise,
		.delay_down_us = p->delay_down_us,
		.delay_up_us = p->delay_up_us,
		.max_rtt_us = p->max_rtt_us,
		.max_loss_permille = p->max_loss_permille,
		.start = p->start == START_UP     ? SLA_UP
			 : p->start == START_DOWN ? SLA_DOWN
						  : SLA_UNKNOWN,
	};
}

static int64_t bounded_timeout(const struct target *t, int64_t us)
{
	int64_t most = (int64_t)(t->ring_size - 2) * t->conf.interval_us;

	return us < most ? us : most;
}

/* What a new probe begins with, and one whose target got another address. */
static void begin(struct target *t, mono_t now)
{
	int64_t us = t->conf.timeout_us;

	t->want_id = true;
	t->id_since = now;
	t->timeout_us = bounded_timeout(t, us ? us : TARGET_TIMEOUT_MIN_US);
	verdict_init(&t->verdict, &t->rules, now);
	quality_init(&t->quality, now);
	t->minute = t->hour = WINDOW_NO_STATS;
	t->hour_due = t->share_from = now;
}

struct target *target_new(const struct conf *c, const struct conf_probe *p, uint32_t tag,
			  uint64_t cookie, mono_t now)
{
	size_t size = ring_size(p);
	struct target *t = calloc(1, sizeof(*t) + size * sizeof(t->ring[0]));

	if (!t)
		return NULL;
	t->conf = *p;
	t->conf.pos.file = NULL;
	if (t->conf.size < ECHO_PAYLOAD_MIN)
		t->conf.size = ECHO_PAYLOAD_MIN;
	strcpy(t->tunnel, tunnel_name(c, p));
	t->way = way_of(c, p);
	t->rules = rules_of(p);
	t->ring_size = size;
	t->tag = tag;
	t->cookie = cookie;
	begin(t, now);
	if (t->conf.host[0])
		target_nameless(t, "not looked up yet");
	target_start(t, now, 0, 1);
	return t;
}

void target_nameless(struct target *t, const char *why)
{
	snprintf(t->nameless, sizeof(t->nameless), "no address of its host name: %s", why);
}

unsigned target_address(struct target *t, const struct addr *a, uint64_t cookie, mono_t now)
{
	enum sla_state before = t->verdict.state;
	uint64_t transitions = t->verdict.transitions;

	t->nameless[0] = '\0';
	if (addr_equal(&t->conf.target, a))
		return 0;
	t->conf.target = *a;
	t->cookie = cookie;
	t->counters = (struct target_counters){0};
	memset(t->ring, 0, t->ring_size * sizeof(t->ring[0]));
	t->next_seq = t->oldest = 0;
	t->last_deadline = MONO_ZERO;
	t->trouble[0] = '\0';
	t->astray = false;
	begin(t, now);
	t->verdict.transitions = transitions + (t->verdict.state != before);
	return t->verdict.state != before ? TARGET_CHANGED : 0;
}

void target_free(struct target *t)
{
	free(t);
}

void target_start(struct target *t, mono_t origin, size_t index, size_t count)
{
	pacer_start(&t->pacer, origin, t->conf.interval_us, index, count);
}

/* A host name's address is no statement. */
static bool same_target(const struct conf_probe *a, const struct conf_probe *b)
{
	return strcmp(a->host, b->host) == 0 &&
	       (a->host[0] ? a->resolve_us == b->resolve_us : addr_equal(&a->target, &b->target));
}

bool target_is(const struct target *t, const struct conf *c, const struct conf_probe *p)
{
	const struct conf_probe *o = &t->conf;
	uint16_t size = p->size < ECHO_PAYLOAD_MIN ? ECHO_PAYLOAD_MIN : p->size;
	struct target_way way = way_of(c, p);

	return same_way(&t->way, &way) && strcmp(o->name, p->name) == 0 && same_target(o, p) &&
	       addr_equal(&o->source, &p->source) && strcmp(t->tunnel, tunnel_name(c, p)) == 0 &&
	       strcmp(o->interface, p->interface) == 0 && o->mark == p->mark && o->tos == p->tos &&
	       o->ttl == p->ttl && o->size == size && o->df == p->df &&
	       o->interval_us == p->interval_us && o->timeout_us == p->timeout_us &&
	       o->fall == p->fall && o->rise == p->rise && o->delay_down_us == p->delay_down_us &&
	       o->delay_up_us == p->delay_up_us && o->max_rtt_us == p->max_rtt_us &&
	       o->max_loss_permille == p->max_loss_permille && o->start == p->start;
}

/* ---- time ---- */

mono_t target_deadline(const struct target *t)
{
	mono_t d = mono_min(t->pacer.due, verdict_deadline(&t->verdict));

	if (t->oldest != t->next_seq)
		d = mono_min(d, t->ring[t->oldest & (t->ring_size - 1)].deadline);
	return d;
}

bool target_overdue(const struct target *t, mono_t now)
{
	return t->oldest != t->next_seq &&
	       mono_reached(t->ring[t->oldest & (t->ring_size - 1)].deadline, now);
}

/* A change of verdict may stem from a change of path, which connection tracking must not undo. */
static unsigned changed(struct target *t, bool change)
{
	if (!change)
		return 0;
	t->want_id = true;
	return TARGET_CHANGED;
}

static unsigned void_probes(struct target *t, uint64_t n, const char *why, mono_t now)
{
	t->counters.void_probes += n;
	return changed(t, verdict_void(&t->verdict, &t->rules, n, why, now));
}

static void skip_decided(struct target *t, mono_t now)
{
	while (t->oldest != t->next_seq && sent_at(t, t->oldest)->fate != FATE_WAITING) {
		window_in_order(&t->quality.hour, sent_at(t, t->oldest)->fate == FATE_LOST, now);
		t->oldest++;
	}
}

static unsigned lose(struct target *t, struct target_sent *s, mono_t now)
{
	s->fate = FATE_LOST;
	s->lost_at = now;
	t->astray = false; /* it would have been seen */
	t->counters.lost++;
	quality_loss(&t->quality, now);
	return changed(t, verdict_loss(&t->verdict, &t->rules, now));
}

/*
 * The deadlines rise with the sequence, so the oldest is the first to pass. One that is seen late
 * by more than half its timeout was not watched: what held this daemon up may have held the reply
 * up too.
 */
static unsigned expire(struct target *t, mono_t now)
{
	unsigned flags = 0;

	for (skip_decided(t, now); target_overdue(t, now); skip_decided(t, now)) {
		struct target_sent *s = sent_at(t, t->oldest);

		if (mono_sub(now, s->deadline) > t->timeout_us / 2) {
			s->fate = FATE_VOID;
			flags |= void_probes(t, 1, stalled, now);
		} else {
			flags |= lose(t, s, now);
		}
	}
	return flags;
}

unsigned target_turn(struct target *t, mono_t now)
{
	unsigned flags = expire(t, now);
	struct pacer_slot slot = pacer_take(&t->pacer, now);

	flags |= changed(t, verdict_tick(&t->verdict, &t->rules, now));
	if (slot.missed)
		flags |= void_probes(t, slot.missed, stalled, now);
	if (slot.due && !addr_is_set(&t->conf.target))
		return flags | void_probes(t, 1, t->nameless, now);
	if (slot.due && t->astray && mono_before(now, t->astray_due))
		return flags | void_probes(t, 1, t->trouble, now);
	return slot.due ? flags | TARGET_SEND : flags;
}

unsigned target_slept(struct target *t, mono_t now)
{
	unsigned flags = 0;

	for (skip_decided(t, now); t->oldest != t->next_seq; skip_decided(t, now)) {
		sent_at(t, t->oldest)->fate = FATE_VOID;
		flags |= void_probes(t, 1, slept, now);
	}
	t->want_id = true;
	return flags;
}

/* ---- sending ---- */

bool target_wants_id(const struct target *t, mono_t now)
{
	return t->want_id ||
	       (t->verdict.state == SLA_DOWN && mono_sub(now, t->id_since) >= TARGET_ID_LIFE_US);
}

void target_set_id(struct target *t, uint16_t id, mono_t now)
{
	t->id = id;
	t->id_since = now;
	t->want_id = false;
}

void target_reroute(struct target *t)
{
	t->want_id = true;
}

void target_request(const struct target *t, struct echo_request *out)
{
	*out = (struct echo_request){
		.id = t->id,
		.size = t->conf.size,
		.tag = t->tag,
		.seq = t->next_seq,
		.cookie = t->cookie,
	};
}

static unsigned begin_trouble(struct target *t, const char *why)
{
	if (strncmp(t->trouble, why, sizeof(t->trouble) - 1) == 0)
		return 0;
	snprintf(t->trouble, sizeof(t->trouble), "%s", why);
	return TARGET_TROUBLE;
}

static unsigned end_trouble(struct target *t)
{
	if (t->trouble[0] == '\0')
		return 0;
	t->trouble[0] = '\0';
	t->want_id = true;
	return TARGET_CLEAR;
}

unsigned target_sent(struct target *t, mono_t now)
{
	mono_t deadline = mono_add(now, t->timeout_us);

	if (mono_before(deadline, t->last_deadline))
		deadline = t->last_deadline; /* the timeout shrank: keep the order */
	t->last_deadline = deadline;
	*sent_at(t, t->next_seq) = (struct target_sent){
		.sent = now,
		.deadline = deadline,
		.seq = t->next_seq,
		.id = t->id,
		.fate = FATE_WAITING,
	};
	t->next_seq++;
	t->counters.sent++;
	return t->astray ? 0 : end_trouble(t);
}

unsigned target_unsent(struct target *t, const char *why, mono_t now)
{
	unsigned flags = begin_trouble(t, why);

	t->astray = false;
	t->counters.send_errors++;
	return flags | void_probes(t, 1, why, now);
}

unsigned target_left(struct target *t, uint32_t seq, const char *astray, mono_t now)
{
	struct target_sent *s = sent_at(t, seq);
	unsigned flags;

	/* Devices on top of each other show it twice: the first is the one that it was routed to.
	 */
	if (s->seq != seq || s->fate != FATE_WAITING || s->proven)
		return 0;
	if (!astray) {
		s->proven = true;
		t->astray = false;
		return end_trouble(t);
	}
	s->fate = FATE_ASTRAY;
	t->astray = true;
	t->astray_due = mono_add(now, TARGET_ASTRAY_US);
	flags = begin_trouble(t, astray) | void_probes(t, 1, astray, now);
	skip_decided(t, now);
	return flags;
}

/* ---- receiving ---- */

void target_reject(struct target *t, enum echo_reject why)
{
	t->counters.rejected++;
	t->counters.rejects[why]++;
}

static unsigned late(struct target *t, struct target_sent *s, int64_t rtt_us, mono_t at)
{
	bool was_lost = s->fate == FATE_LOST;
	bool young = rtt_us < VERDICT_LATE_US;

	s->fate = FATE_RECEIVED;
	t->counters.late++;
	if (!was_lost || !young) {
		quality_rtt(&t->quality, rtt_us, at);
		return 0;
	}
	quality_late(&t->quality, rtt_us, s->lost_at, at);
	return changed(t, verdict_late(&t->verdict, &t->rules, rtt_us, at));
}

static unsigned accept(struct target *t, struct target_sent *s, mono_t at)
{
	int64_t rtt_us = mono_sub(at, s->sent);
	unsigned flags = 0;

	if (rtt_us < 0)
		rtt_us = 0; /* the wall clock, which the stamp is from, was set back */
	if (s->fate == FATE_RECEIVED) {
		t->counters.duplicate++;
		return 0;
	}
	if (s->fate == FATE_WAITING && mono_before(s->deadline, at))
		flags = lose(t, s, at);
	if (s->fate != FATE_WAITING)
		return flags | late(t, s, rtt_us, at);
	s->fate = FATE_RECEIVED;
	t->counters.received++;
	quality_reply(&t->quality, rtt_us, at);
	return changed(t, verdict_success(&t->verdict, &t->rules, rtt_us, at));
}

/* The newest request that an ICMP sequence number, 16 bits of ours, can mean. */
static uint32_t whole_seq(const struct target *t, uint16_t icmp_seq)
{
	uint32_t newest = t->next_seq - 1;

	return newest - (uint16_t)(newest - icmp_seq);
}

static enum echo_reject judge(struct target *t, const struct target_sent *s,
			      const struct echo_message *m)
{
	struct echo_expected expected = {.from = t->conf.target, .to = t->conf.source};

	if (s->fate == FATE_NONE)
		return m->kind == ECHO_REPLY ? ECHO_WRONG_SEQUENCE : ECHO_FORGED_QUOTE;
	target_request(t, &expected.request);
	expected.request.id = s->id;
	expected.request.seq = s->seq;
	return echo_judge(&expected, m);
}

static bool leaves_unproven(const struct target *t, const struct target_sent *s)
{
	return addr_is_set(&t->way.remote) && !s->proven;
}

/* A reply to a probe that left another way, or nobody knows how, says nothing about the tunnel. */
static unsigned disown(struct target *t, struct target_sent *s, mono_t at)
{
	bool waiting = s->fate == FATE_WAITING;

	target_reject(t, ECHO_WRONG_WAY);
	if (!waiting)
		return 0;
	s->fate = FATE_VOID;
	return void_probes(t, 1, unproven, at);
}

unsigned target_receive(struct target *t, const struct echo_message *m, mono_t at)
{
	bool reply = m->kind == ECHO_REPLY;
	struct target_sent *s = sent_at(t, reply ? m->seq : whole_seq(t, m->icmp_seq));
	enum echo_reject reject = judge(t, s, m);
	unsigned flags;

	if (reject != ECHO_ACCEPTED) {
		target_reject(t, reject);
		return 0;
	}
	if (!reply) {
		t->counters.rejected++;
		t->counters.errors[m->kind]++;
		return 0;
	}
	flags = leaves_unproven(t, s) ? disown(t, s, at) : accept(t, s, at);
	skip_decided(t, at);
	return flags;
}

bool target_wants_refresh(const struct target *t, mono_t now)
{
	return mono_reached(t->hour_due, now);
}

unsigned target_refresh(struct target *t, mono_t now)
{
	quality_advance(&t->quality, now);
	window_stats(&t->quality.minute, &t->minute);
	if (mono_reached(t->hour_due, now)) {
		window_stats(&t->quality.hour, &t->hour);
		t->hour_due = mono_add(now, TARGET_HOUR_PERIOD_US);
	}
	if (t->conf.timeout_us == 0) {
		int64_t us = 2 * t->minute.p99_us;

		us = us < TARGET_TIMEOUT_MIN_US ? TARGET_TIMEOUT_MIN_US : us;
		us = us > TARGET_TIMEOUT_MAX_US ? TARGET_TIMEOUT_MAX_US : us;
		t->timeout_us = bounded_timeout(t, us);
	}
	if (mono_before(now, t->share_from))
		return 0;
	return changed(
		t, verdict_share(&t->verdict, &t->rules, t->minute.decided, t->minute.lost, now));
}
