/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who says that an address is its own. Pure; see claim.h. */
#include "vrrpd/claim.h"

#include "common/buf.h"
#include "common/csum.h"
#include "vrrpd/arp.h"

#define ETHERTYPE_ARP 0x0806
#define ETHERTYPE_IPV4 0x0800
#define ETHERTYPE_IPV6 0x86dd
#define HARDWARE_ETHERNET 1
#define ICMPV6 58
#define HOP_LIMIT 255
#define NEIGHBOR_SOLICITATION 135
#define NEIGHBOR_ADVERTISEMENT 136
#define SOLICITATION_LEN 24

/* Where things are in a frame. */
#define ARP_SENDER_ADDRESS 28
#define IPV6_NEXT_HEADER 20
#define ICMP_TYPE 54
#define ICMP_CHECKSUM 56
#define ND_TARGET_LAST 74

static const uint8_t no_address[16];

static bool parse_arp(struct rbuf *r, struct claim *out)
{
	uint16_t hardware = rbuf_u16(r), protocol = rbuf_u16(r), lengths = rbuf_u16(r);
	const uint8_t *mac, *address;

	rbuf_u16(r); /* request or reply: both say where the sender is */
	mac = rbuf_bytes(r, 6);
	address = rbuf_bytes(r, 4);
	if (r->bad || hardware != HARDWARE_ETHERNET || protocol != ETHERTYPE_IPV4 ||
	    lengths != (6 << 8 | 4) || memcmp(address, no_address, 4) == 0)
		return false;
	out->address = addr_ipv4(address);
	memcpy(out->mac, mac, 6);
	return true;
}

static bool parse_advertisement(struct rbuf *r, const uint8_t *mac, struct claim *out)
{
	const uint8_t *ip = rbuf_bytes(r, 40), *message = rbuf_bytes(r, 24);

	/* With another hop limit it came from afar. */
	if (r->bad || ip[6] != ICMPV6 || ip[7] != HOP_LIMIT || message[0] != NEIGHBOR_ADVERTISEMENT)
		return false;
	out->address = addr_ipv6(message + 8);
	memcpy(out->mac, mac, 6);
	return true;
}

bool claim_parse(const void *frame, size_t len, struct claim *out)
{
	struct rbuf r = rbuf_of(frame, len);
	const uint8_t *to = rbuf_bytes(&r, 6), *from = rbuf_bytes(&r, 6);
	uint16_t type = rbuf_u16(&r);

	(void)to;
	if (r.bad)
		return false;
	if (type == ETHERTYPE_ARP)
		return parse_arp(&r, out);
	return type == ETHERTYPE_IPV6 && parse_advertisement(&r, from, out);
}

/* To the address's solicited-node group: RFC 4291, 2.7.1. */
static size_t solicitation(const uint8_t mac[6], const struct addr *address,
			   uint8_t frame[CLAIM_PROBE_MAX])
{
	uint8_t group[16] = {0xff, 0x02, [11] = 1, [12] = 0xff};
	uint8_t group_mac[6] = {0x33, 0x33, 0xff};
	struct wbuf w = wbuf_of(frame, CLAIM_PROBE_MAX);
	struct addr from = addr_ipv6(no_address), to;
	uint16_t sum;

	memcpy(group + 13, address->b + 13, 3);
	memcpy(group_mac + 3, address->b + 13, 3);
	to = addr_ipv6(group);
	wbuf_bytes(&w, group_mac, 6);
	wbuf_bytes(&w, mac, 6);
	wbuf_u16(&w, ETHERTYPE_IPV6);
	wbuf_u32(&w, 0x60000000u);
	wbuf_u16(&w, SOLICITATION_LEN);
	wbuf_u8(&w, ICMPV6);
	wbuf_u8(&w, HOP_LIMIT);
	wbuf_bytes(&w, no_address, 16);
	wbuf_bytes(&w, group, 16);
	wbuf_u8(&w, NEIGHBOR_SOLICITATION);
	wbuf_u8(&w, 0);
	wbuf_u16(&w, 0); /* checksum */
	wbuf_u32(&w, 0);
	wbuf_bytes(&w, address->b, 16);
	sum = csum_pseudo(&from, &to, ICMPV6, frame + ICMP_TYPE, SOLICITATION_LEN);
	frame[ICMP_CHECKSUM] = (uint8_t)(sum >> 8);
	frame[ICMP_CHECKSUM + 1] = (uint8_t)sum;
	return w.used;
}

size_t claim_probe(const uint8_t mac[6], const struct addr *address, uint8_t frame[CLAIM_PROBE_MAX])
{
	return address->family == FAMILY_IPV6 ? solicitation(mac, address, frame)
					      : arp_probe(mac, address, frame);
}

/* Where a comparison that fails must end, the filter goes on with the one after the next. */
static size_t pass_if(struct sock_filter *out, uint32_t value)
{
	out[0] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, 1);
	out[1] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, UINT32_MAX);
	return 2;
}

/* What the addresses are compared by goes into the accumulator; what is no claim falls out. */
static size_t load_arp(struct sock_filter *out)
{
	out[0] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, ARP_SENDER_ADDRESS);
	return 1;
}

static size_t load_advertisement(struct sock_filter *out)
{
	out[0] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_H | BPF_ABS, IPV6_NEXT_HEADER);
	out[1] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ICMPV6 << 8 | HOP_LIMIT, 1,
					      0);
	out[2] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, 0);
	out[3] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, ND_TARGET_LAST);
	return 4;
}

size_t claim_filter(uint8_t family, const struct addr list[], size_t n,
		    struct sock_filter out[CLAIM_FILTER_MAX], size_t *watched)
{
	size_t used = family == FAMILY_IPV6 ? load_advertisement(out) : load_arp(out);
	size_t last = family == FAMILY_IPV6 ? 12 : 0;

	*watched = 0;
	for (size_t k = 0; k < n && *watched < CLAIM_FILTER_ADDRESSES; k++) {
		struct rbuf r = rbuf_of(list[k].b + last, 4);

		if (list[k].family != family)
			continue;
		used += pass_if(out + used, rbuf_u32(&r));
		++*watched;
	}
	out[used++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, 0);
	return used;
}
