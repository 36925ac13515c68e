/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See runner_fifos.h. */
#include "vrrpd/runner_fifos.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

/* For reading too: opening waits for nobody then. */
static int open_fifo(const char *path)
{
	struct stat st;
	int fd;

	if (mkfifo(path, 0660) != 0 && errno != EEXIST)
		return -errno;
	fd = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) == 0 && S_ISFIFO(st.st_mode))
		return fd;
	close(fd);
	return -EINVAL;
}

/* A reader may remove its FIFO when it ends. */
static bool is_there(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && st.st_nlink > 0;
}

static void forget(struct fifos *f, size_t k)
{
	close(f->list[k].fd);
	f->n--;
	memmove(&f->list[k], &f->list[k + 1], (f->n - k) * sizeof(f->list[0]));
}

int fifos_open(struct fifos *f, const char *path)
{
	int fd;

	for (size_t k = 0; k < f->n; k++) {
		if (strcmp(f->list[k].path, path) != 0)
			continue;
		if (is_there(f->list[k].fd))
			return f->list[k].fd;
		forget(f, k);
		break;
	}
	fd = open_fifo(path);
	if (fd < 0)
		return fd;
	/* The oldest is of a configuration that was reloaded since. */
	if (f->n == FIFOS_MAX)
		forget(f, 0);
	snprintf(f->list[f->n].path, sizeof(f->list[f->n].path), "%s", path);
	f->list[f->n++].fd = fd;
	return fd;
}

bool fifos_all_read(const struct fifos *f)
{
	int left = 0;

	for (size_t k = 0; k < f->n && left == 0; k++)
		ioctl(f->list[k].fd, FIONREAD, &left);
	return left == 0;
}

void fifos_close(struct fifos *f)
{
	while (f->n > 0)
		forget(f, 0);
}
