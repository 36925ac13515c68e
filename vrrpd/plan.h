/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Wanted against present: the ordered changes that turn one into the other. Block policies first, then what lets
 * traffic through, own leftovers last; one replacement per place, never delete and add (measured: UPDPOLICY loses
 * nothing, delete and add 28 %). Pure; the caller gives the storage.
 */
#ifndef VRRPD_PLAN_H
#define VRRPD_PLAN_H

#include <stddef.h>

#include "vrrpd/policy.h"

enum change_kind { CHANGE_PUT, CHANGE_DELETE }; /* XFRM_MSG_UPDPOLICY, XFRM_MSG_DELPOLICY */

struct change {
	enum change_kind kind;
	struct policy policy;
};

struct plan {
	struct change *changes; /* caller's storage, n_wanted + n_present entries */
	size_t n;
	const struct policy *conflict; /* a foreign policy in a place that we want: nothing may be applied */
	size_t installed; /* of the wanted ones, how many are present as wanted */
};

void plan_policies(const struct policy wanted[], size_t n_wanted, const struct policy present[],
		   size_t n_present, struct plan *out);

#endif
