/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The leaky bucket as a Markov chain, for rates that no simulation is long enough to see. It takes
 * the evidence in the order of the probes. So does the daemon when the timeout is shorter than the
 * interval; else a reply is heard before the loss of the probe before it, which alarms less.
 */
#ifndef TESTS_SIM_CHAIN_H
#define TESTS_SIM_CHAIN_H

/* Alarms a year of a path that loses `loss` at random, probed each interval. */
double chain_random(unsigned fall, double loss, double interval_us);
/* The same of blackouts of a mean length, a mean of `calm_us` apart. */
double chain_bursts(unsigned fall, double burst_us, double calm_us, double interval_us);
/* Of `fall` straight losses, the usual rule, without a bucket. */
double chain_straight(unsigned fall, double loss, double interval_us);
/* Of two targets of which one is enough: both false at once, each for `down_us` after its alarm. */
double chain_pair(unsigned fall, double loss, double interval_us, double down_us);

#endif
