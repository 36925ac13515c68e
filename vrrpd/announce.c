/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Gratuitous ARP on a packet socket; see announce.h. */
#include "vrrpd/announce.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <sys/socket.h>
#include <unistd.h>

#include "vrrpd/arp.h"

int announce_open(struct announce *a)
{
	/* Protocol 0: for sending only. */
	a->fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	return a->fd < 0 ? -errno : 0;
}

void announce_close(struct announce *a)
{
	if (a->fd >= 0)
		close(a->fd);
	a->fd = -1;
}

int announce_send(const struct announce *a, int ifindex, const uint8_t mac[6],
		  const struct addr *address)
{
	uint8_t frame[ARP_FRAME_LEN];
	struct sockaddr_ll to = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_ARP),
		.sll_ifindex = ifindex,
		.sll_halen = 6,
		.sll_addr = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff},
	};
	size_t len = arp_announcement(mac, address, frame);

	if (sendto(a->fd, frame, len, 0, (struct sockaddr *)&to, sizeof(to)) < 0)
		return -errno;
	return 0;
}
