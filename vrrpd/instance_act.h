/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an instance does to the network and the kernel: adverts, addresses, tunnels, gratuitous ARP.
 * Called by instance.c alone. */
#ifndef VRRPD_INSTANCE_ACT_H
#define VRRPD_INSTANCE_ACT_H

#include <stdbool.h>
#include <stddef.h>

#include "vrrpd/instance.h"

/* 0 or a negative errno; counts what was sent. */
int act_send(struct instance *i, uint8_t priority);
/*
 * Policies, then addresses, then gratuitous ARP, each on the kernel's acknowledgement. On a refusal
 * undoes what it did and says in `why` who refused what.
 */
int act_take(struct instance *i, char *why, size_t why_size);
void act_release(struct instance *i);
/* Starts a burst of `rounds` gratuitous ARPs for every address; the first round goes out at once.
 */
void act_announce(struct instance *i, unsigned rounds);
/* A burst because a lower router claimed the addresses; none faster than bursts have their rounds.
 */
void act_announce_again(struct instance *i);
/* The next round of the burst is due. */
void act_announce_more(struct instance *i, mono_t now);
/* After a reload: the addresses that `old` had and we have not go. */
void act_let_go(struct instance *i, const struct conf_instance *old);
/* Claims what an Active instance has once more. On a refusal says in `why` who refused what, and
 * undoes nothing. */
int act_keep(struct instance *i, char *why, size_t why_size);
/* Puts one address back and announces it. */
int act_restore(struct instance *i, const struct conf_vip *v);

#endif
