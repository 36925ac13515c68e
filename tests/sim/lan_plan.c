/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A LAN made from a seed, and its chaos; see lan_plan.h. */
#include "tests/sim/lan_plan.h"

#include "vrrpd/advert.h"

static unsigned below(struct plan *p, unsigned n)
{
	return lan_below(&p->lan, n);
}

/* ---- making one ---- */

static struct fsm_conf some_conf(struct plan *p)
{
	int64_t factor = p->mixed ? 1 + below(p, 4) : 1;

	return (struct fsm_conf){
		.version = p->version,
		.advert_us = p->unit_us * factor,
		.down_adverts = 3,
		.preempt = p->preempt,
		.synced = p->lan.synced,
		.preempt_delay_us = p->delay_us,
	};
}

static uint8_t some_priority(struct plan *p, unsigned router)
{
	if (p->owner && router == 0)
		return VRRP_PRIORITY_OWNER;
	/* From few values, so that some are equal. */
	return (uint8_t)(below(p, 2) ? 1 + below(p, 254) : 100 + below(p, 3));
}

static struct addr some_address(struct plan *p, bool six)
{
	uint8_t bytes[16] = {0};
	struct addr a;

	for (unsigned k = 0; k < sizeof(bytes); k++)
		bytes[k] = (uint8_t)below(p, 256);
	a = six ? addr_ipv6(bytes) : addr_ipv4(bytes);
	for (unsigned k = 0; k < p->lan.n_routers; k++)
		if (addr_equal(&p->lan.routers[k].address, &a))
			return some_address(p, six);
	return a;
}

void lan_plan(struct plan *p, uint64_t seed)
{
	static const int64_t units[] = {10 * US_PER_MS, 100 * US_PER_MS, US_PER_S};
	struct lan *l = &p->lan;
	bool six;

	l->seed = seed;
	l->random = seed * 2 + 1;
	l->now = (mono_t){US_PER_S};
	l->delay_min_us = l->delay_max_us = WIRE_US;
	l->n_routers = 2 + below(p, LAN_ROUTERS - 1);
	l->n_groups = 1 + below(p, LAN_GROUPS);
	l->synced = l->n_groups > 1 && below(p, 2);
	p->version = below(p, 3) ? 3 : 2;
	p->preempt = below(p, 4) != 0;
	p->owner = below(p, 4) == 0;
	p->mixed = p->version == 3 && below(p, 2);
	p->unit_us = p->version == 2 ? US_PER_S : units[below(p, 3)];
	p->longest_us = p->unit_us * (p->mixed ? 4 : 1);
	p->delay_us = below(p, 4) ? 0 : p->longest_us * (1 + below(p, 10));
	/* No skew is longer than an interval. */
	p->down_us = 4 * p->longest_us;
	six = p->version == 3 && below(p, 2);
	for (unsigned k = 0; k < l->n_routers; k++) {
		l->routers[k].address = some_address(p, six);
		for (unsigned g = 0; g < l->n_groups; g++) {
			l->routers[k].members[g].conf = some_conf(p);
			l->routers[k].members[g].configured =
				l->synced && g ? l->routers[k].members[0].configured
					       : some_priority(p, k);
		}
	}
}

/* ---- chaos ---- */

static void change_lan(struct plan *p)
{
	struct lan *l = &p->lan;

	switch (below(p, 4)) {
	case 0:
		l->loss_percent = below(p, 80);
		break;
	case 1:
		l->double_percent = below(p, 50);
		break;
	case 2: /* adverts overtake each other when the spread is longer than their interval */
		l->delay_max_us = l->delay_min_us + below(p, (unsigned)(3 * p->unit_us));
		break;
	default:
		l->routers[below(p, l->n_routers)].side = below(p, 2);
		break;
	}
}

static void change_member(struct plan *p, unsigned k, unsigned g)
{
	struct lan *l = &p->lan;
	struct lan_member *m = &l->routers[k].members[g];
	struct fsm_conf c;

	switch (below(p, 6)) {
	case 0: /* a tracked path dies or comes back; an owner is not weighed */
		if (m->configured != VRRP_PRIORITY_OWNER)
			lan_feed(l, k, g,
				 &(struct fsm_event){.kind = FSM_PRIORITY,
						     .priority = (uint8_t)(1 + below(p, 254))});
		break;
	case 1:
		lan_shut(l, k, g, true);
		break;
	case 2:
		lan_shut(l, k, g, false);
		break;
	case 3:
		lan_feed(l, k, g,
			 &(struct fsm_event){.kind = FSM_DRAIN, .force = below(p, 2) == 0});
		break;
	case 4:
		lan_feed(l, k, g, &(struct fsm_event){.kind = FSM_RESUME});
		break;
	default:
		c = some_conf(p);
		lan_reload(l, k, g, &c, some_priority(p, k));
		break;
	}
}

void lan_disturb(struct plan *p)
{
	struct lan *l = &p->lan;
	unsigned k = below(p, l->n_routers);
	struct lan_router *r = &l->routers[k];

	switch (below(p, 8)) {
	case 0:
		lan_cut(l, k);
		break;
	case 1:
		if (!r->alive)
			lan_start(l, k);
		break;
	case 2:
		r->stalled_until = mono_add(l->now, below(p, (unsigned)(8 * p->unit_us)));
		break;
	case 3:
		r->refuses_until = mono_add(l->now, below(p, (unsigned)(8 * p->unit_us)));
		break;
	case 4:
	case 5:
		change_lan(p);
		break;
	default:
		if (r->alive && mono_reached(r->stalled_until, l->now))
			change_member(p, k, below(p, l->n_groups));
		break;
	}
}
