/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lines of JSON from a control socket (common/control.h). The kept events come in one long line,
 * those that follow in a line each.
 */
#include "vrrpctl/feed.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/control.h"

#define FEED_MAX (16u << 20)
#define FEED_READ 65536u

void feed_init(struct feed *f, enum daemon d)
{
	*f = (struct feed){.daemon = d, .fd = -1};
}

int feed_connect(struct feed *f, const char *dir)
{
	static const char request[] = "{\"command\": \"events\", \"follow\": true}\n";
	char path[256];

	if (f->fd >= 0)
		return 0;
	if (snprintf(path, sizeof(path), "%s/%s.ctl", dir, daemon_name(f->daemon)) >=
	    (int)sizeof(path))
		return -ENAMETOOLONG;
	f->fd = control_connect(path);
	if (f->fd < 0) {
		int err = f->fd;

		f->fd = -1;
		return err;
	}
	f->len = 0;
	if (send(f->fd, request, sizeof(request) - 1, MSG_NOSIGNAL) ==
	    (ssize_t)(sizeof(request) - 1))
		return 0;
	close(f->fd);
	f->fd = -1;
	return -EPIPE;
}

static bool room(struct feed *f)
{
	size_t size = f->size ? f->size * 2 : FEED_READ * 2;
	char *buf;

	if (f->size - f->len >= FEED_READ)
		return true;
	buf = size > FEED_MAX ? NULL : realloc(f->buf, size);
	if (!buf)
		return false;
	f->buf = buf;
	f->size = size;
	return true;
}

bool feed_read(struct feed *f)
{
	while (f->fd >= 0) {
		ssize_t n = room(f) ? recv(f->fd, f->buf + f->len, FEED_READ, MSG_DONTWAIT) : 0;

		if (n > 0) {
			f->len += (size_t)n;
			continue;
		}
		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return true;
		close(f->fd);
		f->fd = -1;
	}
	return false;
}

/* The first whole line as JSON; an empty object when it is none; NULL when no line is complete. */
static json_t *line(struct feed *f)
{
	char *end = f->len ? memchr(f->buf, '\n', f->len) : NULL;
	size_t n;
	json_t *o;

	if (!end)
		return NULL;
	n = (size_t)(end - f->buf);
	o = json_loadb(f->buf, n, 0, NULL);
	f->len -= n + 1;
	memmove(f->buf, end + 1, f->len);
	return o ? o : json_object();
}

static json_t *next_kept(struct feed *f)
{
	json_t *e = json_array_get(f->kept, f->kept_next++);

	if (e)
		return json_incref(e);
	json_decref(f->kept);
	f->kept = NULL;
	return NULL;
}

json_t *feed_next(struct feed *f)
{
	json_t *o, *e;

	for (;;) {
		e = f->kept ? next_kept(f) : NULL;
		if (e)
			return e;
		o = line(f);
		if (!o)
			return NULL;
		f->kept = json_incref(json_object_get(o, "events"));
		f->kept_next = 0;
		e = json_incref(json_object_get(o, "event"));
		json_decref(o);
		if (e)
			return e;
	}
}

void feed_close(struct feed *f)
{
	if (f->fd >= 0)
		close(f->fd);
	json_decref(f->kept);
	free(f->buf);
	feed_init(f, f->daemon);
}
