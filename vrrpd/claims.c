/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Claims of the addresses that we hold; see claims.h. */
#include "vrrpd/claims.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "vrrpd/claim_io.h"
#include "vrrpd/daemon.h"

/* In which the router before us has let go, whose claims are none. */
#define SETTLED_US US_PER_S
/* Questions a turn, so that no advert waits for them. */
#define PROBES_MAX 32

struct claims {
	struct vrrpd *d;
	struct claim_io *io;
	struct timer timer;
	struct addr *list; /* what is listened for */
	size_t n;
	bool deaf; /* which was told */
};

static bool settled(const struct instance *i, mono_t now)
{
	return i->owns && i->fsm.state == FSM_ACTIVE && mono_sub(now, i->held_since) >= SETTLED_US;
}

/* A router whose adverts come claims the addresses when it takes over, and lets go of them when it
 * hears ours: that is the protocol's business. Its advert came before its claim. */
static bool is_heard(const struct instance *i, mono_t now)
{
	ports_drain(i->host->ports, i->conf->interface, i->conf->family);
	return i->fsm.state != FSM_ACTIVE || mono_sub(now, i->rival.last) < SETTLED_US;
}

/* Of a virtual MAC address all routers are the owners: what comes in with it is another one's,
 * since nothing that a macvlan sends comes back to it. */
static bool is_foreign(const struct link *link, const uint8_t mac[6])
{
	return link->vmac || memcmp(link->mac, mac, 6) != 0;
}

/* What comes in from a macvlan's own MAC address comes to the interface below it. */
static bool comes_there(const struct instance *i, const struct link *link, int ifindex)
{
	const struct link *below = links_find(i->host->links, i->conf->interface);

	return link->ifindex == ifindex || (link->vmac && below && below->ifindex == ifindex);
}

/* The address as it is in that place; NULL: the instance has no such one there. */
static const struct conf_vip *held(const struct instance *i, int ifindex, const struct addr *a,
				   const uint8_t mac[6])
{
	for (size_t k = 0; k < instance_n_addresses(i); k++) {
		const struct conf_vip *v = instance_address(i, k);
		const struct link *link;

		if (!addr_equal(&v->prefix.addr, a))
			continue;
		link = links_find(i->host->links, instance_device(i, v));
		if (link && comes_there(i, link, ifindex) && is_foreign(link, mac))
			return v;
	}
	return NULL;
}

static void on_claim(void *ctx, int ifindex, const struct claim *claim)
{
	struct vrrpd *d = ((struct claims *)ctx)->d;
	mono_t now = loop_now(d->host.loop);
	const uint8_t *m = claim->mac;
	char text[ADDR_STRLEN];

	for (size_t k = 0; k < d->n_instances; k++) {
		struct instance *i = d->instances[k];
		const struct conf_vip *v;

		if (!settled(i, now) || !(v = held(i, ifindex, &claim->address, m)) ||
		    is_heard(i, now))
			continue;
		instance_alarm(i, ALARM_ADDRESS_CLAIMED,
			       "%s is claimed by %02x:%02x:%02x:%02x:%02x:%02x on %s: another "
			       "host has it, or a second Active router whose adverts do not come "
			       "here",
			       addr_format(&claim->address, text), m[0], m[1], m[2], m[3], m[4],
			       m[5], instance_device(i, v));
		instance_claimed(i, now);
	}
}

/* Those of settled instances into the list, when there is one; their number. */
static size_t gather(const struct vrrpd *d, mono_t now, struct addr *list)
{
	size_t n = 0;

	for (size_t k = 0; k < d->n_instances; k++) {
		const struct instance *i = d->instances[k];

		for (size_t a = 0; settled(i, now) && a < instance_n_addresses(i); a++, n++)
			if (list)
				list[n] = instance_address(i, a)->prefix.addr;
	}
	return n;
}

static void hear(struct claims *c, mono_t now)
{
	size_t n = gather(c->d, now, NULL);
	struct addr *list = calloc(n + 1, sizeof(*list));
	int err = list ? 0 : -ENOMEM;

	if (list)
		gather(c->d, now, list);
	if (list && !c->deaf && n == c->n &&
	    (n == 0 || memcmp(list, c->list, n * sizeof(*list)) == 0)) {
		free(list);
		return;
	}
	if (list)
		err = claim_io_listen(c->io, list, n);
	if (err && !c->deaf)
		log_msg(LOG_WARNING, "cannot listen for other holders of the addresses: %s",
			strerror(-err));
	c->deaf = err != 0;
	free(c->list);
	c->list = list;
	c->n = list ? n : 0;
}

/* Asks for up to `most` addresses of an instance, from where it left off; how many. */
static size_t ask(struct instance *i, size_t most)
{
	size_t n = 0;

	for (; i->asked < instance_n_addresses(i) && n < most; n++) {
		const struct conf_vip *v = instance_address(i, i->asked++);
		const struct link *link = links_find(i->host->links, instance_device(i, v));

		if (link)
			announce_probe(&i->host->announce, link->ifindex, link->mac,
				       &v->prefix.addr);
	}
	return n;
}

static void look(void *ctx, mono_t now)
{
	struct claims *c = ctx;
	mono_t next = MONO_NEVER;
	size_t left = PROBES_MAX;

	hear(c, now);
	if (c->deaf)
		next = mono_add(now, SETTLED_US);
	for (size_t k = 0; k < c->d->n_instances; k++) {
		struct instance *i = c->d->instances[k];

		if (!i->owns)
			continue;
		if (!settled(i, now)) {
			next = mono_min(next, mono_add(i->held_since, SETTLED_US));
			continue;
		}
		left -= ask(i, left);
		if (i->asked < instance_n_addresses(i))
			next = now;
	}
	timer_set(&c->timer, next);
}

struct claims *claims_new(struct vrrpd *d)
{
	struct claims *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->d = d;
	c->io = claim_io_new(d->host.loop, on_claim, c);
	if (!c->io) {
		free(c);
		return NULL;
	}
	timer_init(&c->timer, d->host.loop, look, c);
	return c;
}

void claims_free(struct claims *c)
{
	if (!c)
		return;
	timer_set(&c->timer, MONO_NEVER);
	claim_io_free(c->io);
	free(c->list);
	free(c);
}

void claims_changed(struct claims *c)
{
	if (!timer_armed(&c->timer))
		timer_set(&c->timer, mono_add(loop_now(c->d->host.loop), SETTLED_US));
}
