/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The status object of both daemons in one, as `vrrpctl --json status` prints it: vrrpd's answer
 * and slad's records go in, JSON comes out. Also the overall verdict on such an object. Pure, with
 * jansson.
 */
#ifndef VRRPCTL_SNAPSHOT_H
#define VRRPCTL_SNAPSHOT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/sla.h"

/* What was seen of slad. Not running: the rest is without meaning. */
struct slad_view {
	bool running;
	bool stale;
	int64_t pid;
	int64_t heartbeat_age_us;
	const struct sla_verdict *verdicts;
	size_t n;
};

/*
 * vrrpd: the whole answer to "status", NULL when it does not answer; `version` is printed then. The
 * new object is the caller's; NULL: out of memory.
 */
json_t *snapshot_build(const json_t *vrrpd, const struct slad_view *slad, const char *version);
/*
 * Gives every probe "rejected_by", counts by reason, from slad's answer to "rejected"; null for
 * what it does not name, and for all when there is none.
 */
void snapshot_add_reasons(json_t *snapshot, const json_t *answer);
/* One element of "probes". */
json_t *snapshot_probe(const struct sla_verdict *v);

enum health { HEALTH_OK, HEALTH_DEGRADED, HEALTH_DOWN };
#define HEALTH_WHY 200
/*
 * DOWN: this router cannot hold a virtual address. DEGRADED: it can, but something is not as
 * configured, `why` names the first such thing and counts the others. OK: `why` sums up.
 */
enum health snapshot_health(const json_t *snapshot, char why[HEALTH_WHY]);
/* "OK", "DEGRADED", "DOWN". */
const char *health_name(enum health h);

/* The state of instance, probe or tunnel `name`, NULL when there is none; looked up in this order.
 */
const char *snapshot_state(const json_t *snapshot, const char *name);

/* Is this counter of an instance one of adverts that did not count? */
bool snapshot_counts_refusals(const char *key);

#endif
