/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The only door to the journal. Structured entries when stderr is the journal (JOURNAL_STREAM names
 * it), otherwise lines "<level> text" on stderr, where level is the syslog number, as sd-daemon(3)
 * has it. Never waits: what cannot be written at once is dropped and counted. Its state is this
 * file's one static, set at start. Format strings are literals; one event, one line.
 */
#ifndef COMMON_LOG_H
#define COMMON_LOG_H

#include <stdbool.h>
#include <syslog.h>

#include "common/events.h"

/* program is a literal. Debug messages are dropped unless `debug`. */
void log_open(const char *program, bool debug);

/* priority is syslog's LOG_*. */
void log_msg(int priority, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The same about a thing: "NAME: text", and adds VRRP_INSTANCE=, SLA_PROBE= or IPSEC_TUNNEL=. */
void log_thing(int priority, enum thing thing, const char *name, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
/*
 * A transition: fixed MESSAGE_ID of the kind of thing, <THING>_OLD_STATE=, <THING>_STATE=, REASON=
 * (THING is VRRP_INSTANCE, SLA_PROBE, IPSEC_TUNNEL). One line "NAME: OLD -> NEW (REASON)".
 */
void log_transition(int priority, enum thing thing, const char *name, const char *from,
		    const char *to, const char *reason);
/* What is wrong around an instance, or (NULL) with the tunnels, with a fixed MESSAGE_ID for either
 * and ALARM=kind. */
void log_alarm(int priority, const char *instance, const char *kind, const char *text);
/* That it is over: a notice with a MESSAGE_ID of its own. */
void log_alarm_end(const char *instance, const char *kind, const char *text);

#endif
