/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Alarms: when they are told, and when they are over. Pure; see alarm.h. */
#include "vrrpd/alarm.h"

#include <inttypes.h>
#include <stdio.h>

#define PAUSE_MIN_US ALARM_HOLD_US
#define PAUSE_MAX_US (3600 * US_PER_S)

const char *alarm_name(enum alarm_kind k)
{
	static const char *const names[ALARM_KINDS] = {
		[ALARM_DUPLICATE_VRID] = "duplicate_vrid",
		[ALARM_SECOND_ACTIVE] = "second_active",
		[ALARM_ADDRESS_CLAIMED] = "address_claimed",
		[ALARM_OWN_ECHO] = "own_echo",
		[ALARM_OTHER_VERSION] = "other_version",
		[ALARM_OTHER_INTERVAL] = "other_interval",
		[ALARM_OTHER_PASSWORD] = "other_password",
		[ALARM_BAD_CHECKSUM] = "bad_checksum",
		[ALARM_ADDRESSES_DIFFER] = "addresses_differ",
		[ALARM_INTERVAL_DIFFERS] = "interval_differs",
		[ALARM_STRANGER] = "stranger",
		[ALARM_POLICIES_CHANGED] = "policies_changed",
		[ALARM_SAS_REMOVED] = "sas_removed",
		[ALARM_INTERFACE_CHANGED] = "interface_changed",
		[ALARM_GUARD_CHANGED] = "guard_changed",
		[ALARM_POLICIES_WRONG] = "policies_wrong",
		[ALARM_SAS_REFUSED] = "sas_refused",
		[ALARM_INTERFACE_WRONG] = "interface_wrong",
		[ALARM_ROUTES_WRONG] = "routes_wrong",
		[ALARM_GUARD_MISSING] = "guard_missing",
	};

	return names[k];
}

bool alarm_is_grave(enum alarm_kind k)
{
	return k <= ALARM_BAD_CHECKSUM || k >= ALARM_INSTANCE_KINDS;
}

bool alarm_raise(struct alarm *a, mono_t now, uint64_t *more)
{
	bool tell = true;

	if (!a->stands) {
		a->stands = true;
		a->begun++;
		a->since = now;
		a->pause_us = PAUSE_MIN_US;
		a->times = a->untold = 0;
	} else if (mono_sub(now, a->told) >= a->pause_us) {
		a->pause_us = 2 * a->pause_us < PAUSE_MAX_US ? 2 * a->pause_us : PAUSE_MAX_US;
	} else {
		tell = false;
	}
	a->times++;
	a->last = now;
	if (!tell) {
		a->untold++;
		return false;
	}
	*more = a->untold;
	a->untold = 0;
	a->told = now;
	return true;
}

static bool lasts(enum alarm_kind k)
{
	return k >= ALARM_POLICIES_WRONG;
}

mono_t alarm_expires_at(enum alarm_kind k, const struct alarm *a)
{
	return a->stands && !lasts(k) ? mono_add(a->last, ALARM_HOLD_US) : MONO_NEVER;
}

bool alarm_expire(enum alarm_kind k, struct alarm *a, mono_t now)
{
	if (!mono_reached(alarm_expires_at(k, a), now))
		return false;
	a->stands = false;
	return true;
}

bool alarm_clear(struct alarm *a, mono_t now)
{
	bool stood = a->stands;

	a->stands = false;
	a->last = now;
	return stood;
}

const char *alarm_story(enum alarm_kind k, const struct alarm *a, char buf[ALARM_STORY_STRLEN])
{
	int64_t s = (mono_sub(a->last, a->since) + US_PER_S / 2) / US_PER_S;

	if (lasts(k))
		snprintf(buf, ALARM_STORY_STRLEN, "after %" PRId64 " s", s);
	else if (a->times == 1)
		snprintf(buf, ALARM_STORY_STRLEN, "once");
	else
		snprintf(buf, ALARM_STORY_STRLEN, "%" PRIu64 " times in %" PRId64 " s", a->times,
			 s);
	return buf;
}

bool rival_goes_on(struct rival *r, mono_t heard, int64_t down_us)
{
	if (mono_sub(heard, r->last) > down_us)
		r->since = heard;
	r->last = heard;
	return mono_sub(heard, r->since) > 2 * down_us;
}
