/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What no_accept asks of the kernel: packets to the virtual addresses are dropped on their way in,
 * all but neighbor discovery (RFC 9568, 6.4.3: Accept_Mode). ARP is no IP and not concerned, nor is
 * what is forwarded. Pure.
 */
#ifndef VRRPD_WANTED_ACCEPT_H
#define VRRPD_WANTED_ACCEPT_H

#include <stdbool.h>

#include "common/conf.h"

#define ACCEPT_TABLE "vrrp_sla_accept"

/* Whether packets to its addresses are taken: the owner's always are. */
bool accept_mode(const struct conf_instance *i);
/* The nft text that replaces our table atomically, "" when everybody accepts. Malloc'ed; NULL: out
 * of memory. */
char *wanted_accept(const struct conf *c);

#endif
