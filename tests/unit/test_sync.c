/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sync groups: the judgement case by case, then two routers with a group of two instances each on a
 * virtual clock, the real state machine, and two wires that can be cut one by one.
 */
#include <check.h>

#include "vrrpd/sync.h"

#define MS US_PER_MS
#define ROUTERS 2
#define WIRES 2

#define INI                                        \
	{                                          \
		true, FSM_INITIALIZE, false, false \
	}
#define UNFIT                                       \
	{                                           \
		false, FSM_INITIALIZE, false, false \
	}
#define BAK                                    \
	{                                      \
		true, FSM_BACKUP, false, false \
	}
#define WANTS                                 \
	{                                     \
		true, FSM_BACKUP, true, false \
	}
#define ACT                                    \
	{                                      \
		true, FSM_ACTIVE, false, false \
	}
#define LEAVES                                \
	{                                     \
		true, FSM_ACTIVE, false, true \
	}
#define DRAINED                               \
	{                                     \
		true, FSM_BACKUP, false, true \
	}

static const struct {
	struct sync_member members[3];
	enum sync_order order;
	int blocker; /* of member 0 */
} cases[] = {
	{{INI, BAK, BAK}, SYNC_STAY, -1},          {{BAK, BAK, BAK}, SYNC_STAY, -1},
	{{WANTS, BAK, WANTS}, SYNC_STAY, -1},      {{WANTS, WANTS, WANTS}, SYNC_TO_ACTIVE, -1},
	{{ACT, WANTS, WANTS}, SYNC_TO_ACTIVE, -1}, {{ACT, ACT, ACT}, SYNC_TO_ACTIVE, -1},
	{{ACT, ACT, BAK}, SYNC_TO_BACKUP, -1},     {{ACT, WANTS, BAK}, SYNC_TO_BACKUP, -1},
	{{ACT, ACT, LEAVES}, SYNC_TO_BACKUP, -1},  {{WANTS, DRAINED, WANTS}, SYNC_STAY, -1},
	{{ACT, DRAINED, ACT}, SYNC_TO_BACKUP, -1}, {{ACT, ACT, UNFIT}, SYNC_STAY, 2},
	{{UNFIT, ACT, ACT}, SYNC_STAY, -1},        {{ACT, UNFIT, UNFIT}, SYNC_STAY, 1},
};

START_TEST(judges)
{
	ck_assert_int_eq(sync_judge(cases[_i].members, 3), cases[_i].order);
	ck_assert_int_eq(sync_blocker(cases[_i].members, 3, 0), cases[_i].blocker);
}
END_TEST

/* ---- two routers ---- */

static const struct fsm_conf conf = {
	.version = 3, .advert_us = 100 * MS, .down_adverts = 3, .preempt = true, .synced = true};

static struct fsm f[ROUTERS][WIRES];
static bool fit[ROUTERS][WIRES], cut[WIRES];
static mono_t now;

static void feed(int r, int w, struct fsm_event e);

static void hear(int r, int w, uint8_t priority)
{
	if (!cut[w])
		feed(r, w,
		     (struct fsm_event){.kind = FSM_ADVERT,
					.priority = priority,
					.source_order = r == 0 ? 1 : -1,
					.interval_us = conf.advert_us,
					.received = now});
}

static void feed(int r, int w, struct fsm_event e)
{
	unsigned act = fsm_step(&f[r][w], &conf, &e, now);

	if (act & FSM_SEND)
		hear(1 - r, w, f[r][w].priority);
	if (act & FSM_SEND_ZERO)
		hear(1 - r, w, 0);
}

/* As the daemon does it at the end of a turn. */
static void settle(int r)
{
	struct sync_member m[WIRES];
	enum sync_order order;

	for (int w = 0; w < WIRES; w++)
		m[w] = (struct sync_member){.fit = fit[r][w],
					    .state = f[r][w].state,
					    .wants = f[r][w].wants != FSM_WHY_NONE,
					    .leaving =
						    f[r][w].drained || f[r][w].yield == FSM_DRAIN};
	order = sync_judge(m, WIRES);
	for (int w = 0; w < WIRES; w++) {
		bool may = fit[r][w] && sync_blocker(m, WIRES, (size_t)w) < 0;
		bool idle = f[r][w].state == FSM_INITIALIZE;

		if (may && (idle || f[r][w].yield == FSM_SHUT))
			feed(r, w,
			     (struct fsm_event){.kind = FSM_START, .priority = f[r][w].priority});
		else if (!may && !idle && f[r][w].yield != FSM_SHUT)
			feed(r, w, (struct fsm_event){.kind = FSM_SHUT});
		if (order != SYNC_STAY)
			feed(r, w,
			     (struct fsm_event){.kind = order == SYNC_TO_ACTIVE ? FSM_SYNC_ACTIVE
										: FSM_SYNC_BACKUP});
	}
}

static void run(int ms)
{
	for (int k = 0; k < ms; k++) {
		now = mono_add(now, MS);
		for (int r = 0; r < ROUTERS; r++)
			for (int w = 0; w < WIRES; w++)
				if (mono_reached(f[r][w].deadline, now))
					feed(r, w, (struct fsm_event){.kind = FSM_TIMER});
		for (int r = 0; r < ROUTERS; r++)
			settle(r);
	}
}

static void begin(void)
{
	now = (mono_t){1000 * MS};
	for (int r = 0; r < ROUTERS; r++)
		for (int w = 0; w < WIRES; w++) {
			fsm_init(&f[r][w], &conf, r == 0 ? 200 : 100);
			fit[r][w] = true;
			cut[w] = false;
		}
	run(2000);
}

static bool all(int r, enum fsm_state s)
{
	return f[r][0].state == s && f[r][1].state == s;
}

START_TEST(the_better_router_takes_both)
{
	begin();
	ck_assert(all(0, FSM_ACTIVE) && all(1, FSM_BACKUP));
}
END_TEST

START_TEST(a_fault_of_one_moves_both)
{
	begin();
	fit[0][0] = false;
	run(1000);
	ck_assert(all(0, FSM_INITIALIZE) && all(1, FSM_ACTIVE));
	fit[0][0] = true;
	run(2000);
	ck_assert(all(0, FSM_ACTIVE) && all(1, FSM_BACKUP));
}
END_TEST

/* The wire is silent, but the router on it lives: the other instance hears it. */
START_TEST(silence_on_one_wire_moves_nobody)
{
	begin();
	cut[0] = true;
	run(3000);
	ck_assert(all(0, FSM_ACTIVE) && all(1, FSM_BACKUP));
	ck_assert_int_eq(f[1][0].wants, FSM_WHY_SILENCE);
	ck_assert_int_eq(f[1][1].wants, FSM_WHY_NONE);
	cut[0] = false;
	run(200);
	ck_assert_int_eq(f[1][0].wants, FSM_WHY_NONE);
}
END_TEST

START_TEST(silence_on_both_moves_both)
{
	begin();
	cut[0] = cut[1] = true;
	run(1000);
	ck_assert(all(1, FSM_ACTIVE));
	cut[0] = cut[1] = false;
	run(1000);
	ck_assert(all(0, FSM_ACTIVE) && all(1, FSM_BACKUP));
}
END_TEST

/* Another router claims one wire with a higher priority. */
START_TEST(one_that_yields_takes_the_other_along)
{
	begin();
	for (int k = 0; k < 20; k++) {
		hear(0, 0, 250);
		run(100);
	}
	ck_assert(all(0, FSM_BACKUP));
}
END_TEST

START_TEST(a_drain_of_one_moves_both)
{
	begin();
	feed(0, 0, (struct fsm_event){.kind = FSM_DRAIN});
	run(1000);
	ck_assert(all(0, FSM_BACKUP) && all(1, FSM_ACTIVE));
	feed(0, 0, (struct fsm_event){.kind = FSM_RESUME});
	run(2000);
	ck_assert(all(0, FSM_ACTIVE) && all(1, FSM_BACKUP));
}
END_TEST

START_TEST(owners_wait_for_each_other)
{
	begin();
	for (int w = 0; w < WIRES; w++)
		fsm_init(&f[0][w], &conf, 255);
	fit[0][1] = false;
	run(10);
	ck_assert(all(0, FSM_INITIALIZE));
	fit[0][1] = true;
	run(2);
	ck_assert(all(0, FSM_ACTIVE));
	ck_assert_int_eq(f[0][0].why, FSM_WHY_OWNER);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("sync");
	TCase *t = tcase_create("sync");
	SRunner *r = srunner_create(s);
	int failed;

	suite_add_tcase(s, t);
	tcase_add_loop_test(t, judges, 0, sizeof(cases) / sizeof(cases[0]));
	tcase_add_test(t, the_better_router_takes_both);
	tcase_add_test(t, a_fault_of_one_moves_both);
	tcase_add_test(t, silence_on_one_wire_moves_nobody);
	tcase_add_test(t, silence_on_both_moves_both);
	tcase_add_test(t, one_that_yields_takes_the_other_along);
	tcase_add_test(t, a_drain_of_one_moves_both);
	tcase_add_test(t, owners_wait_for_each_other);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
