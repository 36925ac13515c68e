/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an instance does to the network and the kernel: adverts, addresses, tunnels, gratuitous ARP.
 * Called by instance*.c and turn.c alone. */
#ifndef VRRPD_INSTANCE_ACT_H
#define VRRPD_INSTANCE_ACT_H

#include <stdbool.h>
#include <stddef.h>

#include "vrrpd/instance.h"

/* 0 or a negative errno; counts what was sent. */
int act_send(struct instance *i, uint8_t priority);
/* Of one burst: instances, and addresses of all of them. One instance has no more. */
#define ACT_MAX 64
#define ACT_BURST CONF_ADDRESSES_MAX
/*
 * Policies of each, then the addresses of all of them in one burst, then the routes and rules of
 * each, then a burst of gratuitous ARPs, each on the kernel's acknowledgement. errs[k] is 0 or why
 * list[k] was refused, with who refused what in its reason; what it got is not undone.
 */
void act_take(struct instance *const list[], size_t n, int errs[]);
/* The same way back. What cannot be removed is logged. */
void act_release(struct instance *const list[], size_t n);
/* Queues a burst of `rounds` gratuitous ARPs for every address, and the same again `delay_us` after
 * it; 0: once. */
void act_announce(struct instance *i, unsigned rounds, int64_t delay_us);
/* Ends all of them. */
void act_announce_nothing(struct instance *i);
/* One address, at once. */
void act_announce_one(struct instance *i, const struct conf_vip *v);
/* A burst because a lower router claimed the addresses; none faster than bursts have their rounds.
 */
void act_announce_again(struct instance *i);
/* The next round of the burst is due, or the next frame that keeps a distance: queues it. */
void act_announce_more(struct instance *i);
/* Sends up to `most` announcements of the queued round, and takes it from the queue when it is
 * complete or has to wait for its garp_group. Returns how many. */
size_t act_announce_some(struct instance *i, size_t most);
/* After a reload: the addresses that `old` had and we have not go. */
void act_let_go(struct instance *i, const struct conf_instance *old);
/* Claims what an Active instance has once more; errors as act_take's. */
int act_keep(struct instance *i);
/* Puts one address back and announces it. */
int act_restore(struct instance *i, const struct conf_vip *v);

#endif
