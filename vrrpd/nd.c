/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The unsolicited neighbor advertisement. Pure; see nd.h. */
#include "vrrpd/nd.h"

#include "common/buf.h"
#include "common/csum.h"

#define ETHERTYPE_IPV6 0x86dd
#define VERSION_6 0x60000000u
#define ICMPV6 58
#define HOP_LIMIT 255 /* another one is discarded by the receiver */
#define NEIGHBOR_ADVERTISEMENT 136
#define ROUTER 0x80000000u
#define OVERRIDE 0x20000000u
#define TARGET_LINK_LAYER_ADDRESS 2
#define MESSAGE_LEN 32
#define MESSAGE_AT (ND_FRAME_LEN - MESSAGE_LEN)
#define CHECKSUM_AT (MESSAGE_AT + 2)

size_t nd_announcement(const uint8_t mac[6], const struct addr *address,
		       uint8_t frame[ND_FRAME_LEN])
{
	static const uint8_t all_nodes_mac[6] = {0x33, 0x33, 0, 0, 0, 1};
	static const uint8_t all_nodes[16] = {0xff, 0x02, [15] = 1};
	struct addr to = addr_ipv6(all_nodes);
	struct wbuf w = wbuf_of(frame, ND_FRAME_LEN);
	uint16_t sum;

	wbuf_bytes(&w, all_nodes_mac, 6);
	wbuf_bytes(&w, mac, 6);
	wbuf_u16(&w, ETHERTYPE_IPV6);
	wbuf_u32(&w, VERSION_6);
	wbuf_u16(&w, MESSAGE_LEN);
	wbuf_u8(&w, ICMPV6);
	wbuf_u8(&w, HOP_LIMIT);
	wbuf_bytes(&w, address->b, 16);
	wbuf_bytes(&w, to.b, 16);
	wbuf_u8(&w, NEIGHBOR_ADVERTISEMENT);
	wbuf_u8(&w, 0);
	wbuf_u16(&w, 0); /* checksum */
	wbuf_u32(&w, ROUTER | OVERRIDE);
	wbuf_bytes(&w, address->b, 16);
	wbuf_u8(&w, TARGET_LINK_LAYER_ADDRESS);
	wbuf_u8(&w, 1); /* in units of eight bytes */
	wbuf_bytes(&w, mac, 6);
	sum = csum_pseudo(address, &to, ICMPV6, frame + MESSAGE_AT, MESSAGE_LEN);
	frame[CHECKSUM_AT] = (uint8_t)(sum >> 8);
	frame[CHECKSUM_AT + 1] = (uint8_t)sum;
	return w.used;
}
