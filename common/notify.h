/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The only door to systemd's service manager (sd_notify). Silent when there is none. */
#ifndef COMMON_NOTIFY_H
#define COMMON_NOTIFY_H

#include <stdint.h>

void notify_ready(const char *status);
void notify_status(const char *status);
void notify_reloading(void);
void notify_stopping(void);
void notify_watchdog(void);
/* Microseconds between watchdog messages that the unit asks for, halved; 0: none asked. */
int64_t notify_watchdog_us(void);

#endif
