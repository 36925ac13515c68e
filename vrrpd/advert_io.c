/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Raw VRRP sockets; see advert_io.h. */
#include "vrrpd/advert_io.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "vrrpd/advert.h"
#include "vrrpd/nl_xfrm.h"

#define RECEIVE_BUFFER (1 << 20)
#define TOS_INTERNETWORK_CONTROL 0xc0
/* Packets a turn, so that a flood cannot keep the loop from its timers. */
#define DRAIN_MAX 256

struct advert_io {
	struct loop_io io;
	advert_io_fn fn;
	void *ctx;
	int fd, ifindex;
};

struct addr advert_group4(void)
{
	return addr_ipv4("\340\0\0\022");
}

static int set(int fd, int level, int name, int value)
{
	return setsockopt(fd, level, name, &value, sizeof(value));
}

/* Returns the name of the step that failed, NULL when all went well. */
static const char *prepare(int fd, int ifindex, const char *interface)
{
	struct ip_mreqn group = {.imr_ifindex = ifindex};
	struct addr address = advert_group4();

	memcpy(&group.imr_multiaddr, address.b, 4);
	if (setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, interface, (socklen_t)strlen(interface)))
		return "SO_BINDTODEVICE";
	if (set(fd, SOL_SOCKET, SO_RCVBUFFORCE, RECEIVE_BUFFER))
		set(fd, SOL_SOCKET, SO_RCVBUF, RECEIVE_BUFFER);
	if (set(fd, SOL_SOCKET, SO_TIMESTAMPNS, 1))
		return "SO_TIMESTAMPNS";
	/* Before the join: nothing may be judged by a policy first. */
	if (xfrm_bypass_socket(fd, AF_INET))
		return "IP_XFRM_POLICY";
	if (set(fd, IPPROTO_IP, IP_MULTICAST_TTL, VRRP_TTL))
		return "IP_MULTICAST_TTL";
	if (set(fd, IPPROTO_IP, IP_MULTICAST_LOOP, 0))
		return "IP_MULTICAST_LOOP";
	/* Only what this socket joined; otherwise it hears the groups of others. */
	if (set(fd, IPPROTO_IP, IP_MULTICAST_ALL, 0))
		return "IP_MULTICAST_ALL";
	if (setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &group, sizeof(group)))
		return "IP_MULTICAST_IF";
	if (setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &group, sizeof(group)))
		return "IP_ADD_MEMBERSHIP";
	set(fd, IPPROTO_IP, IP_TOS, TOS_INTERNETWORK_CONTROL);
	set(fd, SOL_SOCKET, SO_PRIORITY, 6);
	return NULL;
}

/* The kernel stamps in real time: what lies between then and now is the packet's age. */
static mono_t stamp_of(struct msghdr *m)
{
	mono_t now = mono_clock();
	struct timespec ts;
	int64_t age;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c; c = CMSG_NXTHDR(m, c)) {
		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SO_TIMESTAMPNS)
			continue;
		memcpy(&ts, CMSG_DATA(c), sizeof(ts));
		age = realtime_us() - (ts.tv_sec * US_PER_S + ts.tv_nsec / 1000);
		/* A clock that was set meanwhile makes no packet from the future or the distant
		 * past. */
		if (age >= 0 && age < 60 * US_PER_S)
			return mono_add(now, -age);
	}
	return now;
}

void advert_io_drain(struct advert_io *io)
{
	uint8_t packet[60 + ADVERT_MAX_SIZE];
	char control[CMSG_SPACE(sizeof(struct timespec))];

	for (int i = 0; i < DRAIN_MAX; i++) {
		struct iovec iov = {packet, sizeof(packet)};
		struct msghdr m = {.msg_iov = &iov,
				   .msg_iovlen = 1,
				   .msg_control = control,
				   .msg_controllen = sizeof(control)};
		ssize_t n = recvmsg(io->fd, &m, MSG_DONTWAIT);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return;
		io->fn(io->ctx, packet, (size_t)n, stamp_of(&m));
	}
}

static void readable(void *ctx, unsigned events)
{
	(void)events;
	advert_io_drain(ctx);
}

int advert_io_open(struct advert_io **out, struct loop *loop, int ifindex, const char *interface,
		   advert_io_fn fn, void *ctx, const char **step)
{
	struct advert_io *io = calloc(1, sizeof(*io));
	int err;

	*step = "memory";
	if (!io)
		return -ENOMEM;
	*io = (struct advert_io){.fn = fn, .ctx = ctx, .ifindex = ifindex};
	*step = "socket";
	io->fd = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, VRRP_PROTOCOL);
	if (io->fd >= 0)
		*step = prepare(io->fd, ifindex, interface);
	if (*step) {
		err = -errno;
	} else {
		*step = "loop";
		err = loop_io_add(loop, &io->io, io->fd, LOOP_READ, readable, io);
	}
	if (err) {
		advert_io_close(io);
		return err;
	}
	*out = io;
	return 0;
}

void advert_io_close(struct advert_io *io)
{
	if (!io)
		return;
	loop_io_del(&io->io);
	if (io->fd >= 0)
		close(io->fd);
	free(io);
}

int advert_io_send(struct advert_io *io, const struct addr *source, const void *message, size_t len)
{
	struct addr group = advert_group4();
	struct sockaddr_in to = {.sin_family = AF_INET};
	struct iovec iov = {(void *)(uintptr_t)message, len};
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(struct in_pktinfo))];
	} control = {0};
	struct msghdr m = {.msg_name = &to,
			   .msg_namelen = sizeof(to),
			   .msg_iov = &iov,
			   .msg_iovlen = 1,
			   .msg_control = control.bytes,
			   .msg_controllen = sizeof(control.bytes)};
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);
	struct in_pktinfo info = {.ipi_ifindex = io->ifindex};

	memcpy(&to.sin_addr, group.b, 4);
	memcpy(&info.ipi_spec_dst, source->b, 4);
	c->cmsg_level = IPPROTO_IP;
	c->cmsg_type = IP_PKTINFO;
	c->cmsg_len = CMSG_LEN(sizeof(info));
	memcpy(CMSG_DATA(c), &info, sizeof(info));
	return sendmsg(io->fd, &m, MSG_DONTWAIT) < 0 ? -errno : 0;
}
