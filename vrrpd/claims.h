/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Looks after the addresses that Active instances hold: another host that has one, or another
 * router that holds one since no advert goes between the two, says so in ARP or neighbor discovery.
 * Begins a second after a takeover, asks once, and listens from then on; it moves no state and
 * delays none.
 */
#ifndef VRRPD_CLAIMS_H
#define VRRPD_CLAIMS_H

struct vrrpd;
struct claims;

/* NULL when out of memory. */
struct claims *claims_new(struct vrrpd *d);
void claims_free(struct claims *c);
/* Instances took addresses or let go of some. */
void claims_changed(struct claims *c);

#endif
