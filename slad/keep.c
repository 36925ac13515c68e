/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The file of keep.h. Nothing here is worth a stop: what cannot be written or read is said in one
 * line, and slad goes on without a past. It is not synced to a disk, as it is worth nothing after
 * the boot that it was written in.
 */
#include "slad/keep.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/log.h"
#include "common/shm_wire.h"
#include "slad/state.h"

static int write_all(int fd, const uint8_t *p, size_t n)
{
	while (n) {
		ssize_t done = write(fd, p, n);

		if (done < 0 && errno != EINTR)
			return -errno;
		p += done > 0 ? done : 0;
		n -= done > 0 ? (size_t)done : 0;
	}
	return 0;
}

static int replace(const char *path, const uint8_t *bytes, size_t n)
{
	char beside[PATH_MAX];
	int fd, err;

	if (snprintf(beside, sizeof(beside), "%s.new", path) >= (int)sizeof(beside))
		return -ENAMETOOLONG;
	fd = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return -errno;
	err = write_all(fd, bytes, n);
	if (close(fd) < 0 && err == 0)
		err = -errno;
	if (err == 0 && rename(beside, path) < 0)
		err = -errno;
	if (err < 0)
		unlink(beside);
	return err;
}

void keep_save(const struct engine *e, const char *path)
{
	size_t n = engine_targets(e), size = state_size(n);
	uint8_t *bytes = malloc(size), boot_id[16];
	struct target_past past;
	struct wbuf w = wbuf_of(bytes, size);
	int err = bytes ? 0 : -ENOMEM;

	if (bytes) {
		shm_boot_id(boot_id);
		state_begin(&w, boot_id, mono_clock(), n);
		for (size_t i = 0; i < n; i++) {
			target_remember(engine_target(e, i), &past);
			state_add(&w, target_fingerprint(engine_target(e, i)), &past);
		}
		state_end(&w, bytes);
		err = w.bad ? -EOVERFLOW : replace(path, bytes, w.used);
	}
	if (err < 0)
		log_msg(LOG_WARNING, "cannot keep the statistics in %s: %s", path, strerror(-err));
	free(bytes);
}

/* The whole file, or NULL with errno. */
static uint8_t *read_all(const char *path, size_t limit, size_t *n)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	uint8_t *bytes = NULL;
	struct stat st;

	if (fd < 0)
		return NULL;
	if (fstat(fd, &st) < 0)
		goto out;
	if (!S_ISREG(st.st_mode) || (size_t)st.st_size > limit) {
		errno = EFBIG;
		goto out;
	}
	*n = (size_t)st.st_size;
	bytes = malloc(*n + 1);
	if (bytes && read(fd, bytes, *n) != (ssize_t)*n) {
		free(bytes);
		bytes = NULL;
		errno = EIO;
	}
out:
	close(fd);
	return bytes;
}

/* Usually at its old place. */
static size_t find(const uint64_t *fingerprints, size_t n, uint64_t wanted, size_t guess)
{
	if (guess < n && fingerprints[guess] == wanted)
		return guess;
	for (size_t i = 0; i < n; i++)
		if (fingerprints[i] == wanted)
			return i;
	return n;
}

static size_t recall(struct engine *e, struct state_reader *s)
{
	size_t n = engine_targets(e), recalled = 0;
	uint64_t *fingerprints = calloc(n + 1, sizeof(*fingerprints)), wanted;
	struct target_past past;

	for (size_t i = 0; fingerprints && i < n; i++)
		fingerprints[i] = target_fingerprint(engine_target(e, i));
	for (size_t k = 0; fingerprints && state_next(s, &wanted, &past); k++) {
		size_t i = find(fingerprints, n, wanted, k);

		if (i == n)
			continue;
		engine_recall(e, i, &past, s->now);
		recalled++;
	}
	free(fingerprints);
	return recalled;
}

void keep_load(struct engine *e, const char *path)
{
	struct state_reader s;
	uint8_t *bytes, boot_id[16];
	enum state_fault fault;
	size_t n;

	bytes = read_all(path, state_size(SLA_MAX_RECORDS), &n);
	if (!bytes) {
		if (errno != ENOENT)
			log_msg(LOG_WARNING, "statistics in %s are ignored: %s", path,
				strerror(errno));
		return;
	}
	shm_boot_id(boot_id);
	fault = state_open(&s, bytes, n, boot_id, mono_clock());
	if (fault != STATE_OK)
		log_msg(LOG_WARNING, "statistics in %s are ignored: %s", path,
			state_fault_name(fault));
	else
		log_msg(LOG_INFO, "statistics of the last run go on for %zu probes", recall(e, &s));
	free(bytes);
}
