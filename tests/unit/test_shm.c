/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The channel, writer and reader in one loop: first memory, wake-ups, a new layout, hang-up and
 * return, stuck readers; what a reader may not do to the memory, and what it refuses from a false
 * writer.
 */
#include "common/shm.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/unix_socket.h"

#define LIMIT_US (20 * US_PER_S)

static char dir[64], path[80];

struct both {
	struct loop *loop;
	struct shm_writer *w;
	struct shm_reader *r;
	struct timer limit;
	unsigned connected, wakes, hangups;
	unsigned *awaited, until;
};

/* In check's own process, so that a test that fails leaves nothing behind. */
static void make_dir(void)
{
	strcpy(dir, "/tmp/test-shm-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/slad.sock", dir);
}

static void remove_socket(void)
{
	unlink(path);
}

static void remove_dir(void)
{
	unlink(path);
	rmdir(dir);
}

static struct sla_verdict verdict(const char *name, uint32_t state)
{
	struct sla_verdict v = {.state = state};

	snprintf(v.name, sizeof(v.name), "%s", name);
	return v;
}

static void on_event(void *ctx, enum shm_event e)
{
	struct both *b = ctx;

	b->connected += e == SHM_CONNECTED;
	b->wakes += e == SHM_WAKE;
	b->hangups += e == SHM_HANGUP;
	if (b->awaited && *b->awaited >= b->until)
		loop_stop(b->loop);
}

static void too_late(void *ctx, mono_t now)
{
	struct both *b = ctx;

	(void)now;
	loop_stop(b->loop);
}

/* Runs the loop until the counter has reached n. */
static void await(struct both *b, unsigned *counter, unsigned n)
{
	if (*counter < n) {
		b->awaited = counter;
		b->until = n;
		timer_set(&b->limit, mono_add(loop_now(b->loop), LIMIT_US));
		loop_run(b->loop);
		timer_set(&b->limit, MONO_NEVER);
		b->awaited = NULL;
	}
	ck_assert_uint_eq(*counter, n);
}

static void run_for(struct both *b, int64_t us)
{
	timer_set(&b->limit, mono_add(loop_now(b->loop), us));
	loop_run(b->loop);
}

static void both_open(struct both *b)
{
	*b = (struct both){.loop = loop_new()};
	timer_init(&b->limit, b->loop, too_late, b);
	ck_assert_int_eq(shm_writer_open(&b->w, b->loop, path), 0);
	ck_assert_int_eq(shm_reader_open(&b->r, b->loop, path, on_event, b), 0);
}

static void both_close(struct both *b)
{
	shm_reader_close(b->r);
	shm_writer_close(b->w);
	loop_free(b->loop);
}

static void layout(struct both *b, unsigned n)
{
	struct sla_verdict first[8];

	for (unsigned i = 0; i < n; i++) {
		first[i] = verdict("?", SLA_UNKNOWN);
		first[i].name[0] = (char)('a' + i);
	}
	ck_assert_int_eq(shm_writer_layout(b->w, first, n), 0);
}

START_TEST(first_memory_and_wakes)
{
	struct both b;
	struct sla_verdict v;

	both_open(&b);
	ck_assert_ptr_null(shm_reader_header(b.r));
	ck_assert(!shm_reader_get(b.r, 0, &v));
	ck_assert(shm_reader_stale(b.r, mono_clock()));
	layout(&b, 2);
	await(&b, &b.connected, 1);
	ck_assert_uint_eq(shm_reader_count(b.r), 2);
	ck_assert_int_eq(shm_reader_header(b.r)->pid, getpid());
	ck_assert_uint_eq(shm_reader_header(b.r)->lifecycle, SLA_STARTING);
	ck_assert(shm_reader_connected(b.r));
	ck_assert(!shm_reader_stale(b.r, mono_clock()));
	ck_assert(shm_reader_get(b.r, 1, &v));
	ck_assert_str_eq(v.name, "b");
	ck_assert(!shm_reader_get(b.r, 2, &v));

	v.state = SLA_DOWN;
	shm_writer_put(b.w, 1, &v, true);
	await(&b, &b.wakes, 1);
	ck_assert(shm_reader_get(b.r, 1, &v));
	ck_assert_uint_eq(v.state, SLA_DOWN);

	v.sent = 7;
	shm_writer_put(b.w, 1, &v, false);
	run_for(&b, 5000);
	ck_assert_uint_eq(b.wakes, 1);
	ck_assert(shm_reader_get(b.r, 1, &v));
	ck_assert_uint_eq(v.sent, 7);

	shm_writer_lifecycle(b.w, SLA_RUNNING);
	await(&b, &b.wakes, 2);
	ck_assert_uint_eq(shm_reader_header(b.r)->lifecycle, SLA_RUNNING);
	both_close(&b);
}
END_TEST

START_TEST(heartbeat)
{
	struct both b;
	mono_t t = {123456789};

	both_open(&b);
	shm_writer_heartbeat(b.w, t);
	layout(&b, 1);
	await(&b, &b.connected, 1);
	shm_writer_heartbeat(b.w, t);
	ck_assert(!shm_reader_stale(b.r, mono_add(t, SLA_STALE_US)));
	ck_assert(shm_reader_stale(b.r, mono_add(t, SLA_STALE_US + 1)));
	both_close(&b);
}
END_TEST

START_TEST(new_layout)
{
	struct both b;
	struct sla_verdict v;
	uint64_t nonce;

	both_open(&b);
	layout(&b, 2);
	await(&b, &b.connected, 1);
	shm_writer_lifecycle(b.w, SLA_RUNNING);
	nonce = shm_reader_header(b.r)->nonce;
	layout(&b, 5);
	ck_assert_uint_eq(shm_reader_header(b.r)->lifecycle, SLA_REPLACED);
	await(&b, &b.connected, 2);
	ck_assert_uint_eq(shm_reader_count(b.r), 5);
	ck_assert_uint_eq(shm_reader_header(b.r)->lifecycle, SLA_RUNNING);
	ck_assert_uint_ne(shm_reader_header(b.r)->nonce, nonce);
	ck_assert(shm_reader_get(b.r, 4, &v));
	ck_assert_str_eq(v.name, "e");
	layout(&b, 0);
	await(&b, &b.connected, 3);
	ck_assert_uint_eq(shm_reader_count(b.r), 0);
	ck_assert_int_eq(shm_writer_layout(b.w, NULL, SLA_MAX_RECORDS + 1), -E2BIG);
	both_close(&b);
}
END_TEST

START_TEST(hangup_and_return)
{
	struct both b;
	struct sla_verdict v;

	both_open(&b);
	layout(&b, 2);
	await(&b, &b.connected, 1);
	shm_writer_close(b.w);
	await(&b, &b.hangups, 1);
	ck_assert(!shm_reader_connected(b.r));
	ck_assert(shm_reader_stale(b.r, mono_clock()));
	ck_assert(shm_reader_get(b.r, 0, &v));
	ck_assert_str_eq(v.name, "a");
	ck_assert_int_eq(shm_writer_open(&b.w, b.loop, path), 0);
	layout(&b, 3);
	await(&b, &b.connected, 2);
	ck_assert_uint_eq(shm_reader_count(b.r), 3);
	both_close(&b);
}
END_TEST

/* A killed writer leaves its socket's file and its memory; the next one takes the place. */
START_TEST(killed_writer)
{
	struct both b = {.loop = loop_new()};
	pid_t pid = fork();

	if (pid == 0) {
		loop_free(b.loop);
		b.loop = loop_new();
		timer_init(&b.limit, b.loop, too_late, &b);
		ck_assert_int_eq(shm_writer_open(&b.w, b.loop, path), 0);
		layout(&b, 1);
		run_for(&b, LIMIT_US);
		_exit(1);
	}
	timer_init(&b.limit, b.loop, too_late, &b);
	ck_assert_int_eq(shm_reader_open(&b.r, b.loop, path, on_event, &b), 0);
	await(&b, &b.connected, 1);
	ck_assert_int_eq(shm_reader_header(b.r)->pid, pid);
	kill(pid, SIGKILL);
	ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
	await(&b, &b.hangups, 1);
	ck_assert_int_eq(shm_writer_open(&b.w, b.loop, path), 0);
	layout(&b, 2);
	await(&b, &b.connected, 2);
	ck_assert_int_eq(shm_reader_header(b.r)->pid, getpid());
	both_close(&b);
}
END_TEST

/* The descriptor as a reader gets it. */
static int raw_memory(struct both *b, int *sock)
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
	int fd;

	*sock = unix_connect(path, SOCK_SEQPACKET);
	ck_assert_int_ge(*sock, 0);
	run_for(b, 10000);
	ck_assert_int_eq(recvmsg(*sock, &m, MSG_DONTWAIT), 1);
	memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&m)), sizeof(fd));
	return fd;
}

START_TEST(readers_cannot_harm)
{
	struct both b;
	int sock, fd;

	both_open(&b);
	layout(&b, 1);
	fd = raw_memory(&b, &sock);
	ck_assert_ptr_eq(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0), MAP_FAILED);
	ck_assert_int_eq(errno, EPERM);
	ck_assert_int_eq(pwrite(fd, "x", 1, 0), -1);
	ck_assert_int_eq(errno, EPERM);
	ck_assert_int_eq(ftruncate(fd, 0), -1);
	ck_assert_int_eq(errno, EPERM);
	ck_assert_int_eq(ftruncate(fd, 1 << 20), -1);
	ck_assert_int_eq(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE), -1);
	close(fd);
	close(sock);
	both_close(&b);
}
END_TEST

/* One that never reads holds nobody up, and is let go when it would miss a new memory. */
START_TEST(stuck_reader)
{
	struct both b;
	struct sla_verdict v = verdict("a", SLA_UP);
	struct pollfd p = {.events = POLLIN};
	int sock, fd, messages = 0;
	char byte;

	both_open(&b);
	layout(&b, 1);
	await(&b, &b.connected, 1);
	fd = raw_memory(&b, &sock);
	close(fd);
	for (unsigned i = 0; i < 5000; i++)
		shm_writer_put(b.w, 0, &v, true);
	layout(&b, 2);
	await(&b, &b.connected, 2);
	p.fd = sock;
	while (poll(&p, 1, 1000) == 1 && recv(sock, &byte, 1, 0) == 1)
		messages++;
	ck_assert_int_gt(messages, 10);
	ck_assert_int_lt(messages, 5000);
	ck_assert_int_eq(recv(sock, &byte, 1, MSG_DONTWAIT), 0);
	close(sock);
	both_close(&b);
}
END_TEST

/* ---- a false writer ---- */

enum flaw {
	SOUND,
	UNSEALED,
	SHORT,
	BAD_MAGIC,
	BAD_VERSION,
	BAD_RECORD,
	TOO_MANY,
	OTHER_BOOT,
	FLAWS
};

static int false_memory(enum flaw f)
{
	size_t size = sizeof(struct sla_header) + sizeof(struct sla_record);
	struct sla_header h = {.magic = SLA_MAGIC,
			       .version = SLA_VERSION,
			       .header_size = sizeof(struct sla_header),
			       .record_size = sizeof(struct sla_record),
			       .n_records = 1};
	int fd = memfd_create("false", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	h.magic += f == BAD_MAGIC;
	h.version += f == BAD_VERSION;
	h.record_size += 8 * (f == BAD_RECORD);
	h.n_records += f == TOO_MANY;
	if (f == OTHER_BOOT)
		memset(h.boot_id, 0x11, sizeof(h.boot_id));
	ck_assert_int_eq(ftruncate(fd, f == SHORT ? 64 : (off_t)size), 0);
	if (f != SHORT)
		ck_assert_int_eq(pwrite(fd, &h, sizeof(h), 0), sizeof(h));
	if (f != UNSEALED)
		ck_assert_int_eq(fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK), 0);
	return fd;
}

static void pass(int sock, int fd)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = {0};
	struct iovec iov = {(char[]){'m'}, 1};
	struct msghdr m = {.msg_iov = &iov,
			   .msg_iovlen = 1,
			   .msg_control = control.bytes,
			   .msg_controllen = sizeof(control.bytes)};
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(c), &fd, sizeof(int));
	ck_assert_int_eq(sendmsg(sock, &m, 0), 1);
}

START_TEST(false_writer)
{
	struct both b = {.loop = loop_new()};
	struct pollfd p = {.events = POLLIN};
	int listener = unix_listen(path, SOCK_SEQPACKET), sock, memfd;

	timer_init(&b.limit, b.loop, too_late, &b);
	ck_assert_int_eq(shm_reader_open(&b.r, b.loop, path, on_event, &b), 0);
	p.fd = listener;
	ck_assert_int_eq(poll(&p, 1, 10000), 1);
	sock = accept(listener, NULL, NULL);
	ck_assert_int_ge(sock, 0);
	memfd = false_memory((enum flaw)_i);
	pass(sock, memfd);
	run_for(&b, 20000);
	ck_assert_uint_eq(b.connected, _i == SOUND);
	ck_assert(shm_reader_connected(b.r) == (_i == SOUND));
	close(memfd);
	close(sock);
	close(listener);
	shm_reader_close(b.r);
	loop_free(b.loop);
}
END_TEST

START_TEST(once)
{
	struct shm_reader *r;
	struct sla_verdict v;
	struct both b = {0};
	int status;
	pid_t pid;

	ck_assert_int_eq(shm_reader_open_once(&r, path), -ENOENT);
	b.loop = loop_new();
	ck_assert_int_eq(shm_writer_open(&b.w, b.loop, path), 0);
	layout(&b, 1);
	pid = fork();
	if (pid == 0) {
		int err = shm_reader_open_once(&r, path);

		if (err < 0 || !shm_reader_get(r, 0, &v) || strcmp(v.name, "a"))
			_exit(1);
		shm_reader_close(r);
		_exit(0);
	}
	timer_init(&b.limit, b.loop, too_late, &b);
	for (int i = 0; i < 2000 && waitpid(pid, &status, WNOHANG) == 0; i++)
		run_for(&b, 10000);
	ck_assert_int_eq(status, 0);
	shm_writer_close(b.w);
	loop_free(b.loop);
}
END_TEST

/* The exit status of a child that becomes another user, with `group` as its only other group, and
 * connects. */
static int connect_as_stranger(struct both *b, gid_t group)
{
	struct shm_reader *r;
	int status = -1;
	pid_t pid = fork();

	if (pid == 0) {
		if (setgroups(1, &group) < 0 || setresgid(65534, 65534, 65534) < 0 ||
		    setresuid(65534, 65534, 65534) < 0)
			_exit(2);
		_exit(shm_reader_open_once(&r, path) < 0 ? 1 : 0);
	}
	for (int i = 0; i < 2000 && waitpid(pid, &status, WNOHANG) == 0; i++)
		run_for(b, 10000);
	ck_assert(WIFEXITED(status));
	return WEXITSTATUS(status);
}

/* The socket's mode is opened to all: the credentials still decide. Only root can become another
 * user. */
START_TEST(who_may_read)
{
	struct both b = {.loop = loop_new()};

	timer_init(&b.limit, b.loop, too_late, &b);
	ck_assert_int_eq(shm_writer_open(&b.w, b.loop, path), 0);
	layout(&b, 1);
	ck_assert_int_eq(chmod(path, 0666), 0);
	ck_assert_int_eq(chmod(dir, 0755), 0);
	ck_assert_int_eq(connect_as_stranger(&b, 65534), 1);
	ck_assert_int_eq(connect_as_stranger(&b, getegid()), 0);
	shm_writer_close(b.w);
	loop_free(b.loop);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("shm");
	TCase *t = tcase_create("shm");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_set_timeout(t, 60);
	tcase_add_unchecked_fixture(t, make_dir, remove_dir);
	tcase_add_checked_fixture(t, remove_socket, NULL);
	tcase_add_test(t, first_memory_and_wakes);
	tcase_add_test(t, heartbeat);
	tcase_add_test(t, new_layout);
	tcase_add_test(t, hangup_and_return);
	tcase_add_test(t, killed_writer);
	tcase_add_test(t, readers_cannot_harm);
	tcase_add_test(t, stuck_reader);
	tcase_add_loop_test(t, false_writer, 0, FLAWS);
	tcase_add_test(t, once);
	if (geteuid() == 0)
		tcase_add_test(t, who_may_read);
	suite_add_tcase(s, t);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
