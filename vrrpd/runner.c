/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The daemon's end of the helper process; see runner.h. */
#include "vrrpd/runner.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/log.h"
#include "vrrpd/runner_wire.h"

#define HOOK_LIMIT_US (30 * US_PER_S)
#define HIRE_SPACING_US US_PER_S

struct runner {
	struct loop *loop;
	struct loop_io io;
	struct timer rehire;
	mono_t hired;
	int fd; /* -1: the helper is gone */
	pid_t pid;
	const struct runner_ops *ops;
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

static void let_go(struct runner *r)
{
	loop_io_del(&r->io);
	close(r->fd);
	r->fd = -1;
}

/* It was killed, or had no memory left. */
static void gone(struct runner *r)
{
	let_go(r);
	kill(r->pid, SIGKILL);
	waitpid(r->pid, NULL, 0);
	r->pid = 0;
	log_msg(LOG_ERR, "the helper process that runs commands is gone; what it ran is lost");
	timer_set(&r->rehire, mono_add(r->hired, HIRE_SPACING_US));
	r->ops->lost(r->ctx);
}

static void take_reply(struct runner *r, const struct runner_reply *y)
{
	bool good = y->end == END_EXIT && y->code == 0;
	char text[160];

	describe(y, text, sizeof(text));
	if (y->task == TASK_CHECK)
		r->ops->result(r->ctx, y->id, y->end != END_UNBEGUN, good, text);
	else if (y->task == TASK_SERVE)
		r->ops->ended(r->ctx, y->id, text);
	else if (y->task == TASK_LINE)
		log_msg(LOG_WARNING, "notify_fifo %.*s: %s", RUNNER_WHAT_MAX, y->what,
			strerror(y->code));
	else if (!good)
		log_msg(LOG_WARNING, "notify command %.*s: %s", RUNNER_WHAT_MAX, y->what, text);
}

static void on_reply(void *ctx, unsigned events)
{
	struct runner *r = ctx;
	struct runner_reply y;
	ssize_t n;

	(void)events;
	while ((n = recv(r->fd, &y, sizeof(y), 0)) == (ssize_t)sizeof(y))
		take_reply(r, &y);
	if (n >= 0 || (errno != EAGAIN && errno != EINTR))
		gone(r);
}

static int hire(struct runner *r)
{
	int fds[2], err;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds) != 0)
		return -errno;
	r->pid = fork();
	if (r->pid == 0) {
		runner_child(fds[1]);
		_exit(0);
	}
	err = r->pid < 0 ? -errno : 0;
	close(fds[1]);
	r->fd = fds[0];
	r->hired = mono_clock();
	if (!err)
		err = loop_io_add(r->loop, &r->io, r->fd, LOOP_READ, on_reply, r);
	if (err) /* one that was made sees it, and ends */
		let_go(r);
	return err;
}

static void rehire(void *ctx, mono_t now)
{
	struct runner *r = ctx;
	int err = hire(r);

	if (err) {
		log_msg(LOG_ERR, "no helper process to run commands: %s", strerror(-err));
		timer_set(&r->rehire, mono_add(now, HIRE_SPACING_US));
	} else {
		log_msg(LOG_NOTICE, "a new helper process runs commands");
	}
}

int runner_start(struct runner **out, struct loop *loop, const struct runner_ops *ops, void *ctx)
{
	struct runner *r = calloc(1, sizeof(*r));
	int err;

	if (!r)
		return -ENOMEM;
	*r = (struct runner){.loop = loop, .fd = -1, .ops = ops, .ctx = ctx};
	timer_init(&r->rehire, loop, rehire, r);
	err = hire(r);
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

/* Within RUNNER_ARGS_MAX. */
static void set_command(struct runner_request *q, const struct conf_command *c)
{
	_Static_assert(CONF_COMMAND_MAX <= RUNNER_ARGS_MAX / 2, "a command fits, and more");
	memcpy(q->args, c->args, c->len);
	q->len = (uint32_t)c->len;
}

int runner_check(struct runner *r, uint32_t id, const struct conf_command *c, int64_t limit_us)
{
	struct runner_request q = {.task = TASK_CHECK, .id = id, .limit_us = limit_us};

	set_command(&q, c);
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

	set_command(&q, c);
	for (; *more; more++)
		if (!add(&q, *more))
			return -E2BIG;
	return send_request(r, &q);
}

int runner_last(struct runner *r, const struct conf_command *c, int64_t limit_us)
{
	struct runner_request q = {.task = TASK_LAST, .limit_us = limit_us};

	set_command(&q, c);
	return send_request(r, &q);
}

int runner_serve(struct runner *r, uint32_t id, const struct conf_command *c, const char *fifo)
{
	struct runner_request q = {.task = TASK_SERVE, .id = id};

	set_command(&q, c);
	return add(&q, fifo) ? send_request(r, &q) : -E2BIG;
}

int runner_dismiss(struct runner *r, uint32_t id)
{
	struct runner_request q = {.task = TASK_DISMISS, .id = id};

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
	timer_set(&r->rehire, MONO_NEVER);
	if (r->fd >= 0)
		let_go(r);
	if (r->pid > 0)
		waitpid(r->pid, NULL, 0);
	free(r);
}
