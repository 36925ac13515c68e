// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * forge INTERFACE SOURCE DESTINATION [MAC]: puts one UDP packet to port 9 (discard, RFC 863) on a
 * line as if it came from SOURCE, past routes, policies and firewall of this host: what a watch of
 * that line has to see. To the station MAC, or to one that nobody is. Both addresses are of one
 * family.
 */
#include <err.h>
#include <net/if.h>
#include <netinet/ether.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/udp.h>
#include <netpacket/packet.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "common/addr.h"
#include "common/csum.h"

#define DISCARD 9
#define TTL 64

struct frame {
	uint8_t b[sizeof(struct ip6_hdr) + sizeof(struct udphdr)];
	size_t len;
};

static size_t put_ipv4(struct frame *f, const struct addr *from, const struct addr *to)
{
	struct iphdr ip = {.version = 4,
			   .ihl = sizeof(ip) / 4,
			   .tot_len = htons(sizeof(ip) + sizeof(struct udphdr)),
			   .ttl = TTL,
			   .protocol = IPPROTO_UDP};

	memcpy(&ip.saddr, from->b, sizeof(ip.saddr));
	memcpy(&ip.daddr, to->b, sizeof(ip.daddr));
	ip.check = htons(csum(&ip, sizeof(ip)));
	memcpy(f->b, &ip, sizeof(ip));
	return sizeof(ip);
}

static size_t put_ipv6(struct frame *f, const struct addr *from, const struct addr *to)
{
	struct ip6_hdr ip = {.ip6_flow = htonl(6u << 28),
			     .ip6_plen = htons(sizeof(struct udphdr)),
			     .ip6_nxt = IPPROTO_UDP,
			     .ip6_hlim = TTL};

	memcpy(&ip.ip6_src, from->b, sizeof(ip.ip6_src));
	memcpy(&ip.ip6_dst, to->b, sizeof(ip.ip6_dst));
	memcpy(f->b, &ip, sizeof(ip));
	return sizeof(ip);
}

static struct frame packet(const struct addr *from, const struct addr *to)
{
	struct udphdr udp = {
		.source = htons(DISCARD), .dest = htons(DISCARD), .len = htons(sizeof(udp))};
	struct frame f;
	size_t at = from->family == FAMILY_IPV4 ? put_ipv4(&f, from, to) : put_ipv6(&f, from, to);

	udp.check = htons(csum_pseudo(from, to, IPPROTO_UDP, &udp, sizeof(udp)));
	memcpy(f.b + at, &udp, sizeof(udp));
	f.len = at + sizeof(udp);
	return f;
}

int main(int argc, char *argv[])
{
	struct sockaddr_ll station = {.sll_family = AF_PACKET,
				      .sll_halen = ETH_ALEN,
				      .sll_addr = {2, 0, 0, 0, 0, DISCARD}};
	struct addr from, to;
	struct frame f;
	int fd;

	if (argc < 4 || argc > 5 || !addr_parse(argv[2], &from) || !addr_parse(argv[3], &to) ||
	    from.family != to.family)
		errx(2, "usage: forge INTERFACE SOURCE DESTINATION [MAC]");
	if (argc > 4) {
		const struct ether_addr *mac = ether_aton(argv[4]);

		if (!mac)
			errx(2, "%s is no hardware address", argv[4]);
		memcpy(station.sll_addr, mac, ETH_ALEN);
	}
	station.sll_ifindex = (int)if_nametoindex(argv[1]);
	station.sll_protocol = htons(from.family == FAMILY_IPV4 ? ETH_P_IP : ETH_P_IPV6);
	f = packet(&from, &to);
	fd = socket(AF_PACKET, SOCK_DGRAM, 0);
	if (fd < 0 ||
	    sendto(fd, f.b, f.len, 0, (const struct sockaddr *)&station, sizeof(station)) < 0)
		err(1, "%s", argv[1]);
	return 0;
}
