/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The netlink transport; see nl.h. Requests and notices have a socket each, so that a flood of
 * notices cannot push an acknowledgement out of the buffer. A burst is one datagram of many
 * messages: the kernel works through it inside sendmsg(2) and the answers lie in the receive buffer
 * when that returns. Decides and logs nothing.
 */
#include "common/nl.h"

#include <errno.h>
#include <linux/netlink.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "common/attr.h"

/* Bound of one datagram of requests, beside NETLINK_BURST: all may be refused, and the refusals
 * must fit the receive buffer together. */
#define BURST_BYTES 32768
/* The kernel's largest part of a dump (NLMSG_GOODSIZE limits it to 32 KiB). */
#define RECEIVE_BYTES 65536
#define RECEIVE_BUFFER (4 << 20)
#define DUMP_TRIES 8
/* Datagrams of notices that one turn reads, so that a flood leaves the loop its turns. */
#define NOTICES_A_TURN 256
/* More are a storm that is not worth waiting for. */
#define CATCH_UP_MAX 16384

struct nl {
	struct nl_sock *request, *notice;
	struct loop_io io;
	netlink_notice_fn notice_fn;
	netlink_resync_fn resync_fn;
	void *ctx;
	uint32_t seq;
	char message[256];
	_Alignas(struct nlmsghdr) uint8_t in[RECEIVE_BYTES];
	_Alignas(struct nlmsghdr) uint8_t out[BURST_BYTES];
};

/* Parts of a dump, gathered until it is known to be whole. */
struct gathered {
	uint8_t *bytes;
	size_t used, size;
};

static void enlarge_buffer(int fd)
{
	int size = RECEIVE_BUFFER;

	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) < 0)
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
}

/* libnl has error numbers of its own; errno still holds the system call's. */
static int open_socket(struct nl_sock **out, int protocol)
{
	struct nl_sock *s = nl_socket_alloc();
	int one = 1;

	if (!s)
		return -ENOMEM;
	errno = 0;
	if (nl_connect(s, protocol) < 0) {
		int err = errno ? -errno : -EPROTONOSUPPORT;

		nl_socket_free(s);
		return err;
	}
	enlarge_buffer(nl_socket_get_fd(s));
	setsockopt(nl_socket_get_fd(s), SOL_NETLINK, NETLINK_EXT_ACK, &one, sizeof(one));
	setsockopt(nl_socket_get_fd(s), SOL_NETLINK, NETLINK_CAP_ACK, &one, sizeof(one));
	if (protocol == NETLINK_ROUTE)
		setsockopt(nl_socket_get_fd(s), SOL_NETLINK, NETLINK_GET_STRICT_CHK, &one,
			   sizeof(one));
	*out = s;
	return 0;
}

/*
 * One datagram of the kernel's into nl->in. Its length, or a negative errno; 0: not from the
 * kernel, or too long for the buffer, which no message of ours is.
 */
static ssize_t receive(struct nl *nl, int fd, int flags)
{
	struct sockaddr_nl from = {0};
	struct iovec iov = {nl->in, sizeof(nl->in)};
	struct msghdr m = {
		.msg_name = &from, .msg_namelen = sizeof(from), .msg_iov = &iov, .msg_iovlen = 1};
	ssize_t n;

	do
		n = recvmsg(fd, &m, flags);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	return from.nl_pid == 0 && !(m.msg_flags & MSG_TRUNC) ? n : 0;
}

static void serve_datagram(struct nl *nl, size_t len)
{
	struct rbuf r = rbuf_of(nl->in, len);
	const struct nlmsghdr *h;

	while ((h = attr_message(&r)))
		if (h->nlmsg_type >= NLMSG_MIN_TYPE)
			nl->notice_fn(nl->ctx, h);
}

static void on_notice(void *ctx, unsigned events)
{
	struct nl *nl = ctx;

	(void)events;
	for (int i = 0; i < NOTICES_A_TURN; i++) {
		ssize_t n = receive(nl, nl_socket_get_fd(nl->notice), MSG_DONTWAIT);

		if (n == -ENOBUFS) {
			/* The error comes ahead of the notices that are older than it. */
			netlink_catch_up(nl);
			nl->resync_fn(nl->ctx);
		} else if (n < 0) {
			return;
		} else {
			serve_datagram(nl, (size_t)n);
		}
	}
}

void netlink_catch_up(struct nl *nl)
{
	int fd = nl_socket_get_fd(nl->notice);
	ssize_t n = 0;

	for (int i = 0; i < CATCH_UP_MAX && (n >= 0 || n == -ENOBUFS); i++) {
		n = receive(nl, fd, MSG_DONTWAIT);
		if (n > 0)
			serve_datagram(nl, (size_t)n);
	}
}

static int open_notices(struct nl *nl, struct loop *loop, int protocol, const int *groups, size_t n)
{
	int err = open_socket(&nl->notice, protocol);

	if (err < 0)
		return err;
	for (size_t i = 0; i < n; i++) {
		int fd = nl_socket_get_fd(nl->notice);

		if (setsockopt(fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &groups[i], sizeof(int)) <
		    0)
			return -errno;
	}
	return loop_io_add(loop, &nl->io, nl_socket_get_fd(nl->notice), LOOP_READ, on_notice, nl);
}

int netlink_open(struct nl **out, struct loop *loop, int protocol, const int *groups,
		 size_t n_groups, netlink_notice_fn notice, netlink_resync_fn resync, void *ctx)
{
	/* An answer that does not come is the kernel's fault; even then the daemon must go on. */
	struct timeval limit = {.tv_sec = 1};
	struct nl *nl = calloc(1, sizeof(*nl));
	int err;

	if (!nl)
		return -ENOMEM;
	nl->notice_fn = notice;
	nl->resync_fn = resync;
	nl->ctx = ctx;
	err = open_socket(&nl->request, protocol);
	if (err == 0)
		setsockopt(nl_socket_get_fd(nl->request), SOL_SOCKET, SO_RCVTIMEO, &limit,
			   sizeof(limit));
	if (err == 0 && n_groups > 0)
		err = open_notices(nl, loop, protocol, groups, n_groups);
	if (err < 0) {
		netlink_close(nl);
		return err;
	}
	*out = nl;
	return 0;
}

void netlink_close(struct nl *nl)
{
	if (!nl)
		return;
	loop_io_del(&nl->io);
	nl_socket_free(nl->notice);
	nl_socket_free(nl->request);
	free(nl);
}

uint32_t netlink_port(const struct nl *nl)
{
	return nl_socket_get_local_port(nl->request);
}

const char *netlink_last_message(const struct nl *nl)
{
	return nl->message;
}

static int transmit(struct nl *nl, const void *bytes, size_t len)
{
	struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
	ssize_t n;

	do
		n = sendto(nl_socket_get_fd(nl->request), bytes, len, 0, (struct sockaddr *)&kernel,
			   sizeof(kernel));
	while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : 0;
}

/* The text that the kernel adds to a refusal, behind the capped copy of the request. */
static void keep_message(struct nl *nl, const struct nlmsghdr *h)
{
	struct nlmsgerr e;
	struct rbuf attrs;
	struct attr a;

	if (!(h->nlmsg_flags & NLM_F_ACK_TLVS) || !attr_header(h, &e, sizeof(e), &attrs))
		return;
	if (!(h->nlmsg_flags & NLM_F_CAPPED) && e.msg.nlmsg_len > NLMSG_HDRLEN)
		rbuf_bytes(&attrs, NLMSG_ALIGN(e.msg.nlmsg_len - NLMSG_HDRLEN));
	while (attr_next(&attrs, &a)) {
		size_t n = a.len < sizeof(nl->message) ? a.len : sizeof(nl->message) - 1;

		if (a.type != NLMSGERR_ATTR_MSG)
			continue;
		memcpy(nl->message, a.data, n);
		nl->message[n] = '\0';
	}
}

/* The errno that an acknowledgement or the end of a dump carries. */
static int answer_error(struct nl *nl, const struct nlmsghdr *h)
{
	int32_t err = 0;
	struct rbuf rest;

	if (!attr_header(h, &err, sizeof(err), &rest))
		return h->nlmsg_type == NLMSG_DONE ? 0 : -EPROTO;
	if (err != 0 && h->nlmsg_type == NLMSG_ERROR)
		keep_message(nl, h);
	return err;
}

/* ---- batches ---- */

/* Messages that are made one after the other. */
struct source {
	netlink_make_fn make;
	const void *items;
	size_t n;
};

/* What nl->out holds so far. */
struct datagram {
	size_t used;
	struct nlmsghdr *last;
};

/* Appends message i with its number. 0, -ENOMEM, or -EMSGSIZE: the datagram is full. */
static int append(struct nl *nl, const struct source *s, size_t i, struct datagram *d)
{
	struct nl_msg *msg = s->make(s->items, i);
	struct nlmsghdr *h;
	int err = -EMSGSIZE;
	size_t len;

	if (!msg)
		return -ENOMEM;
	h = nlmsg_hdr(msg);
	len = NLMSG_ALIGN(h->nlmsg_len);
	if (len <= sizeof(nl->out) - d->used) {
		d->last = (void *)(nl->out + d->used);
		memset(d->last, 0, len);
		memcpy(d->last, h, h->nlmsg_len);
		d->last->nlmsg_flags |= NLM_F_REQUEST;
		d->last->nlmsg_seq = ++nl->seq;
		d->last->nlmsg_pid = netlink_port(nl);
		d->used += len;
		err = 0;
	}
	nlmsg_free(msg);
	return err;
}

/* Reads until the answer to the last of the n messages whose numbers begin with first. */
static int collect(struct nl *nl, uint32_t first, size_t n, int errors[])
{
	for (;;) {
		ssize_t got = receive(nl, nl_socket_get_fd(nl->request), 0);
		struct rbuf r = rbuf_of(nl->in, got > 0 ? (size_t)got : 0);
		const struct nlmsghdr *h;

		if (got < 0)
			return got == -EAGAIN ? -ETIMEDOUT : (int)got;
		while ((h = attr_message(&r))) {
			uint32_t i = h->nlmsg_seq - first;

			if (h->nlmsg_type != NLMSG_ERROR || i >= n)
				continue;
			errors[i] = answer_error(nl, h);
			if (i + 1 == n)
				return 0;
		}
	}
}

/*
 * Sends the messages from `at` on that one datagram takes, and returns how many. The kernel works
 * through them in order and answers for each that it refuses; the last one asks for an answer in
 * any case, and what has none by then is done.
 */
static size_t burst(struct nl *nl, const struct source *s, size_t at, int errors[])
{
	uint32_t first = nl->seq + 1;
	struct datagram d = {0};
	size_t n = 0;
	int err = 0;

	while (err == 0 && n < NETLINK_BURST && at + n < s->n) {
		err = append(nl, s, at + n, &d);
		n += err == 0;
	}
	if (n == 0) {
		errors[0] = err;
		return 1;
	}
	memset(errors, 0, n * sizeof(*errors));
	d.last->nlmsg_flags |= NLM_F_ACK;
	err = transmit(nl, nl->out, d.used);
	if (err == 0)
		err = collect(nl, first, n, errors);
	for (size_t i = 0; i < n; i++)
		errors[i] = errors[i] ? errors[i] : err;
	return n;
}

int netlink_batch_made(struct nl *nl, netlink_make_fn make, const void *items, size_t n,
		       netlink_fine_fn fine, int errors[])
{
	const struct source s = {make, items, n};
	int scratch[NETLINK_BURST], result = 0;

	nl->message[0] = '\0';
	for (size_t at = 0; at < n;) {
		int *got = errors ? errors + at : scratch;
		size_t done = burst(nl, &s, at, got);

		for (size_t i = 0; i < done; i++) {
			if (got[i] && fine && fine(got[i]))
				got[i] = 0;
			result = result ? result : got[i];
		}
		at += done;
	}
	return result;
}

bool netlink_is_there(int err)
{
	return err == -EEXIST;
}

struct nl_msg *netlink_made(struct nl_msg *m, bool complete)
{
	if (complete)
		return m;
	nlmsg_free(m);
	return NULL;
}

/* The caller's message, which it keeps. */
static struct nl_msg *given(const void *items, size_t i)
{
	struct nl_msg *const *msgs = items;

	nlmsg_get(msgs[i]);
	return msgs[i];
}

int netlink_batch(struct nl *nl, struct nl_msg *const msgs[], size_t n, int errors[])
{
	return netlink_batch_made(nl, given, msgs, n, NULL, errors);
}

/* ---- dumps ---- */

static int gather(struct gathered *g, const struct nlmsghdr *h)
{
	size_t len = NLMSG_ALIGN(h->nlmsg_len);

	if (g->used + len > g->size) {
		size_t size = (g->size + len) * 2;
		uint8_t *bytes = realloc(g->bytes, size);

		if (!bytes)
			return -ENOMEM;
		g->bytes = bytes;
		g->size = size;
	}
	memset(g->bytes + g->used, 0, len);
	memcpy(g->bytes + g->used, h, h->nlmsg_len);
	g->used += len;
	return 0;
}

/* One try. 0, -EINTR when the kernel calls the answer inconsistent, or another negative errno. */
static int ask_once(struct nl *nl, struct nlmsghdr *request, unsigned flags, struct gathered *g)
{
	bool interrupted = false;
	int err;

	g->used = 0;
	request->nlmsg_flags |= (uint16_t)(NLM_F_REQUEST | flags);
	request->nlmsg_seq = ++nl->seq;
	request->nlmsg_pid = netlink_port(nl);
	err = transmit(nl, request, request->nlmsg_len);
	while (err == 0) {
		ssize_t got = receive(nl, nl_socket_get_fd(nl->request), 0);
		struct rbuf r = rbuf_of(nl->in, got > 0 ? (size_t)got : 0);
		const struct nlmsghdr *h;

		if (got < 0)
			return got == -EAGAIN ? -ETIMEDOUT : (int)got;
		while (err == 0 && (h = attr_message(&r))) {
			if (h->nlmsg_seq != nl->seq)
				continue;
			interrupted |= (h->nlmsg_flags & NLM_F_DUMP_INTR) != 0;
			if (h->nlmsg_type == NLMSG_DONE || h->nlmsg_type == NLMSG_ERROR) {
				err = answer_error(nl, h);
				return err ? err : interrupted ? -EINTR : 0;
			}
			err = gather(g, h);
		}
	}
	return err;
}

/* NLM_F_DUMP ends in NLMSG_DONE, NLM_F_ACK in an acknowledgement behind the answer. */
static int ask(struct nl *nl, struct nl_msg *request, unsigned flags, netlink_dump_fn fn, void *ctx)
{
	struct gathered g = {0};
	int err = -EINTR;

	nl->message[0] = '\0';
	for (int i = 0; i < DUMP_TRIES && err == -EINTR; i++)
		err = ask_once(nl, nlmsg_hdr(request), flags, &g);
	if (err == 0) {
		struct rbuf r = rbuf_of(g.bytes, g.used);
		const struct nlmsghdr *h;

		while ((h = attr_message(&r)))
			fn(ctx, h);
	}
	free(g.bytes);
	return err;
}

int netlink_dump(struct nl *nl, struct nl_msg *request, netlink_dump_fn fn, void *ctx)
{
	return ask(nl, request, NLM_F_DUMP, fn, ctx);
}

int netlink_ask(struct nl *nl, struct nl_msg *request, netlink_dump_fn fn, void *ctx)
{
	return ask(nl, request, NLM_F_ACK, fn, ctx);
}
