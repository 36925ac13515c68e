/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the tests of the configuration have in common: texts that are parsed, and values as text. */
#ifndef TESTS_UNIT_CONF_TEXT_H
#define TESTS_UNIT_CONF_TEXT_H

#include "common/conf_parse.h"

#define SECOND INT64_C(1000000)

/* An instance and a tunnel of the names A and t, with further statements. */
#define INSTANCE(more)                                              \
	"vrrp_instance A {\ninterface lan0\nvirtual_router_id 22\n" \
	"virtual_ipaddress { 10.1.22.254/24 }\n" more "}\n"
#define TUNNEL(more)                                                     \
	"ipsec_tunnel t {\ninterface wan0\nlocal_address 198.51.100.1\n" \
	"remote_address 203.0.113.1\nlocal_subnet { 10.1.22.0/24 }\n"    \
	"remote_subnet {\n172.16.0.0/16 172.20.0.0/16\n172.21.0.0/16 }\nreqid 7\n" more "}\n"

/* As file test.conf, with the id `here'. */
struct conf *parse(const char *text, struct diags *d);
/* Fails the test on an error. */
struct conf *must_parse(const char *text);
/* Valid until the next call. */
const char *addr_text(const struct addr *a);
const char *net_text(const struct prefix *p);

#endif
