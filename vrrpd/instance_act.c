/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An instance's actions; see instance_act.h. */
#include "vrrpd/instance_act.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "vrrpd/instance_vmac.h"
#include "vrrpd/nl_addr.h"
#include "vrrpd/routing.h"
#include "vrrpd/tunnels.h"

/* The checksum may hold the destination: each has its own message. */
static int send_to(struct instance *i, const struct advert *a, const struct link *link,
		   const struct addr *to)
{
	const struct addr *source = instance_source(i, link);
	uint8_t message[ADVERT_MAX_SIZE];
	size_t len = advert_build(a, source, to, message, sizeof(message));
	int err;

	/* A frame cannot leave in fragments; the socket's packet can, from the interface's own MAC
	 * address. */
	if (instance_sends_vmac(i)) {
		err = instance_send_vmac(i, link, source, to, message, len);
		if (err != -EMSGSIZE)
			return err;
	}
	return ports_send(i->host->ports, i->conf->interface, source, to, message, len);
}

/* A peer that cannot be reached keeps no other from its advert; the last error. */
static int send_to_all(struct instance *i, const struct advert *a, const struct link *link)
{
	const struct conf_instance *c = i->conf;
	struct addr group = advert_group(c->family);
	int err = 0;

	if (c->n_peers == 0)
		return send_to(i, a, link, &group);
	for (size_t k = 0; k < c->n_peers; k++) {
		int failed = send_to(i, a, link, &c->peers[k].address);

		err = failed ? failed : err;
	}
	return err;
}

int act_send(struct instance *i, uint8_t priority)
{
	const struct conf_instance *c = i->conf;
	const struct link *link = links_find(i->host->links, c->interface);
	struct advert a = {
		.version = c->version,
		.vrid = c->vrid,
		.priority = priority,
		.interval_us = c->advert_us,
		.form = i->form,
		.family = c->family,
		.n_addresses = (uint8_t)i->n_mine,
		.has_password = c->has_password,
		.addresses = i->mine_bytes,
	};
	int err;

	memcpy(a.password, c->password, sizeof(a.password));
	err = link ? send_to_all(i, &a, link) : -ENODEV;
	if (err)
		return err;
	if (!mono_reached(i->both_forms_until, loop_now(i->host->loop))) {
		a.form = a.form == ADVERT_PLAIN ? ADVERT_PSEUDO : ADVERT_PLAIN;
		send_to_all(i, &a, link);
	}
	i->counters.adverts_sent++;
	if (priority == VRRP_PRIORITY_LEAVING)
		i->counters.priority_zero_sent++;
	return 0;
}

/* The netlink form of an address; false when its interface is not there. */
static bool vip_of(const struct instance *i, const struct conf_vip *v, struct vip *out)
{
	const struct link *link = links_find(i->host->links, instance_device(i, v));

	if (!link)
		return false;
	*out = (struct vip){
		.ifindex = link->ifindex,
		.proto = NL_ADDR_PROTO,
		.prefix = v->prefix,
		.broadcast = v->broadcast,
		.scope = v->scope,
		.peer = v->peer,
		.flags = v->flags,
		.preferred_s = v->preferred_s,
	};
	snprintf(out->label, sizeof(out->label), "%s", v->label);
	return true;
}

/* The addresses of several instances in their netlink form, and whose each one is. */
struct burst {
	size_t n;
	struct vip vips[ACT_BURST];
	const struct conf_vip *from[ACT_BURST];
	size_t owner[ACT_BURST]; /* in the caller's list */
	int errors[ACT_BURST];
};

/* Adds those of an instance; returns one whose interface is not there and that is left out. */
static const struct conf_vip *gather(const struct instance *i, size_t owner, struct burst *b)
{
	const struct conf_vip *missing = NULL;

	for (size_t k = 0; k < instance_n_addresses(i) && b->n < ACT_BURST; k++) {
		const struct conf_vip *v = instance_address(i, k);

		if (!vip_of(i, v, &b->vips[b->n])) {
			missing = v;
			continue;
		}
		b->from[b->n] = v;
		b->owner[b->n++] = owner;
	}
	return missing;
}

/* The first error of each owner; from[k] is the address that it is about. */
static void blame(const struct burst *b, int errs[], const struct conf_vip *refused[])
{
	for (size_t k = 0; k < b->n; k++) {
		size_t owner = b->owner[k];

		if (!b->errors[k] || errs[owner])
			continue;
		errs[owner] = b->errors[k];
		refused[owner] = b->from[k];
	}
}

/* All of them or an error: an address without its interface cannot be owned. */
static int prepare(struct instance *i, size_t owner, struct burst *b,
		   const struct conf_vip **refused)
{
	const struct conf_instance *c = i->conf;
	size_t before = b->n;
	int err = tunnels_claim(i->host->tunnels, i->index, c->tunnel, c->tunnel_group);

	*refused = NULL;
	if (err)
		return err;
	*refused = gather(i, owner, b);
	if (!*refused)
		return 0;
	b->n = before;
	return -ENODEV;
}

static void say_refused(struct instance *i, const struct conf_vip *refused, int err)
{
	char text[PREFIX_STRLEN];

	snprintf(i->reason, sizeof(i->reason), "the kernel refused %s: %s",
		 refused ? prefix_format(&refused->prefix, text) : "the IPsec policies",
		 strerror(-err));
}

/* The macvlans of all, policies of each, then the addresses of all, then the routes of each; who is
 * refused has the words in its reason. */
static void claim(struct instance *const list[], size_t n, int errs[])
{
	const struct conf_vip *refused[ACT_MAX];
	bool down[ACT_MAX];
	struct burst b;

	b.n = 0;
	instance_vmacs_up(list, n, errs);
	for (size_t k = 0; k < n; k++) {
		down[k] = errs[k] != 0;
		if (!down[k])
			errs[k] = prepare(list[k], k, &b, &refused[k]);
	}
	if (b.n > 0 && nl_addr_add(links_nl(list[0]->host->links), b.vips, b.n, b.errors) != 0)
		blame(&b, errs, refused);
	for (size_t k = 0; k < n; k++)
		if (!errs[k])
			routing_claim(list[k]->host->routing, &list[k]->routing, list[k]->conf);
		else if (!down[k])
			say_refused(list[k], refused[k], errs[k]);
}

/* What it holds now is looked after anew. */
static void hold(struct instance *i)
{
	i->owns = true;
	i->held_since = loop_now(i->host->loop);
	i->asked = 0;
	i->host->holdings_changed(i->host->ctx);
}

void act_take(struct instance *const list[], size_t n, int errs[])
{
	claim(list, n, errs);
	for (size_t k = 0; k < n; k++) {
		if (errs[k])
			continue;
		hold(list[k]);
		act_announce(list[k], list[k]->conf->garp_repeat, list[k]->conf->garp_delay_us);
	}
}

static void let_go_of_the_rest(struct instance *i)
{
	tunnels_release(i->host->tunnels, i->index, i->conf->tunnel, i->conf->tunnel_group, false);
	i->owns = false;
	i->host->holdings_changed(i->host->ctx);
	act_announce_nothing(i);
}

void act_release(struct instance *const list[], size_t n)
{
	const struct conf_vip *refused[ACT_MAX];
	int errs[ACT_MAX] = {0};
	char text[PREFIX_STRLEN];
	struct burst b;

	b.n = 0;
	/* An interface that is gone took its addresses along. */
	for (size_t k = 0; k < n; k++) {
		routing_release(list[k]->host->routing, &list[k]->routing);
		gather(list[k], k, &b);
	}
	if (b.n > 0 && nl_addr_del(links_nl(list[0]->host->links), b.vips, b.n, b.errors) != 0)
		blame(&b, errs, refused);
	instance_vmacs_down(list, n);
	for (size_t k = 0; k < n; k++) {
		if (errs[k])
			log_thing(LOG_ERR, THING_INSTANCE, list[k]->conf->name,
				  "cannot remove %s: %s", prefix_format(&refused[k]->prefix, text),
				  strerror(-errs[k]));
		let_go_of_the_rest(list[k]);
	}
}

/* The kernel changes none of these in an address that is there. */
static bool same_address(const struct conf_vip *a, const struct conf_vip *b)
{
	return prefix_equal(&a->prefix, &b->prefix) && strcmp(a->dev, b->dev) == 0 &&
	       addr_equal(&a->peer, &b->peer) && addr_equal(&a->broadcast, &b->broadcast) &&
	       a->scope == b->scope && a->flags == b->flags && strcmp(a->label, b->label) == 0;
}

static bool holds(const struct instance *i, const struct conf_vip *v)
{
	for (size_t k = 0; k < instance_n_addresses(i); k++)
		if (same_address(instance_address(i, k), v))
			return true;
	return false;
}

void act_let_go(struct instance *i, const struct conf_instance *old)
{
	struct vip gone;

	for (size_t k = 0; k < old->n_vips + old->n_excluded; k++) {
		const struct conf_vip *v =
			k < old->n_vips ? &old->vips[k] : &old->excluded[k - old->n_vips];

		if (!holds(i, v) && vip_of(i, v, &gone))
			nl_addr_del(links_nl(i->host->links), &gone, 1, NULL);
	}
}

int act_keep(struct instance *i)
{
	int err;

	claim(&i, 1, &err);
	if (err)
		return err;
	hold(i);
	act_announce(i, i->conf->garp_repeat, 0);
	return 0;
}

int act_restore(struct instance *i, const struct conf_vip *v)
{
	struct vip vip;
	int err;

	if (!vip_of(i, v, &vip))
		return -ENODEV;
	err = nl_addr_add(links_nl(i->host->links), &vip, 1, NULL);
	if (!err)
		act_announce_one(i, v);
	return err;
}
