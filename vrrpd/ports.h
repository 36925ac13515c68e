/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One VRRP socket an interface and family, shared by the instances on it, and reopened when the
 * interface comes back under another index. Turns packets into adverts and hands them up by
 * interface and family; whose they are is the caller's business.
 */
#ifndef VRRPD_PORTS_H
#define VRRPD_PORTS_H

#include <stddef.h>

#include "common/loop.h"
#include "vrrpd/advert.h"
#include "vrrpd/nl_link.h"

struct ports;

/* What arrived on `interface`: fault ADVERT_OK with an advert, or why not and the VRID if it could
 * be read (-1). */
struct port_input {
	const char *interface;
	uint8_t family;
	enum advert_fault fault;
	int vrid;
	struct advert_packet packet;
	struct advert advert;
	mono_t received;
};
typedef void (*ports_fn)(void *ctx, const struct port_input *in);

struct ports *ports_new(struct loop *loop, ports_fn fn, void *ctx);
void ports_free(struct ports *p);

/*
 * Makes sure that there is a socket of this family on this link, with its present index. 0 or a
 * negative errno with *step as advert_io_open has it.
 */
int ports_use(struct ports *p, const struct link *link, uint8_t family, const char **step);
/* Closes the socket of an interface that is gone or no longer used; none is fine. */
void ports_drop(struct ports *p, const char *interface, uint8_t family);
/* By the socket of the addresses' family. */
int ports_send(struct ports *p, const char *interface, const struct addr *source,
	       const struct addr *to, const void *message, size_t len);
/* Reads that socket dry. */
void ports_drain(struct ports *p, const char *interface, uint8_t family);

#endif
