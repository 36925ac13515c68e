/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A dump as an array of values; see netlink_collect in nl.h. */
#include <errno.h>
#include <stdlib.h>

#include "common/nl.h"

struct collection {
	netlink_parse_fn parse;
	char *items;
	size_t n, room, item_size;
	int err;
};

static bool grow(struct collection *c)
{
	size_t room = c->room ? c->room * 2 : 32;
	char *items = reallocarray(c->items, room, c->item_size);

	if (!items) {
		c->err = -ENOMEM;
		return false;
	}
	c->items = items;
	c->room = room;
	return true;
}

static void keep(void *ctx, const struct nlmsghdr *h)
{
	struct collection *c = ctx;

	if (c->err || (c->n == c->room && !grow(c)))
		return;
	if (c->parse(h, c->items + c->n * c->item_size))
		c->n++;
}

int netlink_collect_more(struct nl *nl, int type, const void *header, size_t header_size,
			 netlink_parse_fn parse, size_t item_size, void **out, size_t *n)
{
	struct collection c = {
		.parse = parse, .items = *out, .n = *n, .room = *n, .item_size = item_size};
	struct nl_msg *m = nlmsg_alloc_simple(type, 0);
	int err = -ENOMEM;

	/* libnl does not write to it. */
	if (m && nlmsg_append(m, (void *)(uintptr_t)header, header_size, NLMSG_ALIGNTO) == 0)
		err = netlink_dump(nl, m, keep, &c);
	nlmsg_free(m);
	*out = c.items;
	*n = c.n;
	return err ? err : c.err;
}

int netlink_collect(struct nl *nl, int type, size_t header_size, netlink_parse_fn parse,
		    size_t item_size, void **out, size_t *n)
{
	static const char unspecific[64];
	int err = -EINVAL;

	*out = NULL;
	*n = 0;
	if (header_size <= sizeof(unspecific))
		err = netlink_collect_more(nl, type, unspecific, header_size, parse, item_size, out,
					   n);
	if (err < 0) {
		free(*out);
		*out = NULL;
	}
	return err;
}
