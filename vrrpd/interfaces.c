/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What moves on the host's interfaces, carried to the instances and tunnels; see interfaces.h. */
#include "vrrpd/interfaces.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "vrrpd/debounce.h"
#include "vrrpd/nl_addr.h"
#include "vrrpd/nl_link.h"
#include "vrrpd/tunnels.h"
#include "vrrpd/vmacs.h"

/* Whether the instance wants this address in that place. */
static bool wants(const struct vrrpd *d, const struct instance *i, const struct vip *vip)
{
	for (size_t k = 0; k < instance_n_addresses(i); k++) {
		const struct conf_vip *v = instance_address(i, k);
		const struct link *l = links_find(d->host.links, instance_device(i, v));

		if (l && l->ifindex == vip->ifindex && prefix_equal(&v->prefix, &vip->prefix))
			return true;
	}
	return false;
}

static void adopt_instance(struct vrrpd *d, struct instance *i)
{
	i->adopt = true;
	routing_adopt(d->host.routing, &i->routing, i->conf);
}

/* Lets go of what has our mark in a place where nobody wants it. `adopt`: those who find something
 * of theirs were Active. */
static void sift(struct vrrpd *d, bool adopt)
{
	struct vip *own;
	size_t n;

	if (nl_addr_dump_own(links_nl(d->host.links), NL_ADDR_PROTO, &own, &n) != 0)
		return;
	for (size_t a = 0; a < n; a++) {
		bool wanted = false;

		for (size_t k = 0; k < d->n_instances; k++)
			if (wants(d, d->instances[k], &own[a])) {
				wanted = true;
				if (adopt)
					adopt_instance(d, d->instances[k]);
			}
		if (!wanted)
			nl_addr_del(links_nl(d->host.links), &own[a], 1, NULL);
	}
	free(own);
}

void interfaces_adopt(struct vrrpd *d)
{
	sift(d, true);
}

/* An interface that lost its name has its addresses under another one, where who releases them
 * does not look. */
static void on_name_gone(struct vrrpd *d, const char *name)
{
	for (size_t k = 0; k < d->n_instances; k++)
		if (instance_holds_on(d->instances[k], name)) {
			sift(d, false);
			return;
		}
}

static bool concerns(const struct instance *i, const char *interface)
{
	/* Its source may be on any interface. */
	bool yes = i->conf->track_source || strcmp(i->conf->interface, interface) == 0;

	for (size_t k = 0; !yes && k < i->conf->n_tracks; k++)
		yes = i->conf->tracks[k].kind == TRACK_INTERFACE &&
		      strcmp(i->conf->tracks[k].name, interface) == 0;
	return yes;
}

/* A trunk that fails has a notice for each of its VLANs: not all instances for each. */
static void refresh(void *ctx, const char *name)
{
	struct vrrpd *d = ctx;

	for (size_t k = 0; k < d->n_instances; k++)
		if (concerns(d->instances[k], name))
			vrrpd_refresh_tracks(d, d->instances[k]);
}

static void on_changed(void *ctx, const char *name)
{
	struct vrrpd *d = ctx;
	const struct link *link = links_find(d->host.links, name);

	debounce_look(d->host.debounce, name);
	if (d->host.tunnels)
		tunnels_line(d->host.tunnels, name, link && link->running);
	if (!link)
		on_name_gone(d, name);
	refresh(d, name);
	for (size_t k = 0; k < d->n_instances; k++)
		instance_link_changed(d->instances[k], name);
	vmacs_wake(d);
}

static void on_announce(void *ctx, const char *name)
{
	struct vrrpd *d = ctx;

	for (size_t k = 0; k < d->n_instances; k++)
		instance_announce_on(d->instances[k], name);
}

static void on_address_lost(void *ctx, int ifindex, const struct prefix *p)
{
	struct vrrpd *d = ctx;

	for (size_t k = 0; k < d->n_instances; k++)
		instance_address_lost(d->instances[k], ifindex, p);
}

int interfaces_open(struct vrrpd *d)
{
	const struct links_user user = {
		.changed = on_changed,
		.announce = on_announce,
		.address_lost = on_address_lost,
		.ctx = d,
	};

	int err = links_open(&d->host.links, d->host.loop, &user);

	if (err)
		return err;
	d->host.debounce = debounce_new(d->host.loop, d->host.links, refresh, d);
	return d->host.debounce && debounce_reload(d->host.debounce, d->conf) ? 0 : -ENOMEM;
}
