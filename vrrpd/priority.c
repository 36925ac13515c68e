/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The effective priority. Pure; see priority.h. */
#include "vrrpd/priority.h"

#include <inttypes.h>
#include <stdio.h>

#include "vrrpd/advert.h"

#define WEIGHT_MAX 253

const char *track_state_name(enum track_state s)
{
	static const char *const names[] = {"unknown", "up", "down"};

	return names[s];
}

const char *track_kind_name(enum conf_track_kind k)
{
	static const char *const names[] = {"interface", "sla", "tunnel", "file", "script"};

	return names[k];
}

const char *track_view_text(const struct conf_track *t, const struct track_view *v,
			    char buf[TRACK_VIEW_STRLEN])
{
	if (t->kind == TRACK_FILE && v->state != TRACK_UNKNOWN)
		snprintf(buf, TRACK_VIEW_STRLEN, "%" PRId64, v->value);
	else
		snprintf(buf, TRACK_VIEW_STRLEN, "%s", track_state_name(v->state));
	return buf;
}

/* `reverse` makes up of down. */
static enum track_state seen_as(const struct conf_track *t, enum track_state s)
{
	if (!t->reverse || s == TRACK_UNKNOWN)
		return s;
	return s == TRACK_UP ? TRACK_DOWN : TRACK_UP;
}

/* A file weighs as much as its value says. */
static int64_t file_delta(const struct conf_track *t, const struct track_view *v)
{
	return v->state == TRACK_UNKNOWN ? 0 : v->value * t->weight * (t->reverse ? -1 : 1);
}

int priority_delta(const struct conf_track *t, const struct track_view *v)
{
	enum track_state counts = t->weight > 0 ? TRACK_UP : TRACK_DOWN;
	int64_t delta;

	if (t->shutdown)
		return 0;
	if (t->kind != TRACK_FILE)
		return seen_as(t, v->state) == counts ? t->weight : 0;
	delta = file_delta(t, v);
	if (delta < -WEIGHT_MAX)
		return 0; /* it shuts */
	return delta > WEIGHT_MAX ? WEIGHT_MAX : (int)delta;
}

bool priority_shuts(const struct conf_track *t, const struct track_view *v)
{
	if (t->shutdown || t->weight == 0)
		return seen_as(t, v->state) == TRACK_DOWN;
	return t->kind == TRACK_FILE && file_delta(t, v) < -WEIGHT_MAX;
}

struct priority priority_sum(uint8_t configured, const struct conf_track tracks[],
			     const struct track_view views[], size_t n)
{
	struct priority p = {.shut_by = -1};
	int sum = configured;

	for (size_t i = 0; i < n; i++) {
		sum += priority_delta(&tracks[i], &views[i]);
		if (p.shut_by < 0 && priority_shuts(&tracks[i], &views[i]))
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
