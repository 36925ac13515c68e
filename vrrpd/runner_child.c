/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The helper process: starts commands, waits for them, kills them at their time limit and says how
 * they ended. It has left everything of the daemon behind but one socket, standard output and
 * error; it may block and allocate as it likes.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/loop.h"
#include "vrrpd/runner_fifos.h"
#include "vrrpd/runner_wire.h"

#define RUNNING_MAX 256
#define WAITING_MAX 1000
#define ARGS_MAX 64
/* For what is left when the daemon has gone. */
#define FAREWELL_US (5 * US_PER_S)
/* What serves has so long to see that its FIFO is closed, and then to follow SIGTERM. */
#define CLOSING_US (500 * US_PER_MS)
#define LOOK_US (10 * US_PER_MS)
#define TERM_US US_PER_S

struct running {
	pid_t pid;
	int pidfd;
	mono_t deadline;
	bool told, killed; /* SIGTERM, SIGKILL */
	struct runner_reply reply;
};

struct waiting {
	STAILQ_ENTRY(waiting) next;
	struct runner_request request;
};

struct helper {
	int fd;
	bool orphan;  /* the daemon has gone */
	bool closing; /* then: and nothing is left to tell */
	mono_t until; /* then: the end */
	int64_t farewell_us;
	struct running running[RUNNING_MAX];
	size_t n;
	bool hook; /* one runs */
	STAILQ_HEAD(, waiting) hooks;
	size_t n_waiting;
	struct fifos fifos;
};

/* ---- a command ---- */

static void keep_only(int fd)
{
	int null = open("/dev/null", O_RDWR);

	if (null >= 0)
		dup2(null, STDIN_FILENO);
	if (fd > 3)
		dup2(fd, 3);
	syscall(SYS_close_range, fd < 0 ? 3 : 4, ~0u, 0);
}

static void execute(struct runner_request *q)
{
	char *argv[ARGS_MAX + 1];
	size_t n = 0;

	for (size_t at = 0; at < q->len && n < ARGS_MAX; at += strlen(q->args + at) + 1)
		argv[n++] = q->args + at;
	argv[n] = NULL;
	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	for (int s = 1; s < NSIG; s++)
		signal(s, SIG_DFL);
	keep_only(-1);
	if (n > 0)
		execvp(argv[0], argv);
	_exit(errno == ENOENT ? 127 : 126); /* as a shell has it */
}

static void tell(const struct helper *h, const struct runner_reply *y)
{
	struct pollfd p = {.fd = h->fd, .events = POLLOUT};

	while (!h->orphan && send(h->fd, y, sizeof(*y), MSG_NOSIGNAL) < 0 && errno == EAGAIN)
		poll(&p, 1, -1);
}

static void name(struct runner_reply *y, const struct runner_request *q)
{
	snprintf(y->what, sizeof(y->what), "%.*s", RUNNER_WHAT_MAX - 1, q->args);
}

static bool is_hook(enum runner_task t)
{
	return t == TASK_HOOK || t == TASK_LAST;
}

static void begin(struct helper *h, struct runner_request *q)
{
	struct running *r = &h->running[h->n];
	int err = EAGAIN;

	*r = (struct running){.pid = -1, .pidfd = -1};
	r->reply = (struct runner_reply){.task = q->task, .id = q->id};
	name(&r->reply, q);
	if (h->n < RUNNING_MAX - 1) {
		r->pid = fork();
		err = errno;
	}
	if (r->pid == 0)
		execute(q);
	if (r->pid > 0) {
		setpgid(r->pid, r->pid); /* whoever of both comes first */
		r->pidfd = (int)syscall(SYS_pidfd_open, r->pid, 0);
		err = errno;
		r->deadline =
			q->task == TASK_SERVE ? MONO_NEVER : mono_add(mono_clock(), q->limit_us);
	}
	if (r->pidfd >= 0) {
		h->n++;
		h->hook |= is_hook(q->task);
		return;
	}
	if (r->pid > 0) {
		kill(-r->pid, SIGKILL);
		waitpid(r->pid, NULL, 0);
	}
	r->reply.end = END_UNBEGUN;
	r->reply.code = err;
	tell(h, &r->reply);
}

/* Ends it when it has ended; what it left in its group goes too when it was killed. */
static bool over(struct helper *h, struct running *r)
{
	int status;

	if (waitpid(r->pid, &status, WNOHANG) != r->pid)
		return false;
	if (r->killed) {
		r->reply.end = END_LIMIT;
	} else if (WIFEXITED(status)) {
		r->reply.end = END_EXIT;
		r->reply.code = WEXITSTATUS(status);
	} else {
		r->reply.end = END_SIGNAL;
		r->reply.code = WTERMSIG(status);
	}
	close(r->pidfd);
	h->hook &= !is_hook(r->reply.task);
	tell(h, &r->reply);
	return true;
}

/* What serves is asked first. */
static void kill_late(struct running *r, mono_t now)
{
	if (r->killed || !mono_reached(r->deadline, now))
		return;
	if (r->reply.task == TASK_SERVE && !r->told) {
		r->told = true;
		r->deadline = mono_add(now, TERM_US);
		kill(-r->pid, SIGTERM);
		return;
	}
	r->killed = true;
	r->deadline = MONO_NEVER;
	kill(-r->pid, SIGKILL);
}

static void look_after(struct helper *h)
{
	mono_t now = mono_clock();

	for (size_t k = 0; k < h->n;) {
		kill_late(&h->running[k], now);
		if (over(h, &h->running[k]))
			h->running[k] = h->running[--h->n];
		else
			k++;
	}
}

/* ---- requests ---- */

static void line_up(struct helper *h, const struct runner_request *q)
{
	struct waiting *w = h->n_waiting < WAITING_MAX ? calloc(1, sizeof(*w)) : NULL;
	struct runner_reply y = {.task = q->task, .id = q->id, .end = END_UNBEGUN, .code = ENOBUFS};

	if (!w) {
		name(&y, q);
		tell(h, &y);
		return;
	}
	w->request = *q;
	STAILQ_INSERT_TAIL(&h->hooks, w, next);
	h->n_waiting++;
}

static void next_hook(struct helper *h)
{
	struct waiting *w = STAILQ_FIRST(&h->hooks);

	if (h->hook || !w)
		return;
	STAILQ_REMOVE_HEAD(&h->hooks, next);
	h->n_waiting--;
	begin(h, &w->request);
	free(w);
}

static void write_line(struct helper *h, const struct runner_request *q)
{
	const char *line = q->args + strlen(q->args) + 1;
	struct runner_reply y = {.task = TASK_LINE, .end = END_UNBEGUN};
	int fd = fifos_open(&h->fifos, q->args);

	if (fd >= 0 && write(fd, line, strlen(line)) >= 0)
		return;
	y.code = fd < 0 ? -fd : errno;
	name(&y, q);
	tell(h, &y);
}

/* What serves finds its FIFO there. */
static void serve(struct helper *h, struct runner_request *q)
{
	size_t last = 0;

	for (size_t at = 0; at < q->len; at += strlen(q->args + at) + 1)
		last = at;
	fifos_open(&h->fifos, q->args + last);
	begin(h, q);
}

static void dismiss(struct helper *h, uint32_t id)
{
	for (size_t k = 0; k < h->n; k++)
		if (h->running[k].reply.task == TASK_SERVE && h->running[k].reply.id == id)
			h->running[k].deadline = MONO_ZERO;
}

/* Nobody asks for checks any more. */
static void orphaned(struct helper *h)
{
	h->orphan = true;
	h->until = mono_add(mono_clock(), h->farewell_us);
	for (size_t k = 0; k < h->n; k++)
		if (h->running[k].reply.task == TASK_CHECK)
			h->running[k].deadline = MONO_ZERO;
}

/* The hooks are over, and what serves may have lines to read. */
static bool only_serves(const struct helper *h)
{
	return h->orphan && !h->closing && !h->hook && h->n_waiting == 0;
}

/* What nobody has read is lost when a FIFO is closed; who reads it comes to its end then. */
static void close_fifos(struct helper *h)
{
	mono_t late = mono_add(mono_clock(), CLOSING_US);

	if (!only_serves(h) || !fifos_all_read(&h->fifos))
		return;
	h->closing = true;
	fifos_close(&h->fifos);
	for (size_t k = 0; k < h->n; k++)
		if (h->running[k].reply.task == TASK_SERVE)
			h->running[k].deadline = late;
}

static void take(struct helper *h, struct runner_request *q)
{
	switch (q->task) {
	case TASK_CHECK:
		begin(h, q);
		break;
	case TASK_SERVE:
		serve(h, q);
		break;
	case TASK_DISMISS:
		dismiss(h, q->id);
		break;
	case TASK_LINE:
		write_line(h, q);
		break;
	case TASK_LAST:
		h->farewell_us += q->limit_us;
		line_up(h, q);
		break;
	case TASK_HOOK:
		line_up(h, q);
		break;
	}
}

static void receive(struct helper *h)
{
	struct runner_request q;
	ssize_t n;

	while ((n = recv(h->fd, &q, sizeof(q), 0)) >=
	       (ssize_t)offsetof(struct runner_request, args))
		take(h, &q);
	if (n >= 0 || (errno != EAGAIN && errno != EINTR))
		orphaned(h);
}

/* ---- life ---- */

static int wait_ms(const struct helper *h)
{
	mono_t first = h->orphan ? h->until : MONO_NEVER;
	int64_t us;

	for (size_t k = 0; k < h->n; k++)
		if (mono_before(h->running[k].deadline, first))
			first = h->running[k].deadline;
	if (mono_is_never(first))
		return -1;
	us = mono_sub(first, mono_clock());
	if (only_serves(h) && us > LOOK_US)
		us = LOOK_US;
	return us <= 0 ? 0 : (int)(us / US_PER_MS) + 1;
}

static void wait_for_something(struct helper *h)
{
	struct pollfd p[RUNNING_MAX + 1];

	for (size_t k = 0; k < h->n; k++)
		p[k] = (struct pollfd){.fd = h->running[k].pidfd, .events = POLLIN};
	p[h->n] = (struct pollfd){.fd = h->orphan ? -1 : h->fd, .events = POLLIN};
	poll(p, h->n + 1, wait_ms(h));
}

/* Of the daemon's only its user is left. */
static void become_nobody_special(int fd)
{
	static const int ignored[] = {SIGTERM, SIGINT, SIGHUP, SIGPIPE, SIGQUIT, SIGUSR1, SIGUSR2};
	static const char *const secrets[] = {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID",
					      "CREDENTIALS_DIRECTORY"};
	struct sched_param usual = {0};
	sigset_t none;

	for (int s = 1; s < NSIG; s++)
		signal(s, SIG_DFL);
	for (size_t k = 0; k < sizeof(ignored) / sizeof(ignored[0]); k++)
		signal(ignored[k], SIG_IGN);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	for (size_t k = 0; k < sizeof(secrets) / sizeof(secrets[0]); k++)
		unsetenv(secrets[k]);
	/* Under the unit it is so already, and forbidden. */
	sched_setscheduler(0, SCHED_OTHER, &usual);
	prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	prctl(PR_SET_NAME, "vrrpd-commands");
	keep_only(fd);
}

void runner_child(int fd)
{
	struct helper *h = calloc(1, sizeof(*h));

	if (!h)
		return;
	become_nobody_special(fd);
	h->fd = 3;
	h->farewell_us = FAREWELL_US;
	STAILQ_INIT(&h->hooks);
	while (!h->orphan || h->n > 0 || h->n_waiting > 0) {
		wait_for_something(h);
		if (!h->orphan)
			receive(h);
		look_after(h);
		next_hook(h);
		close_fifos(h);
		if (h->orphan && mono_reached(h->until, mono_clock()))
			break;
	}
	for (size_t k = 0; k < h->n; k++)
		kill(-h->running[k].pid, SIGKILL);
	free(h);
}
