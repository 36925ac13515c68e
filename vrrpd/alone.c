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

/* Addresses, and the macvlans that they are on. */
static int flush_interfaces(struct vrrpd *d, size_t *n, size_t *vmacs)
{
	const struct links_user nobody = {0};
	struct links *links;
	struct vip *own = NULL;
	size_t left;
	int err, status = EXIT_OK;

	if (links_open(&links, d->host.loop, &nobody) != 0)
		return refused("no netlink socket for interfaces");
	err = nl_addr_dump_own(links_nl(links), NL_ADDR_PROTO, &own, n);
	if (err == 0 && *n > 0)
		err = nl_addr_del(links_nl(links), own, *n, NULL);
	free(own);
	if (err)
		status = refused("not all addresses are removed: %s", strerror(-err));
	*vmacs = vmacs_remove(links, &left);
	if (left > 0)
		status = refused("%zu macvlans are not removed", left);
	links_close(links);
	return status;
}

/*
 * The tunnels last: as long as hosts send here and routes lead out, their policies keep the traffic
 * from leaving in the clear. What fails keeps nothing else from being removed.
 */
static int flush(struct vrrpd *d)
{
	char why[256] = "";
	size_t routes = 0, tunnels = 0, n = 0, vmacs = 0;
	int status = flush_interfaces(d, &n, &vmacs);

	if (!d->conf)
		log_msg(LOG_WARNING,
			"no configuration: static SAs stay, since only it tells which are ours");
	if (routing_flush(&routes) != 0)
		status = refused("not all routes and rules are removed");
	if (accept_remove(why, sizeof(why)) != 0)
		status = refused("%s", why);
	if (tunnels_flush(d->conf, &tunnels, why, sizeof(why)) != 0)
		status = refused("%s", why);
	log_msg(LOG_NOTICE,
		"removed %zu policies, SAs, routes and rules, %zu addresses, %zu macvlans",
		routes + tunnels, n, vmacs);
	return status;
}

static int close_tunnels(struct vrrpd *d)
{
	char why[256] = "";
	int err = tunnels_close(d->host.loop, d->conf, why, sizeof(why));

	if (err)
		return refused("cannot close the tunnels: %s", why[0] ? why : strerror(-err));
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
