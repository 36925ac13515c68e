/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Listens to rtnetlink's notices and looks at none of them; see netwatch.h. */
#include "slad/netwatch.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>

#include "common/nl.h"

#define GATHER_US (200 * US_PER_MS)

struct netwatch {
	struct nl *nl;
	struct timer timer;
	netwatch_fn changed;
	void *ctx;
};

static void on_quiet(void *ctx, mono_t now)
{
	struct netwatch *w = ctx;

	(void)now;
	w->changed(w->ctx);
}

static void on_anything(void *ctx)
{
	struct netwatch *w = ctx;

	if (!timer_armed(&w->timer))
		timer_set(&w->timer, mono_add(loop_now(w->timer.loop), GATHER_US));
}

static void on_notice(void *ctx, const struct nlmsghdr *h)
{
	(void)h;
	on_anything(ctx);
}

int netwatch_open(struct netwatch **out, struct loop *loop, netwatch_fn changed, void *ctx)
{
	static const int groups[] = {RTNLGRP_LINK, RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV4_ROUTE,
				     RTNLGRP_IPV6_IFADDR, RTNLGRP_IPV6_ROUTE};
	struct netwatch *w = calloc(1, sizeof(*w));
	int err;

	if (!w)
		return -ENOMEM;
	w->changed = changed;
	w->ctx = ctx;
	timer_init(&w->timer, loop, on_quiet, w);
	err = netlink_open(&w->nl, loop, NETLINK_ROUTE, groups, sizeof(groups) / sizeof(groups[0]),
			   on_notice, on_anything, w);
	if (err < 0) {
		free(w);
		return err;
	}
	*out = w;
	return 0;
}

void netwatch_close(struct netwatch *w)
{
	if (!w)
		return;
	timer_set(&w->timer, MONO_NEVER);
	netlink_close(w->nl);
	free(w);
}
