/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sd_notify(3) by name. Contract: notify.h. */
#include "common/notify.h"

#include <inttypes.h>
#include <systemd/sd-daemon.h>

#include "common/loop.h"

void notify_ready(const char *status)
{
	sd_notifyf(0, "READY=1\nSTATUS=%s", status);
}

void notify_status(const char *status)
{
	sd_notifyf(0, "STATUS=%s", status);
}

/* The stamp is what later service managers ask for with Type=notify-reload; others ignore it. */
void notify_reloading(void)
{
	sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%" PRId64, mono_clock().us);
}

void notify_stopping(void)
{
	sd_notify(0, "STOPPING=1");
}

void notify_watchdog(void)
{
	sd_notify(0, "WATCHDOG=1");
}

int64_t notify_watchdog_us(void)
{
	uint64_t usec = 0;

	return sd_watchdog_enabled(0, &usec) > 0 ? (int64_t)(usec / 2) : 0;
}
