/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Broadcast ARP requests. Pure; see arp.h. */
#include "vrrpd/arp.h"

#include "common/buf.h"

#define ETHERTYPE_ARP 0x0806
#define ETHERTYPE_IPV4 0x0800
#define HARDWARE_ETHERNET 1
#define OPERATION_REQUEST 1

static size_t request(const uint8_t mac[6], const uint8_t sender[4], const uint8_t target[4],
		      uint8_t frame[ARP_FRAME_LEN])
{
	static const uint8_t broadcast[6] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
	static const uint8_t unknown[6];
	struct wbuf w = wbuf_of(frame, ARP_FRAME_LEN);

	wbuf_bytes(&w, broadcast, 6);
	wbuf_bytes(&w, mac, 6);
	wbuf_u16(&w, ETHERTYPE_ARP);
	wbuf_u16(&w, HARDWARE_ETHERNET);
	wbuf_u16(&w, ETHERTYPE_IPV4);
	wbuf_u8(&w, 6);
	wbuf_u8(&w, 4);
	wbuf_u16(&w, OPERATION_REQUEST);
	wbuf_bytes(&w, mac, 6);
	wbuf_bytes(&w, sender, 4);
	wbuf_bytes(&w, unknown, 6);
	wbuf_bytes(&w, target, 4);
	return w.used;
}

size_t arp_announcement(const uint8_t mac[6], const struct addr *address,
			uint8_t frame[ARP_FRAME_LEN])
{
	return request(mac, address->b, address->b, frame);
}

size_t arp_probe(const uint8_t mac[6], const struct addr *address, uint8_t frame[ARP_FRAME_LEN])
{
	static const uint8_t nobody[4];

	return request(mac, nobody, address->b, frame);
}
