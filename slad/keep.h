/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Keeps the probes' past in a file of the runtime directory, over a restart (state.h). Logs. */
#ifndef SLAD_KEEP_H
#define SLAD_KEEP_H

#include "slad/engine.h"

/* Replaces the file at once or not at all. */
void keep_save(const struct engine *e, const char *path);
/* Gives the probes whose settings did not change their past back. No file is no news. */
void keep_load(struct engine *e, const char *path);

#endif
