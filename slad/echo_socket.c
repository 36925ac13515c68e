/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Options, filters and control messages of the raw sockets; see echo_socket.h. */
#include "slad/echo_socket.h"

#include <errno.h>
#include <linux/filter.h>
#include <netinet/icmp6.h>
#include <string.h>
#include <unistd.h>

#include "slad/echo.h"

#define RCVBUF (4 * 1024 * 1024)
#define FILTER_PASS 0x40000u /* more than any packet */

static int attach(int fd, struct sock_filter *code, size_t n)
{
	struct sock_fprog program = {(unsigned short)n, code};

	return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program));
}

/* Begins at the IP header. Jumps count instructions from the next one. */
static int filter_ipv4(int fd, uint32_t tag, uint16_t base, uint16_t mask)
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
		BPF_STMT(BPF_RET | BPF_K, FILTER_PASS),
		BPF_STMT(BPF_RET | BPF_K, 0),
	};

	return attach(fd, code, sizeof(code) / sizeof(code[0]));
}

/* Begins at the ICMPv6 header, and sees the types alone that pass_types_ipv6 passed. */
static int filter_ipv6(int fd, uint32_t tag, uint16_t base, uint16_t mask)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 0), /*  0: type */
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ICMP6_ECHO_REPLY, 7, 0),
		BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 14), /*  2: error: the quoted next header */
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, IPPROTO_ICMPV6, 3, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, IPPROTO_FRAGMENT, 0, 10),
		BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 60), /*  5: the id in a first fragment */
		BPF_JUMP(BPF_JMP | BPF_JA, 3, 0, 0),
		BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 52), /*  7: in a whole packet */
		BPF_JUMP(BPF_JMP | BPF_JA, 1, 0, 0),
		BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 4), /*  9: reply: the id */
		BPF_STMT(BPF_ALU | BPF_AND | BPF_K, mask),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, base, 2, 0),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, ECHO_TAG_OFFSET), /* 12 */
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, tag, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, FILTER_PASS),
		BPF_STMT(BPF_RET | BPF_K, 0), /* 15 */
	};

	return attach(fd, code, sizeof(code) / sizeof(code[0]));
}

/* Neighbour discovery and the like pass without waking us. */
static int pass_types_ipv6(int fd)
{
	static const uint8_t types[] = {ICMP6_ECHO_REPLY, ICMP6_DST_UNREACH, ICMP6_PACKET_TOO_BIG,
					ICMP6_TIME_EXCEEDED, ICMP6_PARAM_PROB};
	struct icmp6_filter filter;

	ICMP6_FILTER_SETBLOCKALL(&filter);
	for (size_t i = 0; i < sizeof(types); i++)
		ICMP6_FILTER_SETPASS(types[i], &filter);
	return setsockopt(fd, IPPROTO_ICMPV6, ICMP6_FILTER, &filter, sizeof(filter));
}

static int set_up_ipv4(int fd, uint32_t tag, uint16_t base, uint16_t mask)
{
	int on = 1;

	return filter_ipv4(fd, tag, base, mask) < 0
		       ? -1
		       : setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &on, sizeof(on));
}

static int set_up_ipv6(int fd, uint32_t tag, uint16_t base, uint16_t mask)
{
	int on = 1;

	return filter_ipv6(fd, tag, base, mask) < 0 || pass_types_ipv6(fd) < 0
		       ? -1
		       : setsockopt(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, &on, sizeof(on));
}

int echo_socket_open(enum family family, uint32_t tag, uint16_t base, uint16_t mask)
{
	bool ipv6 = family == FAMILY_IPV6;
	int fd = socket(ipv6 ? AF_INET6 : AF_INET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC,
			ipv6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP);
	int on = 1, size = RCVBUF, err;

	if (fd < 0)
		return -errno;
	if ((ipv6 ? set_up_ipv6 : set_up_ipv4)(fd, tag, base, mask) < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof(on)) < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_RXQ_OVFL, &on, sizeof(on)) < 0)
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

/* IPv6 routers never fragment, and the sender does by the path's MTU unless it is told not to. */
static int set_df_ipv6(int fd, bool df)
{
	int how = df ? IPV6_PMTUDISC_PROBE : IPV6_PMTUDISC_WANT, dont = df;

	if (setsockopt(fd, IPPROTO_IPV6, IPV6_MTU_DISCOVER, &how, sizeof(how)) < 0 ||
	    setsockopt(fd, IPPROTO_IPV6, IPV6_DONTFRAG, &dont, sizeof(dont)) < 0)
		return -errno;
	return 0;
}

int echo_socket_set_df(int fd, enum family family, bool df)
{
	int how = df ? IP_PMTUDISC_PROBE : IP_PMTUDISC_DONT;

	if (family == FAMILY_IPV6)
		return set_df_ipv6(fd, df);
	return setsockopt(fd, IPPROTO_IP, IP_MTU_DISCOVER, &how, sizeof(how)) < 0 ? -errno : 0;
}

/* ---- what goes out with a message ---- */

static void put(struct echo_envelope *e, struct msghdr *h, int level, int type, const void *data,
		size_t size)
{
	struct cmsghdr *c = (struct cmsghdr *)(e->control + h->msg_controllen);

	c->cmsg_level = level;
	c->cmsg_type = type;
	c->cmsg_len = CMSG_LEN(size);
	memcpy(CMSG_DATA(c), data, size);
	h->msg_controllen += CMSG_SPACE(size);
}

static void address_ipv4(struct echo_envelope *e, struct msghdr *h, const struct conf_probe *p,
			 unsigned ifindex)
{
	struct in_pktinfo info = {.ipi_ifindex = (int)ifindex};
	int tos = p->tos, ttl = p->ttl;

	e->to.in = (struct sockaddr_in){.sin_family = AF_INET};
	memcpy(&e->to.in.sin_addr, p->target.b, sizeof(e->to.in.sin_addr));
	h->msg_namelen = sizeof(e->to.in);
	memcpy(&info.ipi_spec_dst, p->source.b, sizeof(info.ipi_spec_dst));
	put(e, h, IPPROTO_IP, IP_PKTINFO, &info, sizeof(info));
	put(e, h, IPPROTO_IP, IP_TOS, &tos, sizeof(tos));
	put(e, h, IPPROTO_IP, IP_TTL, &ttl, sizeof(ttl));
}

static void address_ipv6(struct echo_envelope *e, struct msghdr *h, const struct conf_probe *p,
			 unsigned ifindex)
{
	struct in6_pktinfo info = {.ipi6_ifindex = ifindex};
	int tclass = p->tos, hops = p->ttl;

	e->to.in6 = (struct sockaddr_in6){.sin6_family = AF_INET6, .sin6_scope_id = ifindex};
	memcpy(&e->to.in6.sin6_addr, p->target.b, sizeof(e->to.in6.sin6_addr));
	h->msg_namelen = sizeof(e->to.in6);
	memcpy(&info.ipi6_addr, p->source.b, sizeof(info.ipi6_addr));
	put(e, h, IPPROTO_IPV6, IPV6_PKTINFO, &info, sizeof(info));
	put(e, h, IPPROTO_IPV6, IPV6_TCLASS, &tclass, sizeof(tclass));
	put(e, h, IPPROTO_IPV6, IPV6_HOPLIMIT, &hops, sizeof(hops));
}

void echo_socket_address(struct echo_envelope *e, struct msghdr *h, const struct conf_probe *p,
			 unsigned ifindex)
{
	h->msg_name = &e->to;
	h->msg_control = e->control;
	h->msg_controllen = 0;
	(p->target.family == FAMILY_IPV6 ? address_ipv6 : address_ipv4)(e, h, p, ifindex);
	if (p->mark)
		put(e, h, SOL_SOCKET, SO_MARK, &p->mark, sizeof(p->mark));
}

/* ---- what comes in with one ---- */

void echo_socket_await(struct echo_slip *s, struct msghdr *h)
{
	h->msg_name = &s->from;
	h->msg_namelen = sizeof(s->from);
	h->msg_control = s->control;
	h->msg_controllen = sizeof(s->control);
}

static void read_ipv4_info(const struct cmsghdr *c, struct echo_arrival *out)
{
	struct in_pktinfo info;

	memcpy(&info, CMSG_DATA(c), sizeof(info));
	out->to = addr_ipv4(&info.ipi_addr);
	out->ifindex = (unsigned)info.ipi_ifindex;
}

static void read_ipv6_info(const struct cmsghdr *c, struct echo_arrival *out)
{
	struct in6_pktinfo info;

	memcpy(&info, CMSG_DATA(c), sizeof(info));
	out->to = addr_ipv6(&info.ipi6_addr);
	out->ifindex = info.ipi6_ifindex;
}

static bool is(const struct cmsghdr *c, int level, int type)
{
	return c->cmsg_level == level && c->cmsg_type == type;
}

void echo_socket_arrived(const struct echo_slip *s, struct msghdr *h, struct echo_arrival *out)
{
	*out = (struct echo_arrival){
		.from = s->from.sa.sa_family == AF_INET6 ? addr_ipv6(&s->from.in6.sin6_addr)
							 : addr_ipv4(&s->from.in.sin_addr),
	};
	for (struct cmsghdr *c = CMSG_FIRSTHDR(h); c; c = CMSG_NXTHDR(h, c)) {
		if (is(c, SOL_SOCKET, SCM_TIMESTAMPNS))
			memcpy(&out->stamp, CMSG_DATA(c), sizeof(out->stamp));
		else if (is(c, SOL_SOCKET, SO_RXQ_OVFL))
			memcpy(&out->dropped, CMSG_DATA(c), sizeof(out->dropped));
		else if (is(c, IPPROTO_IP, IP_PKTINFO))
			read_ipv4_info(c, out);
		else if (is(c, IPPROTO_IPV6, IPV6_PKTINFO))
			read_ipv6_info(c, out);
	}
}
