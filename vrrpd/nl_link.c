/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The table of interfaces and their addresses; see nl_link.h. One way in for every source: a dump
 * at start or after an overrun runs through the same functions as a notice, and what a dump does
 * not mention is dropped as if a notice had said so.
 */
#include "vrrpd/nl_link.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <netlink/msg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "common/hash.h"
#include "common/nl.h"
#include "vrrpd/nl_dev.h"
#include "vrrpd/rt_parse.h"

struct entry {
	TAILQ_ENTRY(entry) next;
	struct prefix prefix;
	uint8_t scope;
	bool secondary;
	bool tentative;
	bool ours; /* has our mark, or had: others can replace the address without it */
	bool seen; /* by the present resync */
};

struct device {
	TAILQ_ENTRY(device) next;
	LIST_ENTRY(device) namesake; /* in the bucket of its name */
	struct link link;
	TAILQ_HEAD(entries, entry) entries; /* in the kernel's order among global ones */
	bool seen;
};

struct links {
	struct nl *nl;
	TAILQ_HEAD(devices, device) devices;
	LIST_HEAD(, device) by_name[HASH_BUCKETS]; /* every advert asks by name */
	struct links_user user;
	bool quiet; /* the first reading: nobody is told */
};

static void tell(struct links *l, const char *name)
{
	if (!l->quiet)
		l->user.changed(l->user.ctx, name);
}

static struct device *find_index(struct links *l, int ifindex)
{
	struct device *d;

	TAILQ_FOREACH(d, &l->devices, next)
		if (d->link.ifindex == ifindex)
			return d;
	return NULL;
}

static struct entry *find_entry(struct device *d, const struct prefix *p)
{
	struct entry *e;

	TAILQ_FOREACH(e, &d->entries, next)
		if (prefix_equal(&e->prefix, p))
			return e;
	return NULL;
}

/* The first one in the kernel's order; it changes only when that one goes. */
static struct addr first_local6(const struct device *d)
{
	const struct entry *e;

	TAILQ_FOREACH(e, &d->entries, next)
		if (e->prefix.addr.family == FAMILY_IPV6 && !e->ours && !e->tentative &&
		    addr_is_link_local(&e->prefix.addr))
			return e->prefix.addr;
	return (struct addr){0};
}

/*
 * An own address can have become the primary of its subnet while the interface's real address was
 * away; that one is then a secondary, and still the one to send from.
 */
static struct addr primary4(const struct device *d)
{
	struct addr best = {0};
	const struct entry *e;

	TAILQ_FOREACH(e, &d->entries, next) {
		if (e->prefix.addr.family != FAMILY_IPV4 || e->ours ||
		    e->scope != RT_SCOPE_UNIVERSE)
			continue;
		if (!addr_is_set(&best) || !e->secondary)
			best = e->prefix.addr;
		if (!e->secondary)
			break;
	}
	return best;
}

/* `foreign`: an address that is not ours came or went, which is told in any case. */
static void choose_sources(struct links *l, struct device *d, bool foreign)
{
	struct addr four = primary4(d), six = first_local6(d);

	if (!foreign && addr_equal(&four, &d->link.primary4) && addr_equal(&six, &d->link.local6))
		return;
	d->link.primary4 = four;
	d->link.local6 = six;
	tell(l, d->link.name);
}

/* ---- addresses ---- */

static void drop_entry(struct links *l, struct device *d, struct entry *e, bool by_us)
{
	struct prefix p = e->prefix;
	bool lost = e->ours && !by_us, foreign = !e->ours;

	TAILQ_REMOVE(&d->entries, e, next);
	free(e);
	choose_sources(l, d, foreign);
	if (lost && !l->quiet)
		l->user.address_lost(l->user.ctx, d->link.ifindex, &p);
}

static void put_entry(struct links *l, struct device *d, const struct rt_addr *a)
{
	struct entry *e = find_entry(d, &a->vip.prefix);
	bool promoted = e && e->secondary && !a->secondary;
	bool comes = !e || e->tentative != a->tentative;

	if (!e) {
		e = calloc(1, sizeof(*e));
		if (!e)
			return; /* the next resync finds it */
		TAILQ_INSERT_TAIL(&d->entries, e, next);
	} else if (promoted) {
		/* The kernel moves it behind the other primaries. */
		TAILQ_REMOVE(&d->entries, e, next);
		TAILQ_INSERT_TAIL(&d->entries, e, next);
	}
	e->prefix = a->vip.prefix;
	e->scope = a->vip.scope;
	e->secondary = a->secondary;
	e->tentative = a->tentative;
	e->ours |= a->ours;
	e->seen = true;
	choose_sources(l, d, comes && !e->ours);
}

static void on_addr(struct links *l, const struct nlmsghdr *h)
{
	struct rt_addr a;
	struct device *d;
	struct entry *e;

	if (!rt_parse_addr(h, &a))
		return;
	d = find_index(l, a.vip.ifindex);
	if (!d)
		return;
	if (!a.gone) {
		put_entry(l, d, &a);
		return;
	}
	e = find_entry(d, &a.vip.prefix);
	if (e)
		drop_entry(l, d, e, h->nlmsg_pid == netlink_port(l->nl));
}

/* ---- links ---- */

static void drop_device(struct links *l, struct device *d)
{
	char name[sizeof(d->link.name)];
	struct entry *e;

	memcpy(name, d->link.name, sizeof(name));
	while ((e = TAILQ_FIRST(&d->entries))) {
		TAILQ_REMOVE(&d->entries, e, next);
		free(e);
	}
	TAILQ_REMOVE(&l->devices, d, next);
	LIST_REMOVE(d, namesake);
	free(d);
	tell(l, name);
}

static bool same_link(const struct link *a, const struct link *b)
{
	return a->ifindex == b->ifindex && a->up == b->up && a->running == b->running &&
	       a->mtu == b->mtu && a->vmac == b->vmac && strcmp(a->name, b->name) == 0 &&
	       memcmp(a->mac, b->mac, sizeof(a->mac)) == 0;
}

/* What is told of a device that was known as `old`. */
static void tell_changes(struct links *l, const struct device *d, const struct link *old)
{
	const struct link *now = &d->link;

	if (strcmp(old->name, now->name) != 0)
		tell(l, old->name);
	tell(l, now->name);
	if ((memcmp(old->mac, now->mac, sizeof(now->mac)) != 0 ||
	     (!old->running && now->running)) &&
	    !l->quiet)
		l->user.announce(l->user.ctx, now->name);
}

static void put_device(struct links *l, const struct link *link)
{
	struct device *d = find_index(l, link->ifindex);
	bool new = !d;
	struct link old;

	if (new) {
		d = calloc(1, sizeof(*d));
		if (!d)
			return;
		TAILQ_INIT(&d->entries);
		TAILQ_INSERT_TAIL(&l->devices, d, next);
	}
	old = d->link;
	if (!new)
		LIST_REMOVE(d, namesake);
	LIST_INSERT_HEAD(&l->by_name[hash_bucket(link->name)], d, namesake);
	d->link = *link;
	d->link.primary4 = old.primary4;
	d->link.local6 = old.local6;
	d->seen = true;
	if (new)
		tell(l, link->name);
	else if (!same_link(&old, link))
		tell_changes(l, d, &old);
}

static void on_link(struct links *l, const struct nlmsghdr *h)
{
	struct link link;
	struct device *d;
	bool gone;

	if (!rt_parse_link(h, &link, &gone))
		return;
	d = find_index(l, link.ifindex);
	if (!gone)
		put_device(l, &link);
	else if (d)
		drop_device(l, d);
}

/* ---- sources ---- */

static void on_notice(void *ctx, const struct nlmsghdr *h)
{
	if (h->nlmsg_type == RTM_NEWLINK || h->nlmsg_type == RTM_DELLINK)
		on_link(ctx, h);
	else
		on_addr(ctx, h);
}

static int read_all(struct links *l, int type, size_t header)
{
	struct nl_msg *m = nlmsg_alloc_simple(type, 0);
	uint8_t unspecific[sizeof(struct ifinfomsg)] = {0};
	int err = -ENOMEM;

	if (m && nlmsg_append(m, unspecific, header, NLMSG_ALIGNTO) == 0)
		err = netlink_dump(l->nl, m, on_notice, l);
	nlmsg_free(m);
	return err;
}

static int read_everything(struct links *l)
{
	int err = read_all(l, RTM_GETLINK, sizeof(struct ifinfomsg));

	return err ? err : read_all(l, RTM_GETADDR, sizeof(struct ifaddrmsg));
}

/*
 * TAILQ_FOREACH with the next one taken before the body, which may free. A callback changes no
 * table, so that the successor stays good.
 */
static void sweep(struct links *l)
{
	struct device *d, *next_d;
	struct entry *e, *next_e;

	for (d = TAILQ_FIRST(&l->devices); d; d = next_d) {
		next_d = TAILQ_NEXT(d, next);
		if (!d->seen) {
			drop_device(l, d);
			continue;
		}
		for (e = TAILQ_FIRST(&d->entries); e; e = next_e) {
			next_e = TAILQ_NEXT(e, next);
			if (!e->seen)
				drop_entry(l, d, e, false);
		}
	}
}

static int reread(struct links *l)
{
	struct device *d;
	struct entry *e;
	int err;

	TAILQ_FOREACH(d, &l->devices, next) {
		d->seen = false;
		TAILQ_FOREACH(e, &d->entries, next)
			e->seen = false;
	}
	err = read_everything(l);
	if (err == 0)
		sweep(l);
	return err;
}

static void on_resync(void *ctx)
{
	reread(ctx);
}

int links_reread(struct links *l)
{
	netlink_catch_up(l->nl);
	return reread(l);
}

int links_open(struct links **out, struct loop *loop, const struct links_user *user)
{
	const int groups[] = {RTNLGRP_LINK, RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV6_IFADDR};
	struct links *l = calloc(1, sizeof(*l));
	int err;

	if (!l)
		return -ENOMEM;
	TAILQ_INIT(&l->devices);
	l->user = *user;
	l->quiet = true;
	err = netlink_open(&l->nl, loop, NETLINK_ROUTE, groups, sizeof(groups) / sizeof(groups[0]),
			   on_notice, on_resync, l);
	if (err == 0)
		err = read_everything(l);
	if (err < 0) {
		links_close(l);
		return err;
	}
	l->quiet = !user->changed;
	*out = l;
	return 0;
}

void links_close(struct links *l)
{
	struct device *d;

	if (!l)
		return;
	l->quiet = true;
	while ((d = TAILQ_FIRST(&l->devices)))
		drop_device(l, d);
	netlink_close(l->nl);
	free(l);
}

const struct link *links_find(const struct links *l, const char *name)
{
	const struct device *d;

	LIST_FOREACH(d, &l->by_name[hash_bucket(name)], namesake)
		if (strcmp(d->link.name, name) == 0)
			return &d->link;
	return NULL;
}

bool links_hold(const struct links *l, const struct addr *a)
{
	const struct device *d;
	const struct entry *e;

	TAILQ_FOREACH(d, &l->devices, next)
		TAILQ_FOREACH(e, &d->entries, next)
			if (!e->ours && !e->tentative && addr_equal(&e->prefix.addr, a))
				return true;
	return false;
}

struct nl *links_nl(struct links *l)
{
	return l->nl;
}

void links_each(const struct links *l, void (*fn)(void *ctx, const struct link *link), void *ctx)
{
	const struct device *d;

	TAILQ_FOREACH(d, &l->devices, next)
		fn(ctx, &d->link);
}

static void note_raised(struct links *l, int ifindex, bool up, int err)
{
	struct device *d = find_index(l, ifindex);

	if (d && err == 0)
		d->link.up = up;
}

int links_raise(struct links *l, const int ifindex[], size_t n, bool up, int errors[])
{
	struct nl_msg *msgs[LINKS_RAISE_MAX];
	int err;

	for (size_t k = 0; k < n; k++)
		msgs[k] = dev_up(ifindex[k], up);
	err = dev_send(l->nl, msgs, n, errors);
	for (size_t k = 0; k < n; k++)
		note_raised(l, ifindex[k], up, errors[k]);
	return err;
}
