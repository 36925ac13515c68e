/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The control socket of a daemon: a UNIX stream, mode 0660, JSON, one object a line. A request is
 * {"command": "...", ...}; the answer is one line, {"ok": true, ...} or {"ok": false, "error":
 * "..."}. A peer that asked for {"command": "events", "follow": true} gets a line per event
 * afterwards. Slow readers are dropped, never waited for. Who asks is known by SO_PEERCRED.
 */
#ifndef COMMON_CONTROL_H
#define COMMON_CONTROL_H

#include <jansson.h>
#include <stdbool.h>
#include <sys/types.h>

#include "common/events.h"
#include "common/loop.h"
#include "common/rfc3339.h"

struct control;

struct control_peer {
	uid_t uid;
	gid_t gid;
	pid_t pid;
};

/*
 * Answers a request: a new reference, sent and dropped by control.c. "events" is answered by
 * control.c itself from the ring given at open.
 */
typedef json_t *(*control_fn)(void *ctx, const char *command, const json_t *request,
			      const struct control_peer *peer);

/* 0 or a negative errno. fn may not close the control. */
int control_open(struct control **out, struct loop *loop, const char *path,
		 const struct events *events, control_fn fn, void *ctx);
/*
 * An event was added to the ring: those that follow get it in a turn of its own. Allocates nothing
 * here, so it may be called from any path. A gap in seq tells a follower that more came in one turn
 * than the ring keeps.
 */
void control_event(struct control *c, const struct event *e);
/* NULL is fine. Unlinks the socket. */
void control_close(struct control *c);

/* {"ok": true} and {"ok": false, "error": text}. */
json_t *control_ok(void);
json_t *control_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* {"time": as rfc3339.h, "thing", "name", "from", "to", "reason", "seq"}. */
json_t *event_json(const struct event *e);

/* ---- the client's side, blocking, for vrrpctl ---- */
/* A connected descriptor or a negative errno; -ENOENT and -ECONNREFUSED: not running. */
int control_connect(const char *path);
/*
 * Sends the request and reads one line of answer within timeout_ms. NULL: no answer (*err is the
 * errno, ETIMEDOUT included). The caller owns the object.
 */
json_t *control_call(int fd, const json_t *request, int timeout_ms, int *err);
/*
 * The next line, for those that follow; timeout_ms < 0 waits for ever. ECONNRESET: the daemon hung
 * up.
 */
json_t *control_read(int fd, int timeout_ms, int *err);

#endif
