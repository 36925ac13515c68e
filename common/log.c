/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The journal's native datagrams, or lines on stderr. Not sd_journal_sendv(3): that waits while the
 * journal's socket is full, and a stuck journald must not stop adverts. Here a message that cannot
 * go at once is dropped, and the next one that gets through says how many were. Allocates nothing.
 * Contract: log.h.
 */
#include "common/log.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "common/message_ids.h"

#define JOURNAL_SOCKET "/run/systemd/journal/socket"
#define TEXT_MAX 1024

static struct {
	const char *program;
	bool debug;
	int journal; /* a socket, or -1: lines on stderr */
	unsigned dropped;
} log_state = {.program = "", .journal = -1};

/* One entry in the journal's form: KEY=VALUE lines. Holds TEXT_MAX and the fields below with ease.
 */
struct entry {
	char buf[2 * TEXT_MAX];
	size_t len;
};

struct thing_keys {
	const char *field, *message_id;
};

static const struct thing_keys thing_keys[] = {
	[THING_DAEMON] = {NULL, NULL},
	[THING_INSTANCE] = {"VRRP_INSTANCE", MESSAGE_ID_INSTANCE},
	[THING_PROBE] = {"SLA_PROBE", MESSAGE_ID_PROBE},
	[THING_TUNNEL] = {"IPSEC_TUNNEL", MESSAGE_ID_TUNNEL},
	[THING_ALARM] = {NULL, NULL},
};

/* JOURNAL_STREAM is "DEVICE:INODE" of the stream that the service manager gave us. */
static bool stderr_is_journal(void)
{
	const char *env = getenv("JOURNAL_STREAM");
	unsigned long long dev, ino;
	struct stat st;

	if (!env || sscanf(env, "%llu:%llu", &dev, &ino) != 2)
		return false;
	return fstat(STDERR_FILENO, &st) == 0 && st.st_dev == dev && st.st_ino == ino;
}

void log_open(const char *program, bool debug)
{
	if (log_state.journal >= 0)
		close(log_state.journal);
	log_state.program = program;
	log_state.debug = debug;
	log_state.dropped = 0;
	log_state.journal =
		stderr_is_journal() ? socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0) : -1;
}

/* A newline would start another field, or another line. */
static void one_line(char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			*text = ' ';
}

static void add_field(struct entry *e, const char *prefix, const char *key, const char *value)
{
	char *at = e->buf + e->len;
	size_t room = sizeof(e->buf) - e->len;
	int n = snprintf(at, room, "%s%s=%s", prefix, key, value);

	if (n < 0 || (size_t)n + 1 >= room)
		return;
	one_line(at);
	at[n] = '\n';
	e->len += (size_t)n + 1;
}

static bool send_to_journal(const struct entry *e)
{
	struct sockaddr_un to = {.sun_family = AF_UNIX, .sun_path = JOURNAL_SOCKET};

	return sendto(log_state.journal, e->buf, e->len, MSG_DONTWAIT | MSG_NOSIGNAL,
		      (struct sockaddr *)&to, sizeof(to)) >= 0;
}

/* A pipe that polls writable takes PIPE_BUF bytes at once, which a line never exceeds. */
static bool write_to_stderr(int priority, const char *text)
{
	struct pollfd p = {.fd = STDERR_FILENO, .events = POLLOUT};

	return poll(&p, 1, 0) == 1 && dprintf(STDERR_FILENO, "<%d> %s\n", priority, text) >= 0;
}

/* `e` holds the fields beyond the usual ones; text is one line already. */
static bool deliver(struct entry *e, int priority, const char *text)
{
	char digit[2] = {(char)('0' + (priority & LOG_PRIMASK)), 0};

	if (log_state.journal < 0)
		return write_to_stderr(priority & LOG_PRIMASK, text);
	add_field(e, "", "PRIORITY", digit);
	add_field(e, "", "SYSLOG_IDENTIFIER", log_state.program);
	add_field(e, "", "MESSAGE", text);
	return send_to_journal(e);
}

static void report_dropped(void)
{
	struct entry e = {.len = 0};
	char text[64];

	snprintf(text, sizeof(text), "%u messages before this one were lost", log_state.dropped);
	if (deliver(&e, LOG_WARNING, text))
		log_state.dropped = 0;
}

static void emit(struct entry *e, int priority, char *text)
{
	one_line(text);
	if (log_state.dropped)
		report_dropped();
	if (!deliver(e, priority, text))
		log_state.dropped++;
}

static bool wanted(int priority)
{
	return (priority & LOG_PRIMASK) != LOG_DEBUG || log_state.debug;
}

void log_msg(int priority, const char *format, ...)
{
	struct entry e = {.len = 0};
	char text[TEXT_MAX];
	va_list ap;

	if (!wanted(priority))
		return;
	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	emit(&e, priority, text);
}

void log_thing(int priority, enum thing thing, const char *name, const char *format, ...)
{
	const struct thing_keys *k = &thing_keys[thing];
	struct entry e = {.len = 0};
	char text[TEXT_MAX];
	va_list ap;
	int n;

	if (!wanted(priority))
		return;
	n = snprintf(text, sizeof(text), "%.64s: ", name);
	va_start(ap, format);
	vsnprintf(text + n, sizeof(text) - (size_t)n, format, ap);
	va_end(ap);
	if (k->field)
		add_field(&e, "", k->field, name);
	emit(&e, priority, text);
}

void log_transition(int priority, enum thing thing, const char *name, const char *from,
		    const char *to, const char *reason)
{
	const struct thing_keys *k = &thing_keys[thing];
	struct entry e = {.len = 0};
	char text[TEXT_MAX];

	if (!wanted(priority))
		return;
	snprintf(text, sizeof(text), "%s: %s -> %s (%s)", name, from, to, reason);
	if (k->field) {
		add_field(&e, "", "MESSAGE_ID", k->message_id);
		add_field(&e, "", k->field, name);
		add_field(&e, k->field, "_OLD_STATE", from);
		add_field(&e, k->field, "_STATE", to);
	}
	add_field(&e, "", "REASON", reason);
	emit(&e, priority, text);
}

static void alarm_line(int priority, const char *message_id, const char *instance, const char *kind,
		       const char *text)
{
	struct entry e = {.len = 0};
	char line[TEXT_MAX];

	snprintf(line, sizeof(line), "%s%s%s", instance ? instance : "", instance ? ": " : "",
		 text);
	add_field(&e, "", "MESSAGE_ID", message_id);
	if (instance)
		add_field(&e, "", thing_keys[THING_INSTANCE].field, instance);
	add_field(&e, "", "ALARM", kind);
	emit(&e, priority, line);
}

void log_alarm(int priority, const char *instance, const char *kind, const char *text)
{
	alarm_line(priority, instance ? MESSAGE_ID_ALARM : MESSAGE_ID_TUNNELS_ALARM, instance, kind,
		   text);
}

void log_alarm_end(const char *instance, const char *kind, const char *text)
{
	alarm_line(LOG_NOTICE, MESSAGE_ID_ALARM_END, instance, kind, text);
}
