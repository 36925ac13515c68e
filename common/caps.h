/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether this process holds the capabilities that its unit should have granted. */
#ifndef COMMON_CAPS_H
#define COMMON_CAPS_H

#include <stdbool.h>

bool caps_have_net_admin(void);
bool caps_have_net_raw(void);

#endif
