/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The host's interfaces and what is ours on them, between nl_link.c and those that it concerns: the
 * instances whose interface, address or tracked interface changed, and the tunnels of a line.
 * Decides nothing about the protocol.
 */
#ifndef VRRPD_INTERFACES_H
#define VRRPD_INTERFACES_H

#include "vrrpd/daemon.h"

/* Reads the interfaces into d->host.links, and follows them from now on. 0 or a negative errno. */
int interfaces_open(struct vrrpd *d);
/* Addresses that the last run left: in place and wanted they say that the instance was Active;
 * others go. When there are instances. */
void interfaces_adopt(struct vrrpd *d);

#endif
