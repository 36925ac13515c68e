// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * pace: measures outages between two hosts of a laboratory, in both directions at once. One process
 * holds a UDP socket in each of two network namespaces and sends from either to the other on
 * absolute deadlines, 1 ms apart by default. A packet is stamped before it is sent and by the
 * kernel when it arrives, both in CLOCK_REALTIME. Lines written to the control FIFO steer
 * it: "mark LABEL" cuts the run into chapters, "report" appends the figures of the chapters closed
 * so far to the report (it takes some milliseconds, so ask in a quiet moment), "stop" ends the run.
 *
 * The figures are per direction; pace_stats.h says what they mean. The log, written at the end,
 * holds every packet. It sends nothing but these packets and changes nothing else.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "tests/lib/pace_stats.h"

#define BATCH 64
#define MARKS_MAX 64
#define GRACE_US 400000 /* what is still under way at the end arrives within this */

struct payload {
	uint64_t nonce; /* of this run */
	uint32_t way, seq;
};

struct end {
	char name[32]; /* as the report and the log call it */
	struct sockaddr_storage addr;
	socklen_t addr_len;
	int fd;
};

struct mark {
	int64_t us;
	char label[48];
	int64_t late_us; /* the worst lateness of our own sending in this chapter */
	bool reported;
};

struct pace {
	struct end ends[2];
	struct way ways[2]; /* ways[i] goes from ends[i] to the other */
	struct mark marks[MARKS_MAX];
	size_t n_marks;
	uint64_t nonce;
	int timer, control, signals;
	FILE *report;
	int64_t interval_us;
	int64_t due_us; /* CLOCK_REALTIME, of the next packet */
	bool stop;
};

struct options {
	const char *a, *b, *control, *report, *log;
	long interval_us, seconds, port;
};

static int64_t clock_us(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

static struct timespec timespec_of(int64_t us)
{
	return (struct timespec){us / 1000000, us % 1000000 * 1000};
}

static void die(const char *what)
{
	fprintf(stderr, "pace: %s: %s\n", what, strerror(errno));
	exit(1);
}

static bool address_of(struct end *e, const char *text, uint16_t port)
{
	struct sockaddr_in *four = (struct sockaddr_in *)&e->addr;
	struct sockaddr_in6 *six = (struct sockaddr_in6 *)&e->addr;

	if (inet_pton(AF_INET, text, &four->sin_addr) == 1) {
		four->sin_family = AF_INET;
		four->sin_port = htons(port);
		e->addr_len = sizeof(*four);
		return true;
	}
	six->sin6_family = AF_INET6;
	six->sin6_port = htons(port);
	e->addr_len = sizeof(*six);
	return inet_pton(AF_INET6, text, &six->sin6_addr) == 1;
}

/* "NAME,NETNS,ADDRESS": a socket in that namespace, bound to that address. Ours changes. */
static void end_open(struct end *e, const char *spec, long port)
{
	static const int on = 1, room = 4 << 20;
	char path[80] = "/run/netns/", netns[64], address[INET6_ADDRSTRLEN];
	int ns;

	if (sscanf(spec, "%31[^,],%63[^,],%45s", e->name, netns, address) != 3 ||
	    !address_of(e, address, (uint16_t)port)) {
		fprintf(stderr, "pace: NAME,NETNS,ADDRESS expected, not %s\n", spec);
		exit(2);
	}
	strcat(path, netns);
	ns = open(path, O_RDONLY | O_CLOEXEC);
	if (ns < 0 || setns(ns, CLONE_NEWNET))
		die(path);
	close(ns);
	e->fd = socket(e->addr.ss_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (e->fd < 0 || setsockopt(e->fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof(on)) ||
	    setsockopt(e->fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room)) ||
	    bind(e->fd, (struct sockaddr *)&e->addr, e->addr_len))
		die(spec);
}

/* Returns when it was sent. A failed send is a lost packet: the path's own error, seen early. */
static int64_t send_one(struct pace *p, uint32_t way)
{
	struct end *to = &p->ends[1 - way];
	struct payload out = {p->nonce, way, 0};
	int64_t now = clock_us(CLOCK_REALTIME);

	if (!way_sent(&p->ways[way], now, &out.seq)) {
		p->stop = true;
		return now;
	}
	(void)!sendto(p->ends[way].fd, &out, sizeof(out), MSG_DONTWAIT,
		      (struct sockaddr *)&to->addr, to->addr_len);
	return now;
}

static void send_due(struct pace *p)
{
	struct mark *m = &p->marks[p->n_marks - 1];
	uint64_t ticks;
	int64_t late;

	if (read(p->timer, &ticks, sizeof(ticks)) != sizeof(ticks))
		return;
	late = send_one(p, 0) - p->due_us;
	send_one(p, 1);
	if (late > m->late_us)
		m->late_us = late;
	p->due_us += (int64_t)ticks * p->interval_us;
	while (--ticks) {
		send_one(p, 0);
		send_one(p, 1);
	}
}

static int64_t stamp_us(struct msghdr *m)
{
	struct cmsghdr *c;
	struct timespec ts;

	for (c = CMSG_FIRSTHDR(m); c; c = CMSG_NXTHDR(m, c)) {
		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_TIMESTAMPNS)
			continue;
		memcpy(&ts, CMSG_DATA(c), sizeof(ts));
		return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
	}
	return clock_us(CLOCK_REALTIME);
}

/* Reads what came to ends[1 - way]. */
static void receive(struct pace *p, uint32_t way)
{
	struct payload in[BATCH];
	union {
		char buf[CMSG_SPACE(sizeof(struct timespec))];
		struct cmsghdr align;
	} control[BATCH];
	struct mmsghdr msgs[BATCH];
	struct iovec iov[BATCH];
	int i, n;

	do {
		for (i = 0; i < BATCH; i++) {
			iov[i] = (struct iovec){&in[i], sizeof(in[i])};
			msgs[i] = (struct mmsghdr){
				.msg_hdr = {.msg_iov = &iov[i],
					    .msg_iovlen = 1,
					    .msg_control = control[i].buf,
					    .msg_controllen = sizeof(control[i].buf)}};
		}
		n = recvmmsg(p->ends[1 - way].fd, msgs, BATCH, MSG_DONTWAIT, NULL);
		for (i = 0; i < n; i++)
			if (msgs[i].msg_len == sizeof(in[i]) && in[i].nonce == p->nonce &&
			    in[i].way == way)
				way_arrived(&p->ways[way], in[i].seq, stamp_us(&msgs[i].msg_hdr));
	} while (n == BATCH);
}

static void mark_add(struct pace *p, const char *label)
{
	struct mark *m = &p->marks[p->n_marks];

	if (p->n_marks == MARKS_MAX)
		return;
	m->us = clock_us(CLOCK_REALTIME);
	snprintf(m->label, sizeof(m->label), "%s", label);
	p->n_marks++;
}

/* The chapter that marks[i] opened and `until` closed. */
static void report_chapter(struct pace *p, size_t i, int64_t until)
{
	for (size_t w = 0; w < 2; w++) {
		struct way_stats s = way_stats(&p->ways[w], p->marks[i].us, until);

		fprintf(p->report,
			"%s %s>%s sent %u received %u lost %u reordered %u duplicate %u "
			"gap_ms %.1f gap_at_ms %.1f delay_us %lld late_ms %.1f\n",
			p->marks[i].label, p->ends[w].name, p->ends[1 - w].name, s.sent, s.received,
			s.lost, s.reordered, s.duplicate, (double)s.gap_us / 1000,
			(double)(s.gap_start_us - p->marks[i].us) / 1000, (long long)s.delay_p50_us,
			(double)p->marks[i].late_us / 1000);
	}
	fflush(p->report);
	p->marks[i].reported = true;
}

static void report_closed(struct pace *p)
{
	for (size_t i = 0; i + 1 < p->n_marks; i++)
		if (!p->marks[i].reported)
			report_chapter(p, i, p->marks[i + 1].us);
}

static void read_control(struct pace *p)
{
	char buf[512], *line, *rest = buf;
	ssize_t n = read(p->control, buf, sizeof(buf) - 1);

	if (n <= 0)
		return;
	buf[n] = 0;
	while ((line = strsep(&rest, "\n"))) {
		if (!strncmp(line, "mark ", 5))
			mark_add(p, line + 5);
		else if (!strcmp(line, "report"))
			report_closed(p);
		else if (!strcmp(line, "stop"))
			p->stop = true;
	}
}

/* In a laboratory most packets are there as soon as they are sent: so reading follows sending
 * without a wait. */
static void run(struct pace *p)
{
	struct pollfd fds[] = {{p->timer, POLLIN, 0},
			       {p->ends[0].fd, POLLIN, 0},
			       {p->ends[1].fd, POLLIN, 0},
			       {p->control, POLLIN, 0},
			       {p->signals, POLLIN, 0}};

	while (!p->stop) {
		if (poll(fds, sizeof(fds) / sizeof(fds[0]), -1) < 0 && errno != EINTR)
			die("poll");
		if (fds[0].revents)
			send_due(p);
		receive(p, 0);
		receive(p, 1);
		if (fds[3].revents)
			read_control(p);
		if (fds[4].revents)
			p->stop = true;
	}
}

static void finish(struct pace *p)
{
	int64_t until = clock_us(CLOCK_REALTIME);
	size_t i;

	usleep(GRACE_US);
	receive(p, 0);
	receive(p, 1);
	for (i = 0; i < p->n_marks; i++)
		if (!p->marks[i].reported)
			report_chapter(p, i, i + 1 < p->n_marks ? p->marks[i + 1].us : until);
	fclose(p->report);
}

/* mark US LABEL | way NAME>NAME | SENT_US DELAY_US (-1: lost), of the way named last */
static void write_log(const struct pace *p, const char *path)
{
	FILE *f = fopen(path, "w");

	if (!f)
		die(path);
	for (size_t i = 0; i < p->n_marks; i++)
		fprintf(f, "mark %lld %s\n", (long long)p->marks[i].us, p->marks[i].label);
	for (size_t w = 0; w < 2; w++) {
		fprintf(f, "way %s>%s\n", p->ends[w].name, p->ends[1 - w].name);
		for (uint32_t i = 0; i < p->ways[w].n_packets; i++) {
			const struct packet *k = &p->ways[w].packets[i];

			fprintf(f, "%lld %lld\n", (long long)k->sent_us,
				(long long)(k->arrived_us ? k->arrived_us - k->sent_us : -1));
		}
	}
	if (fclose(f))
		die(path);
}

static void start(struct pace *p, const struct options *o)
{
	struct sched_param rr = {.sched_priority = 50};
	struct itimerspec its;
	sigset_t set;
	uint32_t room = (uint32_t)(o->seconds * 1000000 / o->interval_us);
	int64_t first_us;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigprocmask(SIG_BLOCK, &set, NULL);
	p->signals = signalfd(-1, &set, SFD_CLOEXEC);
	end_open(&p->ends[0], o->a, o->port);
	end_open(&p->ends[1], o->b, o->port);
	if (!way_init(&p->ways[0], room) || !way_init(&p->ways[1], room))
		die("memory");
	/* Both ends open: a reader that never sees end of file between two writers. */
	p->control = open(o->control, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	p->report = fopen(o->report, "w");
	if (p->control < 0 || !p->report || getrandom(&p->nonce, sizeof(p->nonce), 0) < 0)
		die("control or report");
	/* Both only sharpen the measurement. */
	(void)mlockall(MCL_CURRENT | MCL_FUTURE);
	(void)sched_setscheduler(0, SCHED_RR, &rr);
	p->interval_us = o->interval_us;
	first_us = clock_us(CLOCK_MONOTONIC) + p->interval_us;
	p->due_us = clock_us(CLOCK_REALTIME) + p->interval_us;
	its.it_value = timespec_of(first_us);
	its.it_interval = timespec_of(p->interval_us);
	p->timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	if (p->timer < 0 || timerfd_settime(p->timer, TFD_TIMER_ABSTIME, &its, NULL))
		die("timerfd");
	mark_add(p, "start");
}

static void usage(void)
{
	fputs("usage: pace --a NAME,NETNS,ADDRESS --b NAME,NETNS,ADDRESS --control FIFO --report "
	      "FILE --log "
	      "FILE\n"
	      "            [--interval-us N] [--seconds N] [--port N]\n",
	      stderr);
	exit(2);
}

static struct options parse_options(int argc, char **argv)
{
	static const struct option longs[] = {
		{"a", 1, NULL, 'a'},       {"b", 1, NULL, 'b'},    {"control", 1, NULL, 'c'},
		{"report", 1, NULL, 'r'},  {"log", 1, NULL, 'l'},  {"interval-us", 1, NULL, 'i'},
		{"seconds", 1, NULL, 's'}, {"port", 1, NULL, 'p'}, {NULL, 0, NULL, 0},
	};
	struct options o = {.interval_us = 1000, .seconds = 300, .port = 7007};
	int c;

	while ((c = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		switch (c) {
		case 'a':
			o.a = optarg;
			break;
		case 'b':
			o.b = optarg;
			break;
		case 'c':
			o.control = optarg;
			break;
		case 'r':
			o.report = optarg;
			break;
		case 'l':
			o.log = optarg;
			break;
		case 'i':
			o.interval_us = strtol(optarg, NULL, 10);
			break;
		case 's':
			o.seconds = strtol(optarg, NULL, 10);
			break;
		case 'p':
			o.port = strtol(optarg, NULL, 10);
			break;
		default:
			usage();
		}
	}
	if (!o.a || !o.b || !o.control || !o.report || !o.log || o.interval_us < 100 ||
	    o.seconds < 1 || o.seconds > 3600)
		usage();
	return o;
}

int main(int argc, char **argv)
{
	struct options o = parse_options(argc, argv);
	struct pace p = {0};

	start(&p, &o);
	run(&p);
	finish(&p);
	write_log(&p, o.log);
	way_free(&p.ways[0]);
	way_free(&p.ways[1]);
	return 0;
}
