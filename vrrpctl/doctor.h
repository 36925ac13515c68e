/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The doctor's knowledge: what of a host does not go with a configuration, and the remedy. Facts
 * and configuration in, findings out. Pure, with jansson.
 */
#ifndef VRRPCTL_DOCTOR_H
#define VRRPCTL_DOCTOR_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "common/conf.h"
#include "vrrpctl/text.h"

struct iface_facts {
	char name[CONF_IFNAME_MAX];
	bool exists;
	int forwarding, rp_filter, arp_ignore; /* of IPv4; -1: unknown */
	int mtu;                               /* -1: unknown */
	const char *manager;                   /* the program that configures it; NULL: none seen */
};

enum module_state { MODULE_UNKNOWN, MODULE_THERE, MODULE_MISSING };

struct host_facts {
	struct iface_facts *ifaces; /* each interface of the configuration once */
	size_t n_ifaces;
	int forwarding6; /* IPv6, of the whole host; -1: unknown */
	char *routes;    /* /proc/net/route; NULL: not readable */
	char *routes6;   /* /proc/net/ipv6_route; NULL: not readable, or no IPv6 */
	char *nft;       /* `nft list ruleset`; NULL: not readable */
	bool legacy_iptables;
	int arp_filter;  /* IPv4, of all interfaces; -1: unknown */
	int new_no_ipv6; /* interfaces begin without IPv6; -1: unknown */
	enum module_state xfrm_user, esp4, esp6, xfrm_interface, nf_tables, macvlan;
};

/*
 * Appends {"level", "check", "text", "remedy"} to findings, a JSON array: level is error, warning,
 * hint or ok. snapshot (may be NULL) says what the daemons see.
 */
void doctor_judge(const struct conf *c, const struct host_facts *h, const json_t *snapshot,
		  json_t *findings);
/* A line or more for each, the worst first, and a sum. */
void format_findings(struct text *t, const json_t *findings);
size_t doctor_count(const json_t *findings, const char *level);

/* The interface that /proc/net/route's text gives an IPv4 address, "" when there is no route. */
const char *route_interface(const char *routes, const struct addr *a, char buf[CONF_IFNAME_MAX]);
/* The same of /proc/net/ipv6_route's text and an IPv6 address. */
const char *route6_interface(const char *routes, const struct addr *a, char buf[CONF_IFNAME_MAX]);
/* How many routes to exactly that prefix lead over the interface, in all tables. */
size_t route6_count(const char *routes, const struct prefix *p, const char *interface);

/* What a ruleset does to VRRP and to tunnel traffic, from nft's own listing. */
struct ruleset {
	bool input_drops;               /* an input chain whose policy is drop */
	bool mentions_vrrp[N_FAMILIES]; /* a rule names protocol vrrp or 112 of IPv4, of IPv6 */
	bool drops_vrrp;                /* such a rule with drop or reject */
	bool drops_invalid;             /* ct state invalid drop in a forward chain */
	bool translates;                /* masquerade or snat */
};
struct ruleset ruleset_read(const char *nft);

#endif
