/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The effective priority. Pure; see priority.h. */
#include "vrrpd/priority.h"

#include "vrrpd/advert.h"

const char *track_state_name(enum track_state s)
{
	static const char *const names[] = {"unknown", "up", "down"};

	return names[s];
}

/* `reverse` makes up of down. */
static enum track_state seen_as(const struct conf_track *t, enum track_state s)
{
	if (!t->reverse || s == TRACK_UNKNOWN)
		return s;
	return s == TRACK_UP ? TRACK_DOWN : TRACK_UP;
}

int priority_delta(const struct conf_track *t, enum track_state s)
{
	enum track_state counts = t->weight > 0 ? TRACK_UP : TRACK_DOWN;

	return !t->shutdown && seen_as(t, s) == counts ? t->weight : 0;
}

bool priority_shuts(const struct conf_track *t, enum track_state s)
{
	return (t->shutdown || t->weight == 0) && seen_as(t, s) == TRACK_DOWN;
}

struct priority priority_sum(uint8_t configured, const struct conf_track tracks[],
			     const enum track_state states[], size_t n)
{
	struct priority p = {.shut_by = -1};
	int sum = configured;

	for (size_t i = 0; i < n; i++) {
		sum += priority_delta(&tracks[i], states[i]);
		if (p.shut_by < 0 && priority_shuts(&tracks[i], states[i]))
			p.shut_by = (int)i;
	}
	if (configured == VRRP_PRIORITY_OWNER)
		sum = VRRP_PRIORITY_OWNER;
	else if (sum < 1)
		sum = 1;
	else if (sum > VRRP_PRIORITY_OWNER - 1)
		sum = VRRP_PRIORITY_OWNER - 1;
	p.effective = (uint8_t)sum;
	return p;
}
