/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The end of a turn; see turn.h. */
#include "vrrpd/turn.h"

#include "vrrpd/instance_act.h"

/* As many addresses as one datagram to the kernel takes: about a millisecond's work, the most that
 * an advert is late because of it. */
#define TURN_ADDRESSES 64
/* In addresses: a macvlan that goes down makes the kernel wait for all its processors. */
#define MACVLAN_COST 16
/* The same for frames to the LAN. */
#define TURN_FRAMES 64

static size_t cost(const struct instance *i)
{
	size_t macvlans = i->duty == DUTY_RELEASE ? i->conf->n_vmacs : 0;

	return instance_n_addresses(i) + MACVLAN_COST * macvlans;
}

/* Takes the next ones that have the same duty out of the queue. */
static size_t next_batch(struct host *h, struct instance *list[], enum instance_duty *duty)
{
	size_t n = 0, addresses = 0;
	struct work *w;

	while (n < ACT_MAX && (w = h->work.first[WORK_ADDRESSES])) {
		struct instance *i = w->owner;

		addresses += cost(i);
		if (n > 0 && (i->duty != *duty || addresses > TURN_ADDRESSES))
			break;
		*duty = i->duty;
		work_drop(&h->work, w);
		list[n++] = i;
	}
	return n;
}

static void move_addresses(struct host *h)
{
	struct instance *list[ACT_MAX];
	enum instance_duty duty = DUTY_NONE;
	size_t n = next_batch(h, list, &duty);
	int errs[ACT_MAX];

	if (duty == DUTY_TAKE) {
		act_take(list, n, errs);
		for (size_t k = 0; k < n; k++)
			instance_taken(list[k], errs[k]);
	} else {
		act_release(list, n);
		for (size_t k = 0; k < n; k++)
			instance_released(list[k]);
	}
}

static void announce(struct host *h, enum work_rank rank)
{
	size_t left = TURN_FRAMES;
	struct work *w;

	while (left > 0 && (w = h->work.first[rank]))
		left -= act_announce_some(w->owner, left);
}

bool turn_end(void *ctx)
{
	struct host *h = ctx;
	enum work_rank rank = work_next(&h->work);

	if (rank == WORK_ADDRESSES)
		move_addresses(h);
	else if (rank != WORK_RANKS)
		announce(h, rank);
	return work_next(&h->work) != WORK_RANKS;
}

void turn_finish(struct host *h)
{
	while (turn_end(h))
		;
}
