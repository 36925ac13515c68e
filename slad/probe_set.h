/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The probes and groups of one configuration, side by side in arrays: what the engine runs, and
 * what a reload makes anew around the probes that stay.
 */
#ifndef SLAD_PROBE_SET_H
#define SLAD_PROBE_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/conf.h"
#include "slad/group.h"
#include "slad/target.h"

struct probe_set {
	size_t n, n_groups;
	struct target **targets;
	mono_t *deadlines;
	unsigned *ifindexes; /* 0: not resolved */
	bool *dirty;
	enum sla_state *states; /* of the targets, for the groups */
	struct group **groups;
};

/*
 * Fills the empty set from the configuration. Targets that did not change are shared with `old`;
 * groups inherit by name. 0, -ENOMEM or -EIO; free it in either case.
 */
int probe_set_make(struct probe_set *s, const struct probe_set *old, const struct conf *c,
		   uint32_t tag, mono_t now);
/* Frees all but the targets that `kept` (may be NULL) shares, and empties the set. */
void probe_set_free(struct probe_set *s, const struct probe_set *kept);

#endif
