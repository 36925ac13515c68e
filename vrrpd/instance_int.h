/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of an instance share with each other and nobody else. */
#ifndef VRRPD_INSTANCE_INT_H
#define VRRPD_INSTANCE_INT_H

#include "vrrpd/instance.h"

/* One event into the state machine, and its actions carried out. */
void instance_feed(struct instance *i, const struct fsm_event *e);
/* Of instance.timer and instance.garp_timer; ctx is the instance. */
void instance_on_timer(void *ctx, mono_t now);
void instance_on_garp_timer(void *ctx, mono_t now);

#endif
