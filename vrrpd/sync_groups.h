/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The sync groups of the configuration over the running instances: asks sync.c, tells the
 * instances. */
#ifndef VRRPD_SYNC_GROUPS_H
#define VRRPD_SYNC_GROUPS_H

#include "vrrpd/daemon.h"

/* Once the turn's events are known to all instances; what that changes asks for another call. */
void sync_groups_settle(struct vrrpd *d);
/* Tells commands and FIFOs of states that changed since, at the end. */
void sync_groups_tell(struct vrrpd *d);
/* Tells the FIFOs the states of all groups again. */
void sync_groups_repeat(struct vrrpd *d);

#endif
