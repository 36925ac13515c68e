/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One netlink transport for every user of it: requests with acknowledgements, in batches; dumps;
 * notices; and a resync after an overrun. Over libnl's sockets. The kernel answers a request while
 * it is sent, so waiting for an acknowledgement here is not waiting for anything outside this host.
 * Returns 0 or a negative errno.
 */
#ifndef COMMON_NL_H
#define COMMON_NL_H

#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/loop.h"

struct nl;

/*
 * protocol: NETLINK_ROUTE, NETLINK_XFRM or NETLINK_NETFILTER. Opens a socket for requests and, when
 * groups has entries, a second one for notices in the loop (SO_RCVBUFFORCE, or as much as is
 * allowed). `notice` gets every message of those groups; `resync` is called after ENOBUFS, when the
 * notices from before it are served: everything may have changed.
 */
typedef void (*netlink_notice_fn)(void *ctx, const struct nlmsghdr *h);
typedef void (*netlink_resync_fn)(void *ctx);
int netlink_open(struct nl **out, struct loop *loop, int protocol, const int *groups,
		 size_t n_groups, netlink_notice_fn notice, netlink_resync_fn resync, void *ctx);
void netlink_close(struct nl *nl);

/*
 * Takes the notices that wait, for who is about to read everything: an older one behind that would
 * bring an older state back. An overrun is left to that reading. Not from within a notice.
 */
void netlink_catch_up(struct nl *nl);

/* The port id of the request socket: a notice with this nlmsg_pid was our own doing. */
uint32_t netlink_port(const struct nl *nl);

/* As many messages go in one datagram at the most. */
#define NETLINK_BURST 64
/*
 * Sends n messages in as few datagrams as take them, and waits until the kernel has done them all,
 * in their order: errors[i] (may be NULL) is 0 or its negative errno for message i. Returns 0 when
 * all are done, the first error otherwise. Does not stop at a refusal. Takes no ownership.
 */
int netlink_batch(struct nl *nl, struct nl_msg *const msgs[], size_t n, int errors[]);
/*
 * The same of messages that are made for it one after the other, since a thousand need not be in
 * memory at once: make gives message i, perhaps more than once, or NULL when out of memory; it is
 * freed. An error in `fine` (NULL: none is) counts as success.
 */
typedef struct nl_msg *(*netlink_make_fn)(const void *items, size_t i);
typedef bool (*netlink_fine_fn)(int err);
int netlink_batch_made(struct nl *nl, netlink_make_fn make, const void *items, size_t n,
		       netlink_fine_fn fine, int errors[]);
/* A netlink_fine_fn: what was to be added is there. */
bool netlink_is_there(int err);
/* For who makes one: m when it is complete, or else NULL, and m (which may be NULL) is freed. */
struct nl_msg *netlink_made(struct nl_msg *m, bool complete);
/* The kernel's own words about the last refusal (extended acknowledgement), or "". */
const char *netlink_last_message(const struct nl *nl);

/* Sends a dump request and calls fn for each message of the answer; repeats it if the kernel says
 * it was interrupted. */
typedef void (*netlink_dump_fn)(void *ctx, const struct nlmsghdr *h);
int netlink_dump(struct nl *nl, struct nl_msg *request, netlink_dump_fn fn, void *ctx);

/* One question that is no dump, RTM_GETROUTE for an address: fn gets the answer. */
int netlink_ask(struct nl *nl, struct nl_msg *request, netlink_dump_fn fn, void *ctx);

/*
 * The dump as an array: of `type`, with an empty family header of header_size bytes (64 at most),
 * each message that `parse` accepts an item of item_size bytes. *out is malloc'ed, the caller frees
 * it; NULL when there is none.
 */
typedef bool (*netlink_parse_fn)(const struct nlmsghdr *h, void *item);
int netlink_collect(struct nl *nl, int type, size_t header_size, netlink_parse_fn parse,
		    size_t item_size, void **out, size_t *n);
/*
 * The same with a header that says what the kernel is to leave out (for NETLINK_ROUTE; one that
 * knows no such thing gives all), behind the n items in *out. After an error *out is still the
 * caller's to free.
 */
int netlink_collect_more(struct nl *nl, int type, const void *header, size_t header_size,
			 netlink_parse_fn parse, size_t item_size, void **out, size_t *n);

#endif
