/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Macvlans: wanted against present; see vmacs.h. A Backup's macvlan is down: so it sends nothing of
 * its own (IGMP, MLD, neighbor discovery) that would move a switch's entry, and takes in nothing
 * that a switch floods. In bridge mode, since a macvlan in private mode diverts frames that have
 * its own source address from the interface below: the adverts of the other router.
 */
#include "vrrpd/vmacs.h"

#include <errno.h>
#include <linux/ip.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "common/notify.h"
#include "vrrpd/nl_dev.h"
#include "vrrpd/nl_link.h"
#include "vrrpd/vmac.h"

/* The kernel waits with each for all its processors. In one turn, as no advert leaves meanwhile; at
 * a stop, between two signs of life for the watchdog. */
#define REMOVALS_A_TURN 4
#define REMOVALS_AT_STOP 16
/* Until something that the kernel refused is tried again. */
#define RETRY_US US_PER_S

/* A macvlan that the configuration asks for. */
struct place {
	struct instance *i;
	const struct conf_vmac *v;
	bool ipv4; /* there are IPv4 addresses on it */
	bool make; /* it is missing, and the interface below is there */
	bool anew; /* made or set up in this run */
	int err;   /* of making it */
	struct arp_settings before;
};

struct job {
	struct links *links;
	struct vrrpd *d;
	struct place *places;
	size_t n;
	struct nl_msg **msgs; /* room for three a place or macvlan of ours */
	size_t n_msgs;
	struct link *gone; /* copies of the macvlans that were removed */
	size_t n_gone;
	bool left;  /* there are more to remove */
	bool stuck; /* the kernel refused a removal */
};

/* ---- what is there ---- */

struct census {
	struct link *list; /* NULL: only counted */
	size_t n;
};

static void count(void *ctx, const struct link *link)
{
	struct census *c = ctx;

	if (link->vmac && c->list)
		c->list[c->n] = *link;
	c->n += link->vmac;
}

static size_t count_ours(const struct links *l)
{
	struct census c = {0};

	links_each(l, count, &c);
	return c.n;
}

/* Copies of all that are ours, malloc'ed. */
static struct link *list_ours(const struct links *l, size_t *n)
{
	struct census c = {.list = calloc(count_ours(l) + 1, sizeof(*c.list))};

	if (c.list)
		links_each(l, count, &c);
	*n = c.n;
	return c.list;
}

static const struct link *parent_of(const struct job *j, const struct place *p)
{
	return links_find(j->links, p->v->parent);
}

static const struct link *there(const struct job *j, const struct place *p)
{
	return links_find(j->links, p->v->name);
}

static enum vmac_state judge(const struct job *j, const struct place *p)
{
	return vmac_judge(p->v, parent_of(j, p), there(j, p));
}

static bool same_arp(const struct arp_settings *a, const struct arp_settings *b)
{
	return a->ignore == b->ignore && a->announce == b->announce;
}

static bool parent_is_set(const struct link *parent)
{
	struct arp_settings want = vmac_parent_arp(&parent->ipv4.arp);

	return same_arp(&want, &parent->ipv4.arp);
}

static bool is_set(const struct link *link, const struct link *parent)
{
	struct ipv4_settings want = vmac_ipv4(parent);

	return same_arp(&want.arp, &link->ipv4.arp) && want.rp_filter == link->ipv4.rp_filter &&
	       want.arp_filter == link->ipv4.arp_filter && want.forwarding == link->ipv4.forwarding;
}

/* Whether a place of that state needs work that can be done. */
static bool needs_work(const struct job *j, const struct place *p, enum vmac_state s)
{
	const struct link *parent = parent_of(j, p);

	if (s != VMAC_RIGHT)
		return s == VMAC_WRONG || (s == VMAC_MISSING && parent);
	return p->ipv4 && (!parent_is_set(parent) || !is_set(there(j, p), parent));
}

static bool in_order(const struct job *j)
{
	size_t right = 0;

	for (size_t k = 0; k < j->n; k++) {
		enum vmac_state s = judge(j, &j->places[k]);

		if (needs_work(j, &j->places[k], s))
			return false;
		right += s == VMAC_RIGHT;
	}
	return right == count_ours(j->links);
}

/* ---- the settings of the interface below, as they were before us ---- */

struct memory {
	int parent;
	struct arp_settings *before;
	bool found;
};

static void recall(void *ctx, const struct link *link)
{
	struct memory *m = ctx;

	if (!link->vmac || link->parent != m->parent)
		return;
	*m->before = link->before;
	m->found = true;
}

/* The mark of a sister has them; the instances remember when somebody removed that. */
static struct arp_settings before_us(const struct job *j, const struct link *parent)
{
	struct arp_settings before = parent->ipv4.arp;
	struct memory m = {.parent = parent->ifindex, .before = &before};

	links_each(j->links, recall, &m);
	for (size_t k = 0; !m.found && k < j->n; k++) {
		const struct instance *i = j->places[k].i;

		if (i->vmac_parent != parent->ifindex)
			continue;
		before = i->vmac_before;
		m.found = true;
	}
	return before;
}

static void remember(const struct job *j)
{
	for (size_t k = 0; k < j->n; k++) {
		struct place *p = &j->places[k];
		const struct link *link = there(j, p);

		if (!link || !link->vmac)
			continue;
		p->i->vmac_parent = link->parent;
		p->i->vmac_before = link->before;
	}
}

/* ---- changes ---- */

static void add(struct job *j, struct nl_msg *m)
{
	j->msgs[j->n_msgs++] = m;
}

static int flush(struct job *j, int errors[])
{
	size_t n = j->n_msgs;

	j->n_msgs = 0;
	return n > 0 ? dev_send(links_nl(j->links), j->msgs, n, errors) : 0;
}

static bool is_wanted(const struct job *j, const struct link *link)
{
	for (size_t k = 0; k < j->n; k++)
		if (strcmp(j->places[k].v->name, link->name) == 0)
			return judge(j, &j->places[k]) == VMAC_RIGHT;
	return false;
}

static void remove_unwanted(struct job *j, size_t most)
{
	size_t n, kept = 0;
	struct link *ours = list_ours(j->links, &n);

	j->left = false;
	for (size_t k = 0; ours && k < n; k++) {
		if (is_wanted(j, &ours[k]))
			continue;
		j->left = kept == most;
		if (j->left)
			break;
		add(j, dev_remove(ours[k].ifindex));
		ours[kept++] = ours[k];
	}
	j->stuck = flush(j, NULL) != 0;
	free(j->gone);
	j->gone = ours;
	j->n_gone = kept;
}

/* What the marks will say, before anything is removed: sisters tell of the interface below. */
static void plan(const struct job *j)
{
	for (size_t k = 0; k < j->n; k++) {
		struct place *p = &j->places[k];
		const struct link *parent = parent_of(j, p);
		enum vmac_state s = judge(j, p);

		p->make = parent && (s == VMAC_MISSING || s == VMAC_WRONG);
		if (p->make)
			p->before = before_us(j, parent);
	}
}

/* The kernel takes no alias from who makes an interface, so the mark comes right behind, and only
 * when it was made: the name could be somebody else's. */
static int make_one(struct job *j, const struct place *p, const struct link *parent)
{
	struct nl *nl = links_nl(j->links);
	struct nl_msg *m = dev_macvlan(p->v->name, parent->ifindex, p->v->mac);
	char mark[VMAC_MARK_STRLEN];
	int err = dev_send(nl, &m, 1, NULL);

	if (err)
		return err;
	m = dev_alias(p->v->name, vmac_mark(&p->before, mark));
	err = dev_send(nl, &m, 1, NULL);
	/* Without its mark it would be taken for somebody else's from now on. */
	if (err) {
		m = dev_remove((int)if_nametoindex(p->v->name));
		dev_send(nl, &m, 1, NULL);
	}
	return err;
}

static void make(struct job *j)
{
	for (size_t k = 0; k < j->n; k++) {
		struct place *p = &j->places[k];

		if (!p->make)
			continue;
		/* The one that is in its place may not be removed yet. */
		p->err = j->left && judge(j, p) == VMAC_WRONG ? -EBUSY
							      : make_one(j, p, parent_of(j, p));
		p->anew = p->err == 0;
	}
}

static struct nl_msg *arp_message(int ifindex, const struct arp_settings *s)
{
	const struct dev_setting list[] = {
		{IPV4_DEVCONF_ARP_IGNORE, (uint32_t)s->ignore},
		{IPV4_DEVCONF_ARP_ANNOUNCE, (uint32_t)s->announce},
	};

	return dev_ipv4(ifindex, list, sizeof(list) / sizeof(list[0]));
}

static struct nl_msg *ipv4_message(int ifindex, const struct ipv4_settings *s)
{
	const struct dev_setting list[] = {
		{IPV4_DEVCONF_FORWARDING, (uint32_t)s->forwarding},
		{IPV4_DEVCONF_RP_FILTER, (uint32_t)s->rp_filter},
		{IPV4_DEVCONF_ARPFILTER, (uint32_t)s->arp_filter},
		{IPV4_DEVCONF_ARP_IGNORE, (uint32_t)s->arp.ignore},
		{IPV4_DEVCONF_ARP_ANNOUNCE, (uint32_t)s->arp.announce},
	};

	return dev_ipv4(ifindex, list, sizeof(list) / sizeof(list[0]));
}

/* A kernel without IPv6 has no link-local address to suppress, and refuses that alone. */
static void configure(struct job *j)
{
	for (size_t k = 0; k < j->n; k++) {
		const struct place *p = &j->places[k];
		const struct link *parent = parent_of(j, p), *link = there(j, p);
		struct arp_settings arp;
		struct ipv4_settings ipv4;

		if (judge(j, p) != VMAC_RIGHT)
			continue;
		arp = vmac_parent_arp(&parent->ipv4.arp);
		ipv4 = vmac_ipv4(parent);
		if (p->anew)
			add(j, dev_no_link_local(link->ifindex));
		if (p->ipv4 && !parent_is_set(parent))
			add(j, arp_message(parent->ifindex, &arp));
		if (p->ipv4 && !is_set(link, parent))
			add(j, ipv4_message(link->ifindex, &ipv4));
	}
	flush(j, NULL);
}

struct search {
	int ifindex;
	struct link found;
	bool sister; /* a macvlan of ours is above it */
};

static void look(void *ctx, const struct link *link)
{
	struct search *s = ctx;

	if (link->ifindex == s->ifindex)
		s->found = *link;
	s->sister |= link->vmac && link->parent == s->ifindex;
}

/* What nobody changed after us goes back; an interface that is gone took its settings along. */
static void restore(struct job *j)
{
	for (size_t k = 0; k < j->n_gone; k++) {
		struct search s = {.ifindex = j->gone[k].parent};

		links_each(j->links, look, &s);
		if (!s.sister && s.found.ifindex && parent_is_set(&s.found) &&
		    !same_arp(&s.found.ipv4.arp, &j->gone[k].before))
			add(j, arp_message(s.found.ifindex, &j->gone[k].before));
	}
	flush(j, NULL);
}

static void verify(const struct job *j)
{
	for (size_t k = 0; k < j->n; k++) {
		const struct place *p = &j->places[k];

		if (judge(j, p) == VMAC_RIGHT && needs_work(j, p, VMAC_RIGHT))
			log_thing(LOG_WARNING, THING_INSTANCE, p->i->conf->name,
				  "the kernel does not keep the ARP settings of %s and %s",
				  p->v->parent, p->v->name);
	}
}

/* Notices may be on their way, and settings have none: what is there is read first. */
static int work(struct job *j)
{
	int err = links_reread(j->links);

	if (err == 0) {
		plan(j);
		remove_unwanted(j, REMOVALS_A_TURN);
		make(j);
		err = links_reread(j->links);
	}
	if (err == 0) {
		configure(j);
		restore(j);
		err = links_reread(j->links);
	}
	if (err == 0)
		verify(j);
	return err;
}

/* Up while the addresses are on it, and at no other time; a takeover that is due sets it up itself.
 */
static bool may_be_up(const struct instance *i)
{
	return i->owns || i->adopt || i->duty == DUTY_TAKE;
}

/* One that is being removed goes down first; its notice is on the way. */
static void set_up_or_down(struct job *j)
{
	for (size_t k = 0; k < j->n; k++) {
		struct place *p = &j->places[k];
		const struct link *link = there(j, p);
		bool up = p->i->owns;

		if (!link || !link->vmac || link->up == up || (link->up && may_be_up(p->i)))
			continue;
		links_raise(j->links, &link->ifindex, 1, up, &p->err);
		p->anew = p->err != -ENODEV;
	}
}

/* ---- the instances ---- */

static void excuse(const struct job *j, const struct place *p, char *out, size_t size)
{
	const struct conf_vmac *v = p->v;

	switch (judge(j, p)) {
	case VMAC_FOREIGN:
		snprintf(out, size, "interface %s is there, but not of this program", v->name);
		break;
	case VMAC_MISSING:
	case VMAC_WRONG:
		if (p->err)
			snprintf(out, size, "no macvlan %s on %s: %s", v->name, v->parent,
				 strerror(-p->err));
		else
			snprintf(out, size, "no macvlan %s without %s", v->name, v->parent);
		break;
	case VMAC_RIGHT:
		out[0] = '\0';
		break;
	}
}

/* Place k and those behind it are one instance's; returns the next one's first. */
static size_t tell(const struct job *j, size_t k, bool review)
{
	struct instance *i = j->places[k].i;
	char wait[REASON_MAX] = "";
	bool anew = false;

	for (; k < j->n && j->places[k].i == i; k++) {
		if (!wait[0])
			excuse(j, &j->places[k], wait, sizeof(wait));
		anew |= j->places[k].anew;
	}
	if (strcmp(wait, i->vmac_wait) != 0) {
		strcpy(i->vmac_wait, wait);
		if (review)
			instance_review(i);
	}
	if (anew && review && i->owns)
		instance_keep(i);
	return k;
}

/* ---- the whole ---- */

static bool holds_ipv4(const struct instance *i, const struct conf_vmac *v)
{
	for (size_t k = 0; k < instance_n_addresses(i); k++) {
		const struct conf_vip *vip = instance_address(i, k);

		if (vip->prefix.addr.family == FAMILY_IPV4 && strcmp(vip->dev, v->name) == 0)
			return true;
	}
	return false;
}

static size_t n_places(const struct vrrpd *d)
{
	size_t n = 0;

	for (size_t k = 0; k < d->n_instances; k++)
		n += d->instances[k]->conf->n_vmacs;
	return n;
}

static void fill(struct job *j)
{
	for (size_t k = 0; k < j->d->n_instances; k++) {
		struct instance *i = j->d->instances[k];

		for (size_t m = 0; m < i->conf->n_vmacs; m++) {
			const struct conf_vmac *v = &i->conf->vmacs[m];

			j->places[j->n++] = (struct place){i, v, .ipv4 = holds_ipv4(i, v)};
		}
	}
}

static void finish(struct job *j)
{
	free(j->places);
	free(j->msgs);
	free(j->gone);
}

/* When this has to go on, should no interface change before. */
static mono_t resumption(const struct job *j, mono_t now)
{
	bool refused = j->stuck;

	if (j->left && !j->stuck)
		return now;
	for (size_t k = 0; k < j->n; k++)
		refused |= j->places[k].err != 0;
	return refused ? mono_add(now, RETRY_US) : MONO_NEVER;
}

static void settle(struct vrrpd *d, bool review)
{
	struct job j = {.links = d->host.links, .d = d};
	size_t wanted = n_places(d), ours = count_ours(j.links);
	int err = 0;

	if (wanted + ours == 0)
		return;
	j.places = calloc(wanted + 1, sizeof(*j.places));
	j.msgs = calloc(3 * (wanted + ours) + 1, sizeof(*j.msgs));
	if (j.places && j.msgs) {
		fill(&j);
		if (!in_order(&j))
			err = work(&j);
		remember(&j);
		set_up_or_down(&j);
		for (size_t k = 0; k < j.n;)
			k = tell(&j, k, review);
		if (!timer_armed(&d->vmac_timer))
			timer_set(&d->vmac_timer, resumption(&j, loop_now(d->host.loop)));
	} else {
		err = -ENOMEM;
	}
	if (err)
		log_msg(LOG_ERR, "the macvlans are not as they must be: %s", strerror(-err));
	finish(&j);
}

void vmacs_open(struct vrrpd *d)
{
	timer_init(&d->vmac_timer, d->host.loop, vmacs_settle, d);
	settle(d, false);
}

void vmacs_wake(struct vrrpd *d)
{
	if (n_places(d) > 0)
		timer_set(&d->vmac_timer, loop_now(d->host.loop));
}

void vmacs_settle(void *ctx, mono_t now)
{
	(void)now;
	settle(ctx, true);
}

size_t vmacs_remove(struct links *links, size_t *left)
{
	struct job j = {.links = links};
	size_t ours = count_ours(links);

	j.msgs = calloc(REMOVALS_AT_STOP, sizeof(*j.msgs));
	j.left = ours > 0 && j.msgs && links_reread(links) == 0;
	for (size_t k = 0; j.left && k < ours; k += REMOVALS_AT_STOP) {
		remove_unwanted(&j, REMOVALS_AT_STOP);
		notify_watchdog();
		if (links_reread(links) == 0)
			restore(&j);
	}
	finish(&j);
	*left = count_ours(links);
	return ours - *left;
}
