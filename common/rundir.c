/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The runtime directory and its lock. The lock is flock(2)'s, so the kernel drops it with its
 * owner, however that one ends. The file itself stays: unlinking it would let two daemons lock two
 * files of one name. Contract: rundir.h.
 */
#include "common/rundir.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

_Static_assert(RUNDIR_PATH_MAX + RUNDIR_NAME_MAX <= sizeof(((struct sockaddr_un *)0)->sun_path),
	       "a socket's path fits its address");

static int make_one(const char *path, mode_t mode)
{
	return mkdir(path, mode) < 0 && errno != EEXIST ? -errno : 0;
}

/* Its parents too. */
static int make_all(const char *dir)
{
	char path[RUNDIR_PATH_MAX];
	int err = make_one(dir, 0750);

	if (err != -ENOENT || !dir[0])
		return err;
	err = 0;
	snprintf(path, sizeof(path), "%s", dir);
	for (char *p = strchr(path + 1, '/'); p && err == 0; p = strchr(p + 1, '/')) {
		*p = '\0';
		err = make_one(path, 0755);
		*p = '/';
	}
	return err ? err : make_one(dir, 0750);
}

static int make_dir(const char *dir, char *why, size_t why_size)
{
	struct stat st;
	int err = make_all(dir);

	if (err < 0) {
		snprintf(why, why_size, "cannot make the runtime directory %s: %s", dir,
			 strerror(-err));
		return err;
	}
	if (stat(dir, &st) < 0 || !S_ISDIR(st.st_mode)) {
		snprintf(why, why_size, "the runtime directory %s is no directory", dir);
		return -ENOTDIR;
	}
	return 0;
}

/* The pid that the lock's holder wrote, or 0. */
static long holder(int fd)
{
	char text[24] = "";
	long pid = 0;

	if (pread(fd, text, sizeof(text) - 1, 0) > 0)
		sscanf(text, "%ld", &pid);
	return pid;
}

/* Takes the lock on `fd` and writes our pid, for the next one who asks. */
static int take_lock(int fd, const struct rundir *r, char *why, size_t why_size)
{
	if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
		int err = errno == EWOULDBLOCK ? EBUSY : errno;

		if (err == EBUSY)
			snprintf(why, why_size, "another %s (pid %ld) runs in %s", r->program,
				 holder(fd), r->path);
		else
			snprintf(why, why_size, "cannot lock %s/%s.lock: %s", r->path, r->program,
				 strerror(err));
		return -err;
	}
	if (ftruncate(fd, 0) < 0 || dprintf(fd, "%ld\n", (long)getpid()) < 0) {
		snprintf(why, why_size, "cannot write %s/%s.lock: %s", r->path, r->program,
			 strerror(errno));
		return -EIO;
	}
	return 0;
}

int rundir_open(struct rundir *r, const char *dir, const char *program, char *why, size_t why_size)
{
	char path[RUNDIR_PATH_MAX + RUNDIR_NAME_MAX];
	int err;

	*r = (struct rundir){.lock_fd = -1};
	if (strlen(dir) >= sizeof(r->path) || strlen(program) >= sizeof(r->program)) {
		snprintf(why, why_size, "the runtime directory has more than %zu bytes: %s",
			 sizeof(r->path) - 1, dir);
		return -ENAMETOOLONG;
	}
	strcpy(r->path, dir);
	strcpy(r->program, program);
	err = make_dir(dir, why, why_size);
	if (err < 0)
		return err;

	snprintf(path, sizeof(path), "%s/%s.lock", r->path, r->program);
	r->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640);
	if (r->lock_fd < 0) {
		err = errno;
		snprintf(why, why_size, "cannot open %s: %s", path, strerror(err));
		return -err;
	}
	err = take_lock(r->lock_fd, r, why, why_size);
	if (err < 0) {
		close(r->lock_fd);
		r->lock_fd = -1;
	}
	return err;
}

const char *rundir_file(const struct rundir *r, const char *name, char *buf, size_t size)
{
	snprintf(buf, size, "%s/%s", r->path, name);
	return buf;
}

void rundir_close(struct rundir *r)
{
	if (r->lock_fd < 0)
		return;
	/* An empty file says that nobody holds it; best effort, since the lock alone decides. */
	(void)!ftruncate(r->lock_fd, 0);
	close(r->lock_fd);
	r->lock_fd = -1;
}
