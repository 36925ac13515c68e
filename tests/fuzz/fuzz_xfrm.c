/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libFuzzer entry for the netlink parsers: a datagram of messages, as the kernel would send it. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/attr.h"
#include "vrrpd/guard_watch.h"
#include "vrrpd/nl_xfrmi.h"
#include "vrrpd/rt_parse.h"
#include "vrrpd/wanted.h"
#include "vrrpd/xfrm_parse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(bool truth)
{
	if (!truth)
		abort();
}

static void try_policy(const struct nlmsghdr *h)
{
	char text[POLICY_STRLEN];
	struct policy p;

	if (!xfrm_parse_policy(h, &p))
		return;
	demand(p.dir <= POLICY_FWD && p.kind == POLICY_FOREIGN && p.tunnel == -1);
	demand(p.src.addr.family == p.dst.addr.family);
	demand(p.src.len <= addr_len(&p.src.addr) * 8 && p.dst.len <= addr_len(&p.dst.addr) * 8);
	demand(strlen(policy_format(&p, text)) > 0);
	demand(policy_same(&p, &p));
}

static void try_message(const struct nlmsghdr *h)
{
	struct rt_addr a;
	struct route way;
	struct rule rule;
	struct xfrmi x;
	struct link l;
	struct sa s;
	bool gone, broken = false;

	xfrm_parse_notice(h);
	guard_watch_follow(h, GUARD_TABLE, &broken);
	try_policy(h);
	if (xfrm_parse_sa(h, &s))
		demand(s.spi != 0 && s.tunnel == -1);
	if (xfrmi_parse_own(h, &x))
		demand(x.name[0] && memchr(x.name, 0, sizeof(x.name)));
	if (rt_parse_link(h, &l, &gone))
		demand(l.name[0] != '\0' && memchr(l.name, '\0', sizeof(l.name)));
	if (rt_parse_addr(h, &a))
		demand(addr_is_set(&a.vip.prefix.addr) &&
		       memchr(a.vip.label, '\0', sizeof(a.vip.label)));
	if (rt_parse_own_route(h, &way, &gone))
		demand(way.dst.len <= addr_len(&way.dst.addr) * 8 && way.n_hops <= ROUTE_HOPS_MAX);
	if (rt_parse_own_rule(h, &rule, &gone))
		demand(rule.src.len <= addr_len(&rule.src.addr) * 8 &&
		       memchr(rule.iif, '\0', sizeof(rule.iif)) &&
		       memchr(rule.oif, '\0', sizeof(rule.oif)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* Memory of just that size, aligned as a receive buffer is. */
	uint8_t *bytes = malloc(size ? size : 1);
	const struct nlmsghdr *h;
	struct rbuf r;

	if (!bytes)
		return 0;
	memcpy(bytes, data, size);
	r = rbuf_of(bytes, size);
	while ((h = attr_message(&r)))
		try_message(h);
	free(bytes);
	return 0;
}
