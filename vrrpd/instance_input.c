/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Adverts into an instance: the checks of RFC 9568, 7.1, that need the configuration, what is
 * learned of the peer, and the event for the state machine. What is wrong is counted by its reason
 * and changes nothing.
 */
#include <string.h>

#include "common/log.h"
#include "vrrpd/instance_int.h"

#define LOWER_SPACING_US US_PER_S
/* As long as somebody may need to hear us, and to show that he did. */
#define BOTH_FORMS_US (10 * US_PER_S)

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

/* A list that differs is told and counted, and the advert counts: dropping it makes two Actives. */
static void compare_addresses(struct instance *i, const struct port_input *in)
{
	const struct advert *a = &in->advert;
	struct addr first = advert_address(a, 0);
	char peer[ADDR_STRLEN], theirs[ADDR_STRLEN];

	if (advert_same_addresses(a, i->mine, i->n_mine))
		return;
	i->counters.faults[ADVERT_ADDRESSES]++;
	addr_format(&in->packet.src, peer);
	if (advert_shares_address(a, i->mine, i->n_mine))
		instance_alarm(i, ALARM_ADDRESSES_DIFFER, "announces other virtual addresses: %s",
			       peer);
	else
		instance_alarm(i, ALARM_DUPLICATE_VRID,
			       "another virtual router with VRID %u on %s: %s announces %s and "
			       "none of our addresses",
			       a->vrid, i->conf->interface, peer, addr_format(&first, theirs));
}

static void note_peer(struct instance *i, const struct port_input *in)
{
	const struct advert *a = &in->advert;
	char peer[ADDR_STRLEN];

	i->peer = (struct instance_peer){in->packet.src, a->priority, a->form, in->received};
	if (i->conf->v3_checksum == CSUM_AUTO)
		i->form = a->form;
	i->both_forms_until = in->received;
	if (a->priority == VRRP_PRIORITY_LEAVING)
		i->counters.priority_zero_received++;
	compare_addresses(i, in);
	if (a->interval_us != i->conf->advert_us)
		instance_alarm(i, ALARM_INTERVAL_DIFFERS, "announces another advert interval: %s",
			       addr_format(&in->packet.src, peer));
}

/*
 * A second Active router that drops our form of checksum never hears us; and keepalived, which then
 * sends nothing itself, shows its own form to nobody.
 */
void instance_claimed(struct instance *i, mono_t now)
{
	const struct conf_instance *c = i->conf;

	if (c->v3_checksum != CSUM_AUTO || c->version != 3 || c->family != FAMILY_IPV4 ||
	    addr_is_set(&i->peer.address))
		return;
	if (mono_reached(i->both_forms_until, now))
		log_thing(LOG_NOTICE, THING_INSTANCE, c->name,
			  "sends both forms of checksum for a while: who claims the addresses may "
			  "drop the adverts for theirs");
	i->both_forms_until = mono_add(now, BOTH_FORMS_US);
}

/* What the packet was refused for, when that is worth more than a counter. */
static void tell_fault(struct instance *i, enum advert_fault fault, const struct addr *from)
{
	char peer[ADDR_STRLEN];

	addr_format(from, peer);
	if (fault == ADVERT_OWN_ECHO)
		instance_alarm(i, ALARM_OWN_ECHO,
			       "an advert from our own address: a loop, or its double: %s", peer);
	else if (fault == ADVERT_BAD_VERSION)
		instance_alarm(i, ALARM_OTHER_VERSION, "sends another VRRP version: %s", peer);
	else if (fault == ADVERT_BAD_INTERVAL)
		instance_alarm(i, ALARM_OTHER_INTERVAL,
			       "an advert with an interval that does not count here: %s", peer);
	else if (fault == ADVERT_BAD_AUTH)
		instance_alarm(i, ALARM_OTHER_PASSWORD,
			       "an advert with another authentication than ours: %s", peer);
	else if (fault == ADVERT_BAD_CHECKSUM)
		instance_alarm(i, ALARM_BAD_CHECKSUM,
			       "an advert with a wrong checksum, damaged or made wrong: %s", peer);
	else if (fault == ADVERT_UNKNOWN_PEER)
		instance_alarm(i, ALARM_STRANGER,
			       "an advert from somebody who is no unicast_peer: %s", peer);
}

/*
 * An advert that left this router Active, and was no farewell. What had come before this router's
 * last advert says nothing of whether that was heard: after a stall a whole queue of them is read.
 */
static void note_rival(struct instance *i, const struct port_input *in, mono_t sent)
{
	char peer[ADDR_STRLEN];
	int64_t silence_us = (i->fsm_conf.down_adverts + 1) * in->advert.interval_us;

	if (i->fsm.state != FSM_ACTIVE || fsm_yielding(&i->fsm) ||
	    in->advert.priority == VRRP_PRIORITY_LEAVING)
		return;
	if (mono_before(in->received, sent)) {
		i->rival = (struct rival){in->received, in->received};
		return;
	}
	if (rival_goes_on(&i->rival, in->received, silence_us))
		instance_alarm(i, ALARM_SECOND_ACTIVE,
			       "a second Active router: %s goes on with priority %u, so it does "
			       "not hear this one",
			       addr_format(&in->packet.src, peer), in->advert.priority);
}

/* Whoever sends them may send many. */
static void tell_lower(struct instance *i, const struct port_input *in)
{
	if (i->fsm.state != FSM_ACTIVE || in->advert.priority == VRRP_PRIORITY_LEAVING ||
	    in->advert.priority >= i->fsm.priority ||
	    mono_sub(in->received, i->lower_told) < LOWER_SPACING_US)
		return;
	i->lower_told = in->received;
	i->host->notice(i->host->ctx, i, NOTICE_RX_LOWER);
}

void instance_input(struct instance *i, const struct port_input *in)
{
	const struct link *link = links_find(i->host->links, i->conf->interface);
	struct fsm_event e = {.kind = FSM_ADVERT};
	mono_t sent = i->fsm.sent;
	enum advert_fault fault;
	const struct addr *own;

	if (!link)
		return;
	own = instance_source(i, link);
	fault = judge(i, in, own);
	if (fault != ADVERT_OK) {
		tell_fault(i, fault, &in->packet.src);
		i->counters.faults[fault]++;
		return;
	}
	i->counters.adverts_received++;
	note_peer(i, in);
	e.priority = in->advert.priority;
	e.interval_us = in->advert.interval_us;
	e.received = in->received;
	e.source_order = addr_cmp(&in->packet.src, own);
	tell_lower(i, in);
	instance_feed(i, &e);
	note_rival(i, in, sent);
}
