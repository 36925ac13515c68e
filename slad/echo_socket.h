/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The raw ICMP socket of one family: how it is opened, what its filter passes, and how a probe's
 * settings and an arrival's circumstances stand in control messages (ip(7), ipv6(7), RFC 3542).
 * Holds nothing; errors are negative errnos.
 */
#ifndef SLAD_ECHO_SOCKET_H
#define SLAD_ECHO_SOCKET_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>
#include <time.h>

#include "common/addr.h"
#include "common/conf.h"

/*
 * Needs CAP_NET_RAW, else -EPERM. Passes echo replies with id & mask == base, those with our tag
 * (so that a reply whose id somebody rewrote is seen and counted), and errors that quote an echo
 * request with such an id.
 */
int echo_socket_open(enum family family, uint32_t tag, uint16_t base, uint16_t mask);

/*
 * Whether what is sent from now on may be fragmented: the one setting that no message carries in
 * both families. With df the path's MTU that the kernel learned is set aside: a probe that does not
 * fit shall be lost on the path, not refused here.
 */
int echo_socket_set_df(int fd, enum family family, bool df);

/* Where a message goes, and how. */
struct echo_envelope {
	union {
		struct sockaddr sa;
		struct sockaddr_in in;
		struct sockaddr_in6 in6;
	} to;
	char control[CMSG_SPACE(sizeof(struct in6_pktinfo)) + 2 * CMSG_SPACE(sizeof(int)) +
		     CMSG_SPACE(sizeof(uint32_t))] __attribute__((aligned(8)));
};

/* Fills the envelope and points *h at it. `ifindex` 0: any interface. */
void echo_socket_address(struct echo_envelope *e, struct msghdr *h, const struct conf_probe *p,
			 unsigned ifindex);

/* Room for what the kernel says of a message. */
struct echo_slip {
	union {
		struct sockaddr sa;
		struct sockaddr_in in;
		struct sockaddr_in6 in6;
	} from;
	char control[CMSG_SPACE(sizeof(struct in6_pktinfo)) + CMSG_SPACE(sizeof(struct timespec)) +
		     CMSG_SPACE(sizeof(uint32_t))] __attribute__((aligned(8)));
};

struct echo_arrival {
	struct addr from, to;
	unsigned ifindex;
	struct timespec stamp; /* of the wall clock; zeros: none */
	uint32_t dropped; /* by the kernel at this socket, so far; 0 also when it does not say */
};

/* Points *h at the slip, for recvmsg. */
void echo_socket_await(struct echo_slip *s, struct msghdr *h);
/* Reads what recvmsg left there. */
void echo_socket_arrived(const struct echo_slip *s, struct msghdr *h, struct echo_arrival *out);

#endif
