/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Adverts into an instance: the checks of RFC 9568, 7.1, that need the configuration, what is
 * learned of the peer, and the event for the state machine. What is wrong is counted by its reason
 * and changes nothing.
 */
#include <string.h>

#include "common/log.h"
#include "vrrpd/instance_int.h"

static void tell_once(struct instance *i, unsigned what, bool now, const char *text,
		      const struct addr *who)
{
	char peer[ADDR_STRLEN];

	if (now && !(i->told & what))
		log_thing(LOG_WARNING, THING_INSTANCE, i->conf->name, "%s: %s", text,
			  addr_format(who, peer));
	i->told = now ? i->told | what : i->told & ~what;
}

/* Whether adverts of that sender count here at all. */
static enum advert_fault judge_sender(const struct instance *i, const struct advert_packet *p)
{
	const struct conf_instance *c = i->conf;

	if (c->n_peers == 0)
		return p->ttl == VRRP_TTL ? ADVERT_OK : ADVERT_BAD_TTL;
	for (size_t k = 0; k < c->n_peers; k++) {
		const struct conf_peer *peer = &c->peers[k];

		if (addr_equal(&peer->address, &p->src))
			return p->ttl >= peer->min_ttl && p->ttl <= peer->max_ttl ? ADVERT_OK
										  : ADVERT_BAD_TTL;
	}
	return ADVERT_UNKNOWN_PEER;
}

static bool password_fits(const struct conf_instance *c, const struct advert *a)
{
	return a->has_password == c->has_password &&
	       (!c->has_password || memcmp(a->password, c->password, sizeof(a->password)) == 0);
}

/* The checks that need the configuration. */
static enum advert_fault judge(struct instance *i, const struct port_input *in,
			       const struct addr *own)
{
	const struct advert *a = &in->advert;
	enum advert_fault fault = in->fault;

	if (addr_equal(&in->packet.src, own))
		return ADVERT_OWN_ECHO;
	if (fault == ADVERT_OK)
		fault = judge_sender(i, &in->packet);
	if (fault != ADVERT_OK)
		return fault;
	if (a->version != i->conf->version)
		return ADVERT_BAD_VERSION;
	if (a->version == 2 && !password_fits(i->conf, a))
		return ADVERT_BAD_AUTH;
	if (a->version == 2 && a->interval_us != i->conf->advert_us)
		return ADVERT_BAD_INTERVAL;
	return ADVERT_OK;
}

static void note_peer(struct instance *i, const struct port_input *in)
{
	const struct advert *a = &in->advert;
	bool differs = !advert_same_addresses(a, i->mine, i->n_mine);

	i->peer = (struct instance_peer){in->packet.src, a->priority, a->form, in->received};
	if (i->conf->v3_checksum == CSUM_AUTO)
		i->form = a->form;
	if (a->priority == VRRP_PRIORITY_LEAVING)
		i->counters.priority_zero_received++;
	if (differs)
		i->counters.faults[ADVERT_ADDRESSES]++;
	/* A list that differs is told and counted, and the advert counts: dropping it makes two
	 * Actives. */
	tell_once(i, TOLD_ADDRESSES, differs, "announces other virtual addresses", &in->packet.src);
	tell_once(i, TOLD_INTERVAL, a->interval_us != i->conf->advert_us,
		  "announces another advert interval", &in->packet.src);
}

void instance_input(struct instance *i, const struct port_input *in)
{
	const struct link *link = links_find(i->host->links, i->conf->interface);
	struct fsm_event e = {.kind = FSM_ADVERT};
	enum advert_fault fault;
	const struct addr *own;

	if (!link)
		return;
	own = instance_source(i, link);
	fault = judge(i, in, own);
	tell_once(i, TOLD_OWN_ECHO, fault == ADVERT_OWN_ECHO,
		  "an advert from our own address: a loop, or its double", &in->packet.src);
	tell_once(i, TOLD_VERSION, fault == ADVERT_BAD_VERSION, "sends another VRRP version",
		  &in->packet.src);
	/* Not taken back by the next advert that is right, or a stranger could fill the journal. */
	if (fault == ADVERT_BAD_AUTH)
		tell_once(i, TOLD_PASSWORD, true, "an advert with another authentication than ours",
			  &in->packet.src);
	if (fault == ADVERT_UNKNOWN_PEER)
		tell_once(i, TOLD_STRANGER, true, "an advert from somebody who is no unicast_peer",
			  &in->packet.src);
	if (fault != ADVERT_OK) {
		i->counters.faults[fault]++;
		return;
	}
	i->counters.adverts_received++;
	note_peer(i, in);
	e.priority = in->advert.priority;
	e.interval_us = in->advert.interval_us;
	e.received = in->received;
	e.source_order = addr_cmp(&in->packet.src, own);
	instance_feed(i, &e);
}
