/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Raw VRRP sockets; see advert_io.h. An IPv4 socket reads packets with their header, an IPv6 socket
 * only what follows it: source, destination and hop limit come beside the message.
 */
#include "vrrpd/advert_io.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "vrrpd/nl_xfrm.h"

#define RECEIVE_BUFFER (1 << 20)
#define TOS_INTERNETWORK_CONTROL 0xc0
/* Packets a turn, so that a flood cannot keep the loop from its timers. */
#define DRAIN_MAX 256
/* Packets a system call. */
#define BUNDLE 16
/* Whoever finds the socket readable again so soon after the last time lets that much gather: a
 * burst of adverts is no reason to wake for each, since their stamps are the kernel's. */
#define GATHER_US 1000

struct advert_io {
	struct loop_io io;
	advert_io_fn fn;
	void *ctx;
	int fd, ifindex;
	uint8_t family;
	mono_t read; /* when the socket was last found readable */
	struct timer gather;
};

/* ---- opening ---- */

static int set(int fd, int level, int name, int value)
{
	return setsockopt(fd, level, name, &value, sizeof(value));
}

/* The steps that differ. Each returns the name of the one that failed, NULL when all went well. */
static const char *prepare4(int fd, int ifindex)
{
	struct ip_mreqn group = {.imr_ifindex = ifindex};
	struct addr address = advert_group(FAMILY_IPV4);

	memcpy(&group.imr_multiaddr, address.b, 4);
	/* Before the join: nothing may be judged by a policy first. */
	if (xfrm_bypass_socket(fd, AF_INET))
		return "IP_XFRM_POLICY";
	if (set(fd, IPPROTO_IP, IP_MULTICAST_TTL, VRRP_TTL))
		return "IP_MULTICAST_TTL";
	if (set(fd, IPPROTO_IP, IP_TTL, VRRP_TTL))
		return "IP_TTL";
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
	return NULL;
}

static const char *prepare6(int fd, int ifindex)
{
	struct ipv6_mreq group = {.ipv6mr_interface = (unsigned)ifindex};
	struct addr address = advert_group(FAMILY_IPV6);

	memcpy(&group.ipv6mr_multiaddr, address.b, 16);
	if (xfrm_bypass_socket(fd, AF_INET6))
		return "IPV6_XFRM_POLICY";
	if (set(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1))
		return "IPV6_RECVPKTINFO";
	if (set(fd, IPPROTO_IPV6, IPV6_RECVHOPLIMIT, 1))
		return "IPV6_RECVHOPLIMIT";
	if (set(fd, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, VRRP_TTL))
		return "IPV6_MULTICAST_HOPS";
	if (set(fd, IPPROTO_IPV6, IPV6_UNICAST_HOPS, VRRP_TTL))
		return "IPV6_UNICAST_HOPS";
	if (set(fd, IPPROTO_IPV6, IPV6_MULTICAST_LOOP, 0))
		return "IPV6_MULTICAST_LOOP";
	if (set(fd, IPPROTO_IPV6, IPV6_MULTICAST_ALL, 0))
		return "IPV6_MULTICAST_ALL";
	if (set(fd, IPPROTO_IPV6, IPV6_MULTICAST_IF, ifindex))
		return "IPV6_MULTICAST_IF";
	if (setsockopt(fd, IPPROTO_IPV6, IPV6_JOIN_GROUP, &group, sizeof(group)))
		return "IPV6_JOIN_GROUP";
	set(fd, IPPROTO_IPV6, IPV6_TCLASS, TOS_INTERNETWORK_CONTROL);
	return NULL;
}

static const char *prepare(const struct advert_io *io, const char *interface)
{
	if (setsockopt(io->fd, SOL_SOCKET, SO_BINDTODEVICE, interface,
		       (socklen_t)strlen(interface)))
		return "SO_BINDTODEVICE";
	if (set(io->fd, SOL_SOCKET, SO_RCVBUFFORCE, RECEIVE_BUFFER))
		set(io->fd, SOL_SOCKET, SO_RCVBUF, RECEIVE_BUFFER);
	if (set(io->fd, SOL_SOCKET, SO_TIMESTAMPNS, 1))
		return "SO_TIMESTAMPNS";
	set(io->fd, SOL_SOCKET, SO_PRIORITY, 6);
	return io->family == FAMILY_IPV6 ? prepare6(io->fd, io->ifindex)
					 : prepare4(io->fd, io->ifindex);
}

static void readable(void *ctx, unsigned events)
{
	struct advert_io *io = ctx;
	mono_t now = loop_now(io->io.loop);

	(void)events;
	if (mono_sub(now, io->read) < GATHER_US) {
		loop_io_events(&io->io, 0);
		timer_set(&io->gather, mono_add(now, GATHER_US));
	}
	io->read = now;
	advert_io_drain(io);
}

static void gathered(void *ctx, mono_t now)
{
	struct advert_io *io = ctx;

	io->read = now;
	loop_io_events(&io->io, LOOP_READ);
	advert_io_drain(io);
}

int advert_io_open(struct advert_io **out, struct loop *loop, int ifindex, const char *interface,
		   uint8_t family, advert_io_fn fn, void *ctx, const char **step)
{
	struct advert_io *io = calloc(1, sizeof(*io));
	int err;

	*step = "memory";
	if (!io)
		return -ENOMEM;
	*io = (struct advert_io){.fn = fn, .ctx = ctx, .ifindex = ifindex, .family = family};
	timer_init(&io->gather, loop, gathered, io);
	*step = "socket";
	io->fd = socket(family == FAMILY_IPV6 ? AF_INET6 : AF_INET,
			SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, VRRP_PROTOCOL);
	if (io->fd >= 0)
		*step = prepare(io, interface);
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
	timer_set(&io->gather, MONO_NEVER);
	loop_io_del(&io->io);
	if (io->fd >= 0)
		close(io->fd);
	free(io);
}

/* ---- receiving ---- */

/* What the kernel says of a packet. */
union ancillary {
	struct timespec stamp;
	struct in6_pktinfo info;
	int hop_limit;
};

static bool ancillary(struct msghdr *m, int level, int type, size_t len, union ancillary *out)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c; c = CMSG_NXTHDR(m, c))
		if (c->cmsg_level == level && c->cmsg_type == type &&
		    c->cmsg_len >= CMSG_LEN(len)) {
			memcpy(out, CMSG_DATA(c), len);
			return true;
		}
	return false;
}

/* Both clocks, read together after a bundle came in. */
struct clocks {
	mono_t now;
	int64_t realtime_us;
};

/* The kernel stamps in real time: what lies between then and now is the packet's age. */
static mono_t stamp_of(struct msghdr *m, const struct clocks *c)
{
	union ancillary a;
	int64_t age;

	if (!ancillary(m, SOL_SOCKET, SO_TIMESTAMPNS, sizeof(a.stamp), &a))
		return c->now;
	age = c->realtime_us - (a.stamp.tv_sec * US_PER_S + a.stamp.tv_nsec / 1000);
	/* A clock that was set meanwhile makes no packet from the future or the distant past. */
	return age >= 0 && age < 60 * US_PER_S ? mono_add(c->now, -age) : c->now;
}

static enum advert_fault unwrap6(struct msghdr *m, const void *message, size_t len,
				 struct advert_packet *out)
{
	const struct sockaddr_in6 *from = m->msg_name;
	union ancillary info, hops;

	if (!ancillary(m, IPPROTO_IPV6, IPV6_PKTINFO, sizeof(info.info), &info) ||
	    !ancillary(m, IPPROTO_IPV6, IPV6_HOPLIMIT, sizeof(hops.hop_limit), &hops))
		return ADVERT_BAD_LENGTH;
	*out = (struct advert_packet){
		.src = addr_ipv6(&from->sin6_addr),
		.dst = addr_ipv6(&info.info.ipi6_addr),
		.ttl = (uint8_t)hops.hop_limit,
		.message = message,
		.len = len,
	};
	return ADVERT_OK;
}

/* Room for one packet. */
struct slot {
	uint8_t packet[60 + ADVERT_MAX_SIZE];
	struct sockaddr_in6 from; /* large enough for both */
	_Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(struct timespec)) +
					      CMSG_SPACE(sizeof(struct in6_pktinfo)) +
					      CMSG_SPACE(sizeof(int))];
	struct iovec iov;
};

static void offer(struct mmsghdr *m, struct slot *s)
{
	s->iov = (struct iovec){s->packet, sizeof(s->packet)};
	m->msg_hdr = (struct msghdr){.msg_name = &s->from,
				     .msg_namelen = sizeof(s->from),
				     .msg_iov = &s->iov,
				     .msg_iovlen = 1,
				     .msg_control = s->control,
				     .msg_controllen = sizeof(s->control)};
}

static void hand_up(struct advert_io *io, struct mmsghdr *m, const struct slot *s,
		    const struct clocks *c)
{
	struct advert_packet p = {0};
	enum advert_fault fault = io->family == FAMILY_IPV6
					  ? unwrap6(&m->msg_hdr, s->packet, m->msg_len, &p)
					  : advert_unwrap4(s->packet, m->msg_len, &p);

	io->fn(io->ctx, fault, &p, stamp_of(&m->msg_hdr, c));
}

/* One bundle of packets; false when the socket is dry. */
static bool receive(struct advert_io *io)
{
	struct slot slots[BUNDLE];
	struct mmsghdr m[BUNDLE];
	struct clocks c;
	int n;

	for (int k = 0; k < BUNDLE; k++)
		offer(&m[k], &slots[k]);
	do
		n = recvmmsg(io->fd, m, BUNDLE, MSG_DONTWAIT, NULL);
	while (n < 0 && errno == EINTR);
	c = (struct clocks){mono_clock(), realtime_us()};
	for (int k = 0; k < n; k++)
		hand_up(io, &m[k], &slots[k], &c);
	return n == BUNDLE;
}

void advert_io_drain(struct advert_io *io)
{
	for (int k = 0; k < DRAIN_MAX / BUNDLE && receive(io); k++)
		;
}

/* ---- sending ---- */

/* Where to, and from which address on which interface. */
struct way {
	union {
		struct sockaddr_in four;
		struct sockaddr_in6 six;
	} to;
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(struct in6_pktinfo))];
	} control;
};

static void put_info(struct msghdr *m, int level, int type, const void *info, size_t len)
{
	struct cmsghdr *c;

	m->msg_controllen = CMSG_SPACE(len);
	c = CMSG_FIRSTHDR(m);
	c->cmsg_level = level;
	c->cmsg_type = type;
	c->cmsg_len = CMSG_LEN(len);
	memcpy(CMSG_DATA(c), info, len);
}

static void way4(struct msghdr *m, struct way *r, int ifindex, const struct addr *source,
		 const struct addr *to)
{
	struct in_pktinfo info = {.ipi_ifindex = ifindex};

	r->to.four = (struct sockaddr_in){.sin_family = AF_INET};
	memcpy(&r->to.four.sin_addr, to->b, 4);
	memcpy(&info.ipi_spec_dst, source->b, 4);
	m->msg_namelen = sizeof(r->to.four);
	put_info(m, IPPROTO_IP, IP_PKTINFO, &info, sizeof(info));
}

static void way6(struct msghdr *m, struct way *r, int ifindex, const struct addr *source,
		 const struct addr *to)
{
	struct in6_pktinfo info = {.ipi6_ifindex = (unsigned)ifindex};

	r->to.six =
		(struct sockaddr_in6){.sin6_family = AF_INET6, .sin6_scope_id = (uint32_t)ifindex};
	memcpy(&r->to.six.sin6_addr, to->b, 16);
	memcpy(&info.ipi6_addr, source->b, 16);
	m->msg_namelen = sizeof(r->to.six);
	put_info(m, IPPROTO_IPV6, IPV6_PKTINFO, &info, sizeof(info));
}

int advert_io_send(struct advert_io *io, const struct addr *source, const struct addr *to,
		   const void *message, size_t len)
{
	struct iovec iov = {(void *)(uintptr_t)message, len};
	struct way r = {0};
	struct msghdr m = {.msg_name = &r.to,
			   .msg_iov = &iov,
			   .msg_iovlen = 1,
			   .msg_control = r.control.bytes,
			   .msg_controllen = sizeof(r.control.bytes)};

	if (io->family == FAMILY_IPV6)
		way6(&m, &r, io->ifindex, source, to);
	else
		way4(&m, &r, io->ifindex, source, to);
	return sendmsg(io->fd, &m, MSG_DONTWAIT) < 0 ? -errno : 0;
}
