/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The set of policies that the configuration and the roles ask for; see wanted.h. The kinds and the
 * reasons for each:
 *
 * B blocks everything between anywhere and the remote subnets. It stands behind all others in every
 * state, so that a missing or late policy drops traffic instead of sending it in the clear. Any
 * source, since a masquerade rewrites it. R accepts what comes out of a tunnel for the local
 * subnets, in every role: the cloud goes on using the old tunnel for a moment after the routers
 * changed over. P sends the router's own traffic through its own tunnel, in every role: the cloud's
 * health check and the probe judge this tunnel, not the one that carries the office. L carries the
 * office's traffic, or blocks it, by role.
 *
 * A tunnel with an interface of its own has R, P and L with that interface's number, so that the
 * kernel asks them there and nowhere else, and each tunnel has its own L: which of a group carries
 * is the routes' affair. It asks twice, first for the way to the interface: that is X, an exception
 * from B for this way alone.
 *
 * Pure.
 */
#include "vrrpd/wanted.h"

#include "common/esp.h"

struct builder {
	const struct conf *c;
	const struct tunnel_role *roles;
	struct policy *out;
	size_t n;
};

static bool has(const struct prefix *list, size_t n, const struct prefix *p)
{
	for (size_t i = 0; i < n; i++) {
		struct prefix net = prefix_network(&list[i]);

		if (prefix_equal(&net, p))
			return true;
	}
	return false;
}

static bool has_remote(const struct conf_tunnel *t, const struct prefix *remote)
{
	return has(t->remote_subnets, t->n_remote_subnets, remote);
}

/* Whose policies meet in one place: those of all tunnels without an interface, or one tunnel's. */
static bool has_pair(const struct conf_tunnel *t, uint32_t if_id, const struct prefix *local,
		     const struct prefix *remote)
{
	return t->if_id == if_id && has(t->local_subnets, t->n_local_subnets, local) &&
	       has_remote(t, remote);
}

/* The first tunnel from `from` on that has both subnets; n_tunnels: none. */
static size_t next_pair(const struct conf *c, size_t from, uint32_t if_id,
			const struct prefix *local, const struct prefix *remote)
{
	while (from < c->n_tunnels && !has_pair(&c->tunnels[from], if_id, local, remote))
		from++;
	return from;
}

static size_t first_guarded(const struct conf *c, const struct prefix *remote)
{
	size_t i = 0;

	while (i < c->n_tunnels && !(c->tunnels[i].guard && has_remote(&c->tunnels[i], remote)))
		i++;
	return i;
}

static bool owns(const struct conf_tunnel *t, uint32_t if_id, const struct prefix *host,
		 const struct prefix *remote)
{
	const struct addr *a = conf_own_address(t, host->addr.family);
	struct prefix own = prefix_host(a);

	return t->if_id == if_id && addr_is_set(a) && prefix_equal(&own, host) &&
	       has_remote(t, remote);
}

static size_t first_owner(const struct conf *c, uint32_t if_id, const struct prefix *host,
			  const struct prefix *remote)
{
	size_t i = 0;

	while (i < c->n_tunnels && !owns(&c->tunnels[i], if_id, host, remote))
		i++;
	return i;
}

static struct prefix anywhere(uint8_t family)
{
	return (struct prefix){.addr.family = family};
}

static struct policy *add(struct builder *b, enum policy_kind kind, enum policy_dir dir,
			  const struct prefix *src, const struct prefix *dst, size_t tunnel)
{
	static const uint32_t priorities[] = {
		[POLICY_BLOCK] = POLICY_PRIORITY_BLOCK, [POLICY_RECEIVE] = POLICY_PRIORITY_LAN,
		[POLICY_OWN] = POLICY_PRIORITY_OWN,     [POLICY_LAN] = POLICY_PRIORITY_LAN,
		[POLICY_PASS] = POLICY_PRIORITY_PASS,
	};
	bool everywhere = kind == POLICY_BLOCK || kind == POLICY_PASS;
	struct policy *p = &b->out[b->n++];

	*p = (struct policy){.kind = kind,
			     .dir = dir,
			     .src = *src,
			     .dst = *dst,
			     .if_id = everywhere ? 0 : b->c->tunnels[tunnel].if_id,
			     .priority = priorities[kind],
			     .block = true,
			     .tunnel = (int)tunnel};
	return p;
}

/* Makes p an ESP policy between two outer addresses. */
static void through(struct policy *p, const struct addr *src, const struct addr *dst,
		    uint32_t reqid)
{
	p->block = false;
	p->tmpl_src = *src;
	p->tmpl_dst = *dst;
	p->reqid = reqid;
}

/* ---- B ---- */

static void add_block(struct builder *b, size_t tunnel)
{
	const struct conf_tunnel *t = &b->c->tunnels[tunnel];

	for (size_t i = 0; t->guard && i < t->n_remote_subnets; i++) {
		struct prefix remote = prefix_network(&t->remote_subnets[i]);
		struct prefix any = anywhere(remote.addr.family);

		if (first_guarded(b->c, &remote) != tunnel)
			continue;
		/* Where the local subnet is everything, R and L stand in these places, and let
		 * nothing out either. */
		if (next_pair(b->c, 0, 0, &any, &remote) < b->c->n_tunnels)
			continue;
		add(b, POLICY_BLOCK, POLICY_OUT, &any, &remote, tunnel);
		add(b, POLICY_BLOCK, POLICY_IN, &remote, &any, tunnel);
		add(b, POLICY_BLOCK, POLICY_FWD, &remote, &any, tunnel);
	}
}

/* ---- R, L ---- */

static void add_receive(struct builder *b, size_t tunnel, const struct prefix *local,
			const struct prefix *remote)
{
	static const struct addr unset;
	const struct conf_tunnel *t = &b->c->tunnels[tunnel];
	bool shared = next_pair(b->c, tunnel + 1, t->if_id, local, remote) < b->c->n_tunnels;

	for (enum policy_dir dir = POLICY_IN; dir <= POLICY_FWD; dir++) {
		if (dir == POLICY_OUT)
			continue;
		struct policy *p = add(b, POLICY_RECEIVE, dir, remote, local, tunnel);

		if (shared)
			through(p, &unset, &unset, 0);
		else
			through(p, &t->remote, &t->local, t->reqid);
	}
}

static void add_lan(struct builder *b, size_t tunnel, const struct prefix *local,
		    const struct prefix *remote)
{
	/* A local subnet that is just the own address is P's. */
	if (first_owner(b->c, b->c->tunnels[tunnel].if_id, local, remote) < b->c->n_tunnels)
		return;
	wanted_lan(b->c, b->roles, add(b, POLICY_LAN, POLICY_OUT, local, remote, tunnel));
}

/* Calls fn for each pair of subnets whose first tunnel this is. */
static void each_pair(struct builder *b, size_t tunnel,
		      void (*fn)(struct builder *b, size_t tunnel, const struct prefix *local,
				 const struct prefix *remote))
{
	const struct conf_tunnel *t = &b->c->tunnels[tunnel];

	for (size_t i = 0; i < t->n_local_subnets; i++)
		for (size_t j = 0; j < t->n_remote_subnets; j++) {
			struct prefix local = prefix_network(&t->local_subnets[i]);
			struct prefix remote = prefix_network(&t->remote_subnets[j]);

			if (local.addr.family == remote.addr.family &&
			    next_pair(b->c, 0, t->if_id, &local, &remote) == tunnel)
				fn(b, tunnel, &local, &remote);
		}
}

/* ---- P ---- */

static void add_own(struct builder *b, size_t tunnel)
{
	const struct conf_tunnel *t = &b->c->tunnels[tunnel];

	for (size_t i = 0; i < t->n_remote_subnets; i++) {
		struct prefix remote = prefix_network(&t->remote_subnets[i]);
		struct prefix own = prefix_host(conf_own_address(t, remote.addr.family));

		if (first_owner(b->c, t->if_id, &own, &remote) == tunnel)
			through(add(b, POLICY_OWN, POLICY_OUT, &own, &remote, tunnel), &t->local,
				&t->remote, t->reqid);
	}
}

/* ---- X ---- */

static void pass(struct builder *b, const struct prefix *src, const struct prefix *dst, int ifindex,
		 size_t tunnel)
{
	struct policy *p = add(b, POLICY_PASS, POLICY_OUT, src, dst, tunnel);

	p->ifindex = ifindex;
	p->block = false;
	p->pass = true;
}

/*
 * The kernel tells the device of what it forwards, and of what this host sends by IPv4. By IPv6 it
 * asks for the host's own packets before it knows: for own_address the way is open whatever the
 * device, and the routes and the nftables guard alone keep it to the tunnel.
 */
static void add_passes(struct builder *b, size_t tunnel, int device)
{
	const struct conf_tunnel *t = &b->c->tunnels[tunnel];

	for (size_t i = 0; i < t->n_remote_subnets; i++) {
		struct prefix remote = prefix_network(&t->remote_subnets[i]);
		struct prefix any = anywhere(remote.addr.family);
		struct prefix own = prefix_host(conf_own_address(t, remote.addr.family));

		if (first_guarded(b->c, &remote) == b->c->n_tunnels)
			continue;
		pass(b, &any, &remote, device, tunnel);
		if (remote.addr.family == FAMILY_IPV6 && addr_is_set(&own.addr))
			pass(b, &own, &remote, 0, tunnel);
	}
}

size_t wanted_passes(const struct conf *c, const int devices[], struct policy out[])
{
	struct builder b = {.c = c, .out = out};

	for (size_t i = 0; i < c->n_tunnels; i++)
		if (c->tunnels[i].mode == MODE_INTERFACE && devices[i])
			add_passes(&b, i, devices[i]);
	return b.n;
}

unsigned wanted_device_mtu(const struct conf_tunnel *t, const struct guard_line *l)
{
	unsigned mtu = esp_tunnel_mtu(l->mtu, l->encapsulated, t->remote.family);
	unsigned least = conf_carries(t, FAMILY_IPV6) ? IPV6_MIN_MTU : IPV4_MIN_MTU;

	return mtu < least ? least : mtu;
}

/* ---- all ---- */

size_t wanted_policies_max(const struct conf *c)
{
	size_t n = 0;

	for (size_t i = 0; i < c->n_tunnels; i++) {
		const struct conf_tunnel *t = &c->tunnels[i];

		n += t->n_remote_subnets * (3 + 3 * t->n_local_subnets + 1 + 2);
	}
	return n;
}

size_t wanted_policies(const struct conf *c, const struct tunnel_role roles[], struct policy out[])
{
	struct builder b = {.c = c, .roles = roles, .out = out};

	for (size_t i = 0; i < c->n_tunnels; i++)
		add_block(&b, i);
	for (size_t i = 0; i < c->n_tunnels; i++)
		each_pair(&b, i, add_receive);
	for (size_t i = 0; i < c->n_tunnels; i++)
		add_own(&b, i);
	for (size_t i = 0; i < c->n_tunnels; i++)
		each_pair(&b, i, add_lan);
	return b.n;
}

bool wanted_lan_of(const struct conf *c, size_t tunnel, const struct policy *lan)
{
	return lan->kind == POLICY_LAN &&
	       has_pair(&c->tunnels[tunnel], lan->if_id, &lan->src, &lan->dst);
}

void wanted_lan(const struct conf *c, const struct tunnel_role roles[], struct policy *lan)
{
	uint32_t if_id = lan->if_id;
	size_t first = next_pair(c, 0, if_id, &lan->src, &lan->dst), i = first;

	while (i < c->n_tunnels && !(roles[i].carry && (roles[i].selected || if_id)))
		i = next_pair(c, i + 1, if_id, &lan->src, &lan->dst);
	if (i < c->n_tunnels) {
		const struct conf_tunnel *t = &c->tunnels[i];

		lan->tunnel = (int)i;
		through(lan, &t->local, &t->remote, t->reqid);
		return;
	}
	lan->tunnel = (int)first;
	lan->block = true;
	lan->tmpl_src = lan->tmpl_dst = (struct addr){0};
	lan->reqid = 0;
}
