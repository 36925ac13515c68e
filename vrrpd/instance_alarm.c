/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An instance's alarms: kept for the status, and told as seldom as alarm.h has it. */
#include <stdarg.h>
#include <stdio.h>

#include "common/log.h"
#include "vrrpd/instance.h"

void instance_alarm(struct instance *i, enum alarm_kind kind, const char *format, ...)
{
	struct alarm *a = &i->alarms[kind];
	char line[ALARM_TEXT_MAX + 48];
	uint64_t more;
	va_list ap;

	if (!alarm_raise(a, loop_now(i->host->loop), &more))
		return;
	va_start(ap, format);
	vsnprintf(a->text, sizeof(a->text), format, ap);
	va_end(ap);
	if (a->times == 1)
		a->since_realtime_us = realtime_us();
	snprintf(line, sizeof(line), "%s", a->text);
	if (more > 0)
		snprintf(line, sizeof(line), "%s (%llu times since it was told)", a->text,
			 (unsigned long long)more + 1);
	log_alarm(i->conf->name, alarm_name(kind), line);
}
