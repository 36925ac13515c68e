/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A tunnel's line as it is at this moment, asked of the kernel directly: at start there was no
 * notice yet. */
#ifndef VRRPD_LINE_H
#define VRRPD_LINE_H

#include <stdbool.h>

struct line {
	bool running; /* up, with carrier */
	unsigned mtu; /* 0: there is no such interface */
};

struct line line_look(const char *interface);

#endif
