/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ICMP echo as slad speaks it (RFC 792, RFC 4443): builds a request, reads what a raw socket hands
 * up, and judges whether a reply is the one that was asked for, or an error about one that was
 * sent. The payload starts with 16 bytes of ours: a tag of this run (32 bits, which the socket
 * filter knows), the whole sequence number (32 bits, ICMP's own field holds its lower half) and a
 * secret cookie of the probe (64 bits). Host byte order in the structs. Pure.
 */
#ifndef SLAD_ECHO_H
#define SLAD_ECHO_H

#include <stddef.h>
#include <stdint.h>

#include "common/addr.h"

#define ECHO_ICMP_HEADER 8u
/* The least payload; a smaller `size` is raised to it. */
#define ECHO_PAYLOAD_MIN 16u
/* Where the tag lies in an ICMP message, for the socket filter. */
#define ECHO_TAG_OFFSET 8u

struct echo_request {
	uint16_t id;
	uint16_t size; /* payload bytes, ECHO_PAYLOAD_MIN and more */
	uint32_t tag, seq;
	uint64_t cookie;
};

/* Write an ICMP message. Return its length, 0 when buf is too small. */
size_t echo_build_ipv4(const struct echo_request *r, void *buf, size_t buf_size);
/* Without its checksum, which the kernel puts in (RFC 3542, 3.1): it knows the source. */
size_t echo_build_ipv6(const struct echo_request *r, void *buf, size_t buf_size);

enum echo_kind {
	ECHO_REPLY,
	ECHO_UNREACHABLE, /* the rest: an error about a request that somebody sent */
	ECHO_TOO_BIG,
	ECHO_TIME_EXCEEDED,
	ECHO_REDIRECT,
	ECHO_OTHER_ERROR,
};
#define ECHO_KINDS 6

struct echo_message {
	enum echo_kind kind;
	struct addr from, to; /* of the packet itself */
	/* The request's way: that of the reply turned round, or what an error quotes. */
	struct addr source, target;
	uint16_t id, icmp_seq;
	uint8_t code;     /* of an error */
	uint32_t payload; /* bytes; of an error those that it quotes */
	/* Zeros when there are less than ECHO_PAYLOAD_MIN, as an error need not quote more than
	 * eight bytes of ICMP. */
	uint32_t tag, seq;
	uint64_t cookie;
};

enum echo_reason {
	ECHO_OK,
	ECHO_SHORT,      /* ends inside a header */
	ECHO_BAD_HEADER, /* not IPv4, lengths that contradict each other, a fragment */
	ECHO_NOT_ICMP,
	ECHO_BAD_CHECKSUM,
	ECHO_NOT_OURS, /* an ICMP message that answers no echo request */
};

/* An IPv4 packet with its header. *out is whole only with ECHO_OK. */
enum echo_reason echo_parse_ipv4(const void *packet, size_t len, struct echo_message *out);
/*
 * An ICMPv6 message, as raw sockets hand it up: without a header, and with its checksum looked at
 * by the kernel. A redirect is not ours: it quotes its packet among options, if at all.
 */
enum echo_reason echo_parse_ipv6(const void *message, size_t len, const struct addr *from,
				 const struct addr *to, struct echo_message *out);

enum echo_reject {
	ECHO_ACCEPTED,
	ECHO_WRONG_SOURCE,
	ECHO_WRONG_DESTINATION,
	ECHO_WRONG_ID,
	ECHO_WRONG_SEQUENCE,
	ECHO_WRONG_COOKIE,
	ECHO_WRONG_LENGTH,
	ECHO_WRONG_INTERFACE, /* for the caller: no packet shows it */
	ECHO_FORGED_QUOTE,    /* an error about a request that was never sent so */
	ECHO_WRONG_WAY,       /* for the caller: the request did not leave as it must */
};
#define ECHO_REJECTS 10

struct echo_expected {
	struct addr from, to; /* of a reply; `to` may be unset: any */
	struct echo_request request;
};

/* The first mismatch, in the order above; of an error ECHO_FORGED_QUOTE for any. */
enum echo_reject echo_judge(const struct echo_expected *e, const struct echo_message *m);

/* One word or two, for counters and messages. */
const char *echo_kind_name(enum echo_kind k);
const char *echo_reason_name(enum echo_reason r);
const char *echo_reject_name(enum echo_reject r);

#endif
