/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Contract: unix_socket.h. */
#include "common/unix_socket.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define BACKLOG 16

/* A socket of ours and the address of `path`. */
static int open_socket(const char *path, int type, struct sockaddr_un *sa)
{
	int fd;

	*sa = (struct sockaddr_un){.sun_family = AF_UNIX};
	if (strlen(path) >= sizeof(sa->sun_path))
		return -ENAMETOOLONG;
	strcpy(sa->sun_path, path);
	fd = socket(AF_UNIX, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	return fd < 0 ? -errno : fd;
}

static int close_with(int fd, int err)
{
	close(fd);
	return -err;
}

int unix_listen(const char *path, int type)
{
	struct sockaddr_un sa;
	int fd = open_socket(path, type, &sa);

	if (fd < 0)
		return fd;
	if (unlink(path) < 0 && errno != ENOENT)
		return close_with(fd, errno);
	if (bind(fd, (struct sockaddr *)&sa, sizeof(sa)) < 0 || chmod(path, 0660) < 0 ||
	    listen(fd, BACKLOG) < 0)
		return close_with(fd, errno);
	return fd;
}

int unix_connect(const char *path, int type)
{
	struct sockaddr_un sa;
	int fd = open_socket(path, type, &sa);

	if (fd < 0)
		return fd;
	if (connect(fd, (struct sockaddr *)&sa, sizeof(sa)) < 0)
		return close_with(fd, errno);
	return fd;
}
