/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Probes of a tunnel: what was seen to leave decides what a reply is worth. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "slad/target.h"

#define SLOT_US (100 * US_PER_MS)

static const char clear[] = "left in the clear by wan0";

struct bench {
	struct conf conf;
	struct conf_tunnel tunnel;
	struct conf_probe probe;
	struct target *t;
	mono_t now;
};

static struct addr address(const char *text)
{
	struct addr a;

	ck_assert(addr_parse(text, &a));
	return a;
}

static void begin(struct bench *b)
{
	*b = (struct bench){
		.tunnel = {.name = "line1", .interface = "wan0"},
		.probe = {.name = "ecs",
			  .ttl = 64,
			  .size = 56,
			  .interval_us = SLOT_US,
			  .fall = 6,
			  .rise = 20},
		.now = {US_PER_S},
	};
	b->tunnel.local = address("198.51.100.1");
	b->tunnel.remote = address("203.0.113.1");
	b->probe.target = address("172.16.41.10");
	b->probe.source = address("10.1.22.252");
	b->conf = (struct conf){
		.probes = &b->probe, .n_probes = 1, .tunnels = &b->tunnel, .n_tunnels = 1};
	b->t = target_new(&b->conf, &b->probe, 0x1234, 0xc00c1e, b->now);
	ck_assert_ptr_nonnull(b->t);
}

/* Sends what is due; the reply that it deserves. */
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
		.from = b->probe.target,
		.to = b->probe.source,
		.target = b->probe.target,
		.id = q.id,
		.icmp_seq = (uint16_t)q.seq,
		.payload = q.size,
		.tag = q.tag,
		.seq = q.seq,
		.cookie = q.cookie,
	};
}

static unsigned reply(struct bench *b, const struct echo_message *m)
{
	return target_receive(b->t, m, mono_add(b->now, 1000));
}

static void next_slot(struct bench *b)
{
	b->now = mono_add(b->now, SLOT_US);
}

static void go_up(struct bench *b)
{
	for (int i = 0; i < 20; i++, next_slot(b)) {
		struct echo_message m = send_one(b);

		target_left(b->t, m.seq, NULL, b->now);
		reply(b, &m);
	}
	ck_assert_int_eq(b->t->verdict.state, SLA_UP);
}

START_TEST(seen_to_leave_it_counts)
{
	struct bench b;

	begin(&b);
	go_up(&b);
	ck_assert_uint_eq(b.t->counters.received, 20);
	ck_assert_uint_eq(b.t->counters.rejected, 0);
	target_free(b.t);
}
END_TEST

START_TEST(unseen_it_does_not)
{
	struct bench b;

	begin(&b);
	for (int i = 0; i < 20; i++, next_slot(&b)) {
		struct echo_message m = send_one(&b);

		reply(&b, &m);
		reply(&b, &m);
	}
	ck_assert_uint_eq(b.t->counters.received, 0);
	ck_assert_uint_eq(b.t->counters.lost, 0);
	ck_assert_uint_eq(b.t->counters.void_probes, 20);
	ck_assert_uint_eq(b.t->counters.rejects[ECHO_WRONG_WAY], 40);
	ck_assert_int_eq(b.t->verdict.state, SLA_UNKNOWN);
	ck_assert_str_eq(b.t->verdict.cause, "probes are answered that were not seen to leave");
	target_free(b.t);
}
END_TEST

/* A tunnel without SAs swallows them: that is a loss. */
START_TEST(unseen_and_unanswered_is_lost)
{
	struct bench b;

	begin(&b);
	go_up(&b);
	for (int i = 0; i < 9; i++, next_slot(&b))
		send_one(&b);
	ck_assert_int_eq(b.t->verdict.state, SLA_DOWN);
	target_free(b.t);
}
END_TEST

START_TEST(astray_is_void_and_seldom)
{
	struct bench b;
	struct echo_message m;
	int sent = 1;

	begin(&b);
	go_up(&b);
	m = send_one(&b);
	ck_assert_uint_eq(target_left(b.t, m.seq, clear, b.now), TARGET_TROUBLE);
	ck_assert_uint_eq(reply(&b, &m), 0);
	ck_assert_uint_eq(b.t->counters.rejects[ECHO_WRONG_WAY], 1);
	ck_assert_uint_eq(b.t->counters.received, 20);
	for (int i = 0; i < 19; i++) {
		next_slot(&b);
		if (!(target_turn(b.t, b.now) & TARGET_SEND))
			continue;
		target_sent(b.t, b.now);
		ck_assert_uint_eq(
			target_left(b.t, b.t->next_seq - 1, clear, b.now) & TARGET_TROUBLE, 0);
		sent++;
	}
	ck_assert_int_eq(sent, 2);
	ck_assert_int_eq(b.t->verdict.state, SLA_UNKNOWN);
	ck_assert_str_eq(b.t->verdict.cause, clear);
	ck_assert_uint_eq(b.t->counters.void_probes, 20);
	ck_assert_uint_eq(b.t->counters.lost, 0);
	next_slot(&b);
	m = send_one(&b);
	ck_assert_uint_eq(target_left(b.t, m.seq, NULL, b.now), TARGET_CLEAR);
	reply(&b, &m);
	ck_assert_uint_eq(b.t->counters.received, 21);
	next_slot(&b);
	send_one(&b);
	target_free(b.t);
}
END_TEST

/* It went nowhere at all, so the pace comes back: the path decides. */
START_TEST(a_lost_one_is_no_more_astray)
{
	struct bench b;
	struct echo_message m;

	begin(&b);
	m = send_one(&b);
	target_left(b.t, m.seq, clear, b.now);
	b.now = mono_add(b.now, TARGET_ASTRAY_US);
	send_one(&b);
	ck_assert(b.t->astray);
	b.now = mono_add(b.now, TARGET_TIMEOUT_MIN_US);
	send_one(&b);
	ck_assert_uint_eq(b.t->counters.lost, 1);
	next_slot(&b);
	send_one(&b);
	target_free(b.t);
}
END_TEST

START_TEST(a_refusal_says_more)
{
	struct bench b;
	struct echo_message m;

	begin(&b);
	m = send_one(&b);
	target_left(b.t, m.seq, clear, b.now);
	b.now = mono_add(b.now, TARGET_ASTRAY_US);
	ck_assert_uint_eq(target_turn(b.t, b.now) & TARGET_SEND, TARGET_SEND);
	ck_assert_uint_eq(target_unsent(b.t, "refused", b.now) & TARGET_TROUBLE, TARGET_TROUBLE);
	next_slot(&b);
	ck_assert_uint_eq(target_turn(b.t, b.now) & TARGET_SEND, TARGET_SEND);
	ck_assert_uint_eq(target_sent(b.t, b.now), TARGET_CLEAR);
	target_free(b.t);
}
END_TEST

START_TEST(the_first_device_decides)
{
	struct bench b;
	struct echo_message m;

	begin(&b);
	m = send_one(&b);
	target_left(b.t, m.seq, NULL, b.now);
	ck_assert_uint_eq(target_left(b.t, m.seq, "left by eth0", b.now), 0);
	reply(&b, &m);
	ck_assert_uint_eq(b.t->counters.received, 1);
	ck_assert_uint_eq(target_left(b.t, m.seq, clear, b.now), 0);
	/* Never sent, or long gone. */
	ck_assert_uint_eq(target_left(b.t, m.seq + 1, clear, b.now), 0);
	ck_assert_uint_eq(target_left(b.t, m.seq - (uint32_t)b.t->ring_size, clear, b.now), 0);
	target_free(b.t);
}
END_TEST

START_TEST(another_way_is_another_probe)
{
	struct bench b;

	begin(&b);
	ck_assert(target_is(b.t, &b.conf, &b.probe));
	b.tunnel.remote = address("203.0.113.2");
	ck_assert(!target_is(b.t, &b.conf, &b.probe));
	b.tunnel.remote = address("203.0.113.1");
	b.tunnel.local = address("198.51.100.2");
	ck_assert(!target_is(b.t, &b.conf, &b.probe));
	b.tunnel.local = address("198.51.100.1");
	strcpy(b.tunnel.interface, "wan1");
	ck_assert(!target_is(b.t, &b.conf, &b.probe));
	target_free(b.t);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("target_tunnel");
	TCase *t = tcase_create("target_tunnel");
	SRunner *r;
	int failed;

	tcase_add_test(t, seen_to_leave_it_counts);
	tcase_add_test(t, unseen_it_does_not);
	tcase_add_test(t, unseen_and_unanswered_is_lost);
	tcase_add_test(t, astray_is_void_and_seldom);
	tcase_add_test(t, a_lost_one_is_no_more_astray);
	tcase_add_test(t, a_refusal_says_more);
	tcase_add_test(t, the_first_device_decides);
	tcase_add_test(t, another_way_is_another_probe);
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
