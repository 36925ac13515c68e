/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The commands of vrrpctl: each talks to the daemons, prints on stdout, and complains on stderr. */
#ifndef VRRPCTL_COMMANDS_H
#define VRRPCTL_COMMANDS_H

#include "vrrpctl/cmdline.h"

enum exit_status command_status(const struct cmdline *o);
enum exit_status command_probes(const struct cmdline *o);
enum exit_status command_tunnels(const struct cmdline *o);
enum exit_status command_metrics(const struct cmdline *o);
enum exit_status command_explain(const struct cmdline *o);
enum exit_status command_drain(const struct cmdline *o);
enum exit_status command_resume(const struct cmdline *o);
enum exit_status command_reload(const struct cmdline *o);
enum exit_status command_events(const struct cmdline *o);
enum exit_status command_wait(const struct cmdline *o);
enum exit_status command_doctor(const struct cmdline *o);

#endif
