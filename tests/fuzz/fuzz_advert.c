/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libFuzzer entry for adverts of both families and versions. The first byte says what follows: an
 * IPv4 packet, or source, destination, hop limit and message of an IPv6 one; and whether the
 * checksum is made right first, since a fuzzer seldom guesses one. What is taken as an advert must
 * be built again to the same bytes, but for those that a receiver ignores.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/csum.h"
#include "common/mono.h"
#include "vrrpd/advert.h"

#define IS_IPV6 1
#define MEND 2
#define MEND_PSEUDO 4
#define MESSAGE_MIN 8

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(bool truth)
{
	if (!truth)
		abort();
}

static enum advert_fault unwrap(bool six, const uint8_t *data, size_t size, struct advert_packet *p)
{
	struct rbuf r = rbuf_of(data, size);
	const uint8_t *src, *dst;

	if (!six)
		return advert_unwrap4(data, size, p);
	src = rbuf_bytes(&r, 16);
	dst = rbuf_bytes(&r, 16);
	p->ttl = rbuf_u8(&r);
	if (r.bad)
		return ADVERT_BAD_LENGTH;
	p->src = addr_ipv6(src);
	p->dst = addr_ipv6(dst);
	p->message = r.p;
	p->len = r.left;
	return ADVERT_OK;
}

static void mend(uint8_t *message, const struct advert_packet *p, bool pseudo)
{
	uint16_t sum;

	if (p->len < MESSAGE_MIN)
		return;
	message[6] = message[7] = 0;
	sum = pseudo ? csum_pseudo(&p->src, &p->dst, VRRP_PROTOCOL, message, p->len)
		     : csum(message, p->len);
	message[6] = (uint8_t)(sum >> 8);
	message[7] = (uint8_t)sum;
}

static void demand_sense(const struct advert_packet *p, const struct advert *a)
{
	struct addr first = advert_address(a, 0), mine[VRRP_MAX_ADDRESSES];

	demand(a->version == 2 || a->version == 3);
	demand(a->family == p->src.family && a->n_addresses > 0);
	demand(a->interval_us > 0);
	demand(a->interval_us <= (a->version == 2 ? 255 * US_PER_S : 4095 * US_PER_CS));
	demand(p->ttl == VRRP_TTL || !addr_is_multicast(&p->dst));
	demand(a->family == FAMILY_IPV4 || addr_is_link_local(&first));
	demand(a->vrid == advert_peek_vrid(p));
	for (unsigned k = 0; k < a->n_addresses; k++)
		mine[k] = advert_address(a, k);
	demand(advert_same_addresses(a, mine, a->n_addresses));
	demand(!advert_same_addresses(a, mine, a->n_addresses - 1u));
}

static void demand_same_again(const struct advert_packet *p, const struct advert *a)
{
	uint8_t ours[ADVERT_MAX_SIZE];
	struct advert_packet again = *p;
	struct advert b;

	demand(advert_build(a, &p->src, &p->dst, ours, sizeof(ours)) == p->len);
	again.message = ours;
	demand(advert_parse(&again, &b) == ADVERT_OK);
	demand(b.version == a->version && b.vrid == a->vrid && b.priority == a->priority);
	demand(b.interval_us == a->interval_us && b.n_addresses == a->n_addresses);
	demand(b.has_password == a->has_password);
	demand(!a->has_password || memcmp(b.password, a->password, sizeof(b.password)) == 0);
	demand(memcmp(ours + MESSAGE_MIN, p->message + MESSAGE_MIN,
		      a->n_addresses * addr_len(&p->src)) == 0);
	/* A byte more or less is no advert. */
	again.len--;
	demand(advert_parse(&again, &b) != ADVERT_OK);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* Memory of just that size, so that a byte read beyond it is seen. */
	uint8_t *bytes = size > 0 ? malloc(size) : NULL;
	struct advert_packet p = {0};
	enum advert_fault fault;
	struct advert a;

	if (!bytes)
		return 0;
	memcpy(bytes, data, size);
	fault = unwrap(bytes[0] & IS_IPV6, bytes + 1, size - 1, &p);
	if (fault == ADVERT_OK) {
		if (bytes[0] & MEND)
			mend(bytes + (p.message - bytes), &p, bytes[0] & MEND_PSEUDO);
		fault = advert_parse(&p, &a);
	}
	demand(fault < ADVERT_FAULTS && strcmp(advert_fault_name(fault), "unknown") != 0);
	if (fault == ADVERT_OK) {
		demand_sense(&p, &a);
		demand_same_again(&p, &a);
	}
	free(bytes);
	return 0;
}
