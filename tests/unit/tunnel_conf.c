/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See tunnel_conf.h. */
#include "tests/unit/tunnel_conf.h"

#include <check.h>
#include <string.h>

#include "common/mono.h"

struct prefix tunnel_net(const char *text)
{
	struct prefix p;

	ck_assert(prefix_parse(text, &p));
	return p;
}

static void fill(struct tunnel_conf *t, int i, const char *local, const char *own)
{
	struct conf_tunnel *x = &t->tunnels[i];

	strcpy(x->name, i ? "line2" : "line1");
	strcpy(x->interface, i ? "wan1" : "wan0");
	strcpy(t->probes[i].name, i ? "p2" : "p1");
	t->local[i] = tunnel_net("10.1.22.0/24");
	t->remote[i] = tunnel_net("172.16.0.0/16");
	x->local = tunnel_net(local).addr;
	x->remote = tunnel_net("203.0.113.1").addr;
	x->local_subnets = &t->local[i];
	x->remote_subnets = &t->remote[i];
	x->n_local_subnets = x->n_remote_subnets = 1;
	x->own[0] = tunnel_net(own).addr;
	x->reqid = (uint32_t)i + 1;
	x->guard = true;
	x->linger_us = 5 * US_PER_S;
	x->clamp_mss = MSS_AUTO;
	x->group = -1;
}

void tunnel_conf_init(struct tunnel_conf *t)
{
	memset(t, 0, sizeof(*t));
	fill(t, 0, "198.51.100.1", "10.1.22.252");
	fill(t, 1, "192.0.2.1", "10.1.22.253");
	strcpy(t->instance.name, "OFFICE");
	t->instance.tunnel = t->instance.tunnel_group = -1;
	t->c = (struct conf){.tunnels = t->tunnels,
			     .n_tunnels = 2,
			     .probes = t->probes,
			     .n_probes = 2,
			     .instances = &t->instance,
			     .n_instances = 1};
}

void tunnel_conf_group(struct tunnel_conf *t, int hold_up_s)
{
	strcpy(t->group.name, "both");
	t->group.members = t->members;
	t->group.n_members = 2;
	t->group.hold_up_us = hold_up_s * US_PER_S;
	for (int i = 0; i < 2; i++) {
		t->members[i] = (struct conf_tunnel_member){i, i};
		t->tunnels[i].group = 0;
	}
	t->c.tunnel_groups = &t->group;
	t->c.n_tunnel_groups = 1;
	t->instance.tunnel_group = 0;
}

void tunnel_conf_interfaces(struct tunnel_conf *t)
{
	for (int i = 0; i < 2; i++) {
		t->tunnels[i].mode = MODE_INTERFACE;
		t->tunnels[i].if_id = t->tunnels[i].reqid;
		strcpy(t->tunnels[i].device, i ? "xfrm2" : "xfrm1");
	}
}
