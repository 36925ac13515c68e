/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The channel's writing side: a sealed memfd, and the socket that hands it out and wakes its
 * readers. The writable mapping is made before the seal that forbids any further one. Who may read
 * is decided twice: by the socket's mode, and by the peer's credentials, in case somebody widened
 * the mode. Contract: shm.h.
 */
#include "common/shm.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/queue.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/shm_wire.h"
#include "common/unix_socket.h"

#define READERS_MAX 64
#define GROUPS_MAX 256

struct reader {
	LIST_ENTRY(reader) next;
	struct shm_writer *writer;
	struct loop_io io;
};

struct shm_writer {
	struct loop *loop;
	struct loop_io listener;
	LIST_HEAD(, reader) readers;
	unsigned n_readers;
	int memfd; /* -1 before the first layout */
	size_t size;
	struct sla_header *header;
	struct sla_record *records;
	uint64_t nonce;
	int64_t started_realtime_us;
	uint8_t boot_id[16];
	char path[];
};

/* ---- readers ---- */

static void drop_reader(struct reader *r)
{
	LIST_REMOVE(r, next);
	r->writer->n_readers--;
	loop_io_del(&r->io);
	close(r->io.fd);
	free(r);
}

/* Readers never speak: what is readable is their end. */
static void on_reader(void *ctx, unsigned events)
{
	struct reader *r = ctx;
	char byte;

	(void)events;
	if (recv(r->io.fd, &byte, 1, MSG_DONTWAIT) >= 0 || (errno != EAGAIN && errno != EINTR))
		drop_reader(r);
}

/* False when the reader does not take it: it is stuck, or gone. */
static bool send_memory(int sock, int memfd)
{
	char byte = SHM_BYTE_MEMORY;
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = {0};
	struct iovec iov = {&byte, 1};
	struct msghdr m = {.msg_iov = &iov,
			   .msg_iovlen = 1,
			   .msg_control = control.bytes,
			   .msg_controllen = sizeof(control.bytes)};
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(c), &memfd, sizeof(int));
	return sendmsg(sock, &m, MSG_DONTWAIT | MSG_NOSIGNAL) == 1;
}

static bool in_our_group(int sock)
{
	gid_t groups[GROUPS_MAX], ours = getegid();
	socklen_t len = sizeof(groups);

	if (getsockopt(sock, SOL_SOCKET, SO_PEERGROUPS, groups, &len) < 0)
		return false;
	for (size_t i = 0; i < len / sizeof(gid_t); i++)
		if (groups[i] == ours)
			return true;
	return false;
}

/* root, our own user, and members of our own group. */
static bool may_read(int sock)
{
	struct ucred peer;
	socklen_t len = sizeof(peer);

	if (getsockopt(sock, SOL_SOCKET, SO_PEERCRED, &peer, &len) < 0)
		return false;
	return peer.uid == 0 || peer.uid == geteuid() || peer.gid == getegid() ||
	       in_our_group(sock);
}

static bool add_reader(struct shm_writer *w, int sock)
{
	struct reader *r;

	if (w->n_readers == READERS_MAX || !may_read(sock))
		return false;
	if (w->memfd >= 0 && !send_memory(sock, w->memfd))
		return false;
	r = calloc(1, sizeof(*r));
	if (!r)
		return false;
	r->writer = w;
	if (loop_io_add(w->loop, &r->io, sock, LOOP_READ, on_reader, r) < 0) {
		free(r);
		return false;
	}
	LIST_INSERT_HEAD(&w->readers, r, next);
	w->n_readers++;
	return true;
}

static void on_listener(void *ctx, unsigned events)
{
	struct shm_writer *w = ctx;
	int sock = accept4(w->listener.fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

	(void)events;
	if (sock >= 0 && !add_reader(w, sock))
		close(sock);
}

/* A full socket holds a wake-up already; a dead one is noticed by on_reader. */
static void wake_readers(struct shm_writer *w)
{
	struct reader *r;

	LIST_FOREACH(r, &w->readers, next)
		(void)!send(r->io.fd, &(char){SHM_BYTE_WAKE}, 1, MSG_DONTWAIT | MSG_NOSIGNAL);
}

/* A reader whose socket is too full for the new memory is dropped, and connects again when it runs.
 */
static void hand_out(struct shm_writer *w)
{
	struct reader *r, *next;

	for (r = LIST_FIRST(&w->readers); r; r = next) {
		next = LIST_NEXT(r, next);
		if (!send_memory(r->io.fd, w->memfd))
			drop_reader(r);
	}
}

/* ---- memory ---- */

/* Of `size` bytes, mapped and sealed; sets w->memfd, size, header and records only when all went
 * well. */
static int map(struct shm_writer *w, size_t size)
{
	int fd = memfd_create("vrrp-sla", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	void *p = MAP_FAILED;
	int err;

	if (fd < 0)
		return -errno;
	if (ftruncate(fd, (off_t)size) < 0)
		goto fail;
	p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (p == MAP_FAILED)
		goto fail;
	if (fcntl(fd, F_ADD_SEALS,
		  F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_FUTURE_WRITE | F_SEAL_SEAL) < 0)
		goto fail;
	w->memfd = fd;
	w->size = size;
	w->header = p;
	w->records = (void *)(w->header + 1);
	return 0;

fail:
	err = errno;
	if (p != MAP_FAILED)
		munmap(p, size);
	close(fd);
	return -err;
}

static void fill_header(struct shm_writer *w, size_t n)
{
	struct sla_header *h = w->header;

	h->magic = SLA_MAGIC;
	h->version = SLA_VERSION;
	h->header_size = sizeof(struct sla_header);
	h->record_size = sizeof(struct sla_record);
	h->n_records = (uint32_t)n;
	memcpy(h->boot_id, w->boot_id, sizeof(h->boot_id));
	h->nonce = w->nonce++;
	h->pid = getpid();
	h->started_realtime_us = w->started_realtime_us;
	atomic_store(&h->heartbeat_us, mono_clock().us);
}

/* Tells those who still look at it, and lets go of it; the readers' own mappings live on. */
static void retire(struct sla_header *h, size_t size, int memfd)
{
	atomic_store(&h->lifecycle, SLA_REPLACED);
	munmap(h, size);
	close(memfd);
}

int shm_writer_layout(struct shm_writer *w, const struct sla_verdict *first, size_t n)
{
	struct sla_header *old = w->header;
	size_t old_size = w->size;
	int old_memfd = w->memfd, err;

	if (n > SLA_MAX_RECORDS)
		return -E2BIG;
	err = map(w, sizeof(struct sla_header) + n * sizeof(struct sla_record));
	if (err < 0)
		return err;
	for (size_t i = 0; i < n; i++)
		latch_write(&w->records[i].latch, w->records[i].copy, sizeof(*first), &first[i]);
	fill_header(w, n);
	if (old) {
		atomic_store(&w->header->lifecycle, atomic_load(&old->lifecycle));
		retire(old, old_size, old_memfd);
	}
	hand_out(w);
	return 0;
}

void shm_writer_put(struct shm_writer *w, size_t index, const struct sla_verdict *v, bool wake)
{
	struct sla_record *r = &w->records[index];

	assert(w->header && index < w->header->n_records);
	latch_write(&r->latch, r->copy, sizeof(*v), v);
	if (wake)
		wake_readers(w);
}

void shm_writer_heartbeat(struct shm_writer *w, mono_t now)
{
	if (w->header)
		atomic_store_explicit(&w->header->heartbeat_us, now.us, memory_order_release);
}

void shm_writer_lifecycle(struct shm_writer *w, enum sla_lifecycle l)
{
	if (!w->header)
		return;
	atomic_store_explicit(&w->header->lifecycle, l, memory_order_release);
	wake_readers(w);
}

/* ---- the whole ---- */

int shm_writer_open(struct shm_writer **out, struct loop *loop, const char *path)
{
	struct shm_writer *w = calloc(1, sizeof(*w) + strlen(path) + 1);
	int fd, err;

	if (!w)
		return -ENOMEM;
	w->loop = loop;
	w->memfd = -1;
	w->started_realtime_us = realtime_us();
	LIST_INIT(&w->readers);
	strcpy(w->path, path);
	shm_boot_id(w->boot_id);
	if (getrandom(&w->nonce, sizeof(w->nonce), 0) != sizeof(w->nonce)) {
		err = -EIO;
		goto free_writer;
	}
	err = fd = unix_listen(path, SOCK_SEQPACKET);
	if (fd < 0)
		goto free_writer;
	err = loop_io_add(loop, &w->listener, fd, LOOP_READ, on_listener, w);
	if (err < 0)
		goto close_socket;
	*out = w;
	return 0;

close_socket:
	close(fd);
free_writer:
	free(w);
	return err;
}

void shm_writer_close(struct shm_writer *w)
{
	struct reader *r;

	if (!w)
		return;
	while ((r = LIST_FIRST(&w->readers)))
		drop_reader(r);
	loop_io_del(&w->listener);
	close(w->listener.fd);
	unlink(w->path);
	if (w->header) {
		munmap(w->header, w->size);
		close(w->memfd);
	}
	free(w);
}
