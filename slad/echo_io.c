/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Raw sockets for ICMP echo; see echo_io.h. Options per message: ip(7); filter: socket(7),
 * SO_ATTACH_FILTER. */
#include "slad/echo_io.h"

#include <errno.h>
#include <linux/filter.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define BATCH 32u
#define RCVBUF (4 * 1024 * 1024)
/* An IP header with all its options, and the quoted packet of an error. */
#define HEADROOM 128u
/* Batches that one call reads at most, so that a flood cannot hold the loop. */
#define DRAIN_MAX 256u
/* A stamp older than this is a wall clock that was moved, not a packet that waited. */
#define STAMP_MAX_US (10 * US_PER_S)

struct out_control {
	char pktinfo[CMSG_SPACE(sizeof(struct in_pktinfo))];
	char tos[CMSG_SPACE(sizeof(int))];
	char ttl[CMSG_SPACE(sizeof(int))];
	char mark[CMSG_SPACE(sizeof(uint32_t))];
} __attribute__((aligned(8)));

struct in_control {
	char pktinfo[CMSG_SPACE(sizeof(struct in_pktinfo))];
	char stamp[CMSG_SPACE(sizeof(struct timespec))];
	char spare[64];
} __attribute__((aligned(8)));

struct out_slot {
	size_t index;
	bool df;
	struct sockaddr_in to;
	struct iovec iov;
	struct out_control control;
};

struct in_slot {
	struct sockaddr_in from;
	struct iovec iov;
	struct in_control control;
};

struct echo_io {
	const struct echo_io_ops *ops;
	void *ctx;
	int fd;
	struct loop_io watch;
	int df; /* what the socket is set to, -1: nothing yet */
	struct echo_io_counters counters;
	size_t room; /* bytes of each buffer */
	uint8_t *buffers;
	size_t queued;
	struct out_slot out[BATCH];
	struct mmsghdr out_msgs[BATCH];
	struct in_slot in[BATCH];
	struct mmsghdr in_msgs[BATCH];
};

/* ---- the socket ---- */

/*
 * On an IP packet: passes an echo reply with an id of ours or with our tag (so that a reply whose
 * id somebody rewrote is seen and counted), and an error that quotes an ICMP message with an id of
 * ours. Jumps count instructions from the next one.
 */
static int attach_filter(int fd, uint32_t tag, uint16_t base, uint16_t mask)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, 0), /*  0: X = IP header's length */
		BPF_STMT(BPF_LD | BPF_B | BPF_IND, 0),  /*  1: ICMP type */
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 9, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 3, 4, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 4, 3, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 5, 2, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 11, 1, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 12, 0, 10),
		BPF_STMT(BPF_LD | BPF_B | BPF_IND, 17), /*  8: error: the quoted protocol */
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, IPPROTO_ICMP, 0, 8),
		BPF_STMT(BPF_LD | BPF_H | BPF_IND, 32), /* 10: the quoted id */
		BPF_JUMP(BPF_JMP | BPF_JA, 1, 0, 0),
		BPF_STMT(BPF_LD | BPF_H | BPF_IND, 4), /* 12: reply: the id */
		BPF_STMT(BPF_ALU | BPF_AND | BPF_K, mask),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, base, 2, 0),
		BPF_STMT(BPF_LD | BPF_W | BPF_IND, ECHO_TAG_OFFSET), /* 15 */
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, tag, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, 0x40000),
		BPF_STMT(BPF_RET | BPF_K, 0),
	};
	struct sock_fprog program = {sizeof(code) / sizeof(code[0]), code};

	return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program));
}

static int open_socket(uint32_t tag, uint16_t base, uint16_t mask)
{
	int fd = socket(AF_INET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_ICMP);
	int on = 1, size = RCVBUF, err;

	if (fd < 0)
		return -errno;
	if (attach_filter(fd, tag, base, mask) < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof(on)) < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_RXQ_OVFL, &on, sizeof(on)) < 0 ||
	    setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &on, sizeof(on)) < 0)
		goto fail;
	/* Beyond the system's limit only with CAP_NET_ADMIN, which is not needed for anything else.
	 */
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) < 0 &&
	    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size)) < 0)
		goto fail;
	return fd;
fail:
	err = -errno;
	close(fd);
	return err;
}

static void on_readable(void *ctx, unsigned events)
{
	(void)events;
	echo_io_drain(ctx);
}

int echo_io_open(struct echo_io **out, struct loop *loop, uint32_t tag, uint16_t base,
		 uint16_t mask, const struct echo_io_ops *ops, void *ctx)
{
	struct echo_io *io = calloc(1, sizeof(*io));
	int err;

	if (!io)
		return -ENOMEM;
	*io = (struct echo_io){.ops = ops, .ctx = ctx, .df = -1};
	io->fd = open_socket(tag, base, mask);
	if (io->fd < 0) {
		err = io->fd;
		free(io);
		return err;
	}
	err = loop_io_add(loop, &io->watch, io->fd, LOOP_READ, on_readable, io);
	if (err < 0) {
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
	loop_io_del(&io->watch);
	close(io->fd);
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

/* ---- sending ---- */

static struct cmsghdr *put_cmsg(struct msghdr *h, struct cmsghdr *at, int level, int type,
				const void *data, size_t size)
{
	at->cmsg_level = level;
	at->cmsg_type = type;
	at->cmsg_len = CMSG_LEN(size);
	memcpy(CMSG_DATA(at), data, size);
	h->msg_controllen += CMSG_SPACE(size);
	return (struct cmsghdr *)((char *)at + CMSG_SPACE(size));
}

static void put_options(struct out_slot *s, struct msghdr *h, const struct conf_probe *p,
			unsigned ifindex)
{
	struct in_pktinfo info = {.ipi_ifindex = (int)ifindex};
	struct cmsghdr *at = (struct cmsghdr *)&s->control;
	int tos = p->tos, ttl = p->ttl;

	memcpy(&info.ipi_spec_dst, p->source.b, sizeof(info.ipi_spec_dst));
	h->msg_control = &s->control;
	h->msg_controllen = 0;
	at = put_cmsg(h, at, IPPROTO_IP, IP_PKTINFO, &info, sizeof(info));
	at = put_cmsg(h, at, IPPROTO_IP, IP_TOS, &tos, sizeof(tos));
	at = put_cmsg(h, at, IPPROTO_IP, IP_TTL, &ttl, sizeof(ttl));
	if (p->mark)
		put_cmsg(h, at, SOL_SOCKET, SO_MARK, &p->mark, sizeof(p->mark));
}

void echo_io_queue(struct echo_io *io, size_t index, const struct conf_probe *probe,
		   unsigned ifindex, const struct echo_request *request)
{
	struct out_slot *s = &io->out[io->queued];
	struct msghdr *h = &io->out_msgs[io->queued].msg_hdr;

	if (probe->target.family != FAMILY_IPV4) {
		io->ops->sent(io->ctx, index, -EAFNOSUPPORT, mono_clock());
		return;
	}
	s->index = index;
	s->df = probe->df;
	s->to = (struct sockaddr_in){.sin_family = AF_INET};
	memcpy(&s->to.sin_addr, probe->target.b, sizeof(s->to.sin_addr));
	s->iov.iov_len = echo_build_ipv4(request, s->iov.iov_base, io->room);
	*h = (struct msghdr){
		.msg_name = &s->to,
		.msg_namelen = sizeof(s->to),
		.msg_iov = &s->iov,
		.msg_iovlen = 1,
	};
	put_options(s, h, probe, ifindex);
	if (++io->queued == BATCH)
		echo_io_flush(io);
}

/*
 * The don't-fragment bit is the one option that no message can carry. With it the path's MTU that
 * the kernel learned is set aside: a probe that does not fit shall be lost on the path, not refused
 * here.
 */
static int set_df(struct echo_io *io, bool df)
{
	int how = df ? IP_PMTUDISC_PROBE : IP_PMTUDISC_DONT;

	if (io->df == df)
		return 0;
	if (setsockopt(io->fd, IPPROTO_IP, IP_MTU_DISCOVER, &how, sizeof(how)) < 0)
		return -1;
	io->df = df;
	return 0;
}

/* How many of the queue from `first` on want the same df. */
static unsigned run_of_df(const struct echo_io *io, size_t first)
{
	size_t n = first;

	while (n < io->queued && io->out[n].df == io->out[first].df)
		n++;
	return (unsigned)(n - first);
}

/* sendmmsg stops at the first message that the kernel refuses: report that one and go on behind it.
 */
void echo_io_flush(struct echo_io *io)
{
	size_t done = 0;

	while (done < io->queued) {
		mono_t now = mono_clock();
		int n = set_df(io, io->out[done].df);

		if (n == 0)
			n = sendmmsg(io->fd, &io->out_msgs[done], run_of_df(io, done), 0);
		if (n < 0) {
			io->ops->sent(io->ctx, io->out[done].index, -errno, now);
			done++;
			continue;
		}
		for (int i = 0; i < n; i++, done++)
			io->ops->sent(io->ctx, io->out[done].index, 0, now);
	}
	io->queued = 0;
}

/* Binding asks the same question as sending from it does. In doubt the answer is yes. */
bool echo_io_is_local(const struct addr *a)
{
	struct sockaddr_in from = {.sin_family = AF_INET};
	bool local;
	int fd;

	if (a->family != FAMILY_IPV4)
		return true;
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return true;
	memcpy(&from.sin_addr, a->b, sizeof(from.sin_addr));
	local = bind(fd, (struct sockaddr *)&from, sizeof(from)) == 0 || errno != EADDRNOTAVAIL;
	close(fd);
	return local;
}

/* ---- receiving ---- */

/* A stamp of the wall clock in monotonic time; without one, now. */
static mono_t arrival(const struct timespec *stamp, mono_t now, int64_t now_real_us)
{
	int64_t age_us;

	if (!stamp)
		return now;
	age_us = now_real_us - (stamp->tv_sec * US_PER_S + stamp->tv_nsec / 1000);
	return age_us >= 0 && age_us <= STAMP_MAX_US ? mono_add(now, -age_us) : now;
}

static void take(struct echo_io *io, const struct mmsghdr *m, mono_t now, int64_t now_real_us)
{
	struct msghdr h = m->msg_hdr;
	const struct timespec *stamp = NULL;
	struct timespec stamp_copy;
	struct in_pktinfo info = {0};
	struct echo_message message;
	enum echo_reason reason;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(&h); c; c = CMSG_NXTHDR(&h, c)) {
		if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_TIMESTAMPNS) {
			memcpy(&stamp_copy, CMSG_DATA(c), sizeof(stamp_copy));
			stamp = &stamp_copy;
		} else if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
			memcpy(&info, CMSG_DATA(c), sizeof(info));
		} else if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SO_RXQ_OVFL) {
			uint32_t dropped;

			memcpy(&dropped, CMSG_DATA(c), sizeof(dropped));
			io->counters.overruns = dropped;
		}
	}
	io->counters.received++;
	reason = echo_parse_ipv4(h.msg_iov->iov_base, m->msg_len, &message);
	if (reason != ECHO_OK) {
		io->counters.malformed[reason]++;
		return;
	}
	io->ops->received(io->ctx, &message, (unsigned)info.ipi_ifindex,
			  arrival(stamp, now, now_real_us));
}

static int read_batch(struct echo_io *io)
{
	for (size_t i = 0; i < BATCH; i++)
		io->in_msgs[i].msg_hdr = (struct msghdr){
			.msg_name = &io->in[i].from,
			.msg_namelen = sizeof(io->in[i].from),
			.msg_iov = &io->in[i].iov,
			.msg_iovlen = 1,
			.msg_control = &io->in[i].control,
			.msg_controllen = sizeof(io->in[i].control),
		};
	return recvmmsg(io->fd, io->in_msgs, BATCH, MSG_DONTWAIT, NULL);
}

void echo_io_drain(struct echo_io *io)
{
	int n = (int)BATCH;

	if (!io->buffers)
		return;
	for (unsigned round = 0; round < DRAIN_MAX && n == (int)BATCH; round++) {
		mono_t now;
		int64_t now_real_us;

		n = read_batch(io);
		now = mono_clock();
		now_real_us = realtime_us();
		for (int i = 0; i < n; i++)
			take(io, &io->in_msgs[i], now, now_real_us);
	}
	io->ops->drained(io->ctx);
}

const struct echo_io_counters *echo_io_counters(const struct echo_io *io)
{
	return &io->counters;
}
