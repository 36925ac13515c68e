/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The daemon's alarms as told: in the journal as seldom as alarm.h has it, in the timeline when one
 * begins and when it is over. The structs alarm stay where they are, for the status. Those of an
 * instance are raised by instance_alarm.
 */
#ifndef VRRPD_ALARMS_H
#define VRRPD_ALARMS_H

#include "vrrpd/alarm.h"

struct vrrpd;

void alarms_open(struct vrrpd *d);
/* struct tunnels_user's; ctx is the struct vrrpd. */
void alarms_of_tunnels(void *ctx, enum alarm_kind kind, const char *text);

#endif
