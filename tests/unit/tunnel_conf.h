/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A configuration with tunnels for the tests of what follows from them. */
#ifndef TESTS_UNIT_TUNNEL_CONF_H
#define TESTS_UNIT_TUNNEL_CONF_H

#include "common/conf.h"

/*
 * Two lines of one router between 10.1.22.0/24 and 172.16.0.0/16: tunnels line1
 * (own_address 10.1.22.252, reqid 1) and line2 (.253, reqid 2), probes p1 and p2, one instance
 * OFFICE. No tunnel is in a group or used until the test says so.
 */
struct tunnel_conf {
	struct conf c;
	struct conf_tunnel tunnels[2];
	struct prefix local[2], remote[2];
	struct conf_probe probes[2];
	struct conf_instance instance;
	struct conf_tunnel_group group;
	struct conf_tunnel_member members[2];
};

void tunnel_conf_init(struct tunnel_conf *t);
/* Puts both tunnels into a group "both", which the instance uses. */
void tunnel_conf_group(struct tunnel_conf *t, int hold_up_s);
/* Gives both an interface of their own, xfrm1 and xfrm2, with their reqids as numbers. */
void tunnel_conf_interfaces(struct tunnel_conf *t);
struct prefix tunnel_net(const char *text);

#endif
