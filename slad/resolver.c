/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Both ends of the look-ups; see resolver.h. A process and not a thread: what the name service's
 * modules do to their process is not done to the one that probes, they run without its privileges,
 * and a look-up that hangs is ended with its process. The helper holds nothing of its parent but
 * the socket: an inherited lock of the runtime directory would outlive a parent that is killed.
 */
#include "slad/resolver.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/caps.h"

/* Where the helper has its socket. */
#define HELPER_FD 3

struct resolver {
	struct loop *loop;
	const struct resolver_ops *ops;
	void *ctx;
	struct loop_io watch;
	int fd; /* -1: the helper died */
	pid_t pid;
};

/* ---- the helper ---- */

static struct addr address_of(const struct addrinfo *i)
{
	const struct sockaddr_in *in = (const void *)i->ai_addr;
	const struct sockaddr_in6 *in6 = (const void *)i->ai_addr;

	return i->ai_family == AF_INET6 ? addr_ipv6(&in6->sin6_addr) : addr_ipv4(&in->sin_addr);
}

/* The first of the answers, or the one that is kept. */
static struct addr choose(const struct addrinfo *list, const struct addr *keep)
{
	for (const struct addrinfo *i = list; i; i = i->ai_next) {
		struct addr a = address_of(i);

		if (addr_is_set(keep) && addr_equal(&a, keep))
			return a;
	}
	return address_of(list);
}

static void look_up(struct resolver_answer *a)
{
	struct addr family = {.family = a->question.family};
	struct addrinfo hints = {.ai_family = addr_af(&family), .ai_socktype = SOCK_RAW};
	struct addrinfo *list = NULL;
	int err = getaddrinfo(a->question.host, NULL, &hints, &list);

	if (err == 0)
		a->address = choose(list, &a->question.keep);
	else
		snprintf(a->why, sizeof(a->why), "%s",
			 err == EAI_SYSTEM ? strerror(errno) : gai_strerror(err));
	if (list)
		freeaddrinfo(list);
}

static void serve(void)
{
	struct resolver_answer a = {0};

	while (recv(HELPER_FD, &a.question, sizeof(a.question), 0) == sizeof(a.question)) {
		look_up(&a);
		if (send(HELPER_FD, &a, sizeof(a), MSG_NOSIGNAL) != sizeof(a))
			break;
		memset(&a, 0, sizeof(a));
	}
}

static void be_helper(int fd, pid_t parent)
{
	static const int signals[] = {SIGHUP, SIGTERM, SIGINT};
	sigset_t none;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent || dup2(fd, HELPER_FD) < 0)
		_exit(EXIT_FAILURE);
	closefrom(HELPER_FD + 1);
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		signal(signals[i], signals[i] == SIGHUP ? SIG_IGN : SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	prctl(PR_SET_NAME, "slad-resolver");
	caps_drop();
	serve();
	_exit(EXIT_SUCCESS);
}

/* ---- its parent ---- */

static void end_helper(struct resolver *r)
{
	if (r->fd < 0)
		return;
	loop_io_del(&r->watch);
	close(r->fd);
	r->fd = -1;
	kill(r->pid, SIGKILL);
	while (waitpid(r->pid, NULL, 0) < 0 && errno == EINTR)
		;
}

static void on_answer(void *ctx, unsigned events)
{
	struct resolver *r = ctx;
	struct resolver_answer a;
	ssize_t n = recv(r->fd, &a, sizeof(a), MSG_DONTWAIT);

	(void)events;
	if (n == sizeof(a))
		r->ops->answered(r->ctx, &a);
	if (n == sizeof(a) || (n < 0 && (errno == EAGAIN || errno == EINTR)))
		return;
	end_helper(r);
	r->ops->lost(r->ctx);
}

static int start_helper(struct resolver *r)
{
	pid_t self = getpid(), pid;
	int fds[2], err;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) < 0)
		return -errno;
	pid = fork();
	if (pid == 0)
		be_helper(fds[1], self);
	err = -errno;
	close(fds[1]);
	if (pid < 0) {
		close(fds[0]);
		return err;
	}
	r->pid = pid;
	r->fd = fds[0];
	err = loop_io_add(r->loop, &r->watch, r->fd, LOOP_READ, on_answer, r);
	if (err < 0)
		end_helper(r);
	return err;
}

int resolver_open(struct resolver **out, struct loop *loop, const struct resolver_ops *ops,
		  void *ctx)
{
	struct resolver *r = calloc(1, sizeof(*r));
	int err;

	if (!r)
		return -ENOMEM;
	*r = (struct resolver){.loop = loop, .ops = ops, .ctx = ctx, .fd = -1};
	err = start_helper(r);
	if (err < 0) {
		free(r);
		return err;
	}
	*out = r;
	return 0;
}

void resolver_close(struct resolver *r)
{
	if (!r)
		return;
	end_helper(r);
	free(r);
}

int resolver_ask(struct resolver *r, const struct resolver_question *q)
{
	int err = r->fd < 0 ? start_helper(r) : 0;

	if (err < 0)
		return err;
	return send(r->fd, q, sizeof(*q), MSG_NOSIGNAL | MSG_DONTWAIT) < 0 ? -errno : 0;
}
