/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ICMP echo over a raw socket, one for each family, for every probe: a filter in the kernel passes
 * what answers our ids alone, messages go and come in batches, and arrivals carry the kernel's own
 * stamp. What differs from probe to probe (source, interface, mark, tos, ttl) goes with each
 * message, so that one socket serves all. Glue: builds and parses with echo.c, judges nothing.
 * Errors are negative errnos.
 */
#ifndef SLAD_ECHO_IO_H
#define SLAD_ECHO_IO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/conf.h"
#include "common/loop.h"
#include "slad/echo.h"
#include "slad/egress.h"

struct echo_io;

struct echo_io_ops {
	/* The probe that was queued under `index` went out at `at`, or did not: err is a negative
	 * errno. */
	void (*sent)(void *ctx, size_t index, int err, mono_t at);
	/* A message for an id of ours, or one with our tag; `ifindex` is where it came in. */
	void (*received)(void *ctx, const struct echo_message *m, unsigned ifindex, mono_t at);
	/* A probe of a tunnel was seen to leave by this device; see proof.h. */
	void (*left)(void *ctx, uint16_t id, uint32_t seq, unsigned ifindex,
		     const struct egress *seen);
	/* All that waited in the socket has been given to `received`. */
	void (*drained)(void *ctx);
};

/* What came and was not even a message. */
struct echo_io_counters {
	uint64_t received, malformed[ECHO_NOT_OURS + 1];
	uint64_t overruns; /* dropped by the kernel at our sockets: no room, or a wrong checksum */
};

/*
 * Needs CAP_NET_RAW, else -EPERM. Our ids are those with id & mask == base; ops and ctx outlive the
 * io. Nothing can be sent before echo_io_reserve.
 */
int echo_io_open(struct echo_io **out, struct loop *loop, uint32_t tag, uint16_t base,
		 uint16_t mask, const struct echo_io_ops *ops, void *ctx);
/* NULL is fine. */
void echo_io_close(struct echo_io *io);
/* Room for payloads up to this; may be called again. -ENOMEM leaves the old room. */
int echo_io_reserve(struct echo_io *io, size_t payload);

/* Before the first probe of a tunnel is queued; may be called again. */
int echo_io_prove(struct echo_io *io);

/* Sends with the next flush, which a full batch brings on at once. `ifindex` 0: any interface. */
void echo_io_queue(struct echo_io *io, size_t index, const struct conf_probe *probe,
		   unsigned ifindex, const struct echo_request *request);
void echo_io_flush(struct echo_io *io);
/* Reads the sockets dry now. The loop does it by itself when something waits. */
void echo_io_drain(struct echo_io *io);

/* Whether this host has the address: what a refusal cannot tell, as without it there may be no
 * route either. */
bool echo_io_is_local(const struct addr *a);

const struct echo_io_counters *echo_io_counters(const struct echo_io *io);

#endif
