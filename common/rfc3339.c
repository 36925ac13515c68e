/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * RFC 3339 with milliseconds, UTC only, whatever the time zone of the process. Days are counted in
 * the proleptic Gregorian calendar from a March that starts the year, so that leap days fall at the
 * end.
 */
#include "common/rfc3339.h"

#include <stdio.h>
#include <string.h>

#define US_PER_DAY INT64_C(86400000000)
#define DAYS_PER_ERA INT64_C(146097)                /* 400 years */
#define EPOCH_FROM_ERA INT64_C(719468)              /* 0000-03-01 to 1970-01-01 */
#define LAST_US (INT64_C(2932897) * US_PER_DAY - 1) /* the end of 9999 */

struct date {
	int64_t year;
	unsigned month, day;
};

static struct date date_of_day(int64_t days)
{
	int64_t z = days + EPOCH_FROM_ERA;
	int64_t era = z / DAYS_PER_ERA;
	int64_t doe = z % DAYS_PER_ERA;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	unsigned m = (unsigned)((5 * doy + 2) / 153); /* 0: March */
	struct date d = {.year = yoe + era * 400 + (m >= 10)};

	d.month = m < 10 ? m + 3 : m - 9;
	d.day = (unsigned)(doy - (153 * m + 2) / 5 + 1);
	return d;
}

static int64_t day_of_date(struct date d)
{
	int64_t y = d.month <= 2 ? d.year - 1 : d.year;
	int64_t era = y / 400, yoe = y % 400;
	unsigned m = d.month > 2 ? d.month - 3 : d.month + 9;
	int64_t doy = (153 * m + 2) / 5 + d.day - 1;

	return era * DAYS_PER_ERA + yoe * 365 + yoe / 4 - yoe / 100 + doy - EPOCH_FROM_ERA;
}

const char *rfc3339_ms(int64_t realtime_us, char *buf)
{
	int64_t us = realtime_us < 0 ? 0 : realtime_us > LAST_US ? LAST_US : realtime_us;
	struct date d = date_of_day(us / US_PER_DAY);
	unsigned ms = (unsigned)(us % US_PER_DAY / 1000);

	snprintf(buf, RFC3339_STRLEN, "%04u-%02u-%02uT%02u:%02u:%02u.%03uZ",
		 (unsigned)d.year % 10000, d.month % 100, d.day % 100, ms / 3600000 % 100,
		 ms / 60000 % 60, ms / 1000 % 60, ms % 1000);
	return buf;
}

/* n decimal digits at p; -1 when one is none. */
static int digits(const char *p, size_t n)
{
	int v = 0;

	for (; n > 0; n--, p++) {
		if (*p < '0' || *p > '9')
			return -1;
		v = v * 10 + (*p - '0');
	}
	return v;
}

bool rfc3339_parse(const char *text, int64_t *realtime_us)
{
	static const char shape[] = "dddd-dd-ddTdd:dd:dd.dddZ";
	int y, mo, d, h, mi, s, ms;
	int64_t day;

	if (strlen(text) != sizeof(shape) - 1)
		return false;
	for (size_t i = 0; i < sizeof(shape) - 1; i++)
		if (shape[i] != 'd' && shape[i] != text[i])
			return false;
	y = digits(text, 4), mo = digits(text + 5, 2), d = digits(text + 8, 2);
	h = digits(text + 11, 2), mi = digits(text + 14, 2), s = digits(text + 17, 2);
	ms = digits(text + 20, 3);
	if (y < 1970 || mo < 1 || mo > 12 || d < 1 || d > 31 || h < 0 || h > 23 || mi < 0 ||
	    mi > 59 || s < 0 || s > 59 || ms < 0)
		return false;
	day = day_of_date((struct date){y, (unsigned)mo, (unsigned)d});
	*realtime_us = day * US_PER_DAY + (((h * 60 + mi) * 60 + s) * INT64_C(1000) + ms) * 1000;
	return true;
}
