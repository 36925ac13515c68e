/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vrrpctl's stdout and stderr: whether it may be coloured, whole texts and JSON objects,
 * complaints. */
#ifndef VRRPCTL_OUTPUT_H
#define VRRPCTL_OUTPUT_H

#include <jansson.h>
#include <stdbool.h>

#include "vrrpctl/cmdline.h"
#include "vrrpctl/text.h"

/* A terminal, and NO_COLOR not set. */
bool output_colour(void);
/* Prints and frees. False, with a complaint, when stdout refuses or memory ran out. */
bool output_text(struct text *t);
/* One line. Does not take the object. */
bool output_json(const json_t *o);
/* "vrrpctl: text" on stderr. */
void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
