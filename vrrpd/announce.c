/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Announcements on a packet socket; see announce.h. */
#include "vrrpd/announce.h"

#include <errno.h>
#include <linux/if_packet.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "vrrpd/arp.h"
#include "vrrpd/claim.h"
#include "vrrpd/nd.h"

#define ETHERTYPE_AT 12
/* That of network control, as the other sockets for adverts have it. */
#define ADVERT_SOCKET_PRIORITY 6

int announce_open(struct announce *a)
{
	int priority = ADVERT_SOCKET_PRIORITY;

	/* Protocol 0: for sending only. */
	a->fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (a->fd < 0)
		return -errno;
	setsockopt(a->fd, SOL_SOCKET, SO_PRIORITY, &priority, sizeof(priority));
	return 0;
}

void announce_close(struct announce *a)
{
	if (a->fd >= 0)
		close(a->fd);
	a->fd = -1;
}

int announce_frame(const struct announce *a, int ifindex, const uint8_t *frame, size_t len)
{
	struct sockaddr_ll to = {
		.sll_family = AF_PACKET,
		.sll_ifindex = ifindex,
		.sll_halen = 6,
	};

	memcpy(to.sll_addr, frame, 6);
	memcpy(&to.sll_protocol, frame + ETHERTYPE_AT, sizeof(to.sll_protocol));
	if (sendto(a->fd, frame, len, 0, (struct sockaddr *)&to, sizeof(to)) < 0)
		return -errno;
	return 0;
}

int announce_send(const struct announce *a, int ifindex, const uint8_t mac[6],
		  const struct addr *address)
{
	uint8_t frame[ND_FRAME_LEN > ARP_FRAME_LEN ? ND_FRAME_LEN : ARP_FRAME_LEN];
	size_t len = address->family == FAMILY_IPV6 ? nd_announcement(mac, address, frame)
						    : arp_announcement(mac, address, frame);

	return announce_frame(a, ifindex, frame, len);
}

int announce_probe(const struct announce *a, int ifindex, const uint8_t mac[6],
		   const struct addr *address)
{
	uint8_t frame[CLAIM_PROBE_MAX];
	size_t len = claim_probe(mac, address, frame);

	return announce_frame(a, ifindex, frame, len);
}
