/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Answers echo requests of both families in the kernel's stead (icmp_echo_ignore_all=1), wrongly:
 *   echoforge both|only FAULT   `both` sends the right reply too, before the wrong one
 *   echoforge flood RATE SECONDS FAULT
 *                               takes one request and sends its wrong reply so many times a second
 * FAULT is cookie, id, sequence, length, short, checksum, source, twice (the right reply once
 * more), late (the right reply 0.3 s later), foreign (as if to somebody else, under every id in
 * turn), or one of the first with quote- before it: an ICMP error that quotes a request with that
 * fault; quote-twice quotes what was sent. Ends at SIGTERM, or after a minute.
 */
#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <netinet/icmp6.h>
#include <netinet/ip_icmp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "common/addr.h"
#include "common/csum.h"

enum fault {
	COOKIE,
	ID,
	SEQUENCE,
	LENGTH,
	SHORT,
	CHECKSUM,
	SOURCE,
	TWICE,
	LATE,
	FOREIGN,
	N_FAULTS
};

static const char *const names[N_FAULTS] = {"cookie",   "id",     "sequence", "length", "short",
					    "checksum", "source", "twice",    "late",   "foreign"};

#define PACKET_MAX 2048
#define ICMP_HEADER 8
/* Odd, so that a flood comes by every id, and evenly from the first second on. */
#define ID_STRIDE 7919u

/* Offsets in the ICMP message. */
#define AT_SUM 2
#define AT_ID 4
#define AT_TAG 8
#define AT_SEQ32 12
#define AT_COOKIE 16

struct packet {
	uint8_t b[PACKET_MAX]; /* from the IP header on, which has no options */
	size_t len;
};

struct forge {
	int in, out4, out6;
	enum fault fault;
	bool quote;
};

static bool ipv6(const struct packet *p)
{
	return p->b[0] >> 4 == 6;
}

static uint8_t *icmp(struct packet *p)
{
	return p->b + (ipv6(p) ? 40 : 20);
}

static size_t icmp_len(const struct packet *p)
{
	return p->len - (ipv6(p) ? 40 : 20);
}

static uint8_t *source(struct packet *p)
{
	return p->b + (ipv6(p) ? 8 : 12);
}

static size_t address_len(const struct packet *p)
{
	return ipv6(p) ? 16 : 4;
}

static void put16(uint8_t *at, size_t v)
{
	at[0] = (uint8_t)(v >> 8);
	at[1] = (uint8_t)v;
}

/* Lengths and checksum; the kernel does the IPv4 header's. */
static void seal(struct packet *p)
{
	uint8_t *m = icmp(p);

	put16(m + AT_SUM, 0);
	if (ipv6(p)) {
		struct addr from = addr_ipv6(source(p)), to = addr_ipv6(source(p) + 16);

		put16(p->b + 4, icmp_len(p));
		put16(m + AT_SUM, csum_pseudo(&from, &to, IPPROTO_ICMPV6, m, icmp_len(p)));
	} else {
		put16(p->b + 2, p->len);
		put16(m + AT_SUM, csum(m, icmp_len(p)));
	}
}

static void turn_round(struct packet *p)
{
	size_t n = address_len(p);
	uint8_t from[16];

	memcpy(from, source(p), n);
	memcpy(source(p), source(p) + n, n);
	memcpy(source(p) + n, from, n);
	p->b[ipv6(p) ? 7 : 8] = 64;
}

static struct packet reply_to(const struct packet *request)
{
	struct packet p = *request;

	turn_round(&p);
	icmp(&p)[0] = ipv6(&p) ? ICMP6_ECHO_REPLY : ICMP_ECHOREPLY;
	seal(&p);
	return p;
}

/* Destination unreachable to the sender of a request, about what it is said to have sent. */
static struct packet error_about(const struct packet *request, const struct packet *quoted)
{
	struct packet p = *request;

	turn_round(&p);
	memset(icmp(&p), 0, ICMP_HEADER);
	icmp(&p)[0] = ipv6(&p) ? ICMP6_DST_UNREACH : ICMP_DEST_UNREACH;
	memcpy(icmp(&p) + ICMP_HEADER, quoted->b, quoted->len);
	p.len = (size_t)(icmp(&p) - p.b) + ICMP_HEADER + quoted->len;
	seal(&p);
	return p;
}

static void spoil(struct packet *p, enum fault f)
{
	uint8_t *m = icmp(p);

	switch (f) {
	case COOKIE:
		m[AT_COOKIE + 7] ^= 1;
		break;
	case ID:
		m[AT_ID] ^= 0x80;
		break;
	case SEQUENCE:
		m[AT_ID + 2] ^= 0x40;
		m[AT_SEQ32] ^= 0x40;
		break;
	case LENGTH:
		p->len -= 4;
		break;
	case SHORT:
		p->len = (size_t)(m - p->b) + 12;
		break;
	case SOURCE:
		source(p)[address_len(p) - 1]++;
		break;
	case FOREIGN:
		memset(m + AT_TAG, 0, icmp_len(p) - AT_TAG);
		break;
	default:
		break;
	}
	seal(p);
	if (f == CHECKSUM)
		m[AT_SUM] ^= 1;
}

static struct packet wrong_answer(const struct packet *request, enum fault f, bool quote)
{
	struct packet p = quote ? *request : reply_to(request);

	spoil(&p, f);
	return quote ? error_about(request, &p) : p;
}

static void send_packet(const struct forge *g, struct packet *p)
{
	struct sockaddr_in to4 = {.sin_family = AF_INET};
	struct sockaddr_in6 to6 = {.sin6_family = AF_INET6};
	ssize_t n;

	memcpy(&to4.sin_addr, source(p) + 4, 4);
	memcpy(&to6.sin6_addr, source(p) + 16, 16);
	if (ipv6(p))
		n = sendto(g->out6, p->b, p->len, 0, (struct sockaddr *)&to6, sizeof(to6));
	else
		n = sendto(g->out4, p->b, p->len, 0, (struct sockaddr *)&to4, sizeof(to4));
	if (n < 0)
		perror("sendto");
}

/* The next echo request, or false: something else came, or nothing for a second. */
static bool receive(const struct forge *g, struct packet *p)
{
	ssize_t n = recv(g->in, p->b, sizeof(p->b) / 2, 0);

	if (n < 40 + AT_COOKIE + 8)
		return false;
	p->len = (size_t)n;
	if (ipv6(p))
		return p->b[6] == IPPROTO_ICMPV6 && icmp(p)[0] == ICMP6_ECHO_REQUEST;
	return p->b[0] == 0x45 && p->b[9] == IPPROTO_ICMP && icmp(p)[0] == ICMP_ECHO;
}

static int answer(const struct forge *g, bool both)
{
	time_t end = time(NULL) + 60;
	struct packet request;

	while (time(NULL) < end) {
		struct packet right, wrong;

		if (!receive(g, &request))
			continue;
		right = reply_to(&request);
		wrong = wrong_answer(&request, g->fault, g->quote);
		if (both)
			send_packet(g, &right);
		if (g->fault == LATE)
			usleep(300000);
		send_packet(g, &wrong);
	}
	return 0;
}

/* A millisecond's worth at a time. Prints how many were sent. */
static int flood(const struct forge *g, unsigned long rate, unsigned long seconds)
{
	struct packet request, p;
	struct timespec at;
	unsigned long sent = 0;

	while (!receive(g, &request))
		;
	p = wrong_answer(&request, g->fault, g->quote);
	clock_gettime(CLOCK_MONOTONIC, &at);
	for (unsigned long ms = 1; ms <= seconds * 1000; ms++) {
		for (; sent < rate * ms / 1000; sent++) {
			if (g->fault == FOREIGN) {
				put16(icmp(&p) + AT_ID, sent * ID_STRIDE);
				seal(&p);
			}
			send_packet(g, &p);
		}
		at.tv_nsec += 1000000;
		at.tv_sec += at.tv_nsec / 1000000000;
		at.tv_nsec %= 1000000000;
		clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL);
	}
	printf("%lu\n", sent);
	return 0;
}

static bool set_fault(struct forge *g, const char *name)
{
	int f = 0;

	g->quote = strncmp(name, "quote-", 6) == 0;
	if (g->quote)
		name += 6;
	while (f < N_FAULTS && strcmp(names[f], name) != 0)
		f++;
	g->fault = (enum fault)f;
	return f < N_FAULTS;
}

int main(int argc, char **argv)
{
	struct forge g = {
		.in = socket(AF_PACKET, SOCK_DGRAM, htons(ETH_P_ALL)),
		.out4 = socket(AF_INET, SOCK_RAW, IPPROTO_RAW),
		.out6 = socket(AF_INET6, SOCK_RAW, IPPROTO_RAW),
	};
	struct timeval second = {1, 0};
	bool flooding = argc == 5 && strcmp(argv[1], "flood") == 0;

	if (g.in < 0 || g.out4 < 0 || g.out6 < 0 || (argc != 3 && !flooding) ||
	    !set_fault(&g, argv[argc - 1])) {
		fprintf(stderr, "usage: %s both|only FAULT | flood RATE SECONDS FAULT (as root)\n",
			argv[0]);
		return 2;
	}
	setsockopt(g.in, SOL_SOCKET, SO_RCVTIMEO, &second, sizeof(second));
	if (flooding)
		return flood(&g, strtoul(argv[2], NULL, 10), strtoul(argv[3], NULL, 10));
	return answer(&g, strcmp(argv[1], "both") == 0);
}
