/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The configuration's vrrp_scripts that somebody tracks: asks the helper process for a run at each
 * interval, and counts how they end. A run that is not over is not begun again. A helper that is
 * gone makes no script up or down.
 */
#ifndef VRRPD_TRACK_SCRIPTS_H
#define VRRPD_TRACK_SCRIPTS_H

#include "vrrpd/runner.h"
#include "vrrpd/script.h"

struct track_scripts;

typedef void (*track_scripts_fn)(void *ctx);

/* 0 or -ENOMEM. */
int track_scripts_open(struct track_scripts **out, struct loop *loop, track_scripts_fn fn,
		       void *ctx);
/* The scripts of the configuration, run by r; known states move along by name. 0 or -ENOMEM. */
int track_scripts_reload(struct track_scripts *t, const struct conf *c, struct runner *r);
/* The runner's word that a run is over; ctx is the struct track_scripts. */
void track_scripts_result(void *ctx, uint32_t id, bool ran, bool good, const char *text);
/* The runner's word that runs that were begun will not end; ctx likewise. */
void track_scripts_lost(void *ctx);
/* Numbered as in the configuration. */
struct track_view track_scripts_view(const struct track_scripts *t, int script);
void track_scripts_close(struct track_scripts *t);

#endif
