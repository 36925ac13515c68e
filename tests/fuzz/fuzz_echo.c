/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes as an IPv4 packet and as an ICMPv6 message. To get past the checksum, the packet is
 * read a second time with a right one. What is accepted must survive judging, and its length must
 * be no more than came.
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "common/csum.h"
#include "slad/echo.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A message that was accepted, against the request that it claims to be about. */
static void judge(const struct echo_message *m, size_t most)
{
	struct echo_expected e = {.from = m->target, .to = m->source};
	bool whole = m->payload >= ECHO_PAYLOAD_MIN;

	if (m->payload > most)
		abort();
	e.request = (struct echo_request){
		.id = m->id,
		.size = (uint16_t)m->payload,
		.tag = m->tag,
		.seq = whole ? m->seq : m->icmp_seq,
		.cookie = m->cookie,
	};
	if ((echo_judge(&e, m) == ECHO_ACCEPTED) != (!whole || m->icmp_seq == (uint16_t)m->seq))
		abort();
}

static void look(const uint8_t *data, size_t size)
{
	struct echo_message m;

	if (echo_parse_ipv4(data, size, &m) == ECHO_OK)
		judge(&m, size - 28);
}

static void look6(const uint8_t *data, size_t size)
{
	struct addr from = {.family = FAMILY_IPV6, .b = {0xfd}}, to = from;
	struct echo_message m;

	if (echo_parse_ipv6(data, size, &from, &to, &m) == ECHO_OK)
		judge(&m, size - 8);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t header = size ? (size_t)(data[0] & 0xf) * 4 : 0;
	uint8_t copy[2048];
	uint16_t sum;

	look(data, size);
	look6(data, size);
	if (size > sizeof(copy) || size < 28 || header + 8 > size)
		return 0;
	memcpy(copy, data, size);
	copy[0] = (uint8_t)(0x40 | (copy[0] & 0xf));
	copy[2] = (uint8_t)(size >> 8);
	copy[3] = (uint8_t)size;
	copy[6] = copy[7] = 0;
	copy[9] = 1;
	copy[header + 2] = copy[header + 3] = 0;
	sum = csum(copy + header, size - header);
	copy[header + 2] = (uint8_t)(sum >> 8);
	copy[header + 3] = (uint8_t)sum;
	look(copy, size);
	return 0;
}
