/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Prints tests/sim/sla.md: false alarms a year and detection times of each profile over paths of
 * many kinds. `sim_table TRACES` reads the recorded traces of that folder; `sim_table --trace NAME`
 * prints a trace as its model makes it. Seeded: the same text every time.
 */
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/sim/chain.h"
#include "tests/sim/path.h"

#define WATCH_US (86400 * US_PER_S) /* the day that the page speaks of */
#define ALARMS_MAX 200
#define ROUNDS 500
#define TRACE_PROBES 3000

static const char *const profiles[] = {"fast", "robust"};
#define N_PROFILES (sizeof(profiles) / sizeof(profiles[0]))

static struct path_model well(void)
{
	return (struct path_model){.rtt_us = 15 * US_PER_MS,
				   .jitter_us = 5 * US_PER_MS,
				   .dead_from = MONO_NEVER,
				   .mute_from = MONO_NEVER};
}

/* ---- traces ---- */

/*
 * Two states as Gilbert and Elliott have them, in each a loss and a range of RTTs. Times in tenths
 * of a millisecond, as in the traces.
 */
struct trace_model {
	const char *name, *words;
	double to_bad, to_good; /* chance a probe */
	double loss[2];
	int32_t rtt[2], spread[2];
};

static const struct trace_model traces[] = {
	{"cable",
	 "steady, and once a minute half a second of noise",
	 1 / 600.0,
	 1 / 5.0,
	 {0.0002, 0.3},
	 {120, 130},
	 {20, 60}},
	{"mobile",
	 "a handover each 20 s: 300 ms of little, then queues",
	 1 / 200.0,
	 1 / 3.0,
	 {0.001, 0.8},
	 {380, 2500},
	 {250, 2000}},
	{"wireless",
	 "interference for a second each 15 s",
	 1 / 150.0,
	 1 / 10.0,
	 {0.01, 0.15},
	 {40, 200},
	 {60, 800}},
};
#define N_TRACES (sizeof(traces) / sizeof(traces[0]))

static void print_trace(const struct trace_model *m)
{
	struct path dice = {.seed = UINT64_C(0x5eed)};
	bool bad = false;

	for (size_t i = 0; i < TRACE_PROBES; i++) {
		if (path_random(&dice) < (bad ? m->to_good : m->to_bad))
			bad = !bad;
		if (path_random(&dice) < m->loss[bad])
			printf("-\n");
		else
			printf("%d\n",
			       m->rtt[bad] + (int32_t)(path_random(&dice) * m->spread[bad]));
	}
}

static size_t read_trace(const char *dir, const char *name, int32_t out[TRACE_PROBES])
{
	char path[512], line[32];
	size_t n = 0;
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "r");
	if (!f) {
		perror(path);
		exit(EXIT_FAILURE);
	}
	while (n < TRACE_PROBES && fgets(line, sizeof(line), f))
		out[n++] = line[0] == '-' ? PATH_LOST : (int32_t)strtol(line, NULL, 10);
	fclose(f);
	return n;
}

/* ---- false alarms ---- */

static void head(const char *what)
{
	printf("| %s |", what);
	for (size_t i = 0; i < N_PROFILES; i++)
		printf(" %s |", profiles[i]);
	printf("\n| --- |");
	for (size_t i = 0; i < N_PROFILES; i++)
		printf(" --- |");
	printf("\n");
}

/* Two figures are what the seed does not change; what rounding would make up is not printed. */
static void print_alarms(double a_year)
{
	double unit = a_year < 100 ? 1 : pow(10, floor(log10(a_year)) - 1);

	if (a_year < 1e-6)
		printf(" under 1e-6 |");
	else if (a_year < 1)
		printf(" %.1g |", a_year);
	else if (a_year * 60 > 365.25 * 86400)
		printf(" always down |");
	else
		printf(" %.0f |", round(a_year / unit) * unit);
}

static void simulated(const char *what, const struct path_model *m)
{
	printf("| %s |", what);
	for (size_t i = 0; i < N_PROFILES; i++) {
		struct conf_probe p = path_profile(profiles[i]);
		double alarms = path_alarms(&p, m, WATCH_US, ALARMS_MAX, 1);

		if (alarms > 0)
			print_alarms(alarms);
		else
			printf(" 0 in a day |");
	}
	printf("\n");
}

static void chained(const char *what, double loss, double burst_us)
{
	printf("| %s |", what);
	for (size_t i = 0; i < N_PROFILES; i++) {
		struct conf_probe p = path_profile(profiles[i]);
		double us = (double)p.interval_us;

		if (burst_us > 0)
			print_alarms(
				chain_bursts(p.fall, burst_us, burst_us * (1 - loss) / loss, us));
		else
			print_alarms(chain_random(p.fall, loss, us));
	}
	printf("\n");
}

static void false_alarms(const char *dir)
{
	static int32_t recorded[N_TRACES][TRACE_PROBES];
	struct path_model m = well();
	char what[128];

	head("a path that works: false alarms a year");
	chained("random loss of 1 %", 0.01, 0);
	chained("random loss of 5 %", 0.05, 0);
	chained("blackouts of 50 ms, 1 % of the time", 0.01, 5e4);
	chained("blackouts of 200 ms, 1 % of the time", 0.01, 2e5);
	chained("blackouts of 1 s, 1 % of the time", 0.01, 1e6);
	m.loss = 0.0199;
	simulated("1 % lost each way", &m);
	m = well();
	m.answers_a_second = 8;
	simulated("a target that answers 8 a second", &m);
	m = well();
	m.answers_a_second = 5;
	simulated("a target that answers 5 a second", &m);
	for (size_t i = 0; i < N_TRACES; i++) {
		m = well();
		m.trace = recorded[i];
		m.n_trace = read_trace(dir, traces[i].name, recorded[i]);
		snprintf(what, sizeof(what), "trace `%s`: %s", traces[i].name, traces[i].words);
		simulated(what, &m);
	}
}

/* ---- detection ---- */

static void detected(const char *what, const struct path_model *before,
		     const struct path_model *after)
{
	printf("| %s |", what);
	for (size_t i = 0; i < N_PROFILES; i++) {
		struct conf_probe p = path_profile(profiles[i]);
		struct path_times t = path_detection(&p, before, after, ROUNDS, 100);

		if (isinf(t.mean_s))
			printf(" no alarm |");
		else
			printf(" %.2f, %.2f, %.2f |", t.mean_s, t.p99_s, t.worst_s);
	}
	printf("\n");
}

static void detections(void)
{
	struct path_model before = well(), after = well();

	head("a path that fails: seconds until it is down; mean, 99 of 100 within, worst");
	after.dead_from = MONO_ZERO;
	detected("dead at once", &before, &after);
	before.rtt_us = after.rtt_us = 150 * US_PER_MS;
	detected("dead at once, with an RTT of 150 ms until then", &before, &after);
	before = after = well();
	after.mute_from = MONO_ZERO;
	detected("one way: no reply gets back", &before, &after);
	after = well();
	after.loss = 0.8;
	detected("random loss of 80 %", &before, &after);
	after.loss = 0.5;
	detected("random loss of 50 %", &before, &after);
	after.loss = 0.3;
	detected("random loss of 30 %", &before, &after);
	after = well();
	after.answers_a_second = 5;
	detected("a target that answers 5 a second from then on", &before, &after);
	after = well();
	after.rtt_us = 450 * US_PER_MS;
	detected("RTT from 15 to 450 ms at once", &before, &after);
}

static const char intro[] =
	"# What the verdicts are worth\n"
	"\n"
	"Made by `make sim-table` from the daemon's own probe and verdict on a virtual clock;\n"
	"`make check` fails when this page is not what it prints. The profiles are the\n"
	"configuration's, with their automatic timeout; the path answers after 15 to 20 ms\n"
	"unless it is said otherwise.\n"
	"\n"
	"Random losses and blackouts are worked out by a Markov chain of the bucket, which\n"
	"`sim_sla` holds against the simulation: alarms of one in a thousand years are not waited\n"
	"for. It takes the evidence in the order of the probes and so counts somewhat more than\n"
	"the daemon. The other rows are a simulated day, or the time of 200 alarms. Blackouts\n"
	"have exponential lengths and distances. The traces in `traces/` hold five minutes of\n"
	"round trips, one a line in tenths of a millisecond, `-` for none. They are recorded from\n"
	"the two-state models in `sim_table.c`, not from a network, and are replayed in a loop.\n"
	"\n";

static double worst_of_dead(const struct conf_probe *p)
{
	struct path_model before = well(), dead = well();

	dead.dead_from = MONO_ZERO;
	return path_detection(p, &before, &dead, ROUNDS, 100).worst_s;
}

static void print_outro(void)
{
	struct conf_probe fast = path_profile("fast"), robust = path_profile("robust");
	struct conf_probe three = fast;
	double us = (double)fast.interval_us;
	double down_us = (double)(fast.rise * fast.interval_us + fast.delay_up_us);

	three.fall = 3;
	printf("\n`fast` pays for its %.1f s with alarms on blackouts as long; `robust` takes %.1f "
	       "s "
	       "and\nbears them. ",
	       worst_of_dead(&fast), worst_of_dead(&robust));
	printf("The usual rule, three straight losses, would alarm %.0f times a year at\n"
	       "1 %% random loss.\n",
	       chain_straight(3, 0.01, us));
	printf("\nTwo targets in a group with `require any` may have `fall 3`: at 1 %% random loss "
	       "of each\nthe group alarms %.1g times a year, and a dead path is found in %.1f s. A "
	       "false verdict is\ntaken to last for `rise` and `delay_up`, %.0f s.\n",
	       chain_pair(3, 0.01, us, down_us), worst_of_dead(&three), down_us / 1e6);
	printf("\nA target that answers every second probe cannot be told from a path that loses "
	       "half:\npoint a probe at what answers at the probe's pace, or slow the probe "
	       "down.\n");
}

int main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "--trace") == 0) {
		for (size_t i = 0; i < N_TRACES; i++)
			if (strcmp(traces[i].name, argv[2]) == 0) {
				print_trace(&traces[i]);
				return EXIT_SUCCESS;
			}
		return EXIT_FAILURE;
	}
	if (argc != 2) {
		fprintf(stderr, "usage: sim_table TRACES | --trace NAME\n");
		return EXIT_FAILURE;
	}
	printf("%s", intro);
	false_alarms(argv[1]);
	printf("\n");
	detections();
	print_outro();
	return EXIT_SUCCESS;
}
