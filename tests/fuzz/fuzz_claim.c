/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libFuzzer entry for frames of ARP and neighbor discovery. What is taken as a claim must pass the
 * filter for its own address, since what the filter drops is never heard.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "vrrpd/claim.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(bool truth)
{
	if (!truth)
		abort();
}

/* As the kernel runs it: 32 bits of the frame against a constant, and what is beyond its end drops
 * the frame. */
static bool passes(const struct sock_filter *code, size_t n, const uint8_t *frame, size_t len)
{
	uint32_t a = 0;

	for (size_t pc = 0; pc < n; pc++) {
		const struct sock_filter *f = &code[pc];

		if (f->code == (BPF_RET | BPF_K))
			return f->k != 0;
		if (f->code == (BPF_JMP | BPF_JEQ | BPF_K)) {
			pc += a == f->k ? f->jt : f->jf;
		} else {
			size_t width = f->code == (BPF_LD | BPF_W | BPF_ABS) ? 4 : 2;

			if (f->k + width > len)
				return false;
			a = 0;
			for (size_t k = 0; k < width; k++)
				a = a << 8 | frame[f->k + k];
		}
	}
	abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct sock_filter code[CLAIM_FILTER_MAX];
	/* Memory of just that size, so that a byte read beyond it is seen. */
	uint8_t *frame = size > 0 ? malloc(size) : NULL;
	struct claim c;
	size_t watched;

	if (!frame)
		return 0;
	memcpy(frame, data, size);
	if (claim_parse(frame, size, &c)) {
		size_t n = claim_filter(c.address.family, &c.address, 1, code, &watched);

		demand(watched == 1 && addr_is_set(&c.address));
		demand(passes(code, n, frame, size));
	}
	free(frame);
	return 0;
}
