/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A lock on the network namespace itself, which the kernel drops with its owner; see sole.h. */
#include "vrrpd/sole.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

int sole_hold(void)
{
	int fd = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC), err;

	if (fd < 0)
		return -errno;
	if (flock(fd, LOCK_EX | LOCK_NB) == 0)
		return fd;
	err = errno == EWOULDBLOCK ? EBUSY : errno;
	close(fd);
	return -err;
}
