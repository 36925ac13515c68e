/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A daemon's event stream: connects, asks for the events that are kept and for those to come, and
 * hands them out one by one. After the daemon went away feed_connect makes a new stream, which
 * starts with that run's events.
 */
#ifndef VRRPCTL_FEED_H
#define VRRPCTL_FEED_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "vrrpctl/daemons.h"

struct feed {
	enum daemon daemon;
	int fd; /* -1: not connected */
	char *buf;
	size_t len, size;
	json_t *kept; /* the first answer's events, handed out before all else */
	size_t kept_next;
};

void feed_init(struct feed *f, enum daemon d);
/* 0 or a negative errno; nothing to do when it is connected. */
int feed_connect(struct feed *f, const char *dir);
/*
 * Reads what has come without waiting. False: the daemon hung up or spoke nonsense, and the feed is
 * closed; what came before is still handed out.
 */
bool feed_read(struct feed *f);
/* The next event, the caller's; NULL when there is none yet. */
json_t *feed_next(struct feed *f);
void feed_close(struct feed *f);

#endif
