/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The channel: slad owns a sealed memfd and hands it to whoever connects to a SEQPACKET socket in
 * the runtime directory; a byte on the same socket wakes the readers. Glue: memory, sockets, the
 * loop. It knows nothing of verdicts' meaning. Errors are negative errnos.
 */
#ifndef COMMON_SHM_H
#define COMMON_SHM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/loop.h"
#include "common/mono.h"
#include "common/sla.h"

/* ---- the writer: slad ---- */
struct shm_writer;

/*
 * Listens on PATH, mode 0660, and accepts root, its own user and members of its own group, which
 * SO_PEERCRED and SO_PEERGROUPS tell (an earlier socket there is replaced: the runtime directory's
 * lock already proved that its owner is gone). Has no memory until shm_writer_layout.
 */
int shm_writer_open(struct shm_writer **out, struct loop *loop, const char *path);
/*
 * A new memory with `n` records, all in their first state as `first` says. Readers that hold an
 * older one see SLA_REPLACED and get the new descriptor on the same socket.
 */
int shm_writer_layout(struct shm_writer *w, const struct sla_verdict *first, size_t n);
/* Publishes one record; `wake` sends the readers a byte. Allocates nothing, never blocks. */
void shm_writer_put(struct shm_writer *w, size_t index, const struct sla_verdict *v, bool wake);
void shm_writer_heartbeat(struct shm_writer *w, mono_t now);
void shm_writer_lifecycle(struct shm_writer *w, enum sla_lifecycle l);
/* NULL is fine. Unlinks the socket. */
void shm_writer_close(struct shm_writer *w);

/* ---- a reader: vrrpd, vrrpctl ---- */
struct shm_reader;

enum shm_event {
	SHM_CONNECTED, /* a (new) memory is mapped; records may have moved */
	SHM_WAKE,      /* a record changed */
	SHM_HANGUP,    /* the writer is gone; the last memory stays readable */
};
typedef void (*shm_fn)(void *ctx, enum shm_event event);

/*
 * With a loop: connects in the background, reconnects every 50 ms after a hang-up, calls fn from
 * the loop; fn may not close the reader. Succeeds although slad is not there yet.
 */
int shm_reader_open(struct shm_reader **out, struct loop *loop, const char *path, shm_fn fn,
		    void *ctx);
/*
 * Without a loop, for vrrpctl: connects now or fails; -ENOENT and -ECONNREFUSED mean not running.
 * What the writer does later shows in the memory alone, by lifecycle and heartbeat.
 */
int shm_reader_open_once(struct shm_reader **out, const char *path);
void shm_reader_close(struct shm_reader *r);

/* NULL before the first connection. Valid until the next SHM_CONNECTED. */
const struct sla_header *shm_reader_header(const struct shm_reader *r);
bool shm_reader_connected(const struct shm_reader *r);
size_t shm_reader_count(const struct shm_reader *r);
/* A consistent copy; false if there is none at that index. */
bool shm_reader_get(const struct shm_reader *r, size_t index, struct sla_verdict *out);
/* Not connected, or the heartbeat is older than SLA_STALE_US. */
bool shm_reader_stale(const struct shm_reader *r, mono_t now);

#endif
