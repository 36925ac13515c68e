/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The capabilities of this process, which its unit should have granted. */
#ifndef COMMON_CAPS_H
#define COMMON_CAPS_H

#include <stdbool.h>

bool caps_have_net_admin(void);
bool caps_have_net_raw(void);
/* Gives all of them up for good. */
void caps_drop(void);

#endif
