/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Raw sockets for ICMP echo: queues, batches, stamps; see echo_io.h. */
#include "slad/echo_io.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "slad/echo_socket.h"
#include "slad/proof.h"

#define BATCH 32u
/* Headers with all options, and what RFC 4884 makes of the packet that an error quotes. */
#define HEADROOM 256u
/* Batches that one call reads at most, so that a flood cannot hold the loop. */
#define DRAIN_MAX 256u
/* A stamp older than this is a wall clock that was moved, not a packet that waited. */
#define STAMP_MAX_US (10 * US_PER_S)

/* One family's socket, or its proof's. */
struct port {
	struct echo_io *io;
	enum family family;
	struct proof *proof; /* whose socket it is */
	int fd;              /* negative: this kernel does without the family */
	struct loop_io watch;
	int df; /* what the socket is set to, -1: nothing yet */
	uint32_t dropped;
};

struct out_slot {
	struct port *port;
	size_t index;
	bool df;
	uint16_t id;
	uint32_t seq;
	struct iovec iov;
	struct echo_envelope envelope;
};

struct in_slot {
	struct iovec iov;
	struct echo_slip slip;
};

struct echo_io {
	const struct echo_io_ops *ops;
	void *ctx;
	struct port ipv4, ipv6;
	struct port proven[N_FAMILIES]; /* IPv4, IPv6; without a proof: no probe has a tunnel */
	struct echo_io_counters counters;
	size_t room; /* bytes of each buffer */
	uint8_t *buffers;
	size_t queued;
	struct out_slot out[BATCH];
	struct mmsghdr out_msgs[BATCH];
	struct in_slot in[BATCH];
	struct mmsghdr in_msgs[BATCH];
};

static void drain(struct port *port);

static void on_readable(void *ctx, unsigned events)
{
	struct port *port = ctx;

	(void)events;
	drain(port);
	port->io->ops->drained(port->io->ctx);
}

static int open_port(struct port *port, struct loop *loop, uint32_t tag, uint16_t base,
		     uint16_t mask)
{
	port->fd = echo_socket_open(port->family, tag, base, mask);
	if (port->fd < 0)
		return port->fd;
	return loop_io_add(loop, &port->watch, port->fd, LOOP_READ, on_readable, port);
}

static void close_port(struct port *port)
{
	loop_io_del(&port->watch);
	if (port->fd >= 0)
		close(port->fd);
}

int echo_io_open(struct echo_io **out, struct loop *loop, uint32_t tag, uint16_t base,
		 uint16_t mask, const struct echo_io_ops *ops, void *ctx)
{
	struct echo_io *io = calloc(1, sizeof(*io));
	int err;

	if (!io)
		return -ENOMEM;
	*io = (struct echo_io){
		.ops = ops,
		.ctx = ctx,
		.ipv4 = {.io = io, .family = FAMILY_IPV4, .fd = -1, .df = -1},
		.ipv6 = {.io = io, .family = FAMILY_IPV6, .fd = -1, .df = -1},
		.proven = {{.io = io, .family = FAMILY_IPV4, .fd = -1, .df = -1},
			   {.io = io, .family = FAMILY_IPV6, .fd = -1, .df = -1}},
	};
	err = open_port(&io->ipv4, loop, tag, base, mask);
	if (err == 0)
		err = open_port(&io->ipv6, loop, tag, base, mask);
	if (err < 0 && err != -EAFNOSUPPORT) {
		echo_io_close(io);
		return err;
	}
	*out = io;
	return 0;
}

void echo_io_close(struct echo_io *io)
{
	if (!io)
		return;
	close_port(&io->ipv4);
	close_port(&io->ipv6);
	proof_close(io->proven[0].proof);
	proof_close(io->proven[1].proof);
	free(io->buffers);
	free(io);
}

int echo_io_reserve(struct echo_io *io, size_t payload)
{
	size_t room = (ECHO_ICMP_HEADER + payload + HEADROOM + 7) & ~(size_t)7;
	uint8_t *buffers;

	if (room <= io->room)
		return 0;
	buffers = calloc(2 * (size_t)BATCH, room);
	if (!buffers)
		return -ENOMEM;
	echo_io_flush(io);
	free(io->buffers);
	io->buffers = buffers;
	io->room = room;
	for (size_t i = 0; i < BATCH; i++) {
		io->out[i].iov.iov_base = buffers + i * room;
		io->in[i].iov = (struct iovec){buffers + (BATCH + i) * room, room};
	}
	return 0;
}

/* Takes the proof's present socket. */
static void follow_proof(struct port *port)
{
	port->fd = proof_fd(port->proof);
	port->df = -1;
}

static int prove(struct port *port)
{
	int err;

	if (port->proof)
		return 0;
	err = proof_open(&port->proof, port->family, port->io->ops->left, port->io->ctx);
	if (err == 0)
		follow_proof(port);
	return err;
}

int echo_io_prove(struct echo_io *io)
{
	int err = prove(&io->proven[0]);

	if (err == 0)
		err = prove(&io->proven[1]);
	return err == -EAFNOSUPPORT ? 0 : err;
}

static void read_proofs(struct echo_io *io)
{
	for (size_t i = 0; i < N_FAMILIES; i++)
		if (io->proven[i].proof)
			proof_read(io->proven[i].proof);
}

/* ---- sending ---- */

static struct port *port_of(struct echo_io *io, const struct conf_probe *probe)
{
	bool ipv6 = probe->target.family == FAMILY_IPV6;

	if (probe->tunnel >= 0)
		return &io->proven[ipv6];
	return ipv6 ? &io->ipv6 : &io->ipv4;
}

void echo_io_queue(struct echo_io *io, size_t index, const struct conf_probe *probe,
		   unsigned ifindex, const struct echo_request *request)
{
	struct out_slot *s = &io->out[io->queued];
	struct msghdr *h = &io->out_msgs[io->queued].msg_hdr;
	bool ipv6 = probe->target.family == FAMILY_IPV6;

	s->port = port_of(io, probe);
	if (s->port->fd < 0) {
		io->ops->sent(io->ctx, index, -EAFNOSUPPORT, mono_clock());
		return;
	}
	s->index = index;
	s->df = probe->df;
	s->id = request->id;
	s->seq = request->seq;
	s->iov.iov_len =
		(ipv6 ? echo_build_ipv6 : echo_build_ipv4)(request, s->iov.iov_base, io->room);
	*h = (struct msghdr){.msg_iov = &s->iov, .msg_iovlen = 1};
	echo_socket_address(&s->envelope, h, probe, ifindex);
	if (++io->queued == BATCH)
		echo_io_flush(io);
}

static int set_df(struct port *port, bool df)
{
	int err;

	if (port->df == df)
		return 0;
	err = echo_socket_set_df(port->fd, port->family, df);
	port->df = err < 0 ? -1 : df;
	return err;
}

/* How many of the queue from `first` on one call can send. */
static unsigned run(const struct echo_io *io, size_t first)
{
	size_t n = first;

	while (n < io->queued && io->out[n].port == io->out[first].port &&
	       io->out[n].df == io->out[first].df)
		n++;
	return (unsigned)(n - first);
}

static void report_sent(struct echo_io *io, const struct out_slot *s, mono_t at)
{
	if (s->port->proof)
		proof_sent(s->port->proof, s->id, s->seq);
	io->ops->sent(io->ctx, s->index, 0, at);
}

static void report_refused(struct echo_io *io, const struct out_slot *s, int err, mono_t at)
{
	if (s->port->proof) {
		proof_refused(s->port->proof);
		follow_proof(s->port);
	}
	io->ops->sent(io->ctx, s->index, err, at);
}

/*
 * sendmmsg stops at the first message that the kernel refuses: report that one and go on behind it.
 * It takes a few microseconds a message, so each is given its share of the whole for a stamp.
 */
void echo_io_flush(struct echo_io *io)
{
	size_t done = 0;

	while (done < io->queued) {
		struct port *port = io->out[done].port;
		mono_t before = mono_clock();
		int n = set_df(port, io->out[done].df);
		int64_t took_us;

		if (n == 0)
			n = sendmmsg(port->fd, &io->out_msgs[done], run(io, done), 0);
		else
			errno = -n;
		if (n < 0) {
			report_refused(io, &io->out[done++], -errno, before);
			continue;
		}
		took_us = mono_sub(mono_clock(), before);
		for (int i = 0; i < n; i++, done++)
			report_sent(io, &io->out[done], mono_add(before, took_us * i / n));
	}
	io->queued = 0;
	read_proofs(io);
}

/* Binding asks the same question as sending from it does. In doubt the answer is yes. */
bool echo_io_is_local(const struct addr *a)
{
	struct sockaddr_in in = {.sin_family = AF_INET};
	struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};
	bool ipv6 = a->family == FAMILY_IPV6, local;
	int fd = socket(addr_af(a), SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return true;
	memcpy(&in.sin_addr, a->b, sizeof(in.sin_addr));
	memcpy(&in6.sin6_addr, a->b, sizeof(in6.sin6_addr));
	local = bind(fd, ipv6 ? (struct sockaddr *)&in6 : (struct sockaddr *)&in,
		     ipv6 ? sizeof(in6) : sizeof(in)) == 0 ||
		errno != EADDRNOTAVAIL;
	close(fd);
	return local;
}

/* ---- receiving ---- */

/* A stamp of the wall clock in monotonic time; without one, now. */
static mono_t arrival(const struct timespec *stamp, mono_t now, int64_t now_real_us)
{
	int64_t age_us = now_real_us - (stamp->tv_sec * US_PER_S + stamp->tv_nsec / 1000);

	return age_us >= 0 && age_us <= STAMP_MAX_US ? mono_add(now, -age_us) : now;
}

static void take(struct port *port, size_t i, mono_t now, int64_t now_real_us)
{
	struct echo_io *io = port->io;
	struct mmsghdr *m = &io->in_msgs[i];
	const void *bytes = io->in[i].iov.iov_base;
	struct echo_message message;
	struct echo_arrival came;
	enum echo_reason reason;

	echo_socket_arrived(&io->in[i].slip, &m->msg_hdr, &came);
	io->counters.received++;
	if (came.dropped) {
		io->counters.overruns += came.dropped - port->dropped;
		port->dropped = came.dropped;
	}
	reason = port->family == FAMILY_IPV6
			 ? echo_parse_ipv6(bytes, m->msg_len, &came.from, &came.to, &message)
			 : echo_parse_ipv4(bytes, m->msg_len, &message);
	if (reason != ECHO_OK) {
		io->counters.malformed[reason]++;
		return;
	}
	io->ops->received(io->ctx, &message, came.ifindex, arrival(&came.stamp, now, now_real_us));
}

static int read_batch(struct port *port)
{
	struct echo_io *io = port->io;

	for (size_t i = 0; i < BATCH; i++) {
		struct msghdr *h = &io->in_msgs[i].msg_hdr;

		*h = (struct msghdr){.msg_iov = &io->in[i].iov, .msg_iovlen = 1};
		echo_socket_await(&io->in[i].slip, h);
	}
	return recvmmsg(port->fd, io->in_msgs, BATCH, MSG_DONTWAIT, NULL);
}

static void drain(struct port *port)
{
	struct echo_io *io = port->io;
	int n = port->fd >= 0 && io->buffers ? (int)BATCH : 0;

	for (unsigned round = 0; round < DRAIN_MAX && n == (int)BATCH; round++) {
		mono_t now;
		int64_t now_real_us;

		n = read_batch(port);
		/* A probe is seen to leave before its reply can have come. */
		read_proofs(io);
		now = mono_clock();
		now_real_us = realtime_us();
		for (int i = 0; i < n; i++)
			take(port, (size_t)i, now, now_real_us);
	}
}

void echo_io_drain(struct echo_io *io)
{
	drain(&io->ipv4);
	drain(&io->ipv6);
	io->ops->drained(io->ctx);
}

const struct echo_io_counters *echo_io_counters(const struct echo_io *io)
{
	return &io->counters;
}
