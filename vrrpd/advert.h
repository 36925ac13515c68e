/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * VRRP advertisements as bytes and as values: RFC 9568 (version 3, over IPv4 and IPv6) and RFC 3768
 * (version 2). Parses what raw sockets give: whole IPv4 packets, and what follows an IPv6 header.
 * Never logs, never asserts on input; numbers are in host order. Pure.
 */
#ifndef VRRPD_ADVERT_H
#define VRRPD_ADVERT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/addr.h"

#define VRRP_PROTOCOL 112
#define VRRP_TTL 255
#define VRRP_PRIORITY_OWNER 255
#define VRRP_PRIORITY_LEAVING 0
#define VRRP_MAX_ADDRESSES 255
/* The longest message: header, 255 IPv6 addresses, version 2's authentication. */
#define ADVERT_MAX_SIZE (8 + VRRP_MAX_ADDRESSES * 16 + 8)

/* Why a packet is no advert for us. The order is that of the checks; RFC 9568, 7.1. */
enum advert_fault {
	ADVERT_OK,
	ADVERT_BAD_LENGTH, /* shorter or longer than its fields say, or no address in it */
	ADVERT_BAD_TTL, /* not 255: it crossed a router; of unicast adverts judged by the caller */
	ADVERT_BAD_VERSION, /* neither 2 nor 3, or not the instance's */
	ADVERT_BAD_TYPE,    /* not ADVERTISEMENT */
	ADVERT_BAD_CHECKSUM,
	ADVERT_BAD_VRID,     /* no instance of that interface; judged by the caller */
	ADVERT_BAD_INTERVAL, /* 0; or in version 2 another than ours, judged by the caller */
	ADVERT_BAD_AUTH,     /* version 2: neither none nor a password; or not ours, judged by the
				caller */
	ADVERT_BAD_FIRST,    /* IPv6: the first address is not link-local */
	ADVERT_ADDRESSES, /* another list of addresses than ours; judged by the caller, counted only
			   */
	ADVERT_UNKNOWN_PEER, /* from another address than unicast_peer has; judged by the caller */
	ADVERT_OWN_ECHO,     /* from our own address; judged by the caller */
	ADVERT_FAULTS
};

/* "bad_length", ... : the counters' names in the status. */
const char *advert_fault_name(enum advert_fault f);

/* How the checksum of version 3 was made: over IPv4 RFC 9568 leaves the pseudo-header out, others
 * put it in; over IPv6 it is always in. */
enum advert_form { ADVERT_PLAIN, ADVERT_PSEUDO };

#define ADVERT_PASSWORD_LEN 8

/* The packet around a message. */
struct advert_packet {
	struct addr src, dst;
	uint8_t ttl;
	const uint8_t *message; /* into the caller's buffer */
	size_t len;
};

struct advert {
	uint8_t version, vrid, priority;
	int64_t interval_us;
	enum advert_form form;
	uint8_t family;
	uint8_t n_addresses;
	bool has_password; /* version 2: authentication type 1 of RFC 2338, 5.3.6 */
	uint8_t password[ADVERT_PASSWORD_LEN];
	const uint8_t *addresses; /* in network order, into the caller's buffer when parsed */
};

/* 224.0.0.18 or ff02::12: RFC 9568, 5.1.1.2 and 5.1.2.2. */
struct addr advert_group(uint8_t family);

/* Unwraps an IPv4 packet; bytes beyond the header's total length (Ethernet padding) are left out.
 */
enum advert_fault advert_unwrap4(const void *packet, size_t len, struct advert_packet *out);

/* The VRID, readable even in messages that fail otherwise; -1 when the message is too short for
 * one. */
int advert_peek_vrid(const struct advert_packet *p);

/* Checks all that needs no configuration. `out` is complete only for ADVERT_OK. */
enum advert_fault advert_parse(const struct advert_packet *p, struct advert *out);

/* The length of the whole packet that carries an advert with so many addresses. */
size_t advert_packet_size(uint8_t version, uint8_t family, size_t n_addresses);
/* Address i of an advert. */
struct addr advert_address(const struct advert *a, unsigned i);
/* Whether its set of addresses is that of `mine`, in any order. */
bool advert_same_addresses(const struct advert *a, const struct addr mine[], size_t n);
/* Whether they have one in common. */
bool advert_shares_address(const struct advert *a, const struct addr mine[], size_t n);

/*
 * Writes the message for src -> dst; returns its length, 0 when it does not fit. interval_us is
 * rounded down to what the version can say (version 2: seconds, version 3: centiseconds).
 */
size_t advert_build(const struct advert *a, const struct addr *src, const struct addr *dst,
		    void *buf, size_t size);

#endif
