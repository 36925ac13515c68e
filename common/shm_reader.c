/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The channel's reading side. Trusts the writer's verdicts, but no number that could lead outside
 * the mapping: sizes are checked against the file once and kept, and a file that could still shrink
 * is refused. Contract: shm.h.
 */
#include "common/shm.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/shm_wire.h"
#include "common/unix_socket.h"

#define RECONNECT_US (50 * US_PER_MS)
#define FIRST_MEMORY_MS 1000

struct shm_reader {
	struct loop *loop; /* NULL: for once */
	struct loop_io io;
	struct timer reconnect;
	shm_fn fn;
	void *ctx;
	int sock;  /* -1: not connected */
	bool live; /* this connection has given us the memory */
	const struct sla_header *header;
	const struct sla_record *records;
	size_t size, count;
	uint8_t boot_id[16];
	char path[];
};

/* ---- memory ---- */

static bool same_boot(const uint8_t a[16], const uint8_t b[16])
{
	static const uint8_t unreadable[16];

	return memcmp(a, b, 16) == 0 || memcmp(a, unreadable, 16) == 0 ||
	       memcmp(b, unreadable, 16) == 0;
}

static bool header_is_sound(const struct shm_reader *r, const struct sla_header *h, size_t size)
{
	return h->magic == SLA_MAGIC && h->version == SLA_VERSION &&
	       h->header_size == sizeof(struct sla_header) &&
	       h->record_size == sizeof(struct sla_record) && h->n_records <= SLA_MAX_RECORDS &&
	       size >= sizeof(*h) + h->n_records * sizeof(struct sla_record) &&
	       same_boot(h->boot_id, r->boot_id);
}

static void unmap(struct shm_reader *r)
{
	if (r->header)
		munmap((void *)(uintptr_t)r->header, r->size);
	r->header = NULL;
	r->records = NULL;
	r->count = 0;
}

/* Takes the place of an earlier memory only when it is sound. Does not close memfd. */
static bool map(struct shm_reader *r, int memfd)
{
	int seals = fcntl(memfd, F_GET_SEALS);
	struct stat st;
	size_t size;
	void *p;

	if (seals < 0 || !(seals & F_SEAL_SHRINK) || fstat(memfd, &st) < 0)
		return false;
	size = (size_t)st.st_size;
	if (size < sizeof(struct sla_header))
		return false;
	p = mmap(NULL, size, PROT_READ, MAP_SHARED, memfd, 0);
	if (p == MAP_FAILED)
		return false;
	if (!header_is_sound(r, p, size)) {
		munmap(p, size);
		return false;
	}
	unmap(r);
	r->header = p;
	r->records = (const void *)(r->header + 1);
	r->size = size;
	r->count = r->header->n_records;
	return true;
}

/* ---- the socket ---- */

/* Of one message: the descriptor that came with it, or -1. */
static int passed_descriptor(struct msghdr *m)
{
	int fd = -1;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c; c = CMSG_NXTHDR(m, c))
		if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS &&
		    c->cmsg_len == CMSG_LEN(sizeof(int)))
			memcpy(&fd, CMSG_DATA(c), sizeof(fd));
	return fd;
}

enum received { NOTHING, END, WAKE, MEMORY, UNSOUND };

static enum received receive(struct shm_reader *r)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control;
	char byte;
	struct iovec iov = {&byte, 1};
	struct msghdr m = {.msg_iov = &iov,
			   .msg_iovlen = 1,
			   .msg_control = control.bytes,
			   .msg_controllen = sizeof(control.bytes)};
	ssize_t n = recvmsg(r->sock, &m, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	int memfd;
	bool sound;

	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? NOTHING : END;
	if (n == 0)
		return END;
	memfd = passed_descriptor(&m);
	if (memfd < 0)
		return WAKE;
	sound = map(r, memfd);
	close(memfd);
	return sound ? MEMORY : UNSOUND;
}

/* Keeps the last memory readable. */
static void disconnect(struct shm_reader *r)
{
	loop_io_del(&r->io);
	close(r->sock);
	r->sock = -1;
	r->live = false;
	timer_set(&r->reconnect, mono_add(loop_now(r->loop), RECONNECT_US));
}

/* Reads the socket dry, then says once what it amounts to: a new memory includes any change in it.
 */
static void on_socket(void *ctx, unsigned events)
{
	struct shm_reader *r = ctx;
	bool memory = false, wake = false, was_live = r->live;
	enum received got;

	(void)events;
	while ((got = receive(r)) == WAKE || got == MEMORY) {
		memory |= got == MEMORY;
		wake |= got == WAKE;
	}
	r->live |= memory;
	if (memory)
		r->fn(r->ctx, SHM_CONNECTED);
	else if (wake && was_live)
		r->fn(r->ctx, SHM_WAKE);
	if (got == NOTHING)
		return;
	was_live = r->live;
	disconnect(r);
	if (was_live)
		r->fn(r->ctx, SHM_HANGUP);
}

static void try_connect(void *ctx, mono_t now)
{
	struct shm_reader *r = ctx;

	r->sock = unix_connect(r->path, SOCK_SEQPACKET);
	if (r->sock >= 0 && loop_io_add(r->loop, &r->io, r->sock, LOOP_READ, on_socket, r) == 0)
		return;
	if (r->sock >= 0)
		close(r->sock);
	r->sock = -1;
	timer_set(&r->reconnect, mono_add(now, RECONNECT_US));
}

/* ---- the whole ---- */

static struct shm_reader *reader_new(const char *path)
{
	struct shm_reader *r = calloc(1, sizeof(*r) + strlen(path) + 1);

	if (!r)
		return NULL;
	r->sock = -1;
	strcpy(r->path, path);
	shm_boot_id(r->boot_id);
	return r;
}

int shm_reader_open(struct shm_reader **out, struct loop *loop, const char *path, shm_fn fn,
		    void *ctx)
{
	struct shm_reader *r = reader_new(path);

	if (!r)
		return -ENOMEM;
	r->loop = loop;
	r->fn = fn;
	r->ctx = ctx;
	timer_init(&r->reconnect, loop, try_connect, r);
	try_connect(r, loop_now(loop));
	*out = r;
	return 0;
}

/* 0 once the memory is mapped. */
static int wait_for_memory(struct shm_reader *r)
{
	mono_t deadline = mono_add(mono_clock(), FIRST_MEMORY_MS * US_PER_MS);
	struct pollfd p = {.fd = r->sock, .events = POLLIN};
	int64_t left_ms;

	while ((left_ms = mono_sub(deadline, mono_clock()) / US_PER_MS) > 0) {
		if (poll(&p, 1, (int)left_ms) <= 0)
			continue;
		switch (receive(r)) {
		case MEMORY:
			return 0;
		case UNSOUND:
			return -EPROTO;
		case END:
			return -ECONNREFUSED;
		case NOTHING:
		case WAKE:
			break;
		}
	}
	return -ETIMEDOUT;
}

int shm_reader_open_once(struct shm_reader **out, const char *path)
{
	struct shm_reader *r = reader_new(path);
	int err;

	if (!r)
		return -ENOMEM;
	err = r->sock = unix_connect(path, SOCK_SEQPACKET);
	if (err >= 0)
		err = wait_for_memory(r);
	if (err < 0) {
		shm_reader_close(r);
		return err;
	}
	r->live = true;
	*out = r;
	return 0;
}

void shm_reader_close(struct shm_reader *r)
{
	if (!r)
		return;
	if (r->loop)
		timer_set(&r->reconnect, MONO_NEVER);
	loop_io_del(&r->io);
	if (r->sock >= 0)
		close(r->sock);
	unmap(r);
	free(r);
}

const struct sla_header *shm_reader_header(const struct shm_reader *r)
{
	return r->header;
}

bool shm_reader_connected(const struct shm_reader *r)
{
	return r->live;
}

size_t shm_reader_count(const struct shm_reader *r)
{
	return r->count;
}

/* Whatever the writer did: text ends, and a state is one of the three. */
static void tame(struct sla_verdict *v)
{
	v->name[sizeof(v->name) - 1] = 0;
	v->cause[sizeof(v->cause) - 1] = 0;
	v->target[sizeof(v->target) - 1] = 0;
	v->source[sizeof(v->source) - 1] = 0;
	v->tunnel[sizeof(v->tunnel) - 1] = 0;
	if (v->state > SLA_DOWN)
		v->state = SLA_UNKNOWN;
	if (v->kind > SLA_GROUP)
		v->kind = SLA_PROBE;
}

bool shm_reader_get(const struct shm_reader *r, size_t index, struct sla_verdict *out)
{
	const struct sla_record *record;

	if (index >= r->count)
		return false;
	record = &r->records[index];
	if (!latch_read(&record->latch, record->copy, sizeof(*out), out))
		return false;
	tame(out);
	return true;
}

bool shm_reader_stale(const struct shm_reader *r, mono_t now)
{
	mono_t heartbeat;

	if (!r->live)
		return true;
	heartbeat.us = atomic_load_explicit(&r->header->heartbeat_us, memory_order_acquire);
	return mono_sub(now, heartbeat) > SLA_STALE_US;
}
