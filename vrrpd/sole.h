/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One vrrpd a network namespace: addresses, policies and rules of ours carry a mark in the kernel
 * that says whose they are, but not which process's, so that the next run finds what a crash left.
 * A second process would take the first one's for that.
 */
#ifndef VRRPD_SOLE_H
#define VRRPD_SOLE_H

/* A descriptor that holds the namespace until it is closed; -EBUSY when another vrrpd has it, or
 * another negative errno. */
int sole_hold(void);

#endif
