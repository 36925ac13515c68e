/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Routes and rules compared, and as text; see route.h. Pure. */
#include "common/route.h"

#include <inttypes.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <string.h>

static bool same_way(const struct hop *wanted, const struct hop *present)
{
	return (wanted->ifindex == 0 || wanted->ifindex == present->ifindex) &&
	       wanted->onlink == present->onlink && wanted->weight == present->weight &&
	       addr_equal(&wanted->gateway, &present->gateway);
}

static bool has_hop(const struct route *r, const struct hop *wanted)
{
	for (size_t i = 0; i < r->n_hops; i++)
		if (same_way(wanted, &r->hops[i]))
			return true;
	return false;
}

/* The kernel may have them in another order. */
static bool same_hops(const struct route *wanted, const struct route *present)
{
	if (wanted->n_hops != present->n_hops)
		return false;
	for (size_t i = 0; i < wanted->n_hops; i++)
		if (!has_hop(present, &wanted->hops[i]))
			return false;
	return true;
}

static bool same_only_hop(const struct route *wanted, const struct route *present)
{
	const struct hop a = {wanted->ifindex, wanted->gateway, wanted->onlink, 0};
	const struct hop b = {present->ifindex, present->gateway, present->onlink, 0};

	return same_way(&a, &b);
}

bool route_same(const struct route *wanted, const struct route *present)
{
	return wanted->table == present->table && wanted->metric == present->metric &&
	       prefix_equal(&wanted->dst, &present->dst) && wanted->type == present->type &&
	       wanted->scope == present->scope && wanted->tos == present->tos &&
	       addr_equal(&wanted->source, &present->source) &&
	       memcmp(wanted->limits, present->limits, sizeof(wanted->limits)) == 0 &&
	       same_hops(wanted, present) && (wanted->n_hops > 0 || same_only_hop(wanted, present));
}

static bool same_range(const struct range *a, const struct range *b)
{
	return a->first == b->first && a->last == b->last;
}

bool rule_same(const struct rule *a, const struct rule *b)
{
	return a->priority == b->priority && a->table == b->table &&
	       prefix_equal(&a->src, &b->src) && prefix_equal(&a->dst, &b->dst) &&
	       a->action == b->action && a->target == b->target && a->invert == b->invert &&
	       a->l3mdev == b->l3mdev && a->tos == b->tos && a->ip_proto == b->ip_proto &&
	       a->suppress == b->suppress && a->mark == b->mark && a->mask == b->mask &&
	       strcmp(a->iif, b->iif) == 0 && strcmp(a->oif, b->oif) == 0 &&
	       same_range(&a->sport, &b->sport) && same_range(&a->dport, &b->dport) &&
	       a->by_uid == b->by_uid && same_range(&a->uids, &b->uids);
}

const char *route_format(const struct route *r, char buf[ROUTE_STRLEN])
{
	char dst[PREFIX_STRLEN], by[ADDR_STRLEN], table[24] = "";
	const struct addr *gateway = r->n_hops > 0 ? &r->hops[0].gateway : &r->gateway;

	if (r->table != RT_TABLE_MAIN)
		snprintf(table, sizeof(table), " table %" PRIu32, r->table);
	snprintf(buf, ROUTE_STRLEN, "%s%s%s%s%s", prefix_format(&r->dst, dst),
		 addr_is_set(gateway) ? " via " : "",
		 addr_is_set(gateway) ? addr_format(gateway, by) : "",
		 r->n_hops > 1 ? " and others" : "", table);
	return buf;
}

const char *rule_format(const struct rule *r, char buf[ROUTE_STRLEN])
{
	char src[PREFIX_STRLEN], dst[PREFIX_STRLEN];

	snprintf(buf, ROUTE_STRLEN, "%sfrom %s%s%s priority %" PRIu32 " table %" PRIu32,
		 r->invert ? "not " : "", r->src.len ? prefix_format(&r->src, src) : "all",
		 addr_is_set(&r->dst.addr) ? " to " : "",
		 addr_is_set(&r->dst.addr) ? prefix_format(&r->dst, dst) : "", r->priority,
		 r->table);
	return buf;
}
