/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sends VRRP adverts as an ill or hostile router would, for the network tests.
 *
 * Usage: vrrpsend [OPTION]... INTERFACE SOURCE ADDRESS...
 *   -v VERSION -r VRID -p PRIORITY -i INTERVAL_MS -t TTL
 *                     fields of the advert (3, 22, 100, 100, 255)
 *   -n COUNT          how many (1)
 *   -w GAP_US         the pause between them (0)
 *   -R RATE           instead of the pause: so many a second, in bundles of a millisecond
 *   -d ADDRESS        destination (VRRP's group)
 *   -P                the checksum with the pseudo-header
 *   -b OFFSET:VALUE   this byte of the message afterwards gets that value
 *   -m                ... and the plain checksum is made right again
 *   -l LENGTH         so many bytes of the message are sent, zeros behind it
 */
#include <arpa/inet.h>
#include <err.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "common/csum.h"
#include "common/mono.h"
#include "vrrpd/advert.h"

struct job {
	struct advert advert;
	int ttl;
	unsigned count, gap_us, rate;
	int at, value, length;
	bool mend;
	struct addr to;
};

static struct job parse_options(int argc, char **argv)
{
	struct job j = {.advert = {.version = 3,
				   .vrid = 22,
				   .priority = 100,
				   .family = FAMILY_IPV4,
				   .interval_us = 100 * US_PER_MS},
			.ttl = 255,
			.count = 1,
			.at = -1,
			.length = -1};
	int c;

	while ((c = getopt(argc, argv, "v:r:p:i:t:n:w:R:d:Pb:ml:")) != -1) {
		switch (c) {
		case 'v':
			j.advert.version = (uint8_t)atoi(optarg);
			break;
		case 'r':
			j.advert.vrid = (uint8_t)atoi(optarg);
			break;
		case 'p':
			j.advert.priority = (uint8_t)atoi(optarg);
			break;
		case 'i':
			j.advert.interval_us = atoi(optarg) * US_PER_MS;
			break;
		case 't':
			j.ttl = atoi(optarg);
			break;
		case 'n':
			j.count = (unsigned)atoi(optarg);
			break;
		case 'w':
			j.gap_us = (unsigned)atoi(optarg);
			break;
		case 'R':
			j.rate = (unsigned)atoi(optarg);
			break;
		case 'd':
			if (!addr_parse(optarg, &j.to))
				errx(2, "%s is no address", optarg);
			break;
		case 'P':
			j.advert.form = ADVERT_PSEUDO;
			break;
		case 'b':
			if (sscanf(optarg, "%i:%i", &j.at, &j.value) != 2)
				errx(2, "-b OFFSET:VALUE");
			break;
		case 'm':
			j.mend = true;
			break;
		case 'l':
			j.length = atoi(optarg);
			break;
		default:
			exit(2);
		}
	}
	return j;
}

static size_t build(struct job *j, char **texts, int n, const struct addr *src,
		    const struct addr *dst, uint8_t *message)
{
	static uint8_t bytes[VRRP_MAX_ADDRESSES * 16];
	size_t len, size = addr_len(src);
	struct addr a;

	for (int k = 0; k < n; k++) {
		if (!addr_parse(texts[k], &a) || a.family != src->family)
			errx(2, "%s is no address of the source's family", texts[k]);
		memcpy(bytes + size * (size_t)k, a.b, size);
	}
	j->advert.family = src->family;
	j->advert.n_addresses = (uint8_t)n;
	j->advert.addresses = bytes;
	len = advert_build(&j->advert, src, dst, message, ADVERT_MAX_SIZE);
	if (j->at >= 0 && (size_t)j->at < len)
		message[j->at] = (uint8_t)j->value;
	if (j->mend) {
		uint16_t sum;

		message[6] = message[7] = 0;
		sum = csum(message, len);
		message[6] = (uint8_t)(sum >> 8);
		message[7] = (uint8_t)sum;
	}
	return j->length >= 0 && j->length <= ADVERT_MAX_SIZE ? (size_t)j->length : len;
}

static void send_in_turn(int fd, struct msghdr *m, const struct job *j)
{
	for (unsigned k = 0; k < j->count; k++) {
		if (sendmsg(fd, m, 0) < 0)
			err(1, "sendmsg");
		if (j->gap_us)
			usleep(j->gap_us);
	}
}

/* What is due by the clock, so that a late bundle is made up for. */
static void send_at_rate(int fd, const struct msghdr *m, const struct job *j)
{
	struct mmsghdr bundle[256];
	struct timespec now, start;
	unsigned sent = 0;

	for (int k = 0; k < 256; k++)
		bundle[k].msg_hdr = *m;
	clock_gettime(CLOCK_MONOTONIC, &start);
	while (sent < j->count) {
		double age, due;
		int n;

		clock_gettime(CLOCK_MONOTONIC, &now);
		age = (double)(now.tv_sec - start.tv_sec) +
		      (double)(now.tv_nsec - start.tv_nsec) / 1e9;
		due = age * j->rate < j->count ? age * j->rate : j->count;
		n = due - sent > 256 ? 256 : (int)(due - sent);
		if (n > 0 && (n = sendmmsg(fd, bundle, (unsigned)n, 0)) < 0)
			err(1, "sendmmsg");
		sent += (unsigned)n;
		usleep(1000);
	}
}

/* Where to; the sockets below are bound to the source on the interface. */
union destination {
	struct sockaddr_in four;
	struct sockaddr_in6 six;
};

static int open4(const struct job *j, unsigned ifindex, const struct addr *src,
		 union destination *to)
{
	const struct ip_mreqn out = {.imr_ifindex = (int)ifindex};
	struct sockaddr_in from = {.sin_family = AF_INET};
	int fd = socket(AF_INET, SOCK_RAW, VRRP_PROTOCOL);

	memcpy(&from.sin_addr, src->b, 4);
	to->four = (struct sockaddr_in){.sin_family = AF_INET};
	memcpy(&to->four.sin_addr, j->to.b, 4);
	if (setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &out, sizeof(out)) ||
	    setsockopt(fd, IPPROTO_IP, IP_MULTICAST_TTL, &j->ttl, sizeof(j->ttl)) ||
	    setsockopt(fd, IPPROTO_IP, IP_TTL, &j->ttl, sizeof(j->ttl)) ||
	    bind(fd, (struct sockaddr *)&from, sizeof(from)))
		err(1, "socket");
	return fd;
}

static int open6(const struct job *j, unsigned ifindex, const struct addr *src,
		 union destination *to)
{
	struct sockaddr_in6 from = {.sin6_family = AF_INET6, .sin6_scope_id = ifindex};
	int fd = socket(AF_INET6, SOCK_RAW, VRRP_PROTOCOL);

	to->six = from;
	memcpy(&from.sin6_addr, src->b, 16);
	memcpy(&to->six.sin6_addr, j->to.b, 16);
	if (setsockopt(fd, IPPROTO_IPV6, IPV6_MULTICAST_IF, &ifindex, sizeof(ifindex)) ||
	    setsockopt(fd, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, &j->ttl, sizeof(j->ttl)) ||
	    setsockopt(fd, IPPROTO_IPV6, IPV6_UNICAST_HOPS, &j->ttl, sizeof(j->ttl)) ||
	    bind(fd, (struct sockaddr *)&from, sizeof(from)))
		err(1, "socket");
	return fd;
}

int main(int argc, char **argv)
{
	struct job j = parse_options(argc, argv);
	uint8_t message[ADVERT_MAX_SIZE] = {0};
	struct iovec iov = {.iov_base = message};
	union destination to;
	struct msghdr m = {.msg_name = &to, .msg_iov = &iov, .msg_iovlen = 1};
	struct addr src;
	unsigned ifindex;
	int fd;

	if (argc - optind < 3)
		errx(2, "INTERFACE SOURCE ADDRESS...");
	ifindex = if_nametoindex(argv[optind]);
	if (!addr_parse(argv[optind + 1], &src))
		errx(2, "%s is no address", argv[optind + 1]);
	if (!addr_is_set(&j.to))
		j.to = advert_group(src.family);
	iov.iov_len = build(&j, argv + optind + 2, argc - optind - 2, &src, &j.to, message);
	if (src.family == FAMILY_IPV6) {
		fd = open6(&j, ifindex, &src, &to);
		m.msg_namelen = sizeof(to.six);
	} else {
		fd = open4(&j, ifindex, &src, &to);
		m.msg_namelen = sizeof(to.four);
	}
	if (j.rate)
		send_at_rate(fd, &m, &j);
	else
		send_in_turn(fd, &m, &j);
	return 0;
}
