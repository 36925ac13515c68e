/* SPDX-License-Identifier: GPL-2.0-or-later */
/* UNIX sockets by path, close-on-exec and non-blocking: the control sockets' and the channel's. */
#ifndef COMMON_UNIX_SOCKET_H
#define COMMON_UNIX_SOCKET_H

/*
 * A listening socket of SOCK_STREAM or SOCK_SEQPACKET, mode 0660. An earlier socket at PATH is
 * replaced: the caller holds the runtime directory's lock, so its owner is gone. A negative errno
 * on failure.
 */
int unix_listen(const char *path, int type);
/* -ENOENT and -ECONNREFUSED: nobody listens; -EAGAIN: its queue is full. */
int unix_connect(const char *path, int type);

#endif
