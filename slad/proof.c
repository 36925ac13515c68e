/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copies of outgoing packets by SO_TIMESTAMPING; see proof.h. A packet that asks for the stamp of
 * its hand-over to a device comes back on the error queue of its socket, from the link header on:
 * the kernel's timestamping.rst, 1.3 and 2.1.
 *
 * Why so, and not
 * - a packet socket on the line: it would copy every packet of every tunnel, and could not tell
 *   which of the ESP packets is the probe's;
 * - by asking vrrpd for its policies and SA counters: they tell what should happen to a probe, not
 *   what did, and slad would have no proof when vrrpd is away;
 * - by dumping policies or a policy of the socket's own: both need CAP_NET_ADMIN.
 *
 * The kernel numbers the copies as it accepts the messages. Whether one that it refuses took a
 * number differs from error to error and from version to version, so numbering starts anew with a
 * new socket then; a straggler of the old one cannot be taken for another probe's.
 */
#include "slad/proof.h"

#include <errno.h>
#include <time.h> /* which linux/errqueue.h needs */

#include <linux/errqueue.h>
#include <linux/filter.h>
#include <linux/net_tstamp.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#define BATCH 32u
/* Copies that are still matched: more than can wait in the error queue. */
#define KEYS 1024u
/* Batches that one call reads at most. */
#define READ_MAX (KEYS / BATCH)

struct control {
	char pktinfo[CMSG_SPACE(sizeof(struct in6_pktinfo))];
	char error[CMSG_SPACE(sizeof(struct sock_extended_err) + sizeof(struct sockaddr_in6))];
	char spare[64];
} __attribute__((aligned(8)));

struct proof {
	proof_fn left;
	void *ctx;
	enum family family;
	int fd; /* or a negative errno */
	uint32_t next_key;
	struct {
		uint32_t seq;
		uint16_t id;
	} keys[KEYS];
	struct mmsghdr messages[BATCH];
	struct iovec iov[BATCH];
	struct control control[BATCH];
	uint8_t packets[BATCH][EGRESS_MAX];
};

static int open_socket(enum family family)
{
	static const unsigned copies =
		SOF_TIMESTAMPING_TX_SCHED | SOF_TIMESTAMPING_OPT_ID | SOF_TIMESTAMPING_OPT_CMSG;
	/* Replies are for echo_io's socket. */
	static struct sock_filter nothing[] = {BPF_STMT(BPF_RET | BPF_K, 0)};
	struct sock_fprog program = {1, nothing};
	bool ipv6 = family == FAMILY_IPV6;
	int fd = socket(ipv6 ? AF_INET6 : AF_INET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC,
			ipv6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP);
	int on = 1, err;

	if (fd < 0)
		return -errno;
	if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program)) == 0 &&
	    setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPING, &copies, sizeof(copies)) == 0 &&
	    setsockopt(fd, ipv6 ? IPPROTO_IPV6 : IPPROTO_IP, ipv6 ? IPV6_RECVPKTINFO : IP_PKTINFO,
		       &on, sizeof(on)) == 0)
		return fd;
	err = -errno;
	close(fd);
	return err;
}

int proof_open(struct proof **out, enum family family, proof_fn left, void *ctx)
{
	struct proof *p = calloc(1, sizeof(*p));
	int err;

	if (!p)
		return -ENOMEM;
	p->left = left;
	p->ctx = ctx;
	p->family = family;
	p->fd = open_socket(family);
	if (p->fd < 0) {
		err = p->fd;
		free(p);
		return err;
	}
	*out = p;
	return 0;
}

void proof_close(struct proof *p)
{
	if (!p)
		return;
	if (p->fd >= 0)
		close(p->fd);
	free(p);
}

int proof_fd(const struct proof *p)
{
	return p->fd;
}

void proof_sent(struct proof *p, uint16_t id, uint32_t seq)
{
	uint32_t i = p->next_key++ % KEYS;

	p->keys[i].id = id;
	p->keys[i].seq = seq;
}

void proof_refused(struct proof *p)
{
	proof_read(p);
	if (p->fd >= 0)
		close(p->fd);
	p->fd = open_socket(p->family);
	p->next_key = 0;
}

static bool is(const struct cmsghdr *c, int level, int type)
{
	return c->cmsg_level == level && c->cmsg_type == type;
}

/* The packet of one copy; false when the message is none. */
static bool take_control(struct msghdr *h, uint32_t *key, unsigned *ifindex)
{
	struct sock_extended_err error = {0};
	struct in6_pktinfo info6 = {0};
	struct in_pktinfo info = {0};

	for (struct cmsghdr *c = CMSG_FIRSTHDR(h); c; c = CMSG_NXTHDR(h, c)) {
		if (is(c, IPPROTO_IP, IP_PKTINFO))
			memcpy(&info, CMSG_DATA(c), sizeof(info));
		else if (is(c, IPPROTO_IPV6, IPV6_PKTINFO))
			memcpy(&info6, CMSG_DATA(c), sizeof(info6));
		else if (is(c, IPPROTO_IP, IP_RECVERR) || is(c, IPPROTO_IPV6, IPV6_RECVERR))
			memcpy(&error, CMSG_DATA(c), sizeof(error));
	}
	*key = error.ee_data;
	*ifindex = (unsigned)info.ipi_ifindex | info6.ipi6_ifindex; /* one of them is there */
	return error.ee_origin == SO_EE_ORIGIN_TIMESTAMPING && error.ee_info == SCM_TSTAMP_SCHED;
}

static void take(struct proof *p, struct mmsghdr *m)
{
	struct egress seen;
	unsigned ifindex;
	uint32_t key;

	if (!take_control(&m->msg_hdr, &key, &ifindex) || p->next_key - key - 1 >= KEYS ||
	    !egress_parse(m->msg_hdr.msg_iov->iov_base, m->msg_len, &seen))
		return;
	p->left(p->ctx, p->keys[key % KEYS].id, p->keys[key % KEYS].seq, ifindex, &seen);
}

static int read_batch(struct proof *p)
{
	for (size_t i = 0; i < BATCH; i++) {
		p->iov[i] = (struct iovec){p->packets[i], EGRESS_MAX};
		p->messages[i].msg_hdr = (struct msghdr){
			.msg_iov = &p->iov[i],
			.msg_iovlen = 1,
			.msg_control = &p->control[i],
			.msg_controllen = sizeof(p->control[i]),
		};
	}
	return recvmmsg(p->fd, p->messages, BATCH, MSG_ERRQUEUE | MSG_DONTWAIT, NULL);
}

void proof_read(struct proof *p)
{
	int n = (int)BATCH;

	for (unsigned round = 0; p->fd >= 0 && round < READ_MAX && n == (int)BATCH; round++) {
		n = read_batch(p);
		for (int i = 0; i < n; i++)
			take(p, &p->messages[i]);
	}
}
