/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Policies as values: identity, effect, owner, text; see policy.h. Pure. */
#include "vrrpd/policy.h"

#include <inttypes.h>
#include <stdio.h>

static int prefix_cmp(const struct prefix *a, const struct prefix *b)
{
	int order = addr_cmp(&a->addr, &b->addr);

	return order ? order : (int)a->len - (int)b->len;
}

int policy_place_cmp(const struct policy *a, const struct policy *b)
{
	int order = (int)a->dir - (int)b->dir;

	if (order == 0)
		order = prefix_cmp(&a->dst, &b->dst);
	if (order == 0)
		order = prefix_cmp(&a->src, &b->src);
	if (order == 0)
		order = (a->if_id > b->if_id) - (a->if_id < b->if_id);
	return order ? order : a->ifindex - b->ifindex;
}

bool policy_same_place(const struct policy *a, const struct policy *b)
{
	return policy_place_cmp(a, b) == 0;
}

bool policy_same(const struct policy *a, const struct policy *b)
{
	if (!policy_same_place(a, b) || a->priority != b->priority || a->block != b->block ||
	    a->pass != b->pass)
		return false;
	return a->block || a->pass ||
	       (a->reqid == b->reqid && addr_equal(&a->tmpl_src, &b->tmpl_src) &&
		addr_equal(&a->tmpl_dst, &b->tmpl_dst));
}

bool policy_is_ours(const struct policy *p)
{
	return (p->index & POLICY_OWNER_MASK) == POLICY_OWNER;
}

const char *policy_format(const struct policy *p, char buf[POLICY_STRLEN])
{
	static const char *const dirs[] = {"in", "out", "fwd"};
	char src[PREFIX_STRLEN], dst[PREFIX_STRLEN];

	int n = snprintf(buf, POLICY_STRLEN, "%s %s -> %s", dirs[p->dir],
			 prefix_format(&p->src, src), prefix_format(&p->dst, dst));

	if (p->if_id)
		n += snprintf(buf + n, POLICY_STRLEN - (size_t)n, " if_id %" PRIu32, p->if_id);
	if (p->ifindex)
		snprintf(buf + n, POLICY_STRLEN - (size_t)n, " to interface %d", p->ifindex);
	return buf;
}
