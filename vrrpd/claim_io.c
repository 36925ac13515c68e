/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Packet sockets for claims; see claim_io.h. */
#include "vrrpd/claim_io.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

/* Claims that are read at once, and until the next are: what is said of them is said once anyway.
 */
#define READ_MAX 16
#define PAUSE_US US_PER_S
/* In which they wait meanwhile. */
#define RECEIVE_BUFFER (32 * 1024)
#define FRAME_MAX 128
/* Frames that the receive buffer holds, at the most. */
#define OLD_MAX 256

struct ear {
	struct claim_io *owner;
	uint8_t family;
	uint16_t protocol;
	int fd; /* -1: closed */
	struct loop_io io;
	struct timer pause;
};

struct claim_io {
	struct loop *loop;
	claim_io_fn fn;
	void *ctx;
	struct ear ears[2];
};

static ssize_t read_one(const struct ear *e, uint8_t frame[FRAME_MAX], int *ifindex)
{
	struct sockaddr_ll from = {0};
	socklen_t len = sizeof(from);
	ssize_t got =
		recvfrom(e->fd, frame, FRAME_MAX, MSG_DONTWAIT, (struct sockaddr *)&from, &len);

	*ifindex = from.sll_ifindex;
	return got;
}

static void readable(void *ctx, unsigned events)
{
	struct ear *e = ctx;
	uint8_t frame[FRAME_MAX];
	struct claim c;
	int ifindex;

	(void)events;
	for (int k = 0; k < READ_MAX; k++) {
		ssize_t got = read_one(e, frame, &ifindex);

		if (got < 0)
			break;
		if (claim_parse(frame, (size_t)got, &c))
			e->owner->fn(e->owner->ctx, ifindex, &c);
	}
	loop_io_events(&e->io, 0);
	timer_set(&e->pause, mono_add(loop_now(e->owner->loop), PAUSE_US));
}

static void go_on(void *ctx, mono_t now)
{
	struct ear *e = ctx;

	(void)now;
	loop_io_events(&e->io, LOOP_READ);
}

static void close_ear(struct ear *e)
{
	timer_set(&e->pause, MONO_NEVER);
	loop_io_del(&e->io);
	if (e->fd >= 0)
		close(e->fd);
	e->fd = -1;
}

/* Hears nothing until it has its filter: protocol 0 is none. */
static int open_ear(struct ear *e)
{
	int size = RECEIVE_BUFFER;

	e->fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (e->fd < 0)
		return -errno;
	setsockopt(e->fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	return loop_io_add(e->owner->loop, &e->io, e->fd, LOOP_READ, readable, e);
}

static int attach(const struct ear *e, struct sock_filter *code, size_t n)
{
	const struct sock_fprog program = {.len = (unsigned short)n, .filter = code};
	const struct sockaddr_ll all = {.sll_family = AF_PACKET,
					.sll_protocol = htons(e->protocol)};
	uint8_t old[FRAME_MAX];
	int ifindex;

	if (setsockopt(e->fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program)) ||
	    bind(e->fd, (const struct sockaddr *)&all, sizeof(all)))
		return -errno;
	/* What came before the filter; under a flood there is always more. */
	for (int k = 0; k < OLD_MAX && read_one(e, old, &ifindex) >= 0; k++)
		;
	return 0;
}

static int listen_for(struct ear *e, const struct addr list[], size_t n, struct sock_filter *code)
{
	size_t watched, len = claim_filter(e->family, list, n, code, &watched);
	int err = 0;

	if (watched == 0) {
		close_ear(e);
		return 0;
	}
	if (e->fd < 0)
		err = open_ear(e);
	if (!err)
		err = attach(e, code, len);
	if (err)
		close_ear(e);
	return err;
}

struct claim_io *claim_io_new(struct loop *loop, claim_io_fn fn, void *ctx)
{
	static const struct {
		uint8_t family;
		uint16_t protocol;
	} ears[2] = {{FAMILY_IPV4, ETH_P_ARP}, {FAMILY_IPV6, ETH_P_IPV6}};
	struct claim_io *io = calloc(1, sizeof(*io));

	if (!io)
		return NULL;
	*io = (struct claim_io){.loop = loop, .fn = fn, .ctx = ctx};
	for (int k = 0; k < 2; k++) {
		struct ear *e = &io->ears[k];

		*e = (struct ear){.owner = io,
				  .family = ears[k].family,
				  .protocol = ears[k].protocol,
				  .fd = -1};
		timer_init(&e->pause, loop, go_on, e);
	}
	return io;
}

void claim_io_free(struct claim_io *io)
{
	if (!io)
		return;
	for (int k = 0; k < 2; k++)
		close_ear(&io->ears[k]);
	free(io);
}

int claim_io_listen(struct claim_io *io, const struct addr list[], size_t n)
{
	struct sock_filter *code = calloc(CLAIM_FILTER_MAX, sizeof(*code));
	int err = code ? 0 : -ENOMEM;

	for (int k = 0; k < 2 && code; k++) {
		int failed = listen_for(&io->ears[k], list, n, code);

		err = failed ? failed : err;
	}
	free(code);
	return err;
}
