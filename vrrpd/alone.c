/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What vrrpd does and exits: --flush removes all that is ours; --close puts the tunnels in the
 * state that a clean stop leaves, so that a host which boots lets nothing out in the clear before
 * the daemon runs. Both refuse while it does.
 */
#include <stdlib.h>
#include <string.h>

#include "common/caps.h"
#include "common/log.h"
#include "vrrpd/daemon.h"
#include "vrrpd/nl_addr.h"
#include "vrrpd/nl_link.h"
#include "vrrpd/routing.h"
#include "vrrpd/tunnels.h"
#include "vrrpd/vmacs.h"

static int flush(struct vrrpd *d)
{
	const struct links_user nobody = {0};
	char why[256] = "";
	size_t removed = 0, n = 0, vmacs;
	struct links *links;
	struct vip *own = NULL;

	if (tunnels_flush(d->conf, &removed, why, sizeof(why)) != 0)
		return refused("%s", why);
	if (accept_remove(why, sizeof(why)) != 0)
		return refused("%s", why);
	if (routing_flush(&removed) != 0)
		return refused("routes and rules cannot be removed");
	if (links_open(&links, d->host.loop, &nobody) != 0)
		return refused("no netlink socket for interfaces");
	if (nl_addr_dump_own(links_nl(links), NL_ADDR_PROTO, &own, &n) == 0)
		nl_addr_del(links_nl(links), own, n, NULL);
	free(own);
	vmacs = vmacs_remove(links);
	links_close(links);
	log_msg(LOG_NOTICE,
		"removed %zu policies, SAs, routes and rules, %zu addresses, %zu macvlans", removed,
		n, vmacs);
	return EXIT_OK;
}

static int close_tunnels(struct vrrpd *d)
{
	char why[256] = "";
	int err = tunnels_open(&d->host.tunnels, d->host.loop, d->conf, NULL, NULL, NULL, why,
			       sizeof(why));

	if (err)
		return refused("%s", why[0] ? why : strerror(-err));
	err = tunnels_shut(d->host.tunnels);
	if (err)
		return refused("cannot close the tunnels: %s", strerror(-err));
	log_msg(LOG_NOTICE, "%zu tunnels closed", d->conf->n_tunnels);
	return EXIT_OK;
}

int vrrpd_alone(struct vrrpd *d)
{
	int status;

	d->host.loop = loop_new();
	if (!d->host.loop)
		return refused("no event loop");
	if (!caps_have_net_admin())
		return refused("vrrpd needs the capability CAP_NET_ADMIN");
	status = vrrpd_hold(d);
	if (status != EXIT_OK)
		return status;
	return d->options.flush ? flush(d) : close_tunnels(d);
}
