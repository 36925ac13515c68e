/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Comparisons of routes and rules; see route.h. Pure. */
#include "vrrpd/route.h"

bool route_same(const struct route *a, const struct route *b)
{
	return a->table == b->table && a->metric == b->metric && prefix_equal(&a->dst, &b->dst) &&
	       a->unreachable == b->unreachable && a->ifindex == b->ifindex &&
	       addr_equal(&a->gateway, &b->gateway) && addr_equal(&a->source, &b->source);
}

bool rule_same(const struct rule *a, const struct rule *b)
{
	return a->priority == b->priority && a->table == b->table && prefix_equal(&a->src, &b->src);
}
