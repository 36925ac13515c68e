/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Wanted against present: the ordered changes that turn one into the other. Block policies first,
 * then what lets traffic through, own leftovers last; one replacement per place, never delete and
 * add (measured: UPDPOLICY loses nothing, delete and add 28 %). Pure; the caller gives the storage.
 */
#ifndef VRRPD_PLAN_H
#define VRRPD_PLAN_H

#include <stddef.h>
#include <stdint.h>

#include "vrrpd/policy.h"

enum change_kind { CHANGE_PUT, CHANGE_DELETE }; /* XFRM_MSG_UPDPOLICY, XFRM_MSG_DELPOLICY */

struct change {
	enum change_kind kind;
	struct policy policy;
};

struct plan {
	struct change *changes; /* caller's storage, n_wanted + n_present entries */
	uint8_t *scratch;       /* caller's storage, n_wanted + n_present + 1 bytes */
	size_t n;
	/* The first foreign policy in a place that we want. A start refuses; a repair does the
	 * rest. */
	const struct policy *conflict;
};

/*
 * present is sorted by policy_place_cmp, as a dump of nl_xfrm.h is; the policies of ours in it that
 * are still wanted get the wanted one's kind and tunnel. wanted gets its indices: the present one's
 * where that is ours, else a number that no policy of ours has; 0 marks one whose place a foreign
 * policy has.
 */
void plan_policies(struct policy wanted[], size_t n_wanted, struct policy present[],
		   size_t n_present, struct plan *out);

#endif
