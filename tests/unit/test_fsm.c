/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every cell of the state machine's table, on a virtual clock. Times are those of RFC 9568, 6.1,
 * worked out here by hand for 100 ms adverts and priority 200: Skew_Time 56 * 100 / 256 ms = 21.875
 * ms, Active_Down_Interval 321.875 ms.
 */
#include <check.h>

#include "vrrpd/fsm.h"

#define MS US_PER_MS
#define SKEW_200 INT64_C(21875)
#define DOWN_200 INT64_C(321875)

static const struct fsm_conf v3 = {
	.version = 3, .advert_us = 100 * MS, .down_adverts = 3, .preempt = true};

static struct fsm f;
static mono_t now;

static unsigned step(const struct fsm_conf *c, struct fsm_event e)
{
	return fsm_step(&f, c, &e, now);
}

static unsigned start(const struct fsm_conf *c, uint8_t priority)
{
	now = (mono_t){1000 * MS};
	fsm_init(&f, c, priority);
	return step(c, (struct fsm_event){.kind = FSM_START, .priority = priority});
}

static unsigned at_deadline(const struct fsm_conf *c)
{
	now = f.deadline;
	return step(c, (struct fsm_event){.kind = FSM_TIMER});
}

static unsigned advert(const struct fsm_conf *c, uint8_t priority, int order)
{
	return step(c, (struct fsm_event){.kind = FSM_ADVERT,
					  .priority = priority,
					  .source_order = order,
					  .interval_us = 100 * MS,
					  .received = now});
}

static unsigned event(const struct fsm_conf *c, enum fsm_event_kind kind)
{
	return step(c, (struct fsm_event){.kind = kind});
}

static unsigned priority(const struct fsm_conf *c, uint8_t p)
{
	return step(c, (struct fsm_event){.kind = FSM_PRIORITY, .priority = p});
}

static void become_active(const struct fsm_conf *c, uint8_t p)
{
	start(c, p);
	ck_assert_uint_eq(at_deadline(c), FSM_SEND | FSM_TAKE);
	ck_assert_int_eq(f.state, FSM_ACTIVE);
	now = mono_add(now, 50 * MS);
}

/* ---- Initialize ---- */

START_TEST(init_start_waits_for_the_down_interval)
{
	ck_assert_uint_eq(start(&v3, 200), 0);
	ck_assert_int_eq(f.state, FSM_BACKUP);
	ck_assert_int_eq(mono_sub(f.deadline, now), DOWN_200);
	ck_assert_int_eq(f.why, FSM_WHY_STARTED);
}
END_TEST

START_TEST(init_owner_starts_active)
{
	ck_assert_uint_eq(start(&v3, 255), FSM_SEND | FSM_TAKE);
	ck_assert_int_eq(f.state, FSM_ACTIVE);
	ck_assert_int_eq(mono_sub(f.deadline, now), 100 * MS);
}
END_TEST

START_TEST(init_adopts_what_the_last_run_left)
{
	struct fsm_conf no = v3;

	fsm_init(&f, &v3, 200);
	ck_assert_uint_eq(
		step(&v3, (struct fsm_event){.kind = FSM_START, .priority = 200, .adopt = true}),
		FSM_SEND | FSM_TAKE);
	ck_assert_int_eq(f.why, FSM_WHY_ADOPTED);
	/* nopreempt: another may have become Active meanwhile, and must not be pushed away. */
	no.preempt = false;
	fsm_init(&f, &no, 200);
	ck_assert_uint_eq(
		step(&no, (struct fsm_event){.kind = FSM_START, .priority = 200, .adopt = true}),
		FSM_RELEASE);
	ck_assert_int_eq(f.state, FSM_BACKUP);
}
END_TEST

START_TEST(init_ignores_the_rest)
{
	static const enum fsm_event_kind kinds[] = {FSM_HALT, FSM_SHUT, FSM_TIMER, FSM_ADVERT,
						    FSM_REFUSED};

	fsm_init(&f, &v3, 200);
	for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++) {
		ck_assert_uint_eq(event(&v3, kinds[k]), 0);
		ck_assert_int_eq(f.state, FSM_INITIALIZE);
		ck_assert(mono_is_never(f.deadline));
	}
	priority(&v3, 150);
	ck_assert_int_eq(f.priority, 150);
}
END_TEST

START_TEST(init_drained_starts_as_a_backup_that_stays)
{
	fsm_init(&f, &v3, 255);
	event(&v3, FSM_DRAIN);
	ck_assert_uint_eq(
		step(&v3, (struct fsm_event){.kind = FSM_START, .priority = 255, .adopt = true}),
		FSM_RELEASE);
	ck_assert_uint_eq(at_deadline(&v3), 0);
	ck_assert_int_eq(f.state, FSM_BACKUP);
	event(&v3, FSM_RESUME);
	ck_assert_uint_eq(at_deadline(&v3), FSM_SEND | FSM_TAKE);
}
END_TEST

/* ---- Backup ---- */

START_TEST(backup_takes_over_after_silence)
{
	start(&v3, 200);
	ck_assert_uint_eq(at_deadline(&v3), FSM_SEND | FSM_TAKE);
	ck_assert_int_eq(f.why, FSM_WHY_SILENCE);
	ck_assert_int_eq(mono_sub(f.deadline, now), 100 * MS);
}
END_TEST

START_TEST(backup_resets_its_timer_from_the_receive_stamp)
{
	start(&v3, 200);
	now = mono_add(now, 200 * MS);
	ck_assert_uint_eq(step(&v3, (struct fsm_event){.kind = FSM_ADVERT,
						       .priority = 200,
						       .interval_us = 100 * MS,
						       .received = mono_add(now, -30 * MS)}),
			  0);
	ck_assert_int_eq(mono_sub(f.deadline, now), DOWN_200 - 30 * MS);
}
END_TEST

START_TEST(backup_is_not_hurried_by_an_older_stamp)
{
	mono_t heard;

	start(&v3, 100);
	now = heard = mono_add(now, 200 * MS);
	advert(&v3, 200, 1);
	now = mono_add(now, 100 * MS);
	step(&v3, (struct fsm_event){.kind = FSM_ADVERT,
				     .priority = 200,
				     .interval_us = 100 * MS,
				     .received = mono_add(now, -500 * MS)});
	ck_assert_int_eq(mono_sub(f.deadline, heard), fsm_down_us(&f, &v3));
}
END_TEST

START_TEST(backup_ignores_lower_without_touching_its_timer)
{
	mono_t before;

	start(&v3, 200);
	before = f.deadline;
	now = mono_add(now, 300 * MS);
	ck_assert_uint_eq(advert(&v3, 199, 1), 0);
	ck_assert_int_eq(f.deadline.us, before.us);
	at_deadline(&v3);
	ck_assert_int_eq(f.why, FSM_WHY_PREEMPTED);
}
END_TEST

START_TEST(backup_without_preemption_lets_lower_be)
{
	struct fsm_conf no = v3;

	no.preempt = false;
	start(&no, 200);
	now = mono_add(now, 300 * MS);
	advert(&no, 1, -1);
	ck_assert_int_eq(mono_sub(f.deadline, now), DOWN_200);
}
END_TEST

START_TEST(backup_preempts_after_its_delay)
{
	struct fsm_conf late = v3;

	late.preempt_delay_us = 1000 * MS;
	start(&late, 200);
	for (int k = 0; k < 10; k++) {
		now = mono_add(now, 100 * MS);
		advert(&late, 100, -1);
		ck_assert_int_eq(mono_sub(f.deadline, now), DOWN_200);
	}
	now = mono_add(now, 100 * MS); /* 1,000 ms after the first lower advert */
	advert(&late, 100, -1);
	ck_assert_int_eq(mono_sub(f.deadline, now), DOWN_200 - 100 * MS);
	ck_assert_uint_eq(at_deadline(&late), FSM_SEND | FSM_TAKE);
}
END_TEST

START_TEST(backup_waits_only_the_skew_after_priority_zero)
{
	start(&v3, 200);
	now = mono_add(now, 10 * MS);
	advert(&v3, 0, -1);
	ck_assert_int_eq(mono_sub(f.deadline, now), SKEW_200);
	ck_assert_uint_eq(at_deadline(&v3), FSM_SEND | FSM_TAKE);
	ck_assert_int_eq(f.why, FSM_WHY_PEER_LEFT);
}
END_TEST

START_TEST(backup_learns_the_interval_in_version_3_only)
{
	struct fsm_conf v2 = {
		.version = 2, .advert_us = US_PER_S, .down_adverts = 3, .preempt = true};
	struct fsm_event slow = {.kind = FSM_ADVERT, .priority = 250, .interval_us = 1000 * MS};

	start(&v3, 200);
	slow.received = now;
	step(&v3, slow);
	/* 3 x 1 s and a skew of 56/256 s */
	ck_assert_int_eq(mono_sub(f.deadline, now), 3218750);
	/* and back to its own on becoming Active */
	at_deadline(&v3);
	ck_assert_int_eq(mono_sub(f.deadline, now), 100 * MS);

	start(&v2, 100);
	slow.received = now;
	slow.interval_us = 7 * US_PER_S;
	step(&v2, slow);
	/* 3 x 1 s and 156/256 s */
	ck_assert_int_eq(mono_sub(f.deadline, now), 3609375);
}
END_TEST

START_TEST(backup_skew_does_not_vanish_at_10_ms)
{
	struct fsm_conf fast = v3;

	fast.advert_us = 10 * MS;
	start(&fast, 1);
	/* 255 * 10 / 256 ms = 9.960 ms; whole centiseconds would say 0 */
	ck_assert_int_eq(fsm_skew_us(&f, &fast), 9960);
}
END_TEST

START_TEST(backup_recomputes_when_its_priority_changes)
{
	mono_t heard;

	start(&v3, 200);
	now = mono_add(now, 100 * MS);
	advert(&v3, 200, 1);
	heard = now;
	now = mono_add(now, 100 * MS);
	priority(&v3, 50);
	/* skew 206 * 100 / 256 ms = 80.468 ms */
	ck_assert_int_eq(mono_sub(f.deadline, heard), 380468);
}
END_TEST

START_TEST(backup_does_not_act_on_its_own_stall)
{
	start(&v3, 200);
	now = mono_add(f.deadline, DOWN_200 + 1);
	ck_assert_uint_eq(event(&v3, FSM_TIMER), 0);
	ck_assert_int_eq(f.state, FSM_BACKUP);
	ck_assert_int_eq(mono_sub(f.deadline, now), DOWN_200);
	/* a little lateness is no stall */
	now = mono_add(f.deadline, DOWN_200);
	ck_assert_uint_eq(event(&v3, FSM_TIMER), FSM_SEND | FSM_TAKE);
}
END_TEST

START_TEST(backup_halts_and_shuts_without_a_word)
{
	start(&v3, 200);
	ck_assert_uint_eq(event(&v3, FSM_HALT), 0);
	ck_assert_int_eq(f.state, FSM_INITIALIZE);
	start(&v3, 200);
	ck_assert_uint_eq(event(&v3, FSM_SHUT), 0);
	ck_assert_int_eq(f.state, FSM_INITIALIZE);
	ck_assert(mono_is_never(f.deadline));
	start(&v3, 200);
	ck_assert_uint_eq(event(&v3, FSM_START), 0);
	ck_assert_uint_eq(event(&v3, FSM_REFUSED), 0);
	ck_assert_int_eq(f.state, FSM_BACKUP);
}
END_TEST

START_TEST(backup_drained_never_takes_over)
{
	start(&v3, 200);
	event(&v3, FSM_DRAIN);
	advert(&v3, 0, 0);
	for (int k = 0; k < 5; k++)
		ck_assert_uint_eq(at_deadline(&v3), 0);
	event(&v3, FSM_RESUME);
	ck_assert_uint_eq(at_deadline(&v3), FSM_SEND | FSM_TAKE);
}
END_TEST

/* ---- Active ---- */

START_TEST(active_keeps_the_pace)
{
	mono_t due;

	become_active(&v3, 200);
	due = f.deadline;
	now = mono_add(due, 3 * MS);
	ck_assert_uint_eq(event(&v3, FSM_TIMER), FSM_SEND);
	ck_assert_int_eq(mono_sub(f.deadline, due), 100 * MS);
	/* a whole interval missed: no burst to catch up */
	now = mono_add(f.deadline, 250 * MS);
	event(&v3, FSM_TIMER);
	ck_assert_int_eq(mono_sub(f.deadline, now), 100 * MS);
}
END_TEST

START_TEST(active_yields_to_higher)
{
	become_active(&v3, 100);
	ck_assert_uint_eq(advert(&v3, 101, -1), FSM_RELEASE);
	ck_assert_int_eq(f.state, FSM_BACKUP);
	ck_assert_int_eq(f.why, FSM_WHY_HIGHER);
	/* 300 ms and a skew of 156 * 100 / 256 ms */
	ck_assert_int_eq(mono_sub(f.deadline, now), 360937);
}
END_TEST

START_TEST(active_breaks_a_tie_by_address)
{
	become_active(&v3, 100);
	ck_assert_uint_eq(advert(&v3, 100, 1), FSM_RELEASE);
	ck_assert_int_eq(f.why, FSM_WHY_HIGHER_ADDRESS);
	become_active(&v3, 100);
	ck_assert_uint_eq(advert(&v3, 100, -1), FSM_SEND | FSM_ANNOUNCE);
	ck_assert_int_eq(f.state, FSM_ACTIVE);
}
END_TEST

START_TEST(active_answers_lower_at_once_and_heals_arp)
{
	become_active(&v3, 200);
	ck_assert_uint_eq(advert(&v3, 100, 1), FSM_SEND | FSM_ANNOUNCE);
	ck_assert_int_eq(mono_sub(f.deadline, now), 100 * MS);
}
END_TEST

START_TEST(active_answers_priority_zero_at_once)
{
	become_active(&v3, 200);
	ck_assert_uint_eq(advert(&v3, 0, 1), FSM_SEND);
	ck_assert_int_eq(f.state, FSM_ACTIVE);
}
END_TEST

/* 50,000 forged adverts in a second make at most a hundred answers an interval: 1,000 here, not
 * 50,000. */
START_TEST(active_does_not_multiply_a_flood)
{
	unsigned answers = 0;

	become_active(&v3, 200);
	for (int k = 0; k < 50000; k++) {
		now = mono_add(now, 20);
		answers += (advert(&v3, k % 2 ? 100 : 0, 1) & FSM_SEND) != 0;
	}
	ck_assert_uint_ge(answers, 990);
	ck_assert_uint_le(answers, 1000);
	ck_assert_int_eq(f.state, FSM_ACTIVE);
}
END_TEST

START_TEST(active_halts_at_once)
{
	become_active(&v3, 200);
	ck_assert_uint_eq(event(&v3, FSM_HALT), FSM_RELEASE);
	ck_assert_int_eq(f.state, FSM_INITIALIZE);
}
END_TEST

START_TEST(active_shut_hands_over_first)
{
	become_active(&v3, 200);
	ck_assert_uint_eq(event(&v3, FSM_SHUT), FSM_SEND_ZERO);
	ck_assert_int_eq(f.state, FSM_ACTIVE);
	ck_assert(fsm_yielding(&f));
	now = mono_add(now, 61 * MS);
	ck_assert_uint_eq(advert(&v3, 100, 1), FSM_RELEASE);
	ck_assert_int_eq(f.state, FSM_INITIALIZE);
	ck_assert_int_eq(f.why, FSM_WHY_SHUT);
}
END_TEST

START_TEST(active_shut_ends_when_nobody_comes)
{
	become_active(&v3, 200);
	event(&v3, FSM_SHUT);
	ck_assert_int_eq(mono_sub(f.deadline, now), 150 * MS);
	ck_assert_uint_eq(at_deadline(&v3), FSM_RELEASE);
	ck_assert_int_eq(f.state, FSM_INITIALIZE);
}
END_TEST

START_TEST(active_shut_is_called_off)
{
	become_active(&v3, 200);
	event(&v3, FSM_SHUT);
	ck_assert_uint_eq(step(&v3, (struct fsm_event){.kind = FSM_START, .priority = 200}),
			  FSM_SEND);
	ck_assert(!fsm_yielding(&f));
	ck_assert_int_eq(f.state, FSM_ACTIVE);
	ck_assert_uint_eq(step(&v3, (struct fsm_event){.kind = FSM_START, .priority = 200}), 0);
}
END_TEST

START_TEST(active_shut_outranks_a_drain)
{
	become_active(&v3, 200);
	event(&v3, FSM_SHUT);
	ck_assert_uint_eq(event(&v3, FSM_DRAIN), 0);
	ck_assert_uint_eq(at_deadline(&v3), FSM_RELEASE);
	ck_assert_int_eq(f.state, FSM_INITIALIZE);
}
END_TEST

START_TEST(active_is_silent_while_it_yields)
{
	become_active(&v3, 200);
	event(&v3, FSM_DRAIN);
	now = mono_add(now, 10 * MS);
	/* An answer would restart the next router's timer. */
	ck_assert_uint_eq(advert(&v3, 0, 1), 0);
	ck_assert(fsm_yielding(&f));
}
END_TEST

START_TEST(active_drains)
{
	become_active(&v3, 200);
	ck_assert_uint_eq(event(&v3, FSM_DRAIN), FSM_SEND_ZERO);
	ck_assert_uint_eq(advert(&v3, 100, -1), FSM_RELEASE);
	ck_assert_int_eq(f.state, FSM_BACKUP);
	ck_assert(f.drained);
	ck_assert_int_eq(f.why, FSM_WHY_HANDED_OVER);
}
END_TEST

START_TEST(active_keeps_what_nobody_takes)
{
	become_active(&v3, 200);
	event(&v3, FSM_DRAIN);
	ck_assert_uint_eq(at_deadline(&v3), FSM_SEND);
	ck_assert_int_eq(f.state, FSM_ACTIVE);
	ck_assert(!f.drained);
	ck_assert_int_eq(f.why, FSM_WHY_NOBODY);
}
END_TEST

START_TEST(active_drains_by_force)
{
	become_active(&v3, 200);
	step(&v3, (struct fsm_event){.kind = FSM_DRAIN, .force = true});
	ck_assert_uint_eq(at_deadline(&v3), FSM_RELEASE);
	ck_assert_int_eq(f.state, FSM_BACKUP);
	ck_assert(f.drained);
}
END_TEST

START_TEST(active_drain_is_called_off)
{
	become_active(&v3, 200);
	event(&v3, FSM_DRAIN);
	ck_assert_uint_eq(event(&v3, FSM_RESUME), FSM_SEND);
	ck_assert(!fsm_yielding(&f) && !f.drained);
	ck_assert_uint_eq(event(&v3, FSM_RESUME), 0);
}
END_TEST

START_TEST(active_version_2_waits_its_longer_skew)
{
	struct fsm_conf v2 = {
		.version = 2, .advert_us = US_PER_S, .down_adverts = 3, .preempt = true};

	become_active(&v2, 200);
	event(&v2, FSM_SHUT);
	ck_assert_int_eq(mono_sub(f.deadline, now), 1500 * MS);
}
END_TEST

/* Its path is down, and the router that it took over from is known to be better now. */
START_TEST(active_offers_when_its_priority_falls_below_a_known_peer)
{
	become_active(&v3, 200);
	advert(&v3, 100, -1);
	now = mono_add(now, 50 * MS);
	ck_assert_uint_eq(priority(&v3, 50), FSM_SEND_ZERO);
	ck_assert(fsm_yielding(&f));
	now = mono_add(now, 61 * MS);
	ck_assert_uint_eq(advert(&v3, 100, -1), FSM_RELEASE);
	ck_assert_int_eq(f.state, FSM_BACKUP);
	ck_assert(!f.drained);
}
END_TEST

START_TEST(active_goes_on_when_nobody_takes_the_offer)
{
	become_active(&v3, 200);
	advert(&v3, 100, -1);
	priority(&v3, 50);
	ck_assert_uint_eq(at_deadline(&v3), FSM_SEND);
	ck_assert_int_eq(f.state, FSM_ACTIVE);
	ck_assert(!fsm_yielding(&f));
}
END_TEST

START_TEST(active_takes_the_offer_back_from_a_worse_router)
{
	become_active(&v3, 200);
	advert(&v3, 100, -1);
	now = mono_add(now, 50 * MS);
	priority(&v3, 50);
	now = mono_add(now, 90 * MS);
	ck_assert_uint_eq(advert(&v3, 40, -1), FSM_SEND | FSM_ANNOUNCE);
	ck_assert(!fsm_yielding(&f));
	ck_assert_int_eq(f.state, FSM_ACTIVE);
}
END_TEST

START_TEST(active_does_not_offer_to_nobody)
{
	become_active(&v3, 200);
	ck_assert_uint_eq(priority(&v3, 50), 0);
	ck_assert(!fsm_yielding(&f));
	/* rising again in mid-offer ends it */
	advert(&v3, 60, -1);
	become_active(&v3, 200);
	advert(&v3, 100, -1);
	priority(&v3, 50);
	ck_assert_uint_eq(priority(&v3, 200), FSM_SEND);
	ck_assert(!fsm_yielding(&f));
}
END_TEST

START_TEST(active_gives_back_what_the_kernel_refused)
{
	become_active(&v3, 200);
	ck_assert_uint_eq(event(&v3, FSM_REFUSED), FSM_SEND_ZERO | FSM_RELEASE);
	ck_assert_int_eq(f.state, FSM_BACKUP);
	ck_assert_int_eq(mono_sub(f.deadline, now), DOWN_200);
}
END_TEST

/* Heard every interval, a lower router is left alone for a down interval, then for two, ... */
static int lower_adverts_until_takeover(void)
{
	int n = 0;

	do {
		advert(&v3, 100, -1);
		now = mono_add(now, 100 * MS);
	} while (++n < 10000 && mono_before(now, f.deadline));
	at_deadline(&v3);
	return n;
}

START_TEST(active_refused_leaves_a_lower_one_alone_for_longer_each_time)
{
	int waits[12];

	become_active(&v3, 200);
	for (int k = 0; k < 12; k++) {
		event(&v3, FSM_REFUSED);
		ck_assert_uint_eq(f.refusals, k + 1);
		waits[k] = lower_adverts_until_takeover();
		ck_assert_int_eq(f.state, FSM_ACTIVE);
	}
	ck_assert_int_le(waits[0], 8);
	for (int k = 1; k < 7; k++)
		ck_assert_int_gt(waits[k], waits[k - 1]);
	ck_assert_int_eq(waits[10], waits[11]);
	ck_assert_int_le(waits[11], 604);
	ck_assert_int_ge(waits[11], 600);
	at_deadline(&v3); /* an advert as an owner of the addresses */
	ck_assert_uint_eq(f.refusals, 0);
	event(&v3, FSM_REFUSED);
	ck_assert_int_eq(lower_adverts_until_takeover(), waits[0]);
}
END_TEST

START_TEST(active_refused_takes_over_when_nobody_is_there)
{
	become_active(&v3, 200);
	for (int k = 0; k < 10; k++) {
		event(&v3, FSM_REFUSED);
		ck_assert_int_eq(mono_sub(f.deadline, now), DOWN_200);
		ck_assert_uint_eq(at_deadline(&v3), FSM_SEND | FSM_TAKE);
	}
}
END_TEST

static const struct fsm_conf synced = {
	.version = 3, .advert_us = 100 * MS, .down_adverts = 3, .preempt = true, .synced = true};

START_TEST(synced_says_that_it_would_and_waits)
{
	start(&synced, 200);
	ck_assert_uint_eq(event(&synced, FSM_SYNC_ACTIVE), 0);
	ck_assert_uint_eq(at_deadline(&synced), 0);
	ck_assert_int_eq(f.state, FSM_BACKUP);
	ck_assert_int_eq(f.wants, FSM_WHY_SILENCE);
	ck_assert_uint_eq(advert(&synced, 100, -1), 0);
	ck_assert_int_eq(f.wants, FSM_WHY_SILENCE);
	ck_assert_uint_eq(event(&synced, FSM_SYNC_BACKUP), 0);
	ck_assert_uint_eq(event(&synced, FSM_SYNC_ACTIVE), FSM_SEND | FSM_TAKE);
	ck_assert_int_eq(f.state, FSM_ACTIVE);
	ck_assert_int_eq(f.why, FSM_WHY_SILENCE);
}
END_TEST

START_TEST(synced_thinks_better_of_it)
{
	start(&synced, 200);
	at_deadline(&synced);
	advert(&synced, 201, 1);
	ck_assert_int_eq(f.wants, FSM_WHY_NONE);
	at_deadline(&synced);
	event(&synced, FSM_DRAIN);
	ck_assert_int_eq(f.wants, FSM_WHY_NONE);
	ck_assert_uint_eq(event(&synced, FSM_SYNC_ACTIVE), 0);
}
END_TEST

START_TEST(synced_leaves_with_its_group)
{
	start(&synced, 200);
	at_deadline(&synced);
	event(&synced, FSM_SYNC_ACTIVE);
	ck_assert_uint_eq(event(&synced, FSM_SYNC_BACKUP), FSM_SEND_ZERO);
	ck_assert_uint_eq(event(&synced, FSM_SYNC_BACKUP), 0);
	ck_assert_uint_eq(event(&synced, FSM_SYNC_ACTIVE), FSM_SEND);
	ck_assert(!fsm_yielding(&f));
	event(&synced, FSM_SYNC_BACKUP);
	ck_assert_uint_eq(at_deadline(&synced), FSM_RELEASE);
	ck_assert_int_eq(f.state, FSM_BACKUP);
	ck_assert(!f.drained);
}
END_TEST

START_TEST(synced_owner_waits_too)
{
	ck_assert_uint_eq(start(&synced, 255), 0);
	ck_assert_int_eq(f.state, FSM_BACKUP);
	ck_assert_int_eq(f.wants, FSM_WHY_OWNER);
}
END_TEST

START_TEST(reconfigures)
{
	struct fsm_conf slow = v3;

	slow.advert_us = 1000 * MS;
	become_active(&v3, 200);
	fsm_reconfigure(&f, &slow, now);
	ck_assert_int_le(mono_sub(f.deadline, now), 100 * MS);
	at_deadline(&slow);
	ck_assert_int_eq(mono_sub(f.deadline, now), 1000 * MS);
	start(&v3, 200);
	slow.advert_us = 100 * MS;
	slow.down_adverts = 5;
	fsm_reconfigure(&f, &slow, now);
	ck_assert_int_eq(mono_sub(f.deadline, now), DOWN_200 + 200 * MS);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("fsm");
	TCase *t = tcase_create("fsm");
	SRunner *r = srunner_create(s);
	int failed;

	suite_add_tcase(s, t);
	tcase_add_test(t, init_start_waits_for_the_down_interval);
	tcase_add_test(t, init_owner_starts_active);
	tcase_add_test(t, init_adopts_what_the_last_run_left);
	tcase_add_test(t, init_ignores_the_rest);
	tcase_add_test(t, init_drained_starts_as_a_backup_that_stays);
	tcase_add_test(t, backup_takes_over_after_silence);
	tcase_add_test(t, backup_resets_its_timer_from_the_receive_stamp);
	tcase_add_test(t, backup_is_not_hurried_by_an_older_stamp);
	tcase_add_test(t, backup_ignores_lower_without_touching_its_timer);
	tcase_add_test(t, backup_without_preemption_lets_lower_be);
	tcase_add_test(t, backup_preempts_after_its_delay);
	tcase_add_test(t, backup_waits_only_the_skew_after_priority_zero);
	tcase_add_test(t, backup_learns_the_interval_in_version_3_only);
	tcase_add_test(t, backup_skew_does_not_vanish_at_10_ms);
	tcase_add_test(t, backup_recomputes_when_its_priority_changes);
	tcase_add_test(t, backup_does_not_act_on_its_own_stall);
	tcase_add_test(t, backup_halts_and_shuts_without_a_word);
	tcase_add_test(t, backup_drained_never_takes_over);
	tcase_add_test(t, active_keeps_the_pace);
	tcase_add_test(t, active_yields_to_higher);
	tcase_add_test(t, active_breaks_a_tie_by_address);
	tcase_add_test(t, active_answers_lower_at_once_and_heals_arp);
	tcase_add_test(t, active_answers_priority_zero_at_once);
	tcase_add_test(t, active_does_not_multiply_a_flood);
	tcase_add_test(t, active_halts_at_once);
	tcase_add_test(t, active_shut_hands_over_first);
	tcase_add_test(t, active_shut_ends_when_nobody_comes);
	tcase_add_test(t, active_shut_is_called_off);
	tcase_add_test(t, active_shut_outranks_a_drain);
	tcase_add_test(t, active_is_silent_while_it_yields);
	tcase_add_test(t, active_drains);
	tcase_add_test(t, active_keeps_what_nobody_takes);
	tcase_add_test(t, active_drains_by_force);
	tcase_add_test(t, active_drain_is_called_off);
	tcase_add_test(t, active_version_2_waits_its_longer_skew);
	tcase_add_test(t, active_offers_when_its_priority_falls_below_a_known_peer);
	tcase_add_test(t, active_goes_on_when_nobody_takes_the_offer);
	tcase_add_test(t, active_takes_the_offer_back_from_a_worse_router);
	tcase_add_test(t, active_does_not_offer_to_nobody);
	tcase_add_test(t, active_gives_back_what_the_kernel_refused);
	tcase_add_test(t, active_refused_leaves_a_lower_one_alone_for_longer_each_time);
	tcase_add_test(t, active_refused_takes_over_when_nobody_is_there);
	tcase_add_test(t, synced_says_that_it_would_and_waits);
	tcase_add_test(t, synced_thinks_better_of_it);
	tcase_add_test(t, synced_leaves_with_its_group);
	tcase_add_test(t, synced_owner_waits_too);
	tcase_add_test(t, reconfigures);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
