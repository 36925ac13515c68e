/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the RFCs ask of a VRRP router, point by point: RFC 9568 (version 3) with its errata, RFC
 * 3768 (version 2). A test here is named after its point; what needs a kernel or a second router is
 * tested elsewhere:
 *
 * - 5.1 and 7.2, source, destination, TTL and protocol on the wire: tests/net/keepalived.sh,
 *   vrrp6.sh; addresses.sh: the primary address is followed
 * - 5.2.8, both forms of the checksum, and the peer's is followed: test_advert.c,
 *   tests/net/vrrpd.sh; tests/net/frr.sh: a wrong one is not bent to
 * - 6.4.3, priority 0 on a clean stop and on a drain: tests/net/vrrpd.sh
 * - 7.1, each refusal by its own counter and without a change of state: tests/net/vrrpd.sh; at
 *   50,000 a second: flood.sh; TTL of unicast: unicast.sh; passwords of version 2: password.sh;
 *   the own echo, another version, other addresses, another interval: noticed.sh
 * - 8.2, gratuitous ARP and neighbor advertisements: test_arp.c, test_nd.c
 * - 8.3.2, no advert before the start-up delay is over: tests/net/contract.sh
 * - what several routers come to together: tests/sim/sim_vrrp.c
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "common/csum.h"
#include "vrrpd/advert.h"
#include "vrrpd/fsm.h"
#include "vrrpd/priority.h"

#define MS US_PER_MS

static const struct fsm_conf v2 = {
	.version = 2, .advert_us = US_PER_S, .down_adverts = 3, .preempt = true};
static const struct fsm_conf v3 = {
	.version = 3, .advert_us = US_PER_S, .down_adverts = 3, .preempt = true};

struct router {
	struct fsm fsm;
	mono_t now;
};

static unsigned step(struct router *r, const struct fsm_conf *c, struct fsm_event e)
{
	return fsm_step(&r->fsm, c, &e, r->now);
}

static struct router backup(const struct fsm_conf *c, uint8_t priority)
{
	struct router r = {.now = {100 * US_PER_S}};

	fsm_init(&r.fsm, c, priority);
	step(&r, c, (struct fsm_event){.kind = FSM_START, .priority = priority});
	return r;
}

static unsigned at_deadline(struct router *r, const struct fsm_conf *c)
{
	r->now = r->fsm.deadline;
	return step(r, c, (struct fsm_event){.kind = FSM_TIMER});
}

static struct router active(const struct fsm_conf *c, uint8_t priority)
{
	struct router r = backup(c, priority);

	ck_assert_uint_eq(at_deadline(&r, c), FSM_SEND | FSM_TAKE);
	r.now = mono_add(r.now, c->advert_us / 2);
	return r;
}

static unsigned advert(struct router *r, const struct fsm_conf *c, uint8_t priority,
		       int64_t interval_us, int order)
{
	return step(r, c,
		    (struct fsm_event){.kind = FSM_ADVERT,
				       .priority = priority,
				       .interval_us = interval_us,
				       .source_order = order,
				       .received = r->now});
}

/* ---- timers ---- */

START_TEST(rfc3768_6_1_skew_is_a_part_of_a_second)
{
	struct fsm_conf slow = v2;
	struct router r;

	slow.advert_us = 5 * US_PER_S;
	r = backup(&slow, 156); /* (256 - 156) / 256 s, whatever the interval */
	ck_assert_int_eq(fsm_skew_us(&r.fsm, &slow), 390625);
	ck_assert_int_eq(fsm_down_us(&r.fsm, &slow), 15390625);
}
END_TEST

START_TEST(rfc9568_6_1_skew_is_a_part_of_the_interval)
{
	struct router r = backup(&v3, 156);
	struct fsm_conf fast = v3;

	ck_assert_int_eq(fsm_skew_us(&r.fsm, &v3), 390625);
	ck_assert_int_eq(fsm_down_us(&r.fsm, &v3), 3390625);
	fast.advert_us = 10 * MS; /* in centiseconds it would be 0 */
	r = backup(&fast, 156);
	ck_assert_int_eq(fsm_skew_us(&r.fsm, &fast), 3906);
}
END_TEST

START_TEST(rfc9568_6_4_2_a_backup_follows_the_interval_that_it_hears)
{
	struct router r = backup(&v3, 100);

	advert(&r, &v3, 200, 40950 * MS, -1);
	ck_assert_int_eq(r.fsm.active_advert_us, 40950 * MS);
	ck_assert_int_eq(mono_sub(r.fsm.deadline, r.now), fsm_down_us(&r.fsm, &v3));
	/* ... and its own as soon as it is Active. */
	r.now = r.fsm.deadline;
	step(&r, &v3, (struct fsm_event){.kind = FSM_TIMER});
	ck_assert_int_eq(r.fsm.state, FSM_ACTIVE);
	ck_assert_int_eq(r.fsm.active_advert_us, US_PER_S);
}
END_TEST

START_TEST(rfc3768_a_backup_has_its_own_interval)
{
	struct router r = backup(&v2, 100);

	advert(&r, &v2, 200, 9 * US_PER_S, -1);
	ck_assert_int_eq(r.fsm.active_advert_us, US_PER_S);
}
END_TEST

/* ---- 6.4.1: Initialize ---- */

START_TEST(rfc9568_6_4_1_the_owner_starts_active)
{
	struct router r = {.now = {100 * US_PER_S}};

	fsm_init(&r.fsm, &v3, 255);
	ck_assert_uint_eq(step(&r, &v3, (struct fsm_event){.kind = FSM_START, .priority = 255}),
			  FSM_SEND | FSM_TAKE);
	ck_assert_int_eq(mono_sub(r.fsm.deadline, r.now), US_PER_S);
}
END_TEST

START_TEST(rfc9568_6_4_1_others_start_as_backup)
{
	struct router r = backup(&v3, 254);

	ck_assert_int_eq(r.fsm.state, FSM_BACKUP);
	ck_assert_int_eq(mono_sub(r.fsm.deadline, r.now), fsm_down_us(&r.fsm, &v3));
}
END_TEST

/* ---- 6.4.2: Backup ---- */

START_TEST(rfc9568_6_4_2_shutdown_is_silent)
{
	struct router r = backup(&v3, 100);

	ck_assert_uint_eq(step(&r, &v3, (struct fsm_event){.kind = FSM_SHUT}), 0);
	ck_assert_int_eq(r.fsm.state, FSM_INITIALIZE);
	ck_assert(mono_is_never(r.fsm.deadline));
}
END_TEST

START_TEST(rfc9568_6_4_2_priority_0_leaves_the_skew)
{
	struct router r = backup(&v3, 156);

	advert(&r, &v3, 0, US_PER_S, -1);
	ck_assert_int_eq(mono_sub(r.fsm.deadline, r.now), 390625);
}
END_TEST

START_TEST(rfc9568_6_4_2_higher_and_equal_reset_the_timer)
{
	for (unsigned p = 156; p <= 157; p++) {
		struct router r = backup(&v3, 156);

		r.now = mono_add(r.now, 500 * MS);
		advert(&r, &v3, (uint8_t)p, US_PER_S, -1);
		ck_assert_int_eq(mono_sub(r.fsm.deadline, r.now), 3390625);
	}
}
END_TEST

START_TEST(rfc9568_6_4_2_lower_is_discarded_with_preemption)
{
	struct router r = backup(&v3, 156);
	mono_t before = r.fsm.deadline;

	r.now = mono_add(r.now, 500 * MS);
	advert(&r, &v3, 155, 40950 * MS, 1);
	ck_assert_int_eq(r.fsm.deadline.us, before.us);
	ck_assert_int_eq(r.fsm.active_advert_us, US_PER_S);
}
END_TEST

START_TEST(rfc9568_6_4_2_lower_resets_the_timer_without_preemption)
{
	struct fsm_conf no = v3;
	struct router r;

	no.preempt = false;
	r = backup(&no, 156);
	r.now = mono_add(r.now, 500 * MS);
	advert(&r, &no, 1, US_PER_S, -1);
	ck_assert_int_eq(mono_sub(r.fsm.deadline, r.now), 3390625);
}
END_TEST

/* ---- 6.4.3: Active ---- */

START_TEST(rfc9568_6_4_3_an_advert_each_interval)
{
	struct router r = active(&v3, 100);

	for (int k = 0; k < 3; k++) {
		mono_t due = r.fsm.deadline;

		ck_assert_uint_eq(at_deadline(&r, &v3), FSM_SEND);
		ck_assert_int_eq(mono_sub(r.fsm.deadline, due), US_PER_S);
	}
}
END_TEST

START_TEST(rfc9568_6_4_3_shutdown_says_priority_0)
{
	struct router r = active(&v3, 100);

	ck_assert_uint_eq(step(&r, &v3, (struct fsm_event){.kind = FSM_SHUT}), FSM_SEND_ZERO);
	ck_assert_uint_eq(at_deadline(&r, &v3), FSM_RELEASE);
	ck_assert_int_eq(r.fsm.state, FSM_INITIALIZE);
}
END_TEST

START_TEST(rfc9568_6_4_3_priority_0_is_answered)
{
	struct router r = active(&v3, 100);

	ck_assert_uint_eq(advert(&r, &v3, 0, US_PER_S, 1), FSM_SEND);
	ck_assert_int_eq(mono_sub(r.fsm.deadline, r.now), US_PER_S);
}
END_TEST

START_TEST(rfc9568_6_4_3_higher_makes_backup)
{
	struct router r = active(&v3, 156);

	ck_assert_uint_eq(advert(&r, &v3, 157, 2 * US_PER_S, -1), FSM_RELEASE);
	ck_assert_int_eq(r.fsm.state, FSM_BACKUP);
	/* with the interval that was heard: 6 s and 100/256 of 2 s */
	ck_assert_int_eq(mono_sub(r.fsm.deadline, r.now), 6781250);
}
END_TEST

/* Unsigned and in network order: 10.0.0.128 is greater than 10.0.0.127, 9.255.255.255 is less. */
START_TEST(rfc9568_6_4_3_equal_from_a_greater_address_makes_backup)
{
	static const struct {
		const char *theirs, *ours;
		bool yields;
	} pairs[] = {
		{"10.0.0.128", "10.0.0.127", true},   {"10.0.0.127", "10.0.0.128", false},
		{"9.255.255.255", "10.0.0.1", false}, {"200.0.0.1", "100.0.0.1", true},
		{"fe80::8000", "fe80::7fff", true},   {"fe80::1", "fe80::2", false},
	};

	for (size_t k = 0; k < sizeof(pairs) / sizeof(pairs[0]); k++) {
		struct router r = active(&v3, 156);
		struct addr theirs, ours;

		addr_parse(pairs[k].theirs, &theirs);
		addr_parse(pairs[k].ours, &ours);
		advert(&r, &v3, 156, US_PER_S, addr_cmp(&theirs, &ours));
		ck_assert_msg((r.fsm.state == FSM_BACKUP) == pairs[k].yields, "%s against %s",
			      pairs[k].theirs, pairs[k].ours);
	}
}
END_TEST

START_TEST(rfc9568_6_4_3_lower_is_answered_at_once)
{
	struct router r = active(&v3, 156);

	ck_assert_uint_eq(advert(&r, &v3, 155, US_PER_S, 1), FSM_SEND | FSM_ANNOUNCE);
	ck_assert_int_eq(r.fsm.state, FSM_ACTIVE);
	ck_assert_int_eq(mono_sub(r.fsm.deadline, r.now), US_PER_S);
}
END_TEST

/* ---- 5.2: the packet ---- */

static const uint8_t addresses[] = {10, 9, 1, 254};

static struct advert sample(uint8_t version)
{
	return (struct advert){.version = version,
			       .vrid = 22,
			       .priority = 100,
			       .interval_us = US_PER_S,
			       .family = FAMILY_IPV4,
			       .n_addresses = 1,
			       .addresses = addresses};
}

/* Built, one byte changed, the checksum made right again, and parsed. */
static enum advert_fault with(uint8_t version, size_t at, uint8_t value, struct advert *out)
{
	static uint8_t message[ADVERT_MAX_SIZE];
	struct advert_packet p = {.src = addr_ipv4("\x0a\x09\x01\x01"),
				  .dst = advert_group(FAMILY_IPV4),
				  .ttl = VRRP_TTL,
				  .message = message};
	struct advert a = sample(version);
	uint16_t sum;

	p.len = advert_build(&a, &p.src, &p.dst, message, sizeof(message));
	message[at] = value;
	message[6] = message[7] = 0;
	sum = csum(message, p.len);
	message[6] = (uint8_t)(sum >> 8);
	message[7] = (uint8_t)sum;
	return advert_parse(&p, out);
}

START_TEST(rfc9568_5_2_7_reserved_bits_are_sent_as_zero_and_ignored)
{
	struct addr src = addr_ipv4("\x0a\x09\x01\x01"), dst = advert_group(FAMILY_IPV4);
	uint8_t message[ADVERT_MAX_SIZE];
	struct advert a = sample(3);

	a.interval_us = 4095 * US_PER_CS;
	ck_assert_uint_eq(advert_build(&a, &src, &dst, message, sizeof(message)), 12);
	ck_assert_uint_eq(message[4] >> 4, 0);
	ck_assert_int_eq(with(3, 4, 0xf0, &a), ADVERT_OK);
	ck_assert_int_eq(a.interval_us, US_PER_S);
}
END_TEST

START_TEST(rfc9568_eid8301_interval_0_is_discarded)
{
	struct advert a;

	ck_assert_int_eq(with(3, 5, 0, &a), ADVERT_BAD_INTERVAL);
	ck_assert_int_eq(with(2, 5, 0, &a), ADVERT_BAD_INTERVAL);
}
END_TEST

START_TEST(rfc9568_eid8299_no_address_is_discarded)
{
	struct advert a;

	ck_assert_int_eq(with(3, 3, 0, &a), ADVERT_BAD_LENGTH);
}
END_TEST

START_TEST(rfc2338_5_3_6_authentication_types)
{
	struct advert a;

	for (unsigned type = 0; type < 256; type++)
		ck_assert_int_eq(with(2, 4, (uint8_t)type, &a),
				 type <= 1 ? ADVERT_OK : ADVERT_BAD_AUTH);
}
END_TEST

START_TEST(rfc9568_5_2_1_versions)
{
	struct advert a;

	for (unsigned v = 0; v < 16; v++)
		if (v != 2 && v != 3)
			ck_assert_int_eq(with(3, 0, (uint8_t)(v << 4 | 1), &a), ADVERT_BAD_VERSION);
}
END_TEST

START_TEST(rfc9568_5_2_2_types)
{
	struct advert a;

	for (unsigned type = 0; type < 16; type++)
		ck_assert_int_eq(with(3, 0, (uint8_t)(3 << 4 | type), &a),
				 type == 1 ? ADVERT_OK : ADVERT_BAD_TYPE);
}
END_TEST

/* ---- 5.2.4: priorities ---- */

START_TEST(rfc9568_5_2_4_weights_stay_between_1_and_254)
{
	struct conf_track heavy = {.kind = TRACK_INTERFACE, .weight = -253},
			  light = {.kind = TRACK_INTERFACE, .weight = 253};
	struct track_view down = {TRACK_DOWN, 0}, up = {TRACK_UP, 0};

	ck_assert_uint_eq(priority_sum(100, &heavy, &down, 1).effective, 1);
	ck_assert_uint_eq(priority_sum(100, &light, &up, 1).effective, 254);
	ck_assert_uint_eq(priority_sum(255, &heavy, &down, 1).effective, 255);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("rfc");
	TCase *t = tcase_create("rfc");
	SRunner *r = srunner_create(s);
	int failed;

	suite_add_tcase(s, t);
	tcase_add_test(t, rfc3768_6_1_skew_is_a_part_of_a_second);
	tcase_add_test(t, rfc9568_6_1_skew_is_a_part_of_the_interval);
	tcase_add_test(t, rfc9568_6_4_2_a_backup_follows_the_interval_that_it_hears);
	tcase_add_test(t, rfc3768_a_backup_has_its_own_interval);
	tcase_add_test(t, rfc9568_6_4_1_the_owner_starts_active);
	tcase_add_test(t, rfc9568_6_4_1_others_start_as_backup);
	tcase_add_test(t, rfc9568_6_4_2_shutdown_is_silent);
	tcase_add_test(t, rfc9568_6_4_2_priority_0_leaves_the_skew);
	tcase_add_test(t, rfc9568_6_4_2_higher_and_equal_reset_the_timer);
	tcase_add_test(t, rfc9568_6_4_2_lower_is_discarded_with_preemption);
	tcase_add_test(t, rfc9568_6_4_2_lower_resets_the_timer_without_preemption);
	tcase_add_test(t, rfc9568_6_4_3_an_advert_each_interval);
	tcase_add_test(t, rfc9568_6_4_3_shutdown_says_priority_0);
	tcase_add_test(t, rfc9568_6_4_3_priority_0_is_answered);
	tcase_add_test(t, rfc9568_6_4_3_higher_makes_backup);
	tcase_add_test(t, rfc9568_6_4_3_equal_from_a_greater_address_makes_backup);
	tcase_add_test(t, rfc9568_6_4_3_lower_is_answered_at_once);
	tcase_add_test(t, rfc9568_5_2_7_reserved_bits_are_sent_as_zero_and_ignored);
	tcase_add_test(t, rfc9568_eid8301_interval_0_is_discarded);
	tcase_add_test(t, rfc9568_eid8299_no_address_is_discarded);
	tcase_add_test(t, rfc2338_5_3_6_authentication_types);
	tcase_add_test(t, rfc9568_5_2_1_versions);
	tcase_add_test(t, rfc9568_5_2_2_types);
	tcase_add_test(t, rfc9568_5_2_4_weights_stay_between_1_and_254);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
