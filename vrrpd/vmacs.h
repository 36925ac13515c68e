/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The macvlans of the virtual MAC addresses in the kernel, reconciled: made at start, adopted after
 * a crash, made anew when somebody removes one or the interface below comes back, up only while
 * their instance holds its addresses, removed with the settings around them at a clean stop.
 */
#ifndef VRRPD_VMACS_H
#define VRRPD_VMACS_H

#include "vrrpd/daemon.h"

/* At start, when it is known which instances adopt addresses; instances are told nothing. */
void vmacs_open(struct vrrpd *d);
/* After a reload, or when an interface changed: `settle` is due at the end of the turn. */
void vmacs_wake(struct vrrpd *d);
/* Of d->vmac_timer; ctx is the struct vrrpd. Instances that have to wait, or need not any more, are
 * reviewed. */
void vmacs_settle(void *ctx, mono_t now);
/* Removes all that are ours, by their mark, and restores what was changed for them. Returns how
 * many; *left are still there. */
size_t vmacs_remove(struct links *links, size_t *left);

#endif
