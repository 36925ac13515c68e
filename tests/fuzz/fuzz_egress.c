/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libFuzzer entry for outgoing packets: any bytes, and the same with a header checksum that holds.
 */
#include <stdlib.h>
#include <string.h>

#include "common/csum.h"
#include "slad/egress.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void look(const uint8_t *data, size_t size)
{
	struct egress e;

	if (!egress_parse(data, size, &e))
		return;
	if (!addr_is_set(&e.from) || e.from.family != e.to.family)
		abort();
	if (egress_judge(&e, &e.from, &e.to) == EGRESS_TUNNEL && e.protocol != 50 &&
	    e.protocol != 17)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t copy[EGRESS_MAX];
	size_t header = size ? (size_t)(data[0] & 0xf) * 4 : 0;
	uint16_t sum;

	look(data, size);
	if (size > sizeof(copy) || header < 20 || header > size)
		return 0;
	memcpy(copy, data, size);
	copy[0] = (uint8_t)(0x40 | (copy[0] & 0xf));
	copy[10] = copy[11] = 0;
	sum = csum(copy, header);
	copy[10] = (uint8_t)(sum >> 8);
	copy[11] = (uint8_t)sum;
	look(copy, size);
	return 0;
}
