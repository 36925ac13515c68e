/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads the host's own listings for the doctor: the routing tables and nft's ruleset. A
 * reader of rules by words, not an interpreter: it finds what is worth a look.
 */
#include <stdio.h>
#include <string.h>

#include "vrrpctl/doctor.h"

/* /proc/net/route prints addresses as the machine's integers, whose bytes are in network order. */
static bool route_matches(unsigned dest, unsigned mask, const struct addr *a)
{
	unsigned host;

	memcpy(&host, a->b, sizeof(host));
	return (host & mask) == dest;
}

static int mask_length(unsigned mask)
{
	return __builtin_popcount(mask);
}

static const char *next_line(const char *text)
{
	const char *end = strchr(text, '\n');

	return end ? end + 1 : NULL;
}

const char *route_interface(const char *routes, const struct addr *a, char buf[CONF_IFNAME_MAX])
{
	int best = -1;

	buf[0] = '\0';
	for (; routes && *routes; routes = next_line(routes)) {
		unsigned dest, gateway, flags, mask;
		char name[CONF_IFNAME_MAX];

		if (sscanf(routes, "%15s %x %x %x %*d %*d %*d %x", name, &dest, &gateway, &flags,
			   &mask) != 5)
			continue;
		if (!route_matches(dest, mask, a) || mask_length(mask) <= best)
			continue;
		best = mask_length(mask);
		memcpy(buf, name, sizeof(name));
	}
	return buf;
}

/* Up, and neither one that refuses nor a copy for one destination: RTF_* of linux/route.h and
 * linux/ipv6_route.h. */
static bool is_route6(unsigned flags)
{
	return (flags & 0x1) && !(flags & (0x200 | 0x01000000));
}

/* A line of /proc/net/ipv6_route; false when it is none, or leads nowhere. */
static bool parse_route6(const char *line, struct prefix *dst, char name[CONF_IFNAME_MAX])
{
	unsigned len, flags;
	int at = 0;

	*dst = (struct prefix){.addr.family = FAMILY_IPV6};
	while (at < 16 && sscanf(line + 2 * at, "%2hhx", &dst->addr.b[at]) == 1)
		at++;
	if (at < 16 ||
	    sscanf(line + 32, " %x %*s %*x %*s %*x %*x %*x %x %15s", &len, &flags, name) != 3)
		return false;
	dst->len = (uint8_t)len;
	return is_route6(flags) && len <= 128;
}

const char *route6_interface(const char *routes, const struct addr *a, char buf[CONF_IFNAME_MAX])
{
	int best = -1;

	buf[0] = '\0';
	for (; routes && *routes; routes = next_line(routes)) {
		char name[CONF_IFNAME_MAX];
		struct prefix dst;

		if (!parse_route6(routes, &dst, name) || dst.len <= best ||
		    !prefix_contains(&dst, a))
			continue;
		best = dst.len;
		memcpy(buf, name, sizeof(name));
	}
	return buf;
}

size_t route6_count(const char *routes, const struct prefix *p, const char *interface)
{
	struct prefix wanted = prefix_network(p);
	size_t n = 0;

	for (; routes && *routes; routes = next_line(routes)) {
		char name[CONF_IFNAME_MAX];
		struct prefix dst;

		n += parse_route6(routes, &dst, name) && prefix_equal(&dst, &wanted) &&
		     strcmp(name, interface) == 0;
	}
	return n;
}

/* Is the word in the line, with no letter or digit on either side? */
static bool has_word(const char *line, const char *word)
{
	static const char inside[] = "abcdefghijklmnopqrstuvwxyz0123456789_.-";
	size_t n = strlen(word);

	for (const char *p = line; (p = strstr(p, word)); p++) {
		bool before = p > line && strchr(inside, p[-1]);
		bool after = p[n] && strchr(inside, p[n]);

		if (!before && !after)
			return true;
	}
	return false;
}

static bool names_vrrp(const char *line)
{
	return (strstr(line, "protocol") || strstr(line, "l4proto") || strstr(line, "nexthdr")) &&
	       (has_word(line, "vrrp") || has_word(line, "112"));
}

static void read_rule(struct ruleset *r, const char *line, bool in_forward)
{
	bool drops = has_word(line, "drop") || has_word(line, "reject");

	if (names_vrrp(line)) {
		r->mentions_vrrp[0] |= !strstr(line, "ip6 nexthdr");
		r->mentions_vrrp[1] |= !strstr(line, "ip protocol");
		r->drops_vrrp = r->drops_vrrp || drops;
	}
	if (in_forward && drops && strstr(line, "ct state") && has_word(line, "invalid"))
		r->drops_invalid = true;
	if (has_word(line, "masquerade") || strstr(line, " snat "))
		r->translates = true;
}

struct ruleset ruleset_read(const char *nft)
{
	struct ruleset r = {0};
	bool in_forward = false;

	while (nft && *nft) {
		size_t n = strcspn(nft, "\n");
		char line[512];

		snprintf(line, sizeof(line), "%.*s", (int)n, nft);
		nft += n + (nft[n] == '\n');
		if (strstr(line, " hook ")) {
			in_forward = strstr(line, "hook forward") != NULL;
			if (strstr(line, "hook input") && strstr(line, "policy drop"))
				r.input_drops = true;
		} else {
			read_rule(&r, line, in_forward);
		}
	}
	return r;
}
