/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vrrpd's state as the JSON that `vrrpctl --json status` shows: the shapes of vrrpctl(1). Reads,
 * changes nothing. */
#ifndef VRRPD_STATUS_JSON_H
#define VRRPD_STATUS_JSON_H

#include <jansson.h>

#include "vrrpd/daemon.h"

json_t *status_json_instance(const struct instance *i, mono_t now);
json_t *status_json_tunnel(const struct vrrpd *d, size_t tunnel);
/* {"ok": true, "router_id", "version", "pid", "uptime_ms", "instances", "tunnels", "guard"}. */
json_t *status_json(const struct vrrpd *d, mono_t now);

#endif
