/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The daemon's end of the helper process; see runner.h. */
#include "vrrpd/runner.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/log.h"
#include "vrrpd/runner_wire.h"

#define HOOK_LIMIT_US (30 * US_PER_S)

struct runner {
	struct loop_io io;
	int fd; /* -1: the helper is gone */
	pid_t pid;
	runner_fn fn;
	void *ctx;
};

static const char *describe(const struct runner_reply *y, char *buf, size_t size)
{
	switch (y->end) {
	case END_EXIT:
		snprintf(buf, size, "exit status %d", y->code);
		break;
	case END_SIGNAL:
		snprintf(buf, size, "ended by signal %d", y->code);
		break;
	case END_LIMIT:
		snprintf(buf, size, "killed at its time limit");
		break;
	case END_UNBEGUN:
		snprintf(buf, size, "not started: %s", strerror(y->code));
		break;
	}
	return buf;
}

static void gone(struct runner *r)
{
	loop_io_del(&r->io);
	close(r->fd);
	r->fd = -1;
	log_msg(LOG_ERR,
		"the helper process that runs commands is gone; none runs until a restart");
}

static void on_reply(void *ctx, unsigned events)
{
	struct runner *r = ctx;
	struct runner_reply y;
	char text[160];
	ssize_t n;

	(void)events;
	while ((n = recv(r->fd, &y, sizeof(y), 0)) == (ssize_t)sizeof(y)) {
		bool good = y.end == END_EXIT && y.code == 0;

		describe(&y, text, sizeof(text));
		if (y.task == TASK_CHECK)
			r->fn(r->ctx, y.id, y.end != END_UNBEGUN, good, text);
		else if (y.task == TASK_LINE)
			log_msg(LOG_WARNING, "notify_fifo %.*s: %s", RUNNER_WHAT_MAX, y.what,
				strerror(y.code));
		else if (!good)
			log_msg(LOG_WARNING, "notify command %.*s: %s", RUNNER_WHAT_MAX, y.what,
				text);
	}
	if (n >= 0 || (errno != EAGAIN && errno != EINTR))
		gone(r);
}

int runner_start(struct runner **out, struct loop *loop, runner_fn fn, void *ctx)
{
	struct runner *r = calloc(1, sizeof(*r));
	int fds[2], err;
	pid_t pid;

	if (!r)
		return -ENOMEM;
	*r = (struct runner){.fd = -1, .fn = fn, .ctx = ctx};
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds) != 0) {
		err = -errno;
		free(r);
		return err;
	}
	pid = fork();
	if (pid == 0) {
		runner_child(fds[1]);
		_exit(0);
	}
	err = pid < 0 ? -errno : 0;
	close(fds[1]);
	r->fd = fds[0];
	r->pid = pid;
	if (!err)
		err = loop_io_add(loop, &r->io, r->fd, LOOP_READ, on_reply, r);
	if (err) {
		runner_close(r);
		return err;
	}
	*out = r;
	return 0;
}

static int send_request(struct runner *r, const struct runner_request *q)
{
	size_t size = offsetof(struct runner_request, args) + q->len;

	if (!r || r->fd < 0)
		return -EPIPE;
	return send(r->fd, q, size, MSG_NOSIGNAL | MSG_DONTWAIT) < 0 ? -errno : 0;
}

int runner_check(struct runner *r, uint32_t id, const struct conf_command *c, int64_t limit_us)
{
	struct runner_request q = {.task = TASK_CHECK, .id = id, .limit_us = limit_us};

	q.len = (uint32_t)c->len; /* within RUNNER_ARGS_MAX, see the assertion */
	_Static_assert(CONF_COMMAND_MAX <= RUNNER_ARGS_MAX / 2, "a command fits, and more");
	memcpy(q.args, c->args, c->len);
	return send_request(r, &q);
}

static bool add(struct runner_request *q, const char *text)
{
	size_t n = strlen(text) + 1;

	if (n > sizeof(q->args) - q->len)
		return false;
	memcpy(q->args + q->len, text, n);
	q->len += (uint32_t)n;
	return true;
}

int runner_hook(struct runner *r, const struct conf_command *c, const char *const more[])
{
	struct runner_request q = {.task = TASK_HOOK, .limit_us = HOOK_LIMIT_US};

	memcpy(q.args, c->args, c->len);
	q.len = (uint32_t)c->len;
	for (; *more; more++)
		if (!add(&q, *more))
			return -E2BIG;
	return send_request(r, &q);
}

int runner_line(struct runner *r, const char *fifo, const char *line)
{
	struct runner_request q = {.task = TASK_LINE};

	return add(&q, fifo) && add(&q, line) ? send_request(r, &q) : -E2BIG;
}

/* The helper ends when its socket is closed and its hooks are done. It is waited for, since a
 * supervisor kills what is left of us then. */
void runner_close(struct runner *r)
{
	if (!r)
		return;
	loop_io_del(&r->io);
	if (r->fd >= 0)
		close(r->fd);
	if (r->pid > 0)
		waitpid(r->pid, NULL, 0);
	free(r);
}
