/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * When an instance announces its addresses: bursts of rounds, the second burst, the refresh, and
 * the distance between frames that a garp_group keeps. See instance_act.h; turn.c says when there
 * is time for it.
 */
#include "vrrpd/announce.h"
#include "vrrpd/instance_act.h"
#include "vrrpd/pace.h"

/* Between the rounds of a burst: address work of other instances comes first. */
#define GARP_SPACING_US (20 * US_PER_MS)

void act_announce_one(struct instance *i, const struct conf_vip *v)
{
	const struct link *link = links_find(i->host->links, instance_device(i, v));

	if (link)
		announce_send(&i->host->announce, link->ifindex, link->mac, &v->prefix.addr);
}

/* What comes after this round: the next of the burst, the second burst, or the refresh. */
static mono_t next_round(struct instance *i, mono_t now)
{
	const struct conf_instance *c = i->conf;

	if (i->garp_left > 0)
		return mono_add(now, GARP_SPACING_US);
	if (i->garp_second > 0)
		return mono_add(now, i->garp_second_us);
	return c->garp_refresh_us > 0 ? mono_add(now, c->garp_refresh_us) : MONO_NEVER;
}

static void queue_round(struct instance *i, enum work_rank rank)
{
	i->garp_next = 0;
	work_put(&i->host->work, &i->announcing, rank);
}

void act_announce(struct instance *i, unsigned rounds, int64_t delay_us)
{
	if (rounds == 0)
		return;
	i->garp_left = rounds;
	if (delay_us > 0) {
		i->garp_second = rounds;
		i->garp_second_us = delay_us;
	}
	timer_set(&i->garp_timer, MONO_NEVER);
	queue_round(i, WORK_ANNOUNCE);
}

void act_announce_nothing(struct instance *i)
{
	i->garp_left = i->garp_second = 0;
	i->garp_slot = MONO_NEVER;
	timer_set(&i->garp_timer, MONO_NEVER);
	work_drop(&i->host->work, &i->announcing);
}

void act_announce_again(struct instance *i)
{
	const struct conf_instance *c = i->conf;

	if (mono_sub(loop_now(i->host->loop), i->announced) >= GARP_SPACING_US)
		act_announce(i, c->garp_lower_prio_repeat, c->garp_lower_prio_delay_us);
}

void act_announce_more(struct instance *i)
{
	if (!mono_is_never(i->garp_slot)) {
		work_put(&i->host->work, &i->announcing, WORK_REPEAT);
		return;
	}
	if (i->garp_left == 0) {
		i->garp_left = i->garp_second > 0 ? i->garp_second : i->conf->garp_refresh_repeat;
		i->garp_second = 0;
	}
	if (i->garp_left > 0)
		queue_round(i, WORK_REPEAT);
	else
		timer_set(&i->garp_timer, next_round(i, loop_now(i->host->loop)));
}

/* Whether the address may be announced now; else garp_slot says when. */
static bool is_due(struct instance *i, const struct conf_vip *v, mono_t now)
{
	size_t family = v->prefix.addr.family == FAMILY_IPV6;
	struct pace *pace;
	int64_t interval_us;

	if (v->garp_group < 0)
		return true;
	interval_us = i->host->conf->garp_groups[v->garp_group].interval_us[family];
	if (interval_us == 0)
		return true;
	pace = &i->host->garp_paces[v->garp_group][family];
	if (mono_is_never(i->garp_slot))
		i->garp_slot = pace_reserve(pace, now, interval_us);
	if (mono_reached(i->garp_slot, now))
		i->garp_slot = pace_take(pace, now, interval_us);
	if (mono_before(now, i->garp_slot))
		return false;
	i->garp_slot = MONO_NEVER;
	return true;
}

size_t act_announce_some(struct instance *i, size_t most)
{
	size_t all = instance_n_addresses(i), sent = 0;
	mono_t now = loop_now(i->host->loop);

	i->announced = now;
	while (i->garp_next < all && sent < most) {
		const struct conf_vip *v = instance_address(i, i->garp_next);

		if (!is_due(i, v, now)) {
			work_drop(&i->host->work, &i->announcing);
			timer_set(&i->garp_timer, i->garp_slot);
			return sent;
		}
		act_announce_one(i, v);
		i->garp_next++;
		sent++;
	}
	if (i->garp_next < all)
		return sent;
	work_drop(&i->host->work, &i->announcing);
	i->garp_left--;
	timer_set(&i->garp_timer, next_round(i, now));
	return sent;
}
