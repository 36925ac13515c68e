/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An advert with its headers; see advert_frame.h. Pure. */
#include "vrrpd/advert_frame.h"

#include "common/buf.h"
#include "common/csum.h"

#define ETHERTYPE_IPV4 0x0800
#define ETHERTYPE_IPV6 0x86dd
#define ETHERNET_LEN 14
#define HEADER4_LEN 20
#define VERSION_AND_LENGTH_4 0x45
#define INTERNETWORK_CONTROL 0xc0
#define VERSION_6_INTERNETWORK_CONTROL 0x6c000000u
#define DONT_FRAGMENT 0x4000
#define CHECKSUM4_AT (ETHERNET_LEN + 10)

static void put_group_mac(struct wbuf *w, const struct addr *group)
{
	const uint8_t *b = group->b;
	const uint8_t mac4[6] = {0x01, 0, 0x5e, b[1] & 0x7f, b[2], b[3]};
	const uint8_t mac6[6] = {0x33, 0x33, b[12], b[13], b[14], b[15]};

	wbuf_bytes(w, group->family == FAMILY_IPV6 ? mac6 : mac4, 6);
}

static void put_header4(struct wbuf *w, size_t len)
{
	wbuf_u16(w, ETHERTYPE_IPV4);
	wbuf_u8(w, VERSION_AND_LENGTH_4);
	wbuf_u8(w, INTERNETWORK_CONTROL);
	wbuf_u16(w, (uint16_t)(HEADER4_LEN + len));
	wbuf_u16(w, 0); /* identification: not a fragment */
	wbuf_u16(w, DONT_FRAGMENT);
	wbuf_u8(w, VRRP_TTL);
	wbuf_u8(w, VRRP_PROTOCOL);
	wbuf_u16(w, 0); /* checksum */
}

static void put_header6(struct wbuf *w, size_t len)
{
	wbuf_u16(w, ETHERTYPE_IPV6);
	wbuf_u32(w, VERSION_6_INTERNETWORK_CONTROL);
	wbuf_u16(w, (uint16_t)len);
	wbuf_u8(w, VRRP_PROTOCOL);
	wbuf_u8(w, VRRP_TTL);
}

size_t advert_frame(const uint8_t mac[6], const struct addr *source, const struct addr *group,
		    const void *message, size_t len, uint8_t frame[ADVERT_FRAME_MAX])
{
	struct wbuf w = wbuf_of(frame, ADVERT_FRAME_MAX);
	uint16_t sum;

	if (len > ADVERT_MAX_SIZE)
		return 0;
	put_group_mac(&w, group);
	wbuf_bytes(&w, mac, 6);
	(source->family == FAMILY_IPV6 ? put_header6 : put_header4)(&w, len);
	wbuf_bytes(&w, source->b, addr_len(source));
	wbuf_bytes(&w, group->b, addr_len(group));
	if (source->family == FAMILY_IPV4) {
		sum = csum(frame + ETHERNET_LEN, HEADER4_LEN);
		frame[CHECKSUM4_AT] = (uint8_t)(sum >> 8);
		frame[CHECKSUM4_AT + 1] = (uint8_t)sum;
	}
	wbuf_bytes(&w, message, len);
	return w.used;
}
