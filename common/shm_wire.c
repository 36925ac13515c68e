/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The boot's identity, for both sides of the channel. Contract: shm_wire.h. */
#include "common/shm_wire.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

static unsigned digit_value(char c)
{
	return isdigit((unsigned char)c) ? (unsigned)(c - '0')
					 : (unsigned)(tolower((unsigned char)c) - 'a') + 10;
}

void shm_boot_id(uint8_t id[16])
{
	FILE *f = fopen("/proc/sys/kernel/random/boot_id", "re");
	char text[64] = "";
	unsigned n = 0;

	memset(id, 0, 16);
	if (!f)
		return;
	if (!fgets(text, sizeof(text), f))
		text[0] = 0;
	fclose(f);
	/* 32 hexadecimal digits, with hyphens between some of them. */
	for (const char *c = text; *c && n < 32; c++) {
		if (!isxdigit((unsigned char)*c))
			continue;
		id[n / 2] = (uint8_t)(id[n / 2] << 4 | digit_value(*c));
		n++;
	}
}
