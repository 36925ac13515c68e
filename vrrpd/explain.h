/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Why an instance is in its state, as ordered lines of text for `vrrpctl explain`. Reads, changes
 * nothing. */
#ifndef VRRPD_EXPLAIN_H
#define VRRPD_EXPLAIN_H

#include <jansson.h>

#include "vrrpd/instance.h"

/* An array of strings. */
json_t *explain_instance(const struct instance *i, mono_t now);

#endif
