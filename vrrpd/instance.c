/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An instance between its state machine and the world; see instance.h. Every event goes through
 * instance_feed, every change of state through changed(). Adverts are judged in instance_input.c;
 * instance_life.c makes, reloads and ends it.
 */
#include "vrrpd/instance.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "vrrpd/debounce.h"
#include "vrrpd/instance_act.h"
#include "vrrpd/instance_int.h"
#include "vrrpd/instance_vmac.h"
#include "vrrpd/tunnels.h"

size_t instance_n_addresses(const struct instance *i)
{
	return i->conf->n_vips + i->conf->n_excluded;
}

const struct conf_vip *instance_address(const struct instance *i, size_t n)
{
	return n < i->conf->n_vips ? &i->conf->vips[n] : &i->conf->excluded[n - i->conf->n_vips];
}

const char *instance_device(const struct instance *i, const struct conf_vip *v)
{
	return v->dev[0] ? v->dev : i->conf->interface;
}

bool instance_holds_on(const struct instance *i, const char *interface)
{
	for (size_t k = 0; k < instance_n_addresses(i); k++)
		if (strcmp(instance_device(i, instance_address(i, k)), interface) == 0)
			return true;
	return false;
}

const struct addr *instance_source(const struct instance *i, const struct link *link)
{
	if (addr_is_set(&i->conf->source))
		return &i->conf->source;
	return i->conf->family == FAMILY_IPV6 ? &link->local6 : &link->primary4;
}

bool instance_drained(const struct instance *i)
{
	return i->fsm.drained || i->fsm.yield == FSM_DRAIN;
}

bool instance_gone(const struct instance *i)
{
	return i->fsm.state == FSM_INITIALIZE && i->duty == DUTY_NONE;
}

/* ---- the one change of state ---- */

static void describe(const struct instance *i, char *out, size_t size)
{
	char peer[ADDR_STRLEN];
	unsigned priority = i->fsm.peer_priority;
	long long down_ms = fsm_down_us(&i->fsm, &i->fsm_conf) / US_PER_MS;

	addr_format(&i->peer.address, peer);
	switch (i->fsm.why) {
	case FSM_WHY_STARTED:
		snprintf(out, size, "started with priority %u", i->fsm.priority);
		break;
	case FSM_WHY_OWNER:
		snprintf(out, size, "owns the addresses: priority 255");
		break;
	case FSM_WHY_ADOPTED:
		snprintf(out, size, "was Active when the last run ended; adopted its addresses");
		break;
	case FSM_WHY_SILENCE:
		snprintf(out, size, "no advert for %lld ms", down_ms);
		break;
	case FSM_WHY_PEER_LEFT:
		snprintf(out, size, "%s left: priority 0", peer);
		break;
	case FSM_WHY_PREEMPTED:
		snprintf(out, size, "%s has only priority %u, ours is %u", peer, priority,
			 i->fsm.priority);
		break;
	case FSM_WHY_HIGHER:
		snprintf(out, size, "%s has priority %u, ours is %u", peer, priority,
			 i->fsm.priority);
		break;
	case FSM_WHY_HIGHER_ADDRESS:
		snprintf(out, size, "%s has priority %u too and the greater address", peer,
			 priority);
		break;
	case FSM_WHY_HANDED_OVER:
		snprintf(out, size, "handed over to %s, priority %u", peer, priority);
		break;
	case FSM_WHY_NOBODY:
		snprintf(out, size, "yielded, and nobody took over");
		break;
	case FSM_WHY_HALTED:
	case FSM_WHY_SHUT:
		snprintf(out, size, "%s", i->blocked);
		break;
	case FSM_WHY_REFUSED: /* the caller's text says more */
	case FSM_WHY_NONE:
		break;
	}
}

static void give_notice(struct instance *i)
{
	enum conf_notice n = i->state == FSM_ACTIVE   ? NOTICE_MASTER
			     : i->state == FSM_BACKUP ? NOTICE_BACKUP
			     : i->stopping            ? NOTICE_STOP
						      : NOTICE_FAULT;

	if (n == i->noticed)
		return;
	i->noticed = n;
	i->host->notice(i->host->ctx, i, n);
	if (i->conf->sync_group >= 0)
		i->host->unsettled(i->host->ctx);
}

static void tell_change(const struct instance *i, enum fsm_state before, enum fsm_state now,
			const char *reason)
{
	const char *from = fsm_state_name(before), *to = fsm_state_name(now);

	log_transition(LOG_NOTICE, THING_INSTANCE, i->conf->name, from, to, reason);
	i->host->record(i->host->ctx, THING_INSTANCE, i->conf->name, from, to, reason);
}

void instance_tell_end(const struct instance *i, const char *reason)
{
	if (i->state == FSM_INITIALIZE)
		log_thing(LOG_NOTICE, THING_INSTANCE, i->conf->name, "%s", reason);
	else
		tell_change(i, i->state, FSM_INITIALIZE, reason);
}

static void changed(struct instance *i)
{
	enum fsm_state before = i->state, now = i->fsm.state;

	i->state = now;
	i->since_realtime_us = realtime_us();
	i->unsent_told = false;
	if (now == FSM_ACTIVE)
		i->counters.became_active++;
	describe(i, i->reason, sizeof(i->reason));
	tell_change(i, before, now, i->reason);
	give_notice(i);
}

/* ---- events in, actions out ---- */

/* Who is not heard will have a second Active router beside it. Once a state: a queue that is full
 * now and then must not fill the journal. */
static void tell_unsent(struct instance *i, int err)
{
	if (!i->unsent_told)
		log_thing(LOG_WARNING, THING_INSTANCE, i->conf->name, "advert not sent: %s",
			  strerror(-err));
	i->unsent_told = true;
}

/* The last duty counts: an address that is to be taken again need not go first. */
static void burden(struct instance *i, enum instance_duty duty)
{
	i->duty = duty;
	work_put(&i->host->work, &i->moving, WORK_ADDRESSES);
}

/* In the order of the bits; what the kernel must do waits for the end of the turn, when the adverts
 * of all instances are out. */
static void perform(struct instance *i, unsigned act)
{
	int err = 0;

	if (act & FSM_SEND)
		err = act_send(i, i->fsm.priority);
	if (act & FSM_SEND_ZERO)
		err = act_send(i, VRRP_PRIORITY_LEAVING);
	if (err)
		tell_unsent(i, err);
	if (act & FSM_TAKE)
		burden(i, DUTY_TAKE);
	if (act & FSM_RELEASE)
		burden(i, DUTY_RELEASE);
	if (act & FSM_ANNOUNCE && i->owns)
		act_announce_again(i);
}

/* A state is told when the kernel has done what it asks for. */
static void settle(struct instance *i)
{
	if (i->duty == DUTY_NONE && i->fsm.state != i->state)
		changed(i);
}

void instance_feed(struct instance *i, const struct fsm_event *e)
{
	struct fsm old = i->fsm;

	perform(i, fsm_step(&i->fsm, &i->fsm_conf, e, loop_now(i->host->loop)));
	timer_set(&i->timer, i->fsm.deadline);
	settle(i);
	if (i->fsm.drained != old.drained)
		i->host->drains_changed(i->host->ctx);
	if (i->fsm_conf.synced && (i->fsm.state != old.state || i->fsm.wants != old.wants ||
				   i->fsm.yield != old.yield || i->fsm.drained != old.drained))
		i->host->unsettled(i->host->ctx);
}

void instance_taken(struct instance *i, int err)
{
	const struct fsm_event refused = {.kind = FSM_REFUSED};

	i->duty = DUTY_NONE;
	if (!err) {
		settle(i);
		return;
	}
	instance_feed(i, &refused);
	log_thing(i->fsm.refusals == 1 ? LOG_ERR : LOG_DEBUG, THING_INSTANCE, i->conf->name,
		  "cannot become Active: %s", i->reason);
}

void instance_released(struct instance *i)
{
	i->duty = DUTY_NONE;
	settle(i);
}

void instance_on_timer(void *ctx, mono_t now)
{
	struct instance *i = ctx;
	const struct fsm_event e = {.kind = FSM_TIMER};

	/* Adverts that wait in the socket count before a deadline that passed meanwhile, unless it
	 * is only that of our next advert. */
	if (i->fsm.state != FSM_ACTIVE || fsm_yielding(&i->fsm))
		ports_drain(i->host->ports, i->conf->interface, i->conf->family);
	if (mono_reached(i->fsm.deadline, now))
		instance_feed(i, &e);
}

void instance_on_garp_timer(void *ctx, mono_t now)
{
	(void)now;
	act_announce_more(ctx);
}

/* ---- taking part ---- */

static void block(struct instance *i, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
static void block(struct instance *i, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vsnprintf(i->blocked, sizeof(i->blocked), format, ap);
	va_end(ap);
}

/* Many receivers and filters take no fragments; those that do count the adverts. */
static void tell_fragments(struct instance *i, const struct link *link)
{
	size_t size = advert_packet_size(i->conf->version, i->conf->family, i->n_mine);
	bool now = size > link->mtu;

	if (now && !i->fragments_told)
		log_thing(LOG_WARNING, THING_INSTANCE, i->conf->name,
			  "adverts of %zu bytes do not fit the MTU of %s, %u: they leave as "
			  "fragments",
			  size, link->name, link->mtu);
	i->fragments_told = now;
}

/* What the interface allows; false with i->blocked set. Opens its socket. */
static bool link_allows(struct instance *i)
{
	const char *name = i->conf->interface, *step;
	uint8_t family = i->conf->family;
	const struct link *link = links_find(i->host->links, name);
	char source[ADDR_STRLEN];
	int err;

	if (!link) {
		ports_drop(i->host->ports, name, family);
		block(i, "interface %s does not exist", name);
	} else if (!debounce_running(i->host->debounce, name) && !i->conf->dont_track_primary) {
		block(i, "interface %s is %s", name,
		      link->running ? "up, but not for long enough" : "down");
	} else if (!addr_is_set(instance_source(i, link))) {
		block(i, "interface %s has no %s address", name,
		      family == FAMILY_IPV6 ? "link-local IPv6" : "IPv4");
	} else if (i->conf->track_source && !links_hold(i->host->links, &i->conf->source)) {
		block(i, "no interface has %s, the source of the adverts",
		      addr_format(&i->conf->source, source));
	} else if (i->vmac_wait[0]) {
		block(i, "%s", i->vmac_wait);
	} else if ((err = ports_use(i->host->ports, link, family, &step)) != 0) {
		block(i, "no VRRP socket on %s: %s: %s", name, step, strerror(-err));
	} else {
		tell_fragments(i, link);
		return true;
	}
	return false;
}

static void tell_blocked(struct instance *i)
{
	if (strcmp(i->blocked, i->blocked_told) == 0)
		return;
	strcpy(i->blocked_told, i->blocked);
	log_thing(LOG_WARNING, THING_INSTANCE, i->conf->name, "waits: %s", i->blocked);
	if (i->ready)
		give_notice(i);
}

static enum fsm_event_kind own_permission(struct instance *i)
{
	i->blocked[0] = '\0';
	if (!link_allows(i))
		return FSM_HALT;
	if (i->stopping) {
		block(i, "the daemon stops");
		return FSM_SHUT;
	}
	if (i->priority.shut_by >= 0) {
		const struct conf_track *t = &i->conf->tracks[i->priority.shut_by];
		char view[TRACK_VIEW_STRLEN];

		block(i, "%s %s is %s", track_kind_name(t->kind), t->name,
		      track_view_text(t, &i->tracks[i->priority.shut_by], view));
		return FSM_SHUT;
	}
	if (!i->ready && !i->adopt) {
		/* Without either the wait ends with the daemon's own start: nobody need know. */
		if (i->host->conf->startup_delay_us > 0 || i->host->conf->startup.len > 0)
			block(i, "vrrp_startup_delay or startup_script runs");
		return FSM_HALT;
	}
	return FSM_START;
}

static enum fsm_event_kind permission(struct instance *i)
{
	enum fsm_event_kind own = own_permission(i);
	bool fit = own == FSM_START;

	if (i->fsm_conf.synced && fit != i->fit)
		i->host->unsettled(i->host->ctx);
	i->fit = fit;
	if (!fit || !i->sync_blocker[0])
		return own;
	block(i, "%s of its sync group cannot take part", i->sync_blocker);
	return FSM_SHUT;
}

static struct priority weigh(const struct instance *i)
{
	return priority_sum(i->conf->priority, i->conf->tracks, i->tracks, i->conf->n_tracks);
}

static void tell_priority(struct instance *i)
{
	enum conf_notice n =
		i->state == FSM_ACTIVE ? NOTICE_MASTER_PRIORITY : NOTICE_BACKUP_PRIORITY;

	if (i->conf->tells_priority && i->state != FSM_INITIALIZE)
		i->host->notice(i->host->ctx, i, n);
}

void instance_review(struct instance *i)
{
	struct fsm_event e = {.adopt = i->adopt};
	bool idle = i->fsm.state == FSM_INITIALIZE;

	i->priority = weigh(i);
	e.priority = i->priority.effective;
	e.kind = permission(i);
	if (i->adopt && e.kind != FSM_START) {
		act_release(&i, 1);
		i->adopt = false;
	}
	/* The delay is for a host that boots; addresses in place show that this one did not. */
	i->ready |= i->adopt;
	if (e.kind == FSM_START ? idle || i->fsm.yield == FSM_SHUT : !idle) {
		if (e.kind != FSM_SHUT || i->fsm.yield != FSM_SHUT)
			instance_feed(i, &e);
		i->adopt = false;
	}
	if (e.priority != i->fsm.priority) {
		e.kind = FSM_PRIORITY;
		instance_feed(i, &e);
		tell_priority(i);
	}
	if (i->blocked[0] && i->fsm.state == FSM_INITIALIZE && !i->stopping)
		tell_blocked(i);
	else
		i->blocked_told[0] = '\0';
	if (i->stopping && instance_gone(i))
		give_notice(i);
}

void instance_sync(struct instance *i, const char *blocker, enum sync_order order)
{
	struct fsm_event e = {.kind = FSM_SYNC_ACTIVE};

	if (strcmp(i->sync_blocker, blocker) != 0) {
		snprintf(i->sync_blocker, sizeof(i->sync_blocker), "%s", blocker);
		instance_review(i);
	}
	if (order == SYNC_STAY)
		return;
	if (order == SYNC_TO_BACKUP)
		e.kind = FSM_SYNC_BACKUP;
	instance_feed(i, &e);
}

void instance_track(struct instance *i, size_t track, const struct track_view *v)
{
	const struct conf_track *t = &i->conf->tracks[track];
	const struct track_view *old = &i->tracks[track];
	uint8_t before = weigh(i).effective, after;
	char text[TRACK_VIEW_STRLEN];

	if (old->state == v->state && old->value == v->value)
		return;
	i->tracks[track] = *v;
	after = weigh(i).effective;
	if (after != before)
		log_thing(LOG_NOTICE, THING_INSTANCE, i->conf->name,
			  "effective priority %u -> %u: %s %s is %s", before, after,
			  track_kind_name(t->kind), t->name, track_view_text(t, v, text));
}

/* ---- the rest ---- */

void instance_address_lost(struct instance *i, int ifindex, const struct prefix *p)
{
	char text[PREFIX_STRLEN];

	/* One that is about to be released need not come back. */
	if (!i->owns || i->duty == DUTY_RELEASE)
		return;
	for (size_t k = 0; k < instance_n_addresses(i); k++) {
		const struct conf_vip *v = instance_address(i, k);
		const char *dev = instance_device(i, v);
		const struct link *link = links_find(i->host->links, dev);
		int err;

		if (!link || link->ifindex != ifindex || !prefix_equal(&v->prefix, p))
			continue;
		if (v->no_track) {
			log_thing(LOG_NOTICE, THING_INSTANCE, i->conf->name,
				  "%s was removed from %s, and is left so: no_track",
				  prefix_format(p, text), dev);
			continue;
		}
		err = act_restore(i, v);
		/* The notice that the interface is gone is on its way, and says it better. */
		if (err == -ENODEV)
			continue;
		log_thing(LOG_WARNING, THING_INSTANCE, i->conf->name, "%s was removed from %s; %s",
			  prefix_format(p, text), dev,
			  err ? strerror(-err) : "put back and announced");
	}
}

void instance_link_changed(struct instance *i, const char *interface)
{
	if (!i->owns || i->duty == DUTY_RELEASE)
		return;
	for (size_t k = 0; k < instance_n_addresses(i); k++) {
		const struct conf_vip *v = instance_address(i, k);

		if (v->dev[0] && strcmp(v->dev, interface) == 0 && !instance_has_vmac(i, interface))
			act_restore(i, v);
	}
}

void instance_announce_on(struct instance *i, const char *interface)
{
	/* Our own macvlan's carrier comes with its being set up, when the addresses are announced
	 * anyway. */
	if (instance_has_vmac(i, interface) && i->garp_left > 0)
		return;
	if (i->owns && i->duty != DUTY_RELEASE && instance_holds_on(i, interface))
		act_announce(i, i->conf->garp_repeat, 0);
}

void instance_drain(struct instance *i, bool force, mono_t until)
{
	const struct fsm_event e = {.kind = FSM_DRAIN, .force = force};

	i->resume_at = until;
	if (instance_drained(i))
		i->host->drains_changed(i->host->ctx);
	else
		instance_feed(i, &e);
}

void instance_resume(struct instance *i)
{
	const struct fsm_event e = {.kind = FSM_RESUME};

	i->resume_at = MONO_NEVER;
	instance_feed(i, &e);
}
