/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An instance's actions; see instance_act.h. */
#include "vrrpd/instance_act.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "vrrpd/advert_io.h"
#include "vrrpd/announce.h"
#include "vrrpd/nl_addr.h"
#include "vrrpd/nl_link.h"
#include "vrrpd/tunnels.h"

/* Between the rounds of a burst: address work of other instances comes first. */
#define GARP_SPACING_US (20 * US_PER_MS)

int act_send(struct instance *i, uint8_t priority)
{
	const struct conf_instance *c = i->conf;
	const struct link *link = links_find(i->host->links, c->interface);
	struct addr group = advert_group4();
	struct advert a = {
		.version = c->version,
		.vrid = c->vrid,
		.priority = priority,
		.interval_us = c->advert_us,
		.form = i->form,
		.family = c->family,
		.n_addresses = (uint8_t)i->n_mine,
		.addresses = i->mine_bytes,
	};
	uint8_t message[ADVERT_MAX_SIZE];
	const struct addr *source;
	size_t len;
	int err;

	if (!link)
		return -ENODEV;
	source = addr_is_set(&c->source) ? &c->source : &link->primary4;
	len = advert_build(&a, source, &group, message, sizeof(message));
	err = ports_send(i->host->ports, c->interface, source, message, len);
	if (err)
		return err;
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
		.prefix = v->prefix,
		.broadcast = v->broadcast,
		.scope = v->scope,
		.noprefixroute = v->noprefixroute,
	};
	snprintf(out->label, sizeof(out->label), "%s", v->label);
	return true;
}

/* The addresses of an instance in their netlink form, and whose each one is. */
struct burst {
	size_t n;
	struct vip vips[2 * VRRP_MAX_ADDRESSES];
	const struct conf_vip *from[2 * VRRP_MAX_ADDRESSES];
	const struct conf_vip
		*missing; /* the last one whose interface is not there; it is left out */
};

static void gather(const struct instance *i, struct burst *b)
{
	b->n = 0;
	b->missing = NULL;
	for (size_t k = 0; k < instance_n_addresses(i) && b->n < 2 * VRRP_MAX_ADDRESSES; k++) {
		const struct conf_vip *v = instance_address(i, k);

		b->from[b->n] = v;
		if (vip_of(i, v, &b->vips[b->n]))
			b->n++;
		else
			b->missing = v;
	}
}

static int apply(struct instance *i, const struct burst *b,
		 int (*fn)(struct nl *, const struct vip *, size_t, int[]),
		 const struct conf_vip **refused)
{
	int errors[2 * VRRP_MAX_ADDRESSES];
	int err = fn(links_nl(i->host->links), b->vips, b->n, errors);

	*refused = NULL;
	for (size_t k = 0; err && k < b->n && !*refused; k++)
		if (errors[k])
			*refused = b->from[k];
	return err;
}

/* All of them or an error: an address without its interface cannot be owned. */
static int put_addresses(struct instance *i, const struct conf_vip **refused)
{
	struct burst b;

	gather(i, &b);
	*refused = b.missing;
	return b.missing ? -ENODEV : apply(i, &b, nl_addr_add, refused);
}

/* An interface that is gone took its addresses along. */
static int remove_addresses(struct instance *i, const struct conf_vip **refused)
{
	struct burst b;

	gather(i, &b);
	return apply(i, &b, nl_addr_del, refused);
}

/* Policies, then addresses; on a refusal says in `why` who refused what. */
static int claim(struct instance *i, char *why, size_t why_size)
{
	const struct conf_instance *c = i->conf;
	const struct conf_vip *refused;
	char text[PREFIX_STRLEN];
	int err = tunnels_claim(i->host->tunnels, i->index, c->tunnel, c->tunnel_group);

	if (err) {
		snprintf(why, why_size, "the kernel refused the IPsec policies: %s",
			 strerror(-err));
		return err;
	}
	err = put_addresses(i, &refused);
	if (err)
		snprintf(why, why_size, "the kernel refused %s: %s",
			 refused ? prefix_format(&refused->prefix, text) : "the addresses",
			 strerror(-err));
	return err;
}

int act_take(struct instance *i, char *why, size_t why_size)
{
	const struct conf_instance *c = i->conf;
	int err = claim(i, why, why_size);

	if (err) {
		act_release(i);
		return err;
	}
	i->owns = true;
	i->garp_second = c->garp_delay_us > 0;
	act_announce(i, c->garp_repeat);
	return 0;
}

void act_release(struct instance *i)
{
	const struct conf_vip *refused;
	char text[PREFIX_STRLEN];
	int err = remove_addresses(i, &refused);

	if (err)
		log_thing(LOG_ERR, THING_INSTANCE, i->conf->name, "cannot remove %s: %s",
			  refused ? prefix_format(&refused->prefix, text) : "the addresses",
			  strerror(-err));
	tunnels_release(i->host->tunnels, i->index, i->conf->tunnel, i->conf->tunnel_group, false);
	i->owns = false;
	i->garp_left = 0;
	i->garp_second = false;
	timer_set(&i->garp_timer, MONO_NEVER);
}

static void announce_one(struct instance *i, const struct conf_vip *v)
{
	const struct link *link = links_find(i->host->links, instance_device(i, v));

	if (link && v->prefix.addr.family == FAMILY_IPV4)
		announce_send(&i->host->announce, link->ifindex, link->mac, &v->prefix.addr);
}

static void announce_all(struct instance *i)
{
	i->announced = loop_now(i->host->loop);
	for (size_t k = 0; k < instance_n_addresses(i); k++)
		announce_one(i, instance_address(i, k));
}

/* What comes after this round: the next of the burst, the second burst, or the refresh. */
static mono_t next_round(struct instance *i, mono_t now)
{
	const struct conf_instance *c = i->conf;

	if (i->garp_left > 0)
		return mono_add(now, GARP_SPACING_US);
	if (i->garp_second)
		return mono_add(now, c->garp_delay_us);
	return c->garp_refresh_us > 0 ? mono_add(now, c->garp_refresh_us) : MONO_NEVER;
}

void act_announce(struct instance *i, unsigned rounds)
{
	if (rounds == 0)
		return;
	announce_all(i);
	i->garp_left = rounds - 1;
	timer_set(&i->garp_timer, next_round(i, loop_now(i->host->loop)));
}

void act_announce_again(struct instance *i)
{
	if (mono_sub(loop_now(i->host->loop), i->announced) >= GARP_SPACING_US)
		act_announce(i, i->conf->garp_lower_prio_repeat);
}

void act_announce_more(struct instance *i, mono_t now)
{
	if (i->garp_left == 0) {
		i->garp_left = i->garp_second ? i->conf->garp_repeat : i->conf->garp_refresh_repeat;
		i->garp_second = false;
	}
	if (i->garp_left > 0) {
		announce_all(i);
		i->garp_left--;
	}
	timer_set(&i->garp_timer, next_round(i, now));
}

static bool holds(const struct instance *i, const struct conf_vip *v)
{
	for (size_t k = 0; k < instance_n_addresses(i); k++) {
		const struct conf_vip *mine = instance_address(i, k);

		if (prefix_equal(&mine->prefix, &v->prefix) && strcmp(mine->dev, v->dev) == 0)
			return true;
	}
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

int act_keep(struct instance *i, char *why, size_t why_size)
{
	int err = claim(i, why, why_size);

	if (!err)
		act_announce(i, i->conf->garp_repeat);
	return err;
}

int act_restore(struct instance *i, const struct conf_vip *v)
{
	struct vip vip;
	int err;

	if (!vip_of(i, v, &vip))
		return -ENODEV;
	err = nl_addr_add(links_nl(i->host->links), &vip, 1, NULL);
	if (!err)
		announce_one(i, v);
	return err;
}
