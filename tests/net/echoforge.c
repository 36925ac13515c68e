/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Answers echo requests in the kernel's stead (net.ipv4.icmp_echo_ignore_all=1), wrongly:
 *   echoforge both|only FAULT
 * `both` sends the right reply too, before the wrong one. FAULT is cookie, id, sequence, length,
 * short, checksum, source, twice (the right reply once more) or late (the right reply 0.3 s later).
 * Ends at SIGTERM, or after a minute.
 */
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/ip_icmp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "common/csum.h"

enum fault { COOKIE, ID, SEQUENCE, LENGTH, SHORT, CHECKSUM, SOURCE, TWICE, LATE, N_FAULTS };

static const char *const names[N_FAULTS] = {"cookie",   "id",     "sequence", "length", "short",
					    "checksum", "source", "twice",    "late"};

#define PACKET_MAX 2048

struct packet {
	uint8_t b[PACKET_MAX];
	size_t len; /* with the IP header, which has no options */
};

/* Offsets in the packet. */
#define AT_SOURCE 12
#define AT_ICMP 20
#define AT_ID 24
#define AT_SEQ32 32
#define AT_COOKIE 36

static void seal(struct packet *p)
{
	uint16_t sum;

	p->b[2] = (uint8_t)(p->len >> 8);
	p->b[3] = (uint8_t)p->len;
	p->b[AT_ICMP + 2] = p->b[AT_ICMP + 3] = 0;
	sum = csum(p->b + AT_ICMP, p->len - AT_ICMP);
	p->b[AT_ICMP + 2] = (uint8_t)(sum >> 8);
	p->b[AT_ICMP + 3] = (uint8_t)sum;
}

static struct packet reply_to(const struct packet *request)
{
	struct packet p = *request;

	memcpy(p.b + AT_SOURCE, request->b + AT_SOURCE + 4, 4);
	memcpy(p.b + AT_SOURCE + 4, request->b + AT_SOURCE, 4);
	p.b[8] = 64;
	p.b[AT_ICMP] = ICMP_ECHOREPLY;
	seal(&p);
	return p;
}

static void spoil(struct packet *p, enum fault f)
{
	switch (f) {
	case COOKIE:
		p->b[AT_COOKIE + 7] ^= 1;
		break;
	case ID:
		p->b[AT_ID] ^= 0x80;
		break;
	case SEQUENCE:
		p->b[AT_SEQ32] ^= 0x40;
		break;
	case LENGTH:
		p->len -= 4;
		break;
	case SHORT:
		p->len = AT_ICMP + 12;
		break;
	case SOURCE:
		p->b[AT_SOURCE + 3]++;
		break;
	default:
		break;
	}
	seal(p);
	if (f == CHECKSUM)
		p->b[AT_ICMP + 2] ^= 1;
}

static void send_packet(int fd, const struct packet *p)
{
	struct sockaddr_in to = {.sin_family = AF_INET};

	memcpy(&to.sin_addr, p->b + AT_SOURCE + 4, 4);
	if (sendto(fd, p->b, p->len, 0, (struct sockaddr *)&to, sizeof(to)) < 0)
		perror("sendto");
}

/* The next echo request, or false after a second. */
static bool receive(int fd, struct packet *p)
{
	ssize_t n = recv(fd, p->b, sizeof(p->b), 0);

	if (n < AT_COOKIE + 8 || p->b[0] != 0x45 || p->b[AT_ICMP] != ICMP_ECHO)
		return false;
	p->len = (size_t)n;
	return true;
}

static enum fault fault_of(const char *name)
{
	int f = 0;

	while (f < N_FAULTS && strcmp(names[f], name) != 0)
		f++;
	return (enum fault)f;
}

int main(int argc, char **argv)
{
	enum fault f = argc == 3 ? fault_of(argv[2]) : N_FAULTS;
	int in = socket(AF_INET, SOCK_RAW, IPPROTO_ICMP),
	    out = socket(AF_INET, SOCK_RAW, IPPROTO_RAW);
	struct timeval second = {1, 0};
	time_t end = time(NULL) + 60;
	struct packet request;

	if (f == N_FAULTS || in < 0 || out < 0) {
		fprintf(stderr, "usage: %s both|only FAULT (as root)\n", argv[0]);
		return 2;
	}
	setsockopt(in, SOL_SOCKET, SO_RCVTIMEO, &second, sizeof(second));
	while (time(NULL) < end) {
		struct packet right, wrong;

		if (!receive(in, &request))
			continue;
		right = wrong = reply_to(&request);
		if (strcmp(argv[1], "both") == 0)
			send_packet(out, &right);
		spoil(&wrong, f);
		if (f == LATE)
			usleep(300000);
		send_packet(out, &wrong);
	}
	return 0;
}
