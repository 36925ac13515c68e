/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the results of a vrrp_script mean, after keepalived: `fall` failures in a row make it down,
 * `rise` successes up. The first result decides alone; before it the script is unknown, or down
 * with init_fail. Pure.
 */
#ifndef VRRPD_SCRIPT_H
#define VRRPD_SCRIPT_H

#include <stdbool.h>

#include "vrrpd/priority.h"

struct script_count {
	enum track_state state;
	unsigned against; /* results in a row that speak against it */
};

void script_begin(struct script_count *c, bool init_fail);
/* Whether the state changed. */
bool script_result(struct script_count *c, unsigned rise, unsigned fall, bool good);

#endif
