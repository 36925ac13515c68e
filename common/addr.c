/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Addresses and prefixes: text forms, order, containment. Pure; see addr.h. */
#include "common/addr.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

size_t addr_len(const struct addr *a)
{
	return a->family == FAMILY_IPV4 ? 4 : a->family == FAMILY_IPV6 ? 16 : 0;
}

int addr_af(const struct addr *a)
{
	return a->family == FAMILY_IPV4 ? AF_INET : a->family == FAMILY_IPV6 ? AF_INET6 : AF_UNSPEC;
}

struct addr addr_ipv4(const void *four_bytes)
{
	struct addr a = {.family = FAMILY_IPV4};

	memcpy(a.b, four_bytes, 4);
	return a;
}

struct addr addr_ipv6(const void *sixteen_bytes)
{
	struct addr a = {.family = FAMILY_IPV6};

	memcpy(a.b, sixteen_bytes, 16);
	return a;
}

bool addr_parse(const char *text, struct addr *out)
{
	uint8_t b[16];

	if (inet_pton(AF_INET, text, b) == 1)
		*out = addr_ipv4(b);
	else if (inet_pton(AF_INET6, text, b) == 1)
		*out = addr_ipv6(b);
	else
		return false;
	return true;
}

bool prefix_parse(const char *text, struct prefix *out)
{
	char host[ADDR_STRLEN];
	const char *slash = strchr(text, '/');
	size_t n = slash ? (size_t)(slash - text) : strlen(text);
	struct prefix p = {0};
	unsigned long len;
	char *end;

	if (n >= sizeof(host))
		return false;
	memcpy(host, text, n);
	host[n] = '\0';
	if (!addr_parse(host, &p.addr))
		return false;
	len = addr_len(&p.addr) * 8;
	if (slash) {
		if (slash[1] < '0' || slash[1] > '9')
			return false;
		unsigned long asked = strtoul(slash + 1, &end, 10);
		if (*end != '\0' || asked > len)
			return false;
		len = asked;
	}
	p.len = (uint8_t)len;
	*out = p;
	return true;
}

const char *addr_format(const struct addr *a, char buf[ADDR_STRLEN])
{
	if (a->family == FAMILY_NONE || !inet_ntop(addr_af(a), a->b, buf, ADDR_STRLEN))
		strcpy(buf, "none");
	return buf;
}

const char *prefix_format(const struct prefix *p, char buf[PREFIX_STRLEN])
{
	char host[ADDR_STRLEN];

	snprintf(buf, PREFIX_STRLEN, "%s/%u", addr_format(&p->addr, host), p->len);
	return buf;
}

int addr_cmp(const struct addr *a, const struct addr *b)
{
	if (a->family != b->family)
		return a->family < b->family ? -1 : 1;
	return memcmp(a->b, b->b, sizeof(a->b));
}

bool addr_equal(const struct addr *a, const struct addr *b)
{
	return addr_cmp(a, b) == 0;
}

bool addr_is_set(const struct addr *a)
{
	return a->family != FAMILY_NONE;
}

const char *family_name(uint8_t family)
{
	return family == FAMILY_IPV6 ? "IPv6" : "IPv4";
}

bool addr_is_multicast(const struct addr *a)
{
	if (a->family == FAMILY_IPV6)
		return a->b[0] == 0xff;
	return a->family == FAMILY_IPV4 && (a->b[0] & 0xf0) == 0xe0;
}

bool addr_is_link_local(const struct addr *a)
{
	return a->family == FAMILY_IPV6 && a->b[0] == 0xfe && (a->b[1] & 0xc0) == 0x80;
}

bool prefix_equal(const struct prefix *a, const struct prefix *b)
{
	return a->len == b->len && addr_equal(&a->addr, &b->addr);
}

/* True when the first `bits` bits of a and b are the same. */
static bool same_bits(const uint8_t *a, const uint8_t *b, unsigned bits)
{
	unsigned whole = bits / 8, rest = bits % 8;

	if (memcmp(a, b, whole) != 0)
		return false;
	return rest == 0 || ((a[whole] ^ b[whole]) >> (8 - rest)) == 0;
}

bool prefix_contains(const struct prefix *p, const struct addr *a)
{
	return p->addr.family == a->family && same_bits(p->addr.b, a->b, p->len);
}

bool prefix_any_contains(const struct prefix list[], size_t n, const struct addr *a)
{
	for (size_t i = 0; i < n; i++)
		if (addr_is_set(a) && prefix_contains(&list[i], a))
			return true;
	return false;
}

bool prefix_overlaps(const struct prefix *a, const struct prefix *b)
{
	return a->addr.family == b->addr.family &&
	       same_bits(a->addr.b, b->addr.b, a->len < b->len ? a->len : b->len);
}

struct prefix prefix_network(const struct prefix *p)
{
	struct prefix n = *p;

	for (unsigned bit = p->len; bit < addr_len(&p->addr) * 8; bit++)
		n.addr.b[bit / 8] &= (uint8_t) ~(0x80 >> bit % 8);
	return n;
}

struct prefix prefix_host(const struct addr *a)
{
	return (struct prefix){*a, (uint8_t)(addr_len(a) * 8)};
}
