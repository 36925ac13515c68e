/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The key file of a static SA pair: four lines `encryption_out HEX`, `integrity_out HEX`,
 * `encryption_in HEX`, `integrity_in HEX` in any order, with or without 0x, `#` comments. "out" is
 * what this router sends with, so the two ends have the names swapped. Reads text, not files: who
 * may read the file is the caller's question. Messages never hold key bytes. Pure.
 */
#ifndef COMMON_KEYFILE_H
#define COMMON_KEYFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/conf.h"

/* As many leading bytes of each as struct conf_static_sa says; the rest is zero. Wiped by its user.
 */
struct sa_keys {
	uint8_t out_enc[32], out_auth[64], in_enc[32], in_auth[64];
};

/*
 * False with one line in `why`, and zeroes in *out, when a key is missing, given twice, not hex,
 * not of the length that `sa` asks for, all zero, or equal to another one (RFC 8221: one key, one
 * purpose).
 */
bool keyfile_parse(const char *text, size_t len, const struct conf_static_sa *sa,
		   struct sa_keys *out, char *why, size_t why_size);

#endif
