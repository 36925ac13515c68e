/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The addresses, routes and rules that the configuration asks for, in the kernel's terms, and found
 * or not among those that the kernel has. Pure.
 */
#ifndef VRRPD_WANTED_CONF_H
#define VRRPD_WANTED_CONF_H

#include <stdbool.h>
#include <stddef.h>

#include "common/conf.h"
#include "vrrpd/nl_addr.h"

/* The index of the interface of that name now, 0: there is none. */
typedef int (*wanted_index_fn)(void *ctx, const char *name);

/* With indices for names; false when an interface is not there. */
bool wanted_conf_address(const struct conf_vip *c, wanted_index_fn index, void *ctx,
			 struct vip *out);
bool wanted_conf_route(const struct conf_route *c, wanted_index_fn index, void *ctx,
		       struct route *out);

/*
 * Whether the kernel has it among `present`. What it is gets its mark in keep, which has an element
 * for each: those without one at the end are nobody's. NULL for routes and rules: nobody asks.
 */
bool wanted_has_address(const struct vip *w, const struct vip present[], size_t n, bool keep[]);
bool wanted_has_route(const struct route *w, const struct route present[], size_t n, bool keep[]);
bool wanted_has_rule(const struct rule *w, const struct rule present[], size_t n, bool keep[]);

/* Whether both ask for the same, by the names of interfaces. */
bool wanted_same_route(const struct conf_route *a, const struct conf_route *b);
/* Whether `before`, NULL: none, asks for that static address with another lifetime. */
bool wanted_new_lifetime(const struct conf *before, const struct conf_vip *now);

#endif
