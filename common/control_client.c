/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The control socket's client side. Reads no byte beyond the line that was asked for, so that the
 * next line is still in the socket. Contract: control.h.
 */
#include "common/control.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/unix_socket.h"

#define CHUNK_BYTES 4096u
#define ANSWER_MAX_BYTES (64u << 20)

struct line {
	char *text;
	size_t len, size;
};

int control_connect(const char *path)
{
	return unix_connect(path, SOCK_STREAM);
}

static mono_t deadline_in(int timeout_ms)
{
	return timeout_ms < 0 ? MONO_NEVER : mono_add(mono_clock(), timeout_ms * US_PER_MS);
}

/* 0, -ETIMEDOUT or another negative errno. */
static int wait_for(int fd, short events, mono_t deadline)
{
	struct pollfd p = {.fd = fd, .events = events};
	int64_t left_ms = -1;
	int n;

	if (!mono_is_never(deadline)) {
		left_ms = (mono_sub(deadline, mono_clock()) + US_PER_MS - 1) / US_PER_MS;
		if (left_ms < 0)
			left_ms = 0;
	}
	n = poll(&p, 1, (int)left_ms);
	if (n < 0)
		return errno == EINTR ? 0 : -errno;
	return n == 0 ? -ETIMEDOUT : 0;
}

static int send_all(int fd, const char *data, size_t len, mono_t deadline)
{
	while (len) {
		ssize_t n = send(fd, data, len, MSG_DONTWAIT | MSG_NOSIGNAL);

		if (n >= 0) {
			data += n;
			len -= (size_t)n;
		} else if (errno == EAGAIN) {
			int err = wait_for(fd, POLLOUT, deadline);

			if (err < 0)
				return err;
		} else if (errno != EINTR) {
			return -errno;
		}
	}
	return 0;
}

static int send_request(int fd, const json_t *request, mono_t deadline)
{
	char *text = json_dumps(request, JSON_COMPACT);
	int err;

	if (!text)
		return -ENOMEM;
	err = send_all(fd, text, strlen(text), deadline);
	free(text);
	return err < 0 ? err : send_all(fd, "\n", 1, deadline);
}

/* Takes what the socket holds, up to the end of the line. 1: the line is whole; 0: not yet. */
static int take(int fd, struct line *l)
{
	const char *end;
	ssize_t n;

	if (l->size - l->len < CHUNK_BYTES) {
		size_t size = l->size ? l->size * 2 : 2 * CHUNK_BYTES;
		char *bigger = size > ANSWER_MAX_BYTES ? NULL : realloc(l->text, size);

		if (!bigger)
			return -EMSGSIZE;
		l->text = bigger;
		l->size = size;
	}
	n = recv(fd, l->text + l->len, CHUNK_BYTES, MSG_PEEK | MSG_DONTWAIT);
	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -errno;
	if (n == 0)
		return -ECONNRESET;
	end = memchr(l->text + l->len, '\n', (size_t)n);
	if (end)
		n = end + 1 - (l->text + l->len);
	if (recv(fd, l->text + l->len, (size_t)n, MSG_DONTWAIT) != n)
		return -EIO;
	l->len += (size_t)n;
	return end ? 1 : 0;
}

static json_t *read_line(int fd, mono_t deadline, int *err)
{
	struct line l = {0};
	json_t *answer = NULL;
	int e, whole = 0;

	do {
		e = wait_for(fd, POLLIN, deadline);
		if (e == 0)
			e = whole = take(fd, &l);
	} while (e == 0);
	if (whole == 1) {
		answer = json_loadb(l.text, l.len, 0, NULL);
		e = answer ? 0 : -EPROTO;
	}
	free(l.text);
	*err = -e;
	return answer;
}

json_t *control_read(int fd, int timeout_ms, int *err)
{
	return read_line(fd, deadline_in(timeout_ms), err);
}

json_t *control_call(int fd, const json_t *request, int timeout_ms, int *err)
{
	mono_t deadline = deadline_in(timeout_ms);
	int e = send_request(fd, request, deadline);

	if (e < 0) {
		*err = -e;
		return NULL;
	}
	return read_line(fd, deadline, err);
}
