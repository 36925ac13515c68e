/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Routing rules by netlink, with our marks. Decides nothing. Returns 0 or a negative errno.
 */
#ifndef VRRPD_NL_RULE_H
#define VRRPD_NL_RULE_H

#include <stddef.h>

#include "common/route.h"

struct nl;

/*
 * All of them in one burst; errors[i] as netlink_batch's, may be NULL. 0 or the first error. To add
 * one that is there already, whoever put it, and to delete one that is not, are successes; another
 * program's rule is not deleted.
 */
int nl_rule_add(struct nl *nl, const struct rule list[], size_t n, int errors[]);
int nl_rule_del(struct nl *nl, const struct rule list[], size_t n, int errors[]);
/* Rules with the mark `proto`, of both families; *out is malloc'ed. */
int nl_rule_dump_own(struct nl *nl, uint8_t proto, struct rule **out, size_t *n);

#endif
