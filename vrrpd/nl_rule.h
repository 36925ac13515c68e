/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Routing rules by netlink, with our marks. Decides nothing. Returns 0 or a negative errno.
 */
#ifndef VRRPD_NL_RULE_H
#define VRRPD_NL_RULE_H

#include <stddef.h>

#include "common/route.h"

struct nl;

/* One that is there already, whoever put it, is a success. */
int nl_rule_add(struct nl *nl, const struct rule *r);
/* Its absence is a success, and another program's rule is not touched. */
int nl_rule_del(struct nl *nl, const struct rule *r);
/* Rules with the mark `proto`, of both families; *out is malloc'ed. */
int nl_rule_dump_own(struct nl *nl, uint8_t proto, struct rule **out, size_t *n);

#endif
