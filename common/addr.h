/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * IPv4 and IPv6 addresses and prefixes as values. Bytes are in network order, the bytes that a
 * family does not use are zero, so two equal addresses are equal by memcmp. Pure.
 */
#ifndef COMMON_ADDR_H
#define COMMON_ADDR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum family { FAMILY_NONE = 0, FAMILY_IPV4 = 4, FAMILY_IPV6 = 6 };

struct addr {
	uint8_t family; /* enum family */
	uint8_t b[16];
};

struct prefix {
	struct addr addr;
	uint8_t len; /* bits */
};

#define ADDR_STRLEN 46
#define PREFIX_STRLEN 50

/* 4 or 16; 0 for FAMILY_NONE. */
size_t addr_len(const struct addr *a);
/* AF_INET, AF_INET6 or AF_UNSPEC. */
int addr_af(const struct addr *a);

struct addr addr_ipv4(const void *four_bytes);
struct addr addr_ipv6(const void *sixteen_bytes);

/* Strict text forms (inet_pton's). False leaves *out untouched. */
bool addr_parse(const char *text, struct addr *out);
/* "ADDR" (host length) or "ADDR/len". */
bool prefix_parse(const char *text, struct prefix *out);

/* Return buf. FAMILY_NONE reads "none". */
const char *addr_format(const struct addr *a, char buf[ADDR_STRLEN]);
const char *prefix_format(const struct prefix *p, char buf[PREFIX_STRLEN]);

/* Unsigned, in network order; the family counts first. <0, 0, >0. */
int addr_cmp(const struct addr *a, const struct addr *b);
bool addr_equal(const struct addr *a, const struct addr *b);
bool addr_is_set(const struct addr *a);
/* "IPv4" or "IPv6". */
const char *family_name(uint8_t family);
/* ff00::/8 or 224.0.0.0/4. */
bool addr_is_multicast(const struct addr *a);
/* fe80::/10. */
bool addr_is_link_local(const struct addr *a);

bool prefix_equal(const struct prefix *a, const struct prefix *b);
bool prefix_contains(const struct prefix *p, const struct addr *a);
/* Whether one of the list does; an unset address is in none. */
bool prefix_any_contains(const struct prefix list[], size_t n, const struct addr *a);
bool prefix_overlaps(const struct prefix *a, const struct prefix *b);
/* The prefix with its host bits cleared. */
struct prefix prefix_network(const struct prefix *p);
/* a/32 or a/128. */
struct prefix prefix_host(const struct addr *a);

#endif
