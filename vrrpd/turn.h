/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The end of a turn of the loop: carries out what the instances queued in it, by rank and a bounded
 * part a turn, so that sockets and deadlines are served in between. Takeovers that fall together
 * are one burst of netlink.
 */
#ifndef VRRPD_TURN_H
#define VRRPD_TURN_H

#include <stdbool.h>

#include "vrrpd/host.h"

/* For loop_turn_end; ctx is the struct host. True: there is more. */
bool turn_end(void *ctx);
/* All of it, at once: before a reload changes what the instances have. */
void turn_finish(struct host *h);

#endif
