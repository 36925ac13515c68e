/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * slad's verdicts on a virtual clock: the very target.c of the daemon against paths that lose at
 * random, in bursts, or altogether. Rates that no run is long enough to see (one alarm in a
 * thousand years) come from a Markov chain of the bucket, after the chain was held against the
 * simulation where both can be had. Prints the figures and fails when one
 * leaves its bounds.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/sim/chain.h"
#include "tests/sim/path.h"

static unsigned failures;

static void row(const char *what, double got, double low, double high, const char *unit)
{
	bool ok = got >= low && got <= high;

	failures += !ok;
	printf("%-62s %12.4g %-8s [%.4g, %.4g] %s\n", what, got, unit, low, high,
	       ok ? "ok" : "FAILED");
}

static struct path_model well(void)
{
	struct conf_probe p = path_profile("fast");
	struct path s = path_begin(&p, 1);
	struct path_model m = s.model;

	path_end(&s);
	return m;
}

static void false_alarms(void)
{
	struct conf_probe fast = path_profile("fast"), in_order = fast;
	struct conf_probe robust = path_profile("robust");
	struct path_model lossy = well(), bursts = well();
	double chain = chain_random(fast.fall, 0.10, 1e5);
	int64_t forever = INT64_C(1) << 60;

	in_order.timeout_us = 50 * US_PER_MS;
	lossy.loss = 0.10;
	bursts.burst_us = 2e5;
	bursts.calm_us = 2e7;
	row("three straight losses, 1 % random loss (the usual rule)", chain_straight(3, 0.01, 1e5),
	    305, 320, "a year");
	row("simulation against chain, 10 % random loss",
	    path_alarms(&in_order, &lossy, forever, 300, 1) / chain, 0.85, 1.15, "ratio");
	row("  the same with the timeout of 0.2 s",
	    path_alarms(&fast, &lossy, forever, 300, 1) / chain, 0.5, 1, "ratio");
	row("simulation against chain, blackouts of 200 ms, 1 % loss",
	    path_alarms(&in_order, &bursts, forever, 300, 2) /
		    chain_bursts(fast.fall, 2e5, 2e7, 1e5),
	    0.85, 1.15, "ratio");
	row("fast, 1 % random loss", chain_random(fast.fall, 0.01, 1e5), 0.0003, 0.0012, "a year");
	row("robust, blackouts of 200 ms, 1 % loss", chain_bursts(robust.fall, 2e5, 2e7, 1e5), 0, 1,
	    "a year");
}

static void group_alarms(void)
{
	struct conf_probe p = path_profile("fast");
	double down_us = (double)(p.rise * p.interval_us + p.delay_up_us);

	row("two targets, require any, fall 3, 1 % random loss",
	    chain_pair(3, 0.01, (double)p.interval_us, down_us), 0.03, 0.15, "a year");
}

static void detections(void)
{
	struct conf_probe fast = path_profile("fast"), three = fast;
	struct path_model before = well(), dead = well(), half = well();
	struct path_times r;

	dead.dead_from = MONO_ZERO;
	half.loss = 0.5;
	three.fall = 3;
	r = path_detection(&fast, &before, &dead, 1000, 100);
	row("dead path, fast: worst", r.worst_s, 0.7, 0.8, "s");
	row("dead path, fast: mean", r.mean_s, 0.7, 0.8, "s");
	r = path_detection(&fast, &before, &half, 1000, 200);
	row("half of the probes lost, fast: mean", r.mean_s, 1.6, 2.3, "s");
	row("half of the probes lost, fast: 99 of 100 within", r.p99_s, 2, 5, "s");
	r = path_detection(&three, &before, &dead, 1000, 300);
	row("dead path, fall 3: worst", r.worst_s, 0.4, 0.5, "s");
}

static void quiet(const char *what, const struct path *s)
{
	row(what, s->downs + s->unknowns, 0, 0, "changes");
}

static void five_healthy_days(void)
{
	struct conf_probe p = path_profile("fast");
	struct path s = path_begin(&p, 7);

	s.model.loss = 0.01;
	path_settle(&s);
	path_run(&s, mono_add(s.now, 5 * INT64_C(86400) * US_PER_S), false);
	quiet("5 days at 1 % random loss", &s);
	path_end(&s);
}

/* A thousand times ten minutes, each judged afresh. */
static void ten_minutes_of_loss(void)
{
	struct conf_probe p = path_profile("fast");
	unsigned changes = 0;

	for (uint64_t i = 0; i < 1000; i++) {
		struct path s = path_begin(&p, 1000 + i);

		path_settle(&s);
		s.model.loss = 0.01;
		s.ups = 0;
		path_run(&s, mono_add(s.now, 600 * US_PER_S), false);
		changes += s.downs + s.ups + s.unknowns;
		path_end(&s);
	}
	row("1 % random loss for 10 minutes, 1000 times", changes, 0, 0, "changes");
}

/* The daemon does not run for 0.3 to 3 s, once in ten seconds: the replies wait in the socket. */
static void own_stalls(void)
{
	struct conf_probe p = path_profile("fast");
	struct path s = path_begin(&p, 8);

	path_settle(&s);
	for (int i = 0; i < 1000; i++) {
		path_run(&s, mono_add(s.now, 10 * US_PER_S), false);
		s.now = mono_add(s.now, (int64_t)((0.3 + 2.7 * path_random(&s)) * 1e6));
		path_turn(&s);
	}
	quiet("1000 stalls of the daemon, 0.3 to 3 s", &s);
	row("  probes that they made void", (double)s.t->counters.void_probes, 1000, 1e6, "");
	path_end(&s);
}

/* The host sleeps, and wakes up without the replies that were on their way. */
static void suspends(void)
{
	struct conf_probe p = path_profile("fast");
	struct path s = path_begin(&p, 11);

	path_settle(&s);
	for (int i = 0; i < 1000; i++) {
		path_run(&s, mono_add(s.now, 10 * US_PER_S), false);
		path_run(&s, mono_add(s.t->pacer.due, 10 * US_PER_MS), false);
		s.n_flying = 0;
		target_slept(s.t, s.now);
	}
	quiet("1000 suspends of the host", &s);
	row("  probes that they made void", (double)s.t->counters.void_probes, 1000, 2000, "");
	row("  probes that were called lost", (double)s.t->counters.lost, 0, 0, "");
	path_end(&s);
}

/* A path that becomes slower than the timeout at once, but answers. */
static void a_slow_path(void)
{
	struct conf_probe p = path_profile("fast");
	struct path s = path_begin(&p, 9);

	path_settle(&s);
	s.model.rtt_us = 450 * US_PER_MS;
	path_run(&s, mono_add(s.now, 60 * US_PER_S), false);
	quiet("RTT from 15 to 450 ms at once", &s);
	row("  timeout that it led to", (double)s.t->timeout_us / 1e3, 800, 1000, "ms");
	row("  late replies until then", (double)s.t->counters.late, 1, 50, "");
	path_end(&s);
}

static void returns(void)
{
	struct conf_probe p = path_profile("fast");
	struct path s = path_begin(&p, 10);
	mono_t back;

	path_settle(&s);
	s.model.dead_from = s.now;
	path_run(&s, mono_add(s.now, 5 * US_PER_S), false);
	s.model.dead_from = MONO_NEVER;
	back = s.now;
	s.ups = 0;
	path_run(&s, mono_add(s.now, 60 * US_PER_S), true);
	row("return of a dead path: rise and delay_up", (double)mono_sub(s.last_up, back) / 1e6,
	    11.9, 12.2, "s");
	path_end(&s);
}

int main(void)
{
	printf("%-62s %12s %-8s %s\n", "what", "figure", "", "bounds");
	false_alarms();
	group_alarms();
	detections();
	ten_minutes_of_loss();
	five_healthy_days();
	own_stalls();
	suspends();
	a_slow_path();
	returns();
	if (failures)
		printf("%u figures left their bounds\n", failures);
	return failures ? EXIT_FAILURE : EXIT_SUCCESS;
}
