/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The numbers in the configuration's track_files: read when they are opened and whenever inotify
 * reports a change of their directory, so that a file may be written in place, renamed into place
 * or removed. A file that is not there is 0, as keepalived has it; one that holds no number, or is
 * no regular file, is unknown, and said.
 */
#ifndef VRRPD_TRACK_FILES_H
#define VRRPD_TRACK_FILES_H

#include "common/conf.h"
#include "common/loop.h"
#include "vrrpd/priority.h"

struct track_files;

/* Some file's number changed. */
typedef void (*track_files_fn)(void *ctx);

/* 0 or a negative errno. */
int track_files_open(struct track_files **out, struct loop *loop, const struct conf *c,
		     track_files_fn fn, void *ctx);
/* The files of the new configuration. 0 or -ENOMEM. */
int track_files_reload(struct track_files *t, const struct conf *c);
/* Numbered as in the configuration. */
struct track_view track_files_view(const struct track_files *t, int file);
void track_files_close(struct track_files *t);

#endif
