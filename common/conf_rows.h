/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The keyword table's parts, and the readers that rows of type VALUE_CUSTOM name. Only for
 * conf_*.c. Pure. */
#ifndef COMMON_CONF_ROWS_H
#define COMMON_CONF_ROWS_H

#include "common/conf_table.h"

extern const struct keyword_block conf_rows_top, conf_rows_global, conf_rows_instance,
	conf_rows_sync_group, conf_rows_track_file, conf_rows_garp_group, conf_rows_script,
	conf_rows_probe, conf_rows_sla_group, conf_rows_tunnel, conf_rows_static_sa,
	conf_rows_tunnel_group;

/* Words of the manual, which its maker alone builds the rows with. */
#ifdef CONF_MANUAL
#define MANUAL(text) (text)
#else
#define MANUAL(text) NULL
#endif

/* Where a row's value goes. */
#define INTO(type, field) .offset = offsetof(type, field), .size = sizeof(((type *)0)->field)
#define SECONDS(s) ((int64_t)((s)*1e6 + 0.5))
#define MILLISECONDS(ms) ((int64_t)((ms)*1e3 + 0.5))
#define ASIDE(n, h)      \
	{                \
		(n), (h) \
	}
#define REFUSED(n, h)                                               \
	{                                                           \
		.name = (n), .status = KEYWORD_REFUSED, .help = (h) \
	}
/* The notify rows of an instance or a group. */
#define HOOK(n, of, field, h)                                                          \
	{                                                                              \
		.name = (n), .type = VALUE_CUSTOM, INTO(of, field), .read = read_hook, \
		.arg = "COMMAND", .help = MANUAL(h)                                    \
	}
#define HOOKS(of)                                                                                  \
	HOOK("notify", of, hooks.any,                                                              \
	     "Run at each change of state, after the commands below, with four arguments more."),  \
		HOOK("notify_master", of, hooks.on[NOTICE_MASTER], "Run when it becomes Active."), \
		HOOK("notify_backup", of, hooks.on[NOTICE_BACKUP], "Run when it becomes Backup."), \
		HOOK("notify_fault", of, hooks.on[NOTICE_FAULT],                                   \
		     "Run when it can no longer take part.")
#define LENGTH(list) (sizeof(list) / sizeof((list)[0]))
#define ROWS(keyword, list)                                          \
	{                                                            \
		.name = (keyword), .rows = (list), .n = LENGTH(list) \
	}
/* The same, and the statements of LIST_aside. */
#define ROWS_AND_ASIDE(keyword, list)                                                        \
	{                                                                                    \
		.name = (keyword), .rows = (list), .n = LENGTH(list), .aside = list##_aside, \
		.n_aside = LENGTH(list##_aside)                                              \
	}

/* Why a statement is set aside, and what to write instead. */
#define NO_LVS "this is no load balancer"
#define NO_BFD "no BFD is spoken; an sla_probe finds a dead path as fast"
#define NO_MAIL "no mail is sent; a notify command can send it"
#define NO_BUFFERS "sockets have the buffers that they need"
#define NO_POLLING "the carrier is what the kernel says; drivers that do not tell it are not polled"
#define NO_EXTRA_IF "garp_master_refresh announces on every interface that has an address"
/* The kernel tells of processes in its first network namespace only, and the unit hides those of
 * others. */
#define NO_PROCESSES                                                                              \
	"the unit hides other processes; a vrrp_script can ask, as `systemctl is-active --quiet " \
	"UNIT'"
#define NO_USERS "commands run as the user of the daemon, which has no right to change it"

void read_vips(struct parse *p, const struct keyword *k, const struct stmt *s, void *object);
void read_mcast_group(struct parse *p, const struct keyword *k, const struct stmt *s, void *object);
void read_static_addresses(struct parse *p, const struct keyword *k, const struct stmt *s,
			   void *object);
void read_routes(struct parse *p, const struct keyword *k, const struct stmt *s, void *object);
void read_rules(struct parse *p, const struct keyword *k, const struct stmt *s, void *object);
void read_use_vmac(struct parse *p, const struct keyword *k, const struct stmt *s, void *object);
void read_peers(struct parse *p, const struct keyword *k, const struct stmt *s, void *object);
void read_tracks(struct parse *p, const struct keyword *k, const struct stmt *s, void *object);
void read_sync_members(struct parse *p, const struct keyword *k, const struct stmt *s,
		       void *object);
/* A command as one word, split on blanks outside single and double quotes. */
void read_command(struct parse *p, const struct keyword *k, const struct stmt *s, void *object);
/* The same, and a user and group that are set aside. */
void read_hook(struct parse *p, const struct keyword *k, const struct stmt *s, void *object);
/* The same, or only the word. */
void read_deletion(struct parse *p, const struct keyword *k, const struct stmt *s, void *object);
void read_delays(struct parse *p, const struct keyword *k, const struct stmt *s, void *object);
void read_dynamic_interfaces(struct parse *p, const struct keyword *k, const struct stmt *s,
			     void *object);
void read_reload_check(struct parse *p, const struct keyword *k, const struct stmt *s,
		       void *object);
void read_fifo(struct parse *p, const struct keyword *k, const struct stmt *s, void *object);
void read_user(struct parse *p, const struct keyword *k, const struct stmt *s, void *object);
void read_garp_interface(struct parse *p, const struct keyword *k, const struct stmt *s,
			 void *object);
void read_garp_interfaces(struct parse *p, const struct keyword *k, const struct stmt *s,
			  void *object);
void read_init_file(struct parse *p, const struct keyword *k, const struct stmt *s, void *object);
void read_default_weight(struct parse *p, const struct keyword *k, const struct stmt *s,
			 void *object);
void read_authentication(struct parse *p, const struct keyword *k, const struct stmt *s,
			 void *object);
void read_target(struct parse *p, const struct keyword *k, const struct stmt *s, void *object);
void read_resolve(struct parse *p, const struct keyword *k, const struct stmt *s, void *object);
void read_probes(struct parse *p, const struct keyword *k, const struct stmt *s, void *object);
void read_require(struct parse *p, const struct keyword *k, const struct stmt *s, void *object);
void read_health_check(struct parse *p, const struct keyword *k, const struct stmt *s,
		       void *object);
void read_mode(struct parse *p, const struct keyword *k, const struct stmt *s, void *object);
void read_clamp_mss(struct parse *p, const struct keyword *k, const struct stmt *s, void *object);
void read_own_address(struct parse *p, const struct keyword *k, const struct stmt *s, void *object);
void read_subnets(struct parse *p, const struct keyword *k, const struct stmt *s, void *object);
void read_static_sa(struct parse *p, const struct keyword *k, const struct stmt *s, void *object);
void read_encryption(struct parse *p, const struct keyword *k, const struct stmt *s, void *object);
void read_integrity(struct parse *p, const struct keyword *k, const struct stmt *s, void *object);
void read_member(struct parse *p, const struct keyword *k, const struct stmt *s, void *object);

#endif
