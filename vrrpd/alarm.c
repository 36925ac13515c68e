/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Alarms: when they are told, and when they are over. Pure; see alarm.h. */
#include "vrrpd/alarm.h"

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
	};

	return names[k];
}

bool alarm_is_grave(enum alarm_kind k)
{
	return k <= ALARM_BAD_CHECKSUM;
}

bool alarm_stands(const struct alarm *a, mono_t now)
{
	return a->times > 0 && mono_sub(now, a->last) <= ALARM_HOLD_US;
}

bool alarm_raise(struct alarm *a, mono_t now, uint64_t *more)
{
	bool tell = true;

	if (!alarm_stands(a, now)) {
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

bool rival_goes_on(struct rival *r, mono_t heard, int64_t down_us)
{
	if (mono_sub(heard, r->last) > down_us)
		r->since = heard;
	r->last = heard;
	return mono_sub(heard, r->since) > 2 * down_us;
}
