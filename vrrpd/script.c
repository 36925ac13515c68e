/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A script's results, counted; see script.h. Pure. */
#include "vrrpd/script.h"

void script_begin(struct script_count *c, bool init_fail)
{
	*c = (struct script_count){.state = init_fail ? TRACK_DOWN : TRACK_UNKNOWN};
}

bool script_result(struct script_count *c, unsigned rise, unsigned fall, bool good)
{
	enum track_state says = good ? TRACK_UP : TRACK_DOWN;

	if (says == c->state) {
		c->against = 0;
		return false;
	}
	c->against++;
	if (c->state != TRACK_UNKNOWN && c->against < (good ? rise : fall))
		return false;
	*c = (struct script_count){.state = says};
	return true;
}
