/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Wall-clock time as RFC 3339 text in UTC with milliseconds, and back. Pure: the time is an
 * argument. */
#ifndef COMMON_RFC3339_H
#define COMMON_RFC3339_H

#include <stdbool.h>
#include <stdint.h>

#define RFC3339_STRLEN 32

/* "2026-01-02T03:04:05.678Z"; buf of at least RFC3339_STRLEN bytes, returned. Years 1970 to 9999.
 */
const char *rfc3339_ms(int64_t realtime_us, char *buf);
/* Exactly the form above. False leaves *realtime_us untouched. */
bool rfc3339_parse(const char *text, int64_t *realtime_us);

#endif
