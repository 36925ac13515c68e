/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the configuration asks for; see wanted_conf.h. Pure. */
#include "vrrpd/wanted_conf.h"

#include <linux/if_addr.h>
#include <stdio.h>
#include <string.h>

bool wanted_conf_address(const struct conf_vip *c, wanted_index_fn index, void *ctx,
			 struct vip *out)
{
	*out = (struct vip){
		.ifindex = index(ctx, c->dev),
		.proto = NL_ADDR_PROTO_STATIC,
		.prefix = c->prefix,
		.broadcast = c->broadcast,
		.scope = c->scope,
		.peer = c->peer,
		.flags = c->flags,
		.preferred_s = c->preferred_s,
	};
	snprintf(out->label, sizeof(out->label), "%s", c->label);
	return out->ifindex > 0;
}

static bool find(const char *name, wanted_index_fn index, void *ctx, int *out)
{
	*out = name[0] ? index(ctx, name) : 0;
	return !name[0] || *out > 0;
}

bool wanted_conf_route(const struct conf_route *c, wanted_index_fn index, void *ctx,
		       struct route *out)
{
	*out = c->route;
	if (out->n_hops == 0)
		return find(c->dev[0], index, ctx, &out->ifindex);
	for (size_t i = 0; i < out->n_hops; i++)
		if (!find(c->dev[i], index, ctx, &out->hops[i].ifindex))
			return false;
	return true;
}

/* The kernel names an IPv4 address without a label by its interface. IPv6 ones have no label, the
 * kernel tells their scope by what they are, and ours are all without detection of duplicates. */
static bool same_address(const struct vip *w, const struct vip *present)
{
	bool ipv6 = w->prefix.addr.family == FAMILY_IPV6;

	return w->ifindex == present->ifindex && prefix_equal(&w->prefix, &present->prefix) &&
	       addr_equal(&w->peer, &present->peer) && (ipv6 || w->scope == present->scope) &&
	       addr_equal(&w->broadcast, &present->broadcast) &&
	       (w->flags | IFA_F_NODAD) == (present->flags | IFA_F_NODAD) &&
	       (ipv6 || !w->label[0] || strcmp(w->label, present->label) == 0);
}

bool wanted_has_address(const struct vip *w, const struct vip present[], size_t n, bool keep[])
{
	bool found = false;

	for (size_t i = 0; i < n; i++)
		if (same_address(w, &present[i]))
			found = keep[i] = true;
	return found;
}

bool wanted_has_route(const struct route *w, const struct route present[], size_t n, bool keep[])
{
	bool found = false;

	for (size_t i = 0; i < n; i++)
		if (route_same(w, &present[i])) {
			found = true;
			if (keep)
				keep[i] = true;
		}
	return found;
}

bool wanted_has_rule(const struct rule *w, const struct rule present[], size_t n, bool keep[])
{
	bool found = false;

	for (size_t i = 0; i < n; i++)
		if (rule_same(w, &present[i])) {
			found = true;
			if (keep)
				keep[i] = true;
		}
	return found;
}

bool wanted_same_route(const struct conf_route *a, const struct conf_route *b)
{
	return route_same(&a->route, &b->route) && memcmp(a->dev, b->dev, sizeof(a->dev)) == 0;
}

/* What the kernel has counts down, so that it says nothing of what was asked for. */
bool wanted_new_lifetime(const struct conf *before, const struct conf_vip *now)
{
	for (size_t i = 0; before && i < before->n_static_addresses; i++) {
		const struct conf_vip *v = &before->static_addresses[i];

		if (prefix_equal(&v->prefix, &now->prefix) && strcmp(v->dev, now->dev) == 0)
			return v->preferred_s != now->preferred_s;
	}
	return false;
}
