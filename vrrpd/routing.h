/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The configuration's static addresses, and its routes and routing rules: static ones always,
 * virtual ones while their instance is Active. Wanted is compared with what the kernel has under
 * our mark at start, at a reload, whenever an interface or an address of the host changes, and when
 * a route or a rule with our mark goes: what somebody removed, or the kernel took along with an
 * interface, is put back, and what nobody wants any longer goes.
 */
#ifndef VRRPD_ROUTING_H
#define VRRPD_ROUTING_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/queue.h>

#include "common/conf.h"
#include "common/loop.h"

struct routing;

/* An instance's; zeroed at first, and it must outlive the claim. */
struct routing_claim {
	LIST_ENTRY(routing_claim) next;
	bool held;
	const char *name;               /* the instance's; NULL: of the static ones */
	const struct conf_paths *paths; /* NULL: none */
	int told;                       /* the refusal in the journal, 0: none */
};
LIST_HEAD(routing_claims, routing_claim);

/* 0 or a negative errno. Nothing is done before routing_start. */
int routing_open(struct routing **out, struct loop *loop, const struct conf *c);
/* When the claims of adopted instances are known: puts static things, and removes leftovers. */
void routing_start(struct routing *r);
/* The new configuration, when all claims are of it. */
void routing_reload(struct routing *r, const struct conf *c);
/* A clean stop: static things go. */
void routing_stop(struct routing *r);
void routing_free(struct routing *r);

/* Of an instance that is becoming Active, or has other routes now: puts them, routes before the
 * rules that lead to them. What the kernel refuses is told, and tried again with the next look. */
void routing_claim(struct routing *r, struct routing_claim *claim, const struct conf_instance *c);
/* Of one that was Active when the last run ended, or before a reload: what is there stays, until
 * routing_start or routing_reload compare. */
void routing_adopt(struct routing *r, struct routing_claim *claim, const struct conf_instance *c);
/* Takes them away, but for those that others hold too. */
void routing_release(struct routing *r, struct routing_claim *claim);

/* Removes all that is ours; needs no configuration. Adds to *removed. */
int routing_flush(size_t *removed);

#endif
