/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One probe's books: every fate of what was sent, and the ids that it goes by. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "slad/group.h"
#include "slad/ids.h"
#include "slad/suspend.h"
#include "slad/target.h"

static const uint8_t target_bytes[] = {172, 16, 41, 10}, source_bytes[] = {10, 1, 22, 252};

static struct conf_probe defaults(void)
{
	struct conf_probe p = {
		.name = "ecs",
		.tunnel = -1,
		.ttl = 64,
		.size = 56,
		.interval_us = 100 * US_PER_MS,
		.fall = 6,
		.rise = 20,
		.delay_up_us = 10 * US_PER_S,
	};

	p.target = addr_ipv4(target_bytes);
	p.source = addr_ipv4(source_bytes);
	return p;
}

struct bench {
	struct target *t;
	mono_t now;
};

static struct bench begin(const struct conf_probe *p)
{
	struct bench b = {.now = {US_PER_S}};

	b.t = target_new(NULL, p, 0x1234, 0xc00c1e, b.now);
	ck_assert_ptr_nonnull(b.t);
	return b;
}

/* Sends the probe that is due and returns the reply that it deserves. */
static struct echo_message send_one(struct bench *b)
{
	struct echo_request q;

	ck_assert_uint_eq(target_turn(b->t, b->now) & TARGET_SEND, TARGET_SEND);
	if (target_wants_id(b->t, b->now))
		target_set_id(b->t, (uint16_t)(b->t->id + 1), b->now);
	target_request(b->t, &q);
	target_sent(b->t, b->now);
	return (struct echo_message){
		.kind = ECHO_REPLY,
		.from = b->t->conf.target,
		.to = b->t->conf.source,
		.source = b->t->conf.source,
		.target = b->t->conf.target,
		.id = q.id,
		.icmp_seq = (uint16_t)q.seq,
		.payload = q.size,
		.tag = q.tag,
		.seq = q.seq,
		.cookie = q.cookie,
	};
}

static unsigned reply_after(struct bench *b, const struct echo_message *m, int64_t us)
{
	return target_receive(b->t, m, mono_add(b->now, us));
}

/* To the next slot, with everything answered at once. */
static void go_up(struct bench *b)
{
	for (int i = 0; i < 20; i++) {
		struct echo_message m = send_one(b);

		reply_after(b, &m, 1000);
		b->now = mono_add(b->now, 100 * US_PER_MS);
	}
	ck_assert_int_eq(b->t->verdict.state, SLA_UP);
}

START_TEST(a_reply_in_time)
{
	struct conf_probe p = defaults();
	struct bench b = begin(&p);
	struct echo_message m = send_one(&b);

	reply_after(&b, &m, 1500);
	ck_assert_uint_eq(b.t->counters.sent, 1);
	ck_assert_uint_eq(b.t->counters.received, 1);
	target_refresh(b.t, b.now);
	ck_assert_int_eq(b.t->minute.last_us, 1500);
	/* Nothing is waited for any more: the next slot is next. */
	ck_assert_int_eq(mono_sub(target_deadline(b.t), b.now), 100 * US_PER_MS);
	target_free(b.t);
}
END_TEST

START_TEST(a_loss_is_decided_at_its_timeout)
{
	struct conf_probe p = defaults();
	struct bench b = begin(&p);
	mono_t sent = b.now;

	p.interval_us = US_PER_S;
	target_free(b.t);
	b = begin(&p);
	send_one(&b);
	ck_assert_int_eq(mono_sub(target_deadline(b.t), sent), 200 * US_PER_MS);
	b.now = mono_add(sent, 200 * US_PER_MS - 1);
	ck_assert(!target_overdue(b.t, b.now));
	target_turn(b.t, b.now);
	ck_assert_uint_eq(b.t->counters.lost, 0);
	b.now = mono_add(sent, 200 * US_PER_MS);
	ck_assert(target_overdue(b.t, b.now));
	target_turn(b.t, b.now);
	ck_assert_uint_eq(b.t->counters.lost, 1);
	target_free(b.t);
}
END_TEST

START_TEST(the_kernels_stamp_decides)
{
	struct conf_probe p = defaults();
	struct bench b = begin(&p);
	struct echo_message m = send_one(&b);

	/* Read before the turn that would have called it lost, stamped in time: received. */
	reply_after(&b, &m, 199 * US_PER_MS);
	ck_assert_uint_eq(b.t->counters.received, 1);
	b.now = mono_add(b.now, 100 * US_PER_MS);
	m = send_one(&b);
	/* Stamped after the timeout, though nobody had looked yet: lost, then late. */
	reply_after(&b, &m, 201 * US_PER_MS);
	ck_assert_uint_eq(b.t->counters.received, 1);
	ck_assert_uint_eq(b.t->counters.lost, 1);
	ck_assert_uint_eq(b.t->counters.late, 1);
	ck_assert_uint_eq(b.t->verdict.bucket, 0);
	target_free(b.t);
}
END_TEST

START_TEST(a_late_reply_takes_its_loss_back_within_a_second)
{
	struct conf_probe p = defaults();
	struct bench b = begin(&p);
	struct echo_message first = send_one(&b), second;
	mono_t begin_at = b.now;

	b.now = mono_add(b.now, 100 * US_PER_MS);
	second = send_one(&b);
	b.now = mono_add(begin_at, 300 * US_PER_MS);
	target_turn(b.t, b.now);
	ck_assert_uint_eq(b.t->counters.lost, 2);
	ck_assert_uint_eq(b.t->verdict.bucket, 6);
	target_receive(b.t, &first, mono_add(begin_at, 999 * US_PER_MS));
	ck_assert_uint_eq(b.t->verdict.bucket, 3);
	target_receive(b.t, &second, mono_add(begin_at, 1200 * US_PER_MS));
	ck_assert_uint_eq(b.t->verdict.bucket, 3);
	ck_assert_uint_eq(b.t->counters.late, 2);
	target_refresh(b.t, mono_add(begin_at, 1200 * US_PER_MS));
	ck_assert_uint_eq(b.t->minute.lost, 1);
	ck_assert_int_eq(b.t->minute.max_us, 1100 * US_PER_MS);
	target_free(b.t);
}
END_TEST

START_TEST(a_second_reply_is_a_duplicate)
{
	struct conf_probe p = defaults();
	struct bench b = begin(&p);
	struct echo_message m = send_one(&b);

	reply_after(&b, &m, 1000);
	reply_after(&b, &m, 2000);
	ck_assert_uint_eq(b.t->counters.received, 1);
	ck_assert_uint_eq(b.t->counters.duplicate, 1);
	ck_assert_uint_eq(b.t->verdict.straight_good, 1);
	target_free(b.t);
}
END_TEST

START_TEST(mismatches_are_counted_by_kind)
{
	struct conf_probe p = defaults();
	struct bench b = begin(&p);
	struct echo_message m = send_one(&b), bad;

	bad = m;
	bad.cookie++;
	reply_after(&b, &bad, 1000);
	bad = m;
	bad.id++;
	reply_after(&b, &bad, 1000);
	bad = m;
	bad.from.b[3]++;
	reply_after(&b, &bad, 1000);
	bad = m;
	bad.seq += 1; /* not sent yet */
	bad.icmp_seq += 1;
	reply_after(&b, &bad, 1000);
	bad = m;
	bad.seq += (uint32_t)b.t->ring_size; /* the same place of the ring */
	bad.icmp_seq = (uint16_t)bad.seq;
	reply_after(&b, &bad, 1000);
	bad = m;
	bad.payload++;
	reply_after(&b, &bad, 1000);
	ck_assert_uint_eq(b.t->counters.rejected, 6);
	ck_assert_uint_eq(b.t->counters.rejects[ECHO_WRONG_COOKIE], 1);
	ck_assert_uint_eq(b.t->counters.rejects[ECHO_WRONG_ID], 1);
	ck_assert_uint_eq(b.t->counters.rejects[ECHO_WRONG_SOURCE], 1);
	ck_assert_uint_eq(b.t->counters.rejects[ECHO_WRONG_SEQUENCE], 2);
	ck_assert_uint_eq(b.t->counters.rejects[ECHO_WRONG_LENGTH], 1);
	ck_assert_uint_eq(b.t->counters.received, 0);
	target_free(b.t);
}
END_TEST

START_TEST(icmp_errors_are_counted_and_move_nothing)
{
	struct conf_probe p = defaults();
	struct bench b = begin(&p);
	struct echo_message m = send_one(&b);

	m.kind = ECHO_UNREACHABLE;
	m.from.b[0] = 10;
	ck_assert_uint_eq(reply_after(&b, &m, 1000), 0);
	ck_assert_uint_eq(b.t->counters.rejected, 1);
	ck_assert_uint_eq(b.t->counters.errors[ECHO_UNREACHABLE], 1);
	ck_assert_uint_eq(b.t->verdict.bucket, 0);
	m.target.b[3]++; /* quotes a request to somebody else */
	reply_after(&b, &m, 1000);
	ck_assert_uint_eq(b.t->counters.rejected, 2);
	ck_assert_uint_eq(b.t->counters.rejects[ECHO_FORGED_QUOTE], 1);
	ck_assert_uint_eq(b.t->counters.errors[ECHO_UNREACHABLE], 1);
	m.target.b[3]--;
	m.icmp_seq++; /* was not sent yet */
	reply_after(&b, &m, 1000);
	ck_assert_uint_eq(b.t->counters.rejects[ECHO_FORGED_QUOTE], 2);
	m.icmp_seq--;
	m.payload = 0; /* quotes no more than it must */
	m.seq = 0xbad;
	reply_after(&b, &m, 1000);
	ck_assert_uint_eq(b.t->counters.errors[ECHO_UNREACHABLE], 2);
	target_free(b.t);
}
END_TEST

START_TEST(a_stall_voids_what_it_could_not_watch)
{
	struct conf_probe p = defaults();
	struct bench b = begin(&p);
	unsigned flags;

	go_up(&b);
	send_one(&b);
	b.now = mono_add(b.now, 2 * US_PER_S);
	flags = target_turn(b.t, b.now);
	ck_assert_uint_eq(flags, TARGET_SEND);
	ck_assert_uint_eq(b.t->counters.lost, 0);
	/* One on its way, and nineteen slots that passed unused. */
	ck_assert_uint_eq(b.t->counters.void_probes, 20);
	target_free(b.t);
}
END_TEST

START_TEST(lateness_below_half_the_timeout_is_borne)
{
	struct conf_probe p = defaults();
	struct bench b;

	p.interval_us = US_PER_S;
	b = begin(&p);
	send_one(&b);
	b.now = mono_add(b.now, 300 * US_PER_MS);
	target_turn(b.t, b.now);
	ck_assert_uint_eq(b.t->counters.lost, 1);
	b.now = mono_add(b.now, 700 * US_PER_MS);
	send_one(&b);
	b.now = mono_add(b.now, 300 * US_PER_MS + 1);
	target_turn(b.t, b.now);
	ck_assert_uint_eq(b.t->counters.lost, 1);
	ck_assert_uint_eq(b.t->counters.void_probes, 1);
	target_free(b.t);
}
END_TEST

START_TEST(a_suspend_voids_what_was_on_its_way)
{
	struct conf_probe p = defaults();
	struct bench b = begin(&p);

	send_one(&b);
	b.now = mono_add(b.now, 100 * US_PER_MS);
	send_one(&b);
	target_slept(b.t, b.now);
	ck_assert_uint_eq(b.t->counters.void_probes, 2);
	b.now = mono_add(b.now, 300 * US_PER_MS);
	target_turn(b.t, b.now);
	ck_assert_uint_eq(b.t->counters.lost, 0);
	ck_assert(target_wants_id(b.t, b.now));
	target_free(b.t);
}
END_TEST

START_TEST(a_suspend_is_a_jump_of_one_clock)
{
	struct suspend s;

	suspend_init(&s, 5 * US_PER_S, (mono_t){3 * US_PER_S});
	/* Both go on, and are read a little apart. */
	ck_assert_int_eq(suspend_notice(&s, 9 * US_PER_S + 99999, (mono_t){7 * US_PER_S}), 0);
	/* The process was held up between the readings. */
	ck_assert_int_eq(suspend_notice(&s, 9 * US_PER_S, (mono_t){60 * US_PER_S}), 0);
	ck_assert_int_eq(suspend_notice(&s, 70 * US_PER_S, (mono_t){8 * US_PER_S}), 60 * US_PER_S);
	/* Told once, and the next one by itself. */
	ck_assert_int_eq(suspend_notice(&s, 71 * US_PER_S, (mono_t){9 * US_PER_S}), 0);
	ck_assert_int_eq(suspend_notice(&s, 72 * US_PER_S, (mono_t){9 * US_PER_S + 1}),
			 US_PER_S - 1);
}
END_TEST

/* The source address is gone: no loss, unknown with the cause in the end, and evidence afresh. */
START_TEST(a_host_that_cannot_send_knows_nothing)
{
	struct conf_probe p = defaults();
	struct bench b = begin(&p);
	mono_t gone;

	go_up(&b);
	gone = b.now;
	while (b.t->verdict.state == SLA_UP) {
		ck_assert_int_le(mono_sub(b.now, gone), 2 * US_PER_S);
		ck_assert_uint_eq(target_turn(b.t, b.now) & TARGET_SEND, TARGET_SEND);
		target_unsent(b.t, "no source", b.now);
		b.now = mono_add(b.now, 100 * US_PER_MS);
	}
	ck_assert_int_ge(mono_sub(b.now, gone), VERDICT_VOID_US);
	ck_assert_int_eq(b.t->verdict.state, SLA_UNKNOWN);
	ck_assert_str_eq(b.t->verdict.cause, "no source");
	ck_assert_uint_eq(b.t->counters.lost, 0);
	ck_assert_uint_eq(b.t->counters.send_errors, b.t->counters.void_probes);
	/* Not down before, so up again without a wait. */
	go_up(&b);
	ck_assert_uint_eq(b.t->verdict.transitions, 3);
	target_free(b.t);
}
END_TEST

START_TEST(trouble_is_told_once_and_ends)
{
	struct conf_probe p = defaults();
	struct bench b = begin(&p);
	struct echo_request q;

	ck_assert_uint_eq(target_unsent(b.t, "no source", b.now), TARGET_TROUBLE);
	ck_assert_uint_eq(target_unsent(b.t, "no source", b.now), 0);
	ck_assert_uint_eq(target_unsent(b.t, "no interface", b.now), TARGET_TROUBLE);
	ck_assert_uint_eq(b.t->counters.send_errors, 3);
	ck_assert_uint_eq(b.t->counters.void_probes, 3);
	target_request(b.t, &q);
	ck_assert_uint_eq(q.seq, 0);
	ck_assert_uint_eq(target_sent(b.t, b.now), TARGET_CLEAR);
	ck_assert_uint_eq(target_sent(b.t, b.now), 0);
	ck_assert_str_eq(b.t->trouble, "");
	target_free(b.t);
}
END_TEST

START_TEST(fresh_ids)
{
	struct conf_probe p = defaults();
	struct bench b = begin(&p);
	mono_t since;

	ck_assert(target_wants_id(b.t, b.now)); /* the first */
	go_up(&b);
	ck_assert(target_wants_id(b.t, b.now)); /* the verdict changed */
	send_one(&b);
	ck_assert(!target_wants_id(b.t, b.now));
	target_reroute(b.t);
	ck_assert(target_wants_id(b.t, b.now));
	for (int i = 0; i < 10; i++) {
		b.now = mono_add(b.now, 100 * US_PER_MS);
		send_one(&b);
	}
	ck_assert_int_eq(b.t->verdict.state, SLA_DOWN);
	since = b.t->id_since;
	ck_assert(!target_wants_id(b.t, mono_add(since, 30 * US_PER_S - 1)));
	ck_assert(target_wants_id(b.t, mono_add(since, 30 * US_PER_S)));
	target_free(b.t);
}
END_TEST

/* A reply to the id before still counts: it went out under it. */
START_TEST(an_old_id_is_good_for_its_probe)
{
	struct conf_probe p = defaults();
	struct bench b = begin(&p);
	struct echo_message m = send_one(&b);

	target_set_id(b.t, 4711, b.now);
	reply_after(&b, &m, 1000);
	ck_assert_uint_eq(b.t->counters.received, 1);
	target_free(b.t);
}
END_TEST

START_TEST(the_timeout_follows_the_p99)
{
	struct conf_probe p = defaults();
	struct bench b = begin(&p);

	ck_assert_int_eq(b.t->timeout_us, 200 * US_PER_MS);
	for (int i = 0; i < 50; i++) {
		struct echo_message m = send_one(&b);

		reply_after(&b, &m, 190 * US_PER_MS);
		b.now = mono_add(b.now, 100 * US_PER_MS);
	}
	target_refresh(b.t, b.now);
	ck_assert_int_ge(b.t->timeout_us, 2 * 184 * US_PER_MS);
	ck_assert_int_le(b.t->timeout_us, 2 * 196 * US_PER_MS);
	target_free(b.t);
	p.timeout_us = 50 * US_PER_MS;
	b = begin(&p);
	target_refresh(b.t, b.now);
	ck_assert_int_eq(b.t->timeout_us, 50 * US_PER_MS);
	target_free(b.t);
}
END_TEST

START_TEST(another_address_is_another_target)
{
	static const uint8_t other[] = {172, 16, 41, 11};
	struct conf_probe p = defaults();
	struct addr a = p.target, next = addr_ipv4(other);
	struct bench b;
	struct echo_message m;

	strcpy(p.host, "db.example");
	p.resolve_us = 60 * US_PER_S;
	p.target = (struct addr){0};
	b = begin(&p);
	for (int i = 0; i < 20; i++) {
		ck_assert_uint_eq(target_turn(b.t, b.now) & TARGET_SEND, 0);
		b.now = mono_add(b.now, 100 * US_PER_MS);
	}
	ck_assert_int_eq(b.t->verdict.state, SLA_UNKNOWN);
	ck_assert_str_eq(b.t->verdict.cause, "no address of its host name: not looked up yet");
	target_nameless(b.t, "refused");
	target_turn(b.t, b.now);
	ck_assert_str_eq(b.t->verdict.cause, "no address of its host name: refused");
	b.now = mono_add(b.now, 100 * US_PER_MS);
	ck_assert_uint_eq(target_address(b.t, &a, 1, b.now), 0);
	ck_assert_str_eq(b.t->verdict.cause, "no evidence yet");
	go_up(&b);
	m = send_one(&b);
	/* The same one again. */
	target_nameless(b.t, "refused");
	ck_assert_uint_eq(target_address(b.t, &a, 2, b.now), 0);
	ck_assert_uint_eq(b.t->counters.sent, 21);
	ck_assert_str_eq(b.t->nameless, "");
	ck_assert_uint_eq(target_address(b.t, &next, 3, b.now), TARGET_CHANGED);
	ck_assert_int_eq(b.t->verdict.state, SLA_UNKNOWN);
	ck_assert_uint_eq(b.t->verdict.transitions, 2);
	ck_assert_uint_eq(b.t->counters.sent, 0);
	ck_assert_uint_eq(b.t->counters.void_probes, 0);
	ck_assert_int_eq(b.t->minute.min_us, -1);
	ck_assert(target_wants_id(b.t, b.now));
	reply_after(&b, &m, 1000);
	ck_assert_uint_eq(b.t->counters.rejects[ECHO_WRONG_SEQUENCE], 1);
	b.now = mono_add(b.now, 100 * US_PER_MS);
	go_up(&b);
	/* The address is no statement, the name is. */
	ck_assert(target_is(b.t, NULL, &p));
	strcpy(p.host, "db2.example");
	ck_assert(!target_is(b.t, NULL, &p));
	target_free(b.t);
}
END_TEST

START_TEST(sequence_numbers_wrap)
{
	struct conf_probe p = defaults();
	struct bench b = begin(&p);

	b.t->next_seq = b.t->oldest = UINT32_MAX - 10;
	go_up(&b);
	ck_assert_uint_eq(b.t->next_seq, 9);
	ck_assert_uint_eq(b.t->counters.received, 20);
	target_free(b.t);
}
END_TEST

/* As many probes as a long timeout and a short interval can have on their way. */
START_TEST(the_ring_holds_all_that_is_waited_for)
{
	struct conf_probe p = defaults();
	struct bench b;

	p.interval_us = 10 * US_PER_MS;
	p.timeout_us = 3 * US_PER_S;
	b = begin(&p);
	for (int i = 0; i < 1000; i++) {
		send_one(&b);
		b.now = mono_add(b.now, p.interval_us);
	}
	ck_assert_uint_eq(b.t->counters.lost, 700);
	ck_assert_uint_eq(b.t->next_seq - b.t->oldest, 300);
	target_free(b.t);
}
END_TEST

/* Losses are decided after later probes were answered; a run is told by the order of sending. */
START_TEST(a_run_of_losses_is_one_run)
{
	struct conf_probe p = defaults();
	struct bench b = begin(&p);

	for (int i = 0; i < 20; i++) {
		struct echo_message m = send_one(&b);

		if (i < 5 || (i >= 8 && i != 12))
			reply_after(&b, &m, 1000);
		b.now = mono_add(b.now, 100 * US_PER_MS);
	}
	target_refresh(b.t, b.now);
	ck_assert_uint_eq(b.t->hour.lost, 4);
	ck_assert_uint_eq(b.t->hour.runs, 2);
	ck_assert_uint_eq(b.t->hour.run_losses, 4);
	ck_assert_uint_eq(b.t->hour.longest_run, 3);
	target_free(b.t);
}
END_TEST

START_TEST(the_last_minute_by_the_second)
{
	struct conf_probe p = defaults();
	struct sla_second s[SLA_HISTORY];
	struct bench b = begin(&p);

	for (int i = 0; i < 30; i++) {
		struct echo_message m = send_one(&b);

		if (i < 10 || i >= 17)
			reply_after(&b, &m, i < 10 ? 1000 : 3000 + 1000 * (i % 2));
		b.now = mono_add(b.now, 100 * US_PER_MS);
	}
	history_list(&b.t->quality.history, b.now, s);
	ck_assert_uint_eq(s[SLA_HISTORY - 1].decided, 0);
	ck_assert_uint_eq(s[SLA_HISTORY - 1].rtt_us, SLA_NO_RTT);
	ck_assert_uint_eq(s[SLA_HISTORY - 4].decided, 10);
	ck_assert_uint_eq(s[SLA_HISTORY - 4].lost, 0);
	ck_assert_uint_eq(s[SLA_HISTORY - 4].rtt_us, 1000);
	ck_assert_uint_eq(s[SLA_HISTORY - 3].lost + s[SLA_HISTORY - 2].lost, 7);
	ck_assert_uint_eq(s[SLA_HISTORY - 2].rtt_us, 3500);
	ck_assert_uint_eq(s[SLA_HISTORY - 5].decided, 0);
	/* Silence drives it out. */
	history_list(&b.t->quality.history, mono_add(b.now, 58 * US_PER_S), s);
	ck_assert_uint_eq(s[0].rtt_us, 3500);
	history_list(&b.t->quality.history, mono_add(b.now, 120 * US_PER_S), s);
	for (size_t i = 0; i < SLA_HISTORY; i++)
		ck_assert_uint_eq(s[i].decided, 0);
	target_free(b.t);
}
END_TEST

static uint64_t fingerprint(const struct conf_probe *p)
{
	struct bench b = begin(p);
	uint64_t f = target_fingerprint(b.t);

	target_free(b.t);
	return f;
}

START_TEST(every_statement_tells_probes_apart)
{
	struct conf_probe p = defaults(), q;
	struct bench b = begin(&p);

	ck_assert(target_is(b.t, NULL, &p));
	q = p;
	q.pos.line = 99;
	ck_assert(target_is(b.t, NULL, &q));
#define DIFFERS(statement)                                     \
	do {                                                   \
		q = p;                                         \
		statement;                                     \
		ck_assert(!target_is(b.t, NULL, &q));          \
		ck_assert(fingerprint(&q) != fingerprint(&p)); \
	} while (0)
	DIFFERS(q.name[0] = 'x');
	DIFFERS(q.target.b[0]++);
	DIFFERS(q.source.b[0]++);
	DIFFERS(q.interface[0] = 'x');
	DIFFERS(q.mark++);
	DIFFERS(q.tos++);
	DIFFERS(q.ttl++);
	DIFFERS(q.size++);
	DIFFERS(q.df = true);
	DIFFERS(q.interval_us++);
	DIFFERS(q.timeout_us++);
	DIFFERS(q.fall++);
	DIFFERS(q.rise++);
	DIFFERS(q.delay_down_us++);
	DIFFERS(q.delay_up_us++);
	DIFFERS(q.max_rtt_us++);
	DIFFERS(q.max_loss_permille++);
	DIFFERS(q.start = START_UP);
#undef DIFFERS
	target_free(b.t);
}
END_TEST

START_TEST(ids_go_round_and_remember)
{
	static struct ids ids;
	uint16_t first, present, id;

	ids_init(&ids, 0xabcd);
	first = ids_take(&ids, 7, 0);
	ck_assert_uint_eq(first & IDS_MASK, 0xabcd & IDS_MASK);
	ck_assert_uint_eq(ids_owner(&ids, first), 7);
	ck_assert_uint_eq(ids_owner(&ids, first ^ 0x8000), IDS_NOBODY);
	ck_assert_uint_eq(ids_owner(&ids, first + 1), IDS_NOBODY);
	present = ids_take(&ids, 8, 0); /* stays in use, so the others go round it */
	id = first;
	for (unsigned i = 0; i < IDS_COUNT - 2; i++) {
		id = ids_take(&ids, 7, id);
		ck_assert_uint_ne(id, first);
		ck_assert_uint_ne(id, present);
		ck_assert_uint_eq(ids_owner(&ids, first), 7); /* given up, but not forgotten */
	}
	ck_assert_uint_eq(ids_take(&ids, 9, 0), first);
	ck_assert_uint_eq(ids_owner(&ids, first), 9);
	ids_forget(&ids);
	ck_assert_uint_eq(ids_owner(&ids, present), IDS_NOBODY);
	ids_keep(&ids, 3, present);
	ck_assert_uint_eq(ids_owner(&ids, present), 3);
}
END_TEST

START_TEST(groups_weigh_and_inherit)
{
	int members[] = {0, 2};
	struct conf_sla_group c = {
		.name = "both", .probes = members, .n_probes = 2, .require = REQUIRE_ANY};
	enum sla_state states[] = {SLA_UNKNOWN, SLA_UP, SLA_UP};
	struct group *g = group_new(&c, MONO_ZERO), *next;

	ck_assert(group_weigh(g, states, (mono_t){5}));
	ck_assert_int_eq(g->state, SLA_UP);
	ck_assert_str_eq(g->cause, "1 of 2 probes up, 0 down, 1 needed");
	ck_assert(!group_weigh(g, states, (mono_t){6}));
	ck_assert_int_eq(g->since.us, 5);
	c.require = REQUIRE_ALL;
	next = group_new(&c, (mono_t){7});
	group_inherit(next, g);
	ck_assert_int_eq(next->since.us, 5);
	ck_assert(group_weigh(next, states, (mono_t){8}));
	ck_assert_int_eq(next->state, SLA_UNKNOWN);
	ck_assert_uint_eq(next->transitions, 2);
	group_free(next);
	c.require = REQUIRE_COUNT;
	c.count = 2;
	next = group_new(&c, (mono_t){9});
	states[2] = SLA_DOWN;
	ck_assert(group_weigh(next, states, (mono_t){10}));
	ck_assert_int_eq(next->state, SLA_DOWN);
	group_free(next);
	group_free(g);
}
END_TEST

/* all, any and N of three, one of which knows nothing yet, or any longer. */
START_TEST(groups_with_unknown_members)
{
	int members[] = {0, 1, 2};
	struct conf_sla_group c = {
		.name = "three", .probes = members, .n_probes = 3, .require = REQUIRE_COUNT};
	enum sla_state states[] = {SLA_UP, SLA_UP, SLA_UNKNOWN};
	struct group *all, *any, *two;

	c.count = 2;
	two = group_new(&c, MONO_ZERO);
	c.require = REQUIRE_ALL;
	all = group_new(&c, MONO_ZERO);
	c.require = REQUIRE_ANY;
	any = group_new(&c, MONO_ZERO);
	ck_assert(group_weigh(two, states, (mono_t){1}) && two->state == SLA_UP);
	ck_assert(group_weigh(any, states, (mono_t){1}) && any->state == SLA_UP);
	ck_assert(!group_weigh(all, states, (mono_t){1}) && all->state == SLA_UNKNOWN);
	/* One of the two that were up becomes unknown: two could still be, all too. */
	states[1] = SLA_UNKNOWN;
	ck_assert(group_weigh(two, states, (mono_t){2}) && two->state == SLA_UNKNOWN);
	ck_assert(!group_weigh(any, states, (mono_t){2}));
	/* A member that is down settles all, not two; the second settles two, the third any. */
	states[0] = SLA_DOWN;
	ck_assert(group_weigh(all, states, (mono_t){3}) && all->state == SLA_DOWN);
	ck_assert(!group_weigh(two, states, (mono_t){3}));
	ck_assert(group_weigh(any, states, (mono_t){3}) && any->state == SLA_UNKNOWN);
	states[1] = SLA_DOWN;
	ck_assert(group_weigh(two, states, (mono_t){4}) && two->state == SLA_DOWN);
	ck_assert(!group_weigh(any, states, (mono_t){4}));
	states[2] = SLA_DOWN;
	ck_assert(group_weigh(any, states, (mono_t){5}) && any->state == SLA_DOWN);
	group_free(all);
	group_free(any);
	group_free(two);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("target");
	TCase *t = tcase_create("target");
	SRunner *r;
	int failed;

	tcase_add_test(t, a_reply_in_time);
	tcase_add_test(t, a_loss_is_decided_at_its_timeout);
	tcase_add_test(t, the_kernels_stamp_decides);
	tcase_add_test(t, a_late_reply_takes_its_loss_back_within_a_second);
	tcase_add_test(t, a_second_reply_is_a_duplicate);
	tcase_add_test(t, mismatches_are_counted_by_kind);
	tcase_add_test(t, icmp_errors_are_counted_and_move_nothing);
	tcase_add_test(t, a_stall_voids_what_it_could_not_watch);
	tcase_add_test(t, lateness_below_half_the_timeout_is_borne);
	tcase_add_test(t, a_suspend_voids_what_was_on_its_way);
	tcase_add_test(t, a_suspend_is_a_jump_of_one_clock);
	tcase_add_test(t, a_host_that_cannot_send_knows_nothing);
	tcase_add_test(t, trouble_is_told_once_and_ends);
	tcase_add_test(t, fresh_ids);
	tcase_add_test(t, an_old_id_is_good_for_its_probe);
	tcase_add_test(t, the_timeout_follows_the_p99);
	tcase_add_test(t, another_address_is_another_target);
	tcase_add_test(t, sequence_numbers_wrap);
	tcase_add_test(t, the_ring_holds_all_that_is_waited_for);
	tcase_add_test(t, a_run_of_losses_is_one_run);
	tcase_add_test(t, the_last_minute_by_the_second);
	tcase_add_test(t, every_statement_tells_probes_apart);
	tcase_add_test(t, ids_go_round_and_remember);
	tcase_add_test(t, groups_weigh_and_inherit);
	tcase_add_test(t, groups_with_unknown_members);
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
