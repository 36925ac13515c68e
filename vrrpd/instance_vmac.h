/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An instance and its virtual MAC address: the macvlans go up and down with its addresses, and its
 * adverts leave with that address. That the macvlans are there is vmacs.c's business. */
#ifndef VRRPD_INSTANCE_VMAC_H
#define VRRPD_INSTANCE_VMAC_H

#include <stdbool.h>
#include <stddef.h>

#include "vrrpd/instance.h"

/* Whether its adverts have the virtual MAC address. */
bool instance_sends_vmac(const struct instance *i);
/* Whether one of its macvlans has that name. */
bool instance_has_vmac(const struct instance *i, const char *name);

/* The macvlans of all of them, in bursts. errs[k] is 0 or why one of list[k]'s is not up, with the
 * words in its reason. */
void instance_vmacs_up(struct instance *const list[], size_t n, int errs[]);
/* What cannot be set down is logged. */
void instance_vmacs_down(struct instance *const list[], size_t n);

/* 0 or a negative errno. `link` is the instance's interface, `group` the multicast group. */
int instance_send_vmac(struct instance *i, const struct link *link, const struct addr *source,
		       const struct addr *group, const void *message, size_t len);

#endif
