/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The control socket's server side. A peer's requests are read only while nothing waits to be
 * written to it, so that asking faster than reading fills nobody's memory but the kernel's; what a
 * follower does not take grows up to a limit and then costs it the connection. Events reach the
 * followers from the ring in a turn of the loop of their own, so that publishing one allocates
 * nothing. Contract: control.h.
 */
#include "common/control.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/unix_socket.h"

#define PEERS_MAX 64
#define LINE_MAX_BYTES (64u << 10)
#define OUT_MAX_BYTES (8u << 20)

struct peer {
	LIST_ENTRY(peer) next;
	struct control *control;
	struct loop_io io;
	struct control_peer who;
	bool follow;
	bool last; /* nothing more is read: an end of file, or a line that was too long */
	uint64_t next_seq;
	char *out;
	size_t out_len, out_size;
	size_t in_len;
	char in[LINE_MAX_BYTES];
};

struct control {
	struct loop *loop;
	struct loop_io listener;
	struct timer deliver;
	const struct events *events;
	control_fn fn;
	void *ctx;
	LIST_HEAD(, peer) peers;
	size_t n_peers;
	char path[];
};

/* ---- what is said ---- */

json_t *control_ok(void)
{
	return json_pack("{s:b}", "ok", 1);
}

/* Text that is not UTF-8, as a cut-off name may be, loses the bytes in question. */
static json_t *json_text(const char *text)
{
	json_t *s = json_string(text);
	char plain[512];
	size_t i;

	if (s)
		return s;
	for (i = 0; text[i] && i < sizeof(plain) - 1; i++)
		plain[i] = (signed char)text[i] < 0 ? '?' : text[i];
	plain[i] = 0;
	return json_string(plain);
}

json_t *control_error(const char *format, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	return json_pack("{s:b, s:o}", "ok", 0, "error", json_text(text));
}

json_t *event_json(const struct event *e)
{
	char time[RFC3339_STRLEN];

	return json_pack("{s:s, s:s, s:o, s:o, s:o, s:o, s:I}", "time",
			 rfc3339_ms(e->realtime_us, time), "thing", thing_name(e->thing), "name",
			 json_text(e->name), "from", json_text(e->from), "to", json_text(e->to),
			 "reason", json_text(e->reason), "seq", (json_int_t)e->seq);
}

/* ---- a peer's output ---- */

static int append(const char *data, size_t len, void *ctx)
{
	struct peer *p = ctx;

	if (len > OUT_MAX_BYTES - p->out_len)
		return -1;
	if (p->out_len + len > p->out_size) {
		size_t size = p->out_size ? p->out_size : 512;
		char *bigger;

		while (size < p->out_len + len)
			size *= 2;
		bigger = realloc(p->out, size);
		if (!bigger)
			return -1;
		p->out = bigger;
		p->out_size = size;
	}
	memcpy(p->out + p->out_len, data, len);
	p->out_len += len;
	return 0;
}

/* Takes the reference. False: the peer cannot have it and is to be dropped. */
static bool say(struct peer *p, json_t *what)
{
	bool said = what && json_dump_callback(what, append, p, JSON_COMPACT) == 0 &&
		    append("\n", 1, p) == 0;

	json_decref(what);
	return said;
}

/* False when the peer is gone. */
static bool flush(struct peer *p)
{
	ssize_t n;

	if (!p->out_len)
		return true;
	n = send(p->io.fd, p->out, p->out_len, MSG_DONTWAIT | MSG_NOSIGNAL);
	if (n < 0)
		return errno == EAGAIN || errno == EINTR;
	p->out_len -= (size_t)n;
	memmove(p->out, p->out + n, p->out_len);
	if (!p->out_len) {
		free(p->out);
		p->out = NULL;
		p->out_size = 0;
	}
	return true;
}

/* ---- a peer's requests ---- */

static json_t *answer_events(struct peer *p, const json_t *request)
{
	json_t *list = json_array();
	const struct event *e;
	uint64_t seq = 0;

	while ((e = events_next(p->control->events, &seq)))
		json_array_append_new(list, event_json(e));
	p->follow = json_is_true(json_object_get(request, "follow"));
	p->next_seq = seq;
	return json_pack("{s:b, s:o}", "ok", 1, "events", list);
}

static json_t *answer(struct peer *p, const char *line, size_t len)
{
	struct control *c = p->control;
	json_error_t error;
	json_t *request, *reply;
	const char *command;

	request = json_loadb(line, len, JSON_REJECT_DUPLICATES, &error);
	if (!request)
		return control_error("not JSON: %s", error.text);
	command = json_string_value(json_object_get(request, "command"));
	if (!command)
		reply = control_error("a request is an object with a \"command\"");
	else if (strcmp(command, "events") == 0)
		reply = answer_events(p, request);
	else
		reply = c->fn(c->ctx, command, request, &p->who);
	json_decref(request);
	return reply ? reply : control_error("out of memory");
}

/* Serves the first whole line. */
enum served { NO_LINE, SERVED, UNSAYABLE };

static enum served serve_line(struct peer *p)
{
	char *end = memchr(p->in, '\n', p->in_len);
	size_t used;
	bool said;

	if (!end && p->in_len < sizeof(p->in))
		return NO_LINE;
	if (end) {
		used = (size_t)(end - p->in) + 1;
		said = say(p, answer(p, p->in, used - 1));
	} else {
		used = p->in_len;
		p->last = true;
		said = say(p, control_error("a line has at most %zu bytes", sizeof(p->in) - 1));
	}
	p->in_len -= used;
	memmove(p->in, p->in + used, p->in_len);
	return said ? SERVED : UNSAYABLE;
}

/* False when the peer is gone. */
static bool fill(struct peer *p)
{
	ssize_t n;

	if (p->last || p->in_len == sizeof(p->in))
		return true;
	n = recv(p->io.fd, p->in + p->in_len, sizeof(p->in) - p->in_len, MSG_DONTWAIT);
	if (n < 0)
		return errno == EAGAIN || errno == EINTR;
	p->in_len += (size_t)n;
	p->last = n == 0;
	return true;
}

/*
 * One request a turn: a bundle of them must not keep the loop from everybody else. Its next one has
 * its turn as soon as the socket is found writable. False: drop the peer.
 */
static bool step(struct peer *p, unsigned events)
{
	enum served served;

	if (((events & LOOP_READ) && !fill(p)) || !flush(p))
		return false;
	if (p->out_len) { /* not flushed again: what it lets through would hide waiting lines */
		loop_io_events(&p->io, LOOP_WRITE);
		return true;
	}
	served = serve_line(p);
	if (served == UNSAYABLE || !flush(p))
		return false;
	if (p->last && served == NO_LINE && !p->out_len)
		return false;
	loop_io_events(&p->io, p->out_len || served == SERVED ? LOOP_WRITE : LOOP_READ);
	return true;
}

static void drop(struct peer *p)
{
	LIST_REMOVE(p, next);
	p->control->n_peers--;
	loop_io_del(&p->io);
	close(p->io.fd);
	free(p->out);
	free(p);
}

static void on_peer(void *ctx, unsigned events)
{
	struct peer *p = ctx;

	if (!step(p, events))
		drop(p);
}

/* ---- connections ---- */

static bool peer_open(struct control *c, int fd)
{
	struct ucred cred;
	socklen_t len = sizeof(cred);
	struct peer *p;

	if (c->n_peers == PEERS_MAX || getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len) < 0)
		return false;
	p = malloc(sizeof(*p));
	if (!p)
		return false;
	/* Not the whole struct: most lines are short, and untouched pages cost nothing. */
	memset(p, 0, offsetof(struct peer, in));
	p->control = c;
	p->who = (struct control_peer){.uid = cred.uid, .gid = cred.gid, .pid = cred.pid};
	if (loop_io_add(c->loop, &p->io, fd, LOOP_READ, on_peer, p) < 0) {
		free(p);
		return false;
	}
	LIST_INSERT_HEAD(&c->peers, p, next);
	c->n_peers++;
	return true;
}

static void on_listener(void *ctx, unsigned events)
{
	static const char busy[] = "{\"ok\":false,\"error\":\"too many connections\"}\n";
	struct control *c = ctx;
	int fd;

	(void)events;
	fd = accept4(c->listener.fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	if (fd < 0 || peer_open(c, fd))
		return;
	(void)!send(fd, busy, sizeof(busy) - 1, MSG_DONTWAIT | MSG_NOSIGNAL);
	close(fd);
}

static bool say_news(struct peer *p)
{
	const struct event *e;

	while ((e = events_next(p->control->events, &p->next_seq)))
		if (!say(p, json_pack("{s:o}", "event", event_json(e))))
			return false;
	return step(p, 0);
}

static void on_deliver(void *ctx, mono_t now)
{
	struct control *c = ctx;
	struct peer *p, *next;

	(void)now;
	for (p = LIST_FIRST(&c->peers); p; p = next) {
		next = LIST_NEXT(p, next);
		if (p->follow && !say_news(p))
			drop(p);
	}
}

void control_event(struct control *c, const struct event *e)
{
	(void)e;
	timer_set(&c->deliver, loop_now(c->loop));
}

int control_open(struct control **out, struct loop *loop, const char *path,
		 const struct events *events, control_fn fn, void *ctx)
{
	struct control *c = calloc(1, sizeof(*c) + strlen(path) + 1);
	int fd, err;

	if (!c)
		return -ENOMEM;
	c->loop = loop;
	c->events = events;
	c->fn = fn;
	c->ctx = ctx;
	LIST_INIT(&c->peers);
	strcpy(c->path, path);
	timer_init(&c->deliver, loop, on_deliver, c);
	fd = unix_listen(path, SOCK_STREAM);
	err = fd < 0 ? fd : loop_io_add(loop, &c->listener, fd, LOOP_READ, on_listener, c);
	if (err < 0) {
		if (fd >= 0)
			close(fd);
		free(c);
		return err;
	}
	*out = c;
	return 0;
}

void control_close(struct control *c)
{
	struct peer *p;

	if (!c)
		return;
	while ((p = LIST_FIRST(&c->peers)))
		drop(p);
	timer_set(&c->deliver, MONO_NEVER);
	loop_io_del(&c->listener);
	close(c->listener.fd);
	unlink(c->path);
	free(c);
}
