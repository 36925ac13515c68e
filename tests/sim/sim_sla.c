/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * slad's verdicts on a virtual clock: the very target.c of the daemon against paths that lose at
 * random, in bursts, or altogether. Rates that no run is long enough to see (one alarm in a
 * thousand years) come from a Markov chain of the bucket, after the chain was held against the
 * simulation where both can be had. Prints a table and fails when a figure leaves its bounds.
 * Seeded: the same table every time.
 */
#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "slad/target.h"

#define YEAR_US (365.25 * 86400 * 1e6)
#define IN_FLIGHT 64

/* ---- a path ---- */

struct flight {
	mono_t arrival;
	struct echo_message m;
};

struct sim {
	uint64_t seed;
	mono_t now;
	struct target *t;
	double loss;     /* at random, 0 to 1 */
	double burst_us; /* mean length of a blackout, exponential; 0: none */
	double calm_us;  /* mean time between them */
	mono_t burst_begin, burst_end;
	int64_t rtt_us, jitter_us;
	mono_t dead_from;
	struct flight flying[IN_FLIGHT];
	size_t n_flying;
	unsigned downs, ups, unknowns;
	mono_t last_down, last_up;
};

static double uniform(struct sim *s)
{
	s->seed ^= s->seed << 13;
	s->seed ^= s->seed >> 7;
	s->seed ^= s->seed << 17;
	return (double)(s->seed >> 11) / 9007199254740992.0;
}

static double exponential(struct sim *s, double mean)
{
	return -mean * log(1 - uniform(s));
}

static bool path_loses(struct sim *s)
{
	if (mono_reached(s->dead_from, s->now))
		return true;
	while (s->burst_us > 0 && mono_reached(s->burst_end, s->now)) {
		s->burst_begin = mono_add(s->burst_end, (int64_t)exponential(s, s->calm_us));
		s->burst_end = mono_add(s->burst_begin, 1 + (int64_t)exponential(s, s->burst_us));
	}
	if (s->burst_us > 0 && mono_reached(s->burst_begin, s->now))
		return true;
	return s->loss > 0 && uniform(s) < s->loss;
}

static void transmit(struct sim *s)
{
	struct echo_request q;
	struct flight *f;

	target_request(s->t, &q);
	target_sent(s->t, s->now);
	if (path_loses(s) || s->n_flying == IN_FLIGHT)
		return;
	f = &s->flying[s->n_flying++];
	f->arrival = mono_add(s->now, s->rtt_us + (int64_t)(uniform(s) * (double)s->jitter_us));
	f->m = (struct echo_message){
		.kind = ECHO_REPLY,
		.from = s->t->conf.target,
		.to = s->t->conf.source,
		.target = s->t->conf.target,
		.id = q.id,
		.icmp_seq = (uint16_t)q.seq,
		.payload = q.size,
		.tag = q.tag,
		.seq = q.seq,
		.cookie = q.cookie,
	};
}

static void note(struct sim *s, unsigned flags)
{
	if (!(flags & TARGET_CHANGED))
		return;
	switch (s->t->verdict.state) {
	case SLA_DOWN:
		s->downs++;
		s->last_down = s->now;
		break;
	case SLA_UP:
		s->ups++;
		s->last_up = s->now;
		break;
	case SLA_UNKNOWN:
		s->unknowns++;
		break;
	}
}

static size_t first_arrival(const struct sim *s)
{
	size_t best = 0;

	for (size_t i = 1; i < s->n_flying; i++)
		if (mono_before(s->flying[i].arrival, s->flying[best].arrival))
			best = i;
	return best;
}

/* Replies that arrived by now, in order, as a socket would hand them up. */
static void deliver(struct sim *s)
{
	while (s->n_flying) {
		size_t i = first_arrival(s);
		struct flight f = s->flying[i];

		if (!mono_reached(f.arrival, s->now))
			return;
		s->flying[i] = s->flying[--s->n_flying];
		note(s, target_receive(s->t, &f.m, f.arrival));
	}
}

static void turn(struct sim *s)
{
	unsigned flags;

	deliver(s);
	flags = target_turn(s->t, s->now);
	note(s, flags);
	if (!(flags & TARGET_SEND))
		return;
	if (target_wants_id(s->t, s->now))
		target_set_id(s->t, (uint16_t)(s->t->id + 1), s->now);
	transmit(s);
}

/* Runs to `until`, or to the first change of verdict. */
static void run(struct sim *s, mono_t until, bool to_change)
{
	unsigned changes = s->downs + s->ups + s->unknowns;
	mono_t refresh = s->now;

	while (mono_before(s->now, until) &&
	       !(to_change && s->downs + s->ups + s->unknowns != changes)) {
		mono_t next = mono_min(target_deadline(s->t), until);

		if (s->n_flying)
			next = mono_min(next, s->flying[first_arrival(s)].arrival);
		if (mono_before(s->now, next))
			s->now = next;
		turn(s);
		if (mono_sub(s->now, refresh) >= 200 * US_PER_MS) {
			note(s, target_refresh(s->t, s->now));
			refresh = s->now;
		}
	}
}

static struct conf_probe fast(void)
{
	static const uint8_t target[] = {172, 16, 41, 10}, source[] = {10, 1, 22, 252};
	struct conf_probe p = {
		.name = "sim",
		.tunnel = -1,
		.ttl = 64,
		.size = 56,
		.interval_us = 100 * US_PER_MS,
		.fall = 6,
		.rise = 20,
		.delay_up_us = 10 * US_PER_S,
	};

	p.target = addr_ipv4(target);
	p.source = addr_ipv4(source);
	return p;
}

static struct sim begin(const struct conf_probe *p, uint64_t seed)
{
	struct sim s = {
		.seed = seed * UINT64_C(0x9e3779b97f4a7c15) + 1,
		.now = {US_PER_S},
		.rtt_us = 15 * US_PER_MS,
		.jitter_us = 5 * US_PER_MS,
		.dead_from = MONO_NEVER,
	};

	s.burst_begin = s.burst_end = s.now;
	s.t = target_new(NULL, p, 1, 2, s.now);
	if (!s.t)
		abort();
	return s;
}

/* Up, and at a moment that has nothing to do with the probe's phase. */
static void settle(struct sim *s)
{
	run(s, mono_add(s->now, 60 * US_PER_S), true);
	run(s, mono_add(s->now, 10 * US_PER_S + (int64_t)(uniform(s) * 1e5)), false);
}

/* ---- the chain ---- */

#define CHAIN_MAX 200

/*
 * Mean number of probes until the bucket of a path that is good (loss p) or in a blackout (all
 * lost) is full. From good to blackout with probability `in`, back with `out`, a probe. States: 2 *
 * full; x = 1 + M x solved by elimination without pivoting, since I - M is an M-matrix.
 */
static double probes_to_full(unsigned fall, double p, double in, double out)
{
	static double a[CHAIN_MAX][CHAIN_MAX + 1];
	size_t full = 3 * (size_t)fall, n = 2 * full;

	memset(a, 0, sizeof(a));
	for (size_t i = 0; i < n; i++) {
		bool burst = i >= full;
		size_t level = i % full;
		double lost = burst ? 1 : p;

		a[i][i] += 1;
		a[i][n] = 1;
		for (size_t to = 0; to < 2; to++) {
			double move = to ? (burst ? 1 - out : in) : (burst ? out : 1 - in);

			if (level + 3 < full)
				a[i][to * full + level + 3] -= move * lost;
			a[i][to * full + (level ? level - 1 : 0)] -= move * (1 - lost);
		}
	}
	for (size_t k = 0; k < n; k++)
		for (size_t i = k + 1; i < n; i++) {
			double f = a[i][k] / a[k][k];

			for (size_t j = k; f != 0 && j <= n; j++)
				a[i][j] -= f * a[k][j];
		}
	for (size_t k = n; k-- > 0;) {
		for (size_t j = k + 1; j < n; j++)
			a[k][n] -= a[k][j] * a[j][n];
		a[k][n] /= a[k][k];
	}
	return a[0][n];
}

static double alarms_a_year(double probes, double interval_us)
{
	return YEAR_US / interval_us / probes;
}

/* ---- the table ---- */

static unsigned failures;

static void row(const char *what, double got, double low, double high, const char *unit)
{
	bool ok = got >= low && got <= high;

	failures += !ok;
	printf("%-62s %12.4g %-8s [%.4g, %.4g] %s\n", what, got, unit, low, high,
	       ok ? "ok" : "FAILED");
}

/* Alarms a year of the simulated path, of which `alarms` are waited for. */
static double simulate_alarms(struct conf_probe p, double loss, double burst_us, double calm_us,
			      unsigned alarms, uint64_t seed)
{
	struct sim s;
	double watched_us = 0;

	p.start = START_UP;
	s = begin(&p, seed);
	s.loss = loss;
	s.burst_us = burst_us;
	s.calm_us = calm_us;
	while (s.downs < alarms) {
		mono_t from;

		if (s.t->verdict.state != SLA_UP) {
			/* Judged afresh after each alarm, so that one path's flaps do not slow the
			 * run. */
			target_free(s.t);
			s.t = target_new(NULL, &p, 1, 2, s.now);
			s.n_flying = 0;
			if (!s.t)
				abort();
		}
		from = s.now;
		run(&s, mono_add(s.now, 3600 * US_PER_S), true);
		watched_us += (double)mono_sub(s.now, from);
	}
	target_free(s.t);
	return alarms * YEAR_US / watched_us;
}

/* Blackouts of mean length b, a mean of c apart, seen by a probe each 100 ms. */
static double burst_alarms(unsigned fall, double b, double c)
{
	double moved = 1 - exp(-1e5 * (1 / b + 1 / c)), share = b / (b + c);

	return alarms_a_year(probes_to_full(fall, 0, share * moved, (1 - share) * moved), 1e5);
}

static void false_alarms(void)
{
	/*
	 * The chain takes the evidence in the order of the probes. So does the daemon when the
	 * timeout is shorter than the interval; else a reply is heard before the loss of the probe
	 * before it, which alarms less.
	 */
	struct conf_probe in_order = fast();
	double chain = alarms_a_year(probes_to_full(6, 0.10, 0, 1), 1e5);

	in_order.timeout_us = 50 * US_PER_MS;
	row("three straight losses, 1 % random loss (the usual rule)",
	    alarms_a_year(1 / (pow(0.01, 3) * 0.99), 1e5), 305, 320, "a year");
	row("simulation against chain, 10 % random loss",
	    simulate_alarms(in_order, 0.10, 0, 0, 300, 1) / chain, 0.85, 1.15, "ratio");
	row("  the same with the timeout of 0.2 s",
	    simulate_alarms(fast(), 0.10, 0, 0, 300, 1) / chain, 0.5, 1, "ratio");
	row("simulation against chain, blackouts of 200 ms, 1 % loss",
	    simulate_alarms(in_order, 0, 2e5, 2e7, 300, 2) / burst_alarms(6, 2e5, 2e7), 0.85, 1.15,
	    "ratio");
	row("fast, 1 % random loss", alarms_a_year(probes_to_full(6, 0.01, 0, 1), 1e5), 0.0003,
	    0.0012, "a year");
	row("robust (fall 30), blackouts of 200 ms, 1 % loss", burst_alarms(30, 2e5, 2e7), 0, 1,
	    "a year");
}

/* Two targets, require any, fall 3: both false at once. One is down for `down_us` after each alarm.
 */
static void group_alarms(void)
{
	double one = alarms_a_year(probes_to_full(3, 0.01, 0, 1), 1e5);
	double down_us = 20 * 1e5 + 10 * 1e6;

	row("two targets, require any, fall 3, 1 % random loss", 2 * one * one * down_us / YEAR_US,
	    0.03, 0.15, "a year");
}

struct times {
	double mean_s, worst_s;
};

static struct times detection(struct conf_probe p, double loss, int rounds, uint64_t seed)
{
	struct times r = {0};

	for (int i = 0; i < rounds; i++) {
		struct sim s = begin(&p, seed + (uint64_t)i);
		mono_t cut;
		double took_s;

		settle(&s);
		cut = s.now;
		if (loss >= 1)
			s.dead_from = cut;
		else
			s.loss = loss;
		run(&s, mono_add(cut, 600 * US_PER_S), true);
		took_s = s.downs ? (double)mono_sub(s.last_down, cut) / 1e6 : 1e9;
		r.mean_s += took_s / rounds;
		if (took_s > r.worst_s)
			r.worst_s = took_s;
		target_free(s.t);
	}
	return r;
}

static void detections(void)
{
	struct conf_probe p = fast(), three = fast();
	struct times r;

	r = detection(p, 1, 1000, 100);
	row("dead path, fast: worst", r.worst_s, 0.7, 0.8, "s");
	row("dead path, fast: mean", r.mean_s, 0.7, 0.8, "s");
	r = detection(p, 0.5, 1000, 200);
	row("half of the probes lost, fast: mean", r.mean_s, 1.6, 2.3, "s");
	three.fall = 3;
	r = detection(three, 1, 1000, 300);
	row("dead path, fall 3: worst", r.worst_s, 0.4, 0.5, "s");
}

static void quiet(const char *what, const struct sim *s)
{
	row(what, s->downs + s->unknowns, 0, 0, "changes");
}

static void a_healthy_month(void)
{
	struct conf_probe p = fast();
	struct sim s = begin(&p, 7);

	s.loss = 0.01;
	settle(&s);
	run(&s, mono_add(s.now, 5 * INT64_C(86400) * US_PER_S), false);
	quiet("5 days at 1 % random loss", &s);
	target_free(s.t);
}

/* The daemon does not run for 0.3 to 3 s, once in ten seconds: the replies wait in the socket. */
static void own_stalls(void)
{
	struct conf_probe p = fast();
	struct sim s = begin(&p, 8);

	settle(&s);
	for (int i = 0; i < 1000; i++) {
		run(&s, mono_add(s.now, 10 * US_PER_S), false);
		s.now = mono_add(s.now, (int64_t)((0.3 + 2.7 * uniform(&s)) * 1e6));
		turn(&s);
	}
	quiet("1000 stalls of the daemon, 0.3 to 3 s", &s);
	row("  probes that they made void", (double)s.t->counters.void_probes, 1000, 1e6, "");
	target_free(s.t);
}

/* A path that becomes slower than the timeout at once, but answers. */
static void a_slow_path(void)
{
	struct conf_probe p = fast();
	struct sim s = begin(&p, 9);

	settle(&s);
	s.rtt_us = 450 * US_PER_MS;
	run(&s, mono_add(s.now, 60 * US_PER_S), false);
	quiet("RTT from 15 to 450 ms at once", &s);
	row("  timeout that it led to", (double)s.t->timeout_us / 1e3, 800, 1000, "ms");
	row("  late replies until then", (double)s.t->counters.late, 1, 50, "");
	target_free(s.t);
}

static void returns(void)
{
	struct conf_probe p = fast();
	struct sim s = begin(&p, 10);
	mono_t back;

	settle(&s);
	s.dead_from = s.now;
	run(&s, mono_add(s.now, 5 * US_PER_S), false);
	s.dead_from = MONO_NEVER;
	back = s.now;
	s.ups = 0;
	run(&s, mono_add(s.now, 60 * US_PER_S), true);
	row("return of a dead path: rise and delay_up", (double)mono_sub(s.last_up, back) / 1e6,
	    11.9, 12.2, "s");
	target_free(s.t);
}

int main(void)
{
	printf("%-62s %12s %-8s %s\n", "what", "figure", "", "bounds");
	false_alarms();
	group_alarms();
	detections();
	a_healthy_month();
	own_stalls();
	a_slow_path();
	returns();
	if (failures)
		printf("%u figures left their bounds\n", failures);
	return failures ? EXIT_FAILURE : EXIT_SUCCESS;
}
