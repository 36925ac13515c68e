/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A vrrp_sync_group: its instances are Active together or not at all, after keepalived's rules. One
 * that cannot take part keeps the others from it; one that goes to Backup takes the others along;
 * they become Active when each of them would. Pure.
 */
#ifndef VRRPD_SYNC_H
#define VRRPD_SYNC_H

#include <stdbool.h>
#include <stddef.h>

#include "vrrpd/fsm.h"

struct sync_member {
	bool fit; /* could take part if it were alone */
	enum fsm_state state;
	bool wants;   /* a Backup that would be Active */
	bool leaving; /* drained, or on the way to it */
};

enum sync_order {
	SYNC_STAY,
	SYNC_TO_ACTIVE, /* those that are not */
	SYNC_TO_BACKUP, /* those that are Active */
};

/* The first other member that is not fit, or -1. */
int sync_blocker(const struct sync_member members[], size_t n, size_t self);
/* What the whole group has to do. */
enum sync_order sync_judge(const struct sync_member members[], size_t n);

#endif
