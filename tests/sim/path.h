/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A probe on a virtual clock: the very target.c of the daemon, and a path that answers, delays and
 * loses as it is told. Seeded: the same life every time.
 */
#ifndef TESTS_SIM_PATH_H
#define TESTS_SIM_PATH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "slad/target.h"

#define PATH_IN_FLIGHT 64
#define PATH_LOST (-1)

struct flight {
	mono_t arrival;
	struct echo_message m;
};

/* What the path does to a probe. All zeros, and the two times never: it answers at once. */
struct path_model {
	double loss;     /* at random, 0 to 1 */
	double burst_us; /* mean length of a blackout, exponential; 0: none */
	double calm_us;  /* mean time between them */
	int64_t rtt_us, jitter_us;
	double answers_a_second; /* at most, with a second's worth at once; 0: no limit */
	mono_t dead_from;        /* no probe gets there */
	mono_t mute_from;        /* no reply gets back */
	const int32_t
		*trace; /* RTTs in tenths of a millisecond or PATH_LOST, in turn; NULL: none */
	size_t n_trace;
};

struct path {
	uint64_t seed;
	mono_t now;
	struct target *t;
	struct path_model model;
	mono_t burst_begin, burst_end;
	double tokens;
	mono_t tokens_at;
	size_t at; /* in the trace */
	struct flight flying[PATH_IN_FLIGHT];
	size_t n_flying;
	unsigned downs, ups, unknowns;
	mono_t last_down, last_up;
};

/* As the configuration's rows have the profile, with a target and a source. */
struct conf_probe path_profile(const char *name);
/* A path that answers after 15 to 20 ms. */
struct path path_begin(const struct conf_probe *p, uint64_t seed);
void path_end(struct path *s);
/* A new probe on the same path, which knows nothing of the one before. */
void path_judge_afresh(struct path *s);
/* 0 to 1. */
double path_random(struct path *s);
/* What the daemon does when it wakes up now. */
void path_turn(struct path *s);
/* Runs to `until`, or to the first change of verdict. */
void path_run(struct path *s, mono_t until, bool to_change);
/* Up, and at a moment that has nothing to do with the probe's phase. */
void path_settle(struct path *s);
/* Alarms a year on this path, which works: watched for `watch_us` or `most` alarms. */
double path_alarms(const struct conf_probe *p, const struct path_model *m, int64_t watch_us,
		   unsigned most, uint64_t seed);

/* From the fault, in seconds, over many moments of it. */
struct path_times {
	double mean_s, p99_s, worst_s;
};

/* The path is well until it is as `after` says; dead_from and mute_from: 0 is the moment. */
struct path_times path_detection(const struct conf_probe *p, const struct path_model *before,
				 const struct path_model *after, unsigned rounds, uint64_t seed);

#endif
