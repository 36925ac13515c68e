/* SPDX-License-Identifier: GPL-2.0-or-later */
/* slad as a whole: start, heartbeat, reload, the control socket's answers, stop. */
#ifndef SLAD_DAEMON_H
#define SLAD_DAEMON_H

#include "common/options.h"

/* Runs until a signal ends it. Returns the exit status (common/options.h). */
int slad_main(const struct options *o);

#endif
