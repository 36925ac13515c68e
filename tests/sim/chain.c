/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The chain of chain.h. */
#include "tests/sim/chain.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "slad/verdict.h"

#define YEAR_US (365.25 * 86400 * 1e6)
#define STATES_MAX 200

/* Row `i` of I - M, and the 1 on the right. From good to blackout with probability `in`, back with
 * `out`; a good path loses p, one in a blackout all. */
static void fill_row(double row[STATES_MAX + 1], size_t i, size_t full, double p, double in,
		     double out)
{
	bool burst = i >= full;
	size_t level = i % full;
	double lost = burst ? 1 : p;

	row[i] += 1;
	row[2 * full] = 1;
	for (size_t to = 0; to < 2; to++) {
		double move = to ? (burst ? 1 - out : in) : (burst ? out : 1 - in);

		if (level + VERDICT_LOSS_POINTS < full)
			row[to * full + level + VERDICT_LOSS_POINTS] -= move * lost;
		row[to * full + (level ? level - 1 : 0)] -= move * (1 - lost);
	}
}

/* Without pivoting, since I - M is an M-matrix. The solution is left in the last column. */
static void solve(double a[STATES_MAX][STATES_MAX + 1], size_t n)
{
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
}

/* Mean number of probes until the bucket is full, from an empty one: x = 1 + M x. */
static double probes_to_full(unsigned fall, double p, double in, double out)
{
	static double a[STATES_MAX][STATES_MAX + 1];
	size_t full = VERDICT_LOSS_POINTS * (size_t)fall, n = 2 * full;

	if (n > STATES_MAX)
		abort();
	memset(a, 0, sizeof(a));
	for (size_t i = 0; i < n; i++)
		fill_row(a[i], i, full, p, in, out);
	solve(a, n);
	return a[0][n];
}

static double alarms_a_year(double probes, double interval_us)
{
	return YEAR_US / interval_us / probes;
}

double chain_random(unsigned fall, double loss, double interval_us)
{
	return alarms_a_year(probes_to_full(fall, loss, 0, 1), interval_us);
}

double chain_bursts(unsigned fall, double burst_us, double calm_us, double interval_us)
{
	double moved = 1 - exp(-interval_us * (1 / burst_us + 1 / calm_us));
	double share = burst_us / (burst_us + calm_us);

	return alarms_a_year(probes_to_full(fall, 0, share * moved, (1 - share) * moved),
			     interval_us);
}

double chain_straight(unsigned fall, double loss, double interval_us)
{
	return alarms_a_year(1 / (pow(loss, fall) * (1 - loss)), interval_us);
}

double chain_pair(unsigned fall, double loss, double interval_us, double down_us)
{
	double one = chain_random(fall, loss, interval_us);

	return 2 * one * one * down_us / YEAR_US;
}
