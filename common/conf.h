/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The configuration as both daemons see it: plain values, checked and cross-referenced, const after
 * load. References between things are indices into the arrays below; -1 is none. Names stay as
 * written. Defaults are filled in. Durations are microseconds. The text that leads here is read by
 * lexer.c, conf_parse.c and conf_check.c. Source of the meaning: vrrp-sla.conf(5),
 * keepalived.conf(5).
 */
#ifndef COMMON_CONF_H
#define COMMON_CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/addr.h"
#include "common/route.h"

#define N_FAMILIES 2

#define CONF_NAME_MAX 64       /* with the NUL */
#define CONF_IFNAME_MAX 16     /* IFNAMSIZ, with the NUL */
#define CONF_ADDRESSES_MAX 510 /* of an instance, excluded ones among them */
#define CONF_PATH_MAX 256
#define CONF_HOST_MAX 254 /* a host name with the NUL, RFC 1035 */

struct conf_pos {
	const char *file; /* owned by the struct conf */
	unsigned line;
};

enum conf_start { START_UNKNOWN, START_UP, START_DOWN };

struct conf_probe {
	char name[CONF_NAME_MAX];
	struct conf_pos pos;
	struct addr target, source; /* source may be unset */
	char host[CONF_HOST_MAX];   /* the target's name, which is unset then; empty: none */
	int64_t resolve_us;         /* how often the name is looked up */
	int tunnel;                 /* into tunnels, -1: none */
	char interface[CONF_IFNAME_MAX];
	uint32_t mark;
	uint8_t tos, ttl;
	uint16_t size; /* ICMP payload bytes */
	bool df;
	int64_t interval_us;
	int64_t timeout_us; /* 0: the larger of 0.2 s and twice the p99 RTT */
	unsigned fall, rise;
	int64_t delay_down_us, delay_up_us;
	int64_t max_rtt_us;         /* 0: none */
	unsigned max_loss_permille; /* 0: none */
	enum conf_start start;
};

enum conf_require { REQUIRE_ALL, REQUIRE_ANY, REQUIRE_COUNT };

struct conf_sla_group {
	char name[CONF_NAME_MAX];
	struct conf_pos pos;
	int *probes; /* into probes */
	size_t n_probes;
	enum conf_require require;
	unsigned count; /* for REQUIRE_COUNT */
};

/*
 * How traffic meets its policies: on every way out of this host, or on an XFRM interface that
 * routes lead to.
 */
enum conf_mode { MODE_POLICY, MODE_INTERFACE };
enum conf_keys { KEYS_IKE, KEYS_STATIC };
enum conf_mss { MSS_AUTO, MSS_OFF, MSS_FIXED };

struct conf_static_sa {
	uint32_t spi_out, spi_in;     /* host order, 256 and more */
	const char *encryption;       /* kernel's name: "cbc(aes)" ; points at static storage */
	unsigned encryption_bits;     /* key length: 128, 192, 256 */
	const char *integrity;        /* kernel's name: "hmac(sha256)" */
	unsigned integrity_bits;      /* key length */
	unsigned integrity_trunc;     /* ICV bits on the wire: 128 for SHA-256 */
	char key_file[CONF_PATH_MAX]; /* see keyfile.h; read by vrrpd only */
};

struct conf_tunnel {
	char name[CONF_NAME_MAX];
	struct conf_pos pos;
	char interface[CONF_IFNAME_MAX];
	struct addr local, remote; /* outer */
	struct addr gateway;       /* the line's next hop; may be unset */
	struct prefix *local_subnets, *remote_subnets;
	size_t n_local_subnets, n_remote_subnets;
	struct addr own[N_FAMILIES]; /* own_address; see conf_own_address */
	int64_t check_interval_us;   /* of the cloud's health_check; 0: it has none */
	unsigned check_retries;
	uint32_t reqid;
	enum conf_mode mode;
	char device[CONF_IFNAME_MAX]; /* the XFRM interface's name; empty in MODE_POLICY */
	uint32_t if_id;               /* and its number; 0 in MODE_POLICY */
	enum conf_keys keys;
	struct conf_static_sa sa; /* for KEYS_STATIC */
	bool guard, route;
	int64_t linger_us;
	enum conf_mss clamp_mss;
	unsigned mss; /* for MSS_FIXED */
	int group;    /* tunnel_groups index that this tunnel is in, -1: none */
};

struct conf_tunnel_member {
	int tunnel; /* into tunnels */
	int sla;    /* into slas, -1: none */
};

struct conf_tunnel_group {
	char name[CONF_NAME_MAX];
	struct conf_pos pos;
	struct conf_tunnel_member *members; /* in order of preference */
	size_t n_members;
	int64_t hold_up_us;
};

enum conf_track_kind { TRACK_INTERFACE, TRACK_SLA, TRACK_TUNNEL, TRACK_FILE, TRACK_SCRIPT };

struct conf_track {
	enum conf_track_kind kind;
	struct conf_pos pos;
	char name[CONF_NAME_MAX]; /* interface, probe, group, tunnel, file or script */
	int index;                /* into slas, tunnels, track_files or scripts, by kind; else -1 */
	int weight; /* -253..253, a file's -254..254; 0: no change of priority, but shutdown */
	bool reverse, shutdown;
};

struct conf_vip {
	struct prefix prefix;
	char dev[CONF_IFNAME_MAX]; /* empty: the instance's interface */
	struct addr broadcast;     /* unset: none */
	uint8_t scope;             /* RT_SCOPE_* */
	char label[CONF_IFNAME_MAX];
	struct addr peer;     /* unset: no point-to-point address */
	uint32_t flags;       /* IFA_F_* */
	uint32_t preferred_s; /* then deprecated; UINT32_MAX: never */
	bool no_track;        /* not put back when somebody removes it */
	int garp_group;       /* into garp_groups, -1: its announcements keep no distance */
	bool use_vmac;        /* its line says so */
};

struct conf_route {
	struct route route; /* its interfaces are 0 */
	/* Of each hop, or of the only one; empty: the kernel's choice. */
	char dev[ROUTE_HOPS_MAX][CONF_IFNAME_MAX];
	bool no_track; /* not put back when somebody removes it */
};

struct conf_rule {
	struct rule rule;
	bool no_track;
};

/* Where packets go: static ones, or those of an Active instance. */
struct conf_paths {
	struct conf_route *routes;
	size_t n_routes;
	struct conf_rule *rules;
	size_t n_rules;
};

/* Of tracks that give none. */
struct conf_weight {
	int weight;
	bool reverse;
};

/* Announcements on any of these interfaces keep a distance from each other. */
struct conf_garp_group {
	char name[CONF_NAME_MAX]; /* keepalived gives it none */
	struct conf_pos pos;
	int64_t interval_us[N_FAMILIES]; /* garp_interval, gna_interval; 0: none */
	char (*interfaces)[CONF_IFNAME_MAX];
	size_t n_interfaces;
};

/* Of interface_up_down_delays. */
struct conf_delay {
	char interface[CONF_IFNAME_MAX];
	int64_t down_us, up_us;
};

struct conf_track_file {
	char name[CONF_NAME_MAX];
	struct conf_pos pos;
	char path[CONF_PATH_MAX];
	struct conf_weight weight;
	bool init, overwrite; /* written at start when it is not there, or in any case */
	int32_t value;        /* then */
};

/* A command with its arguments, each with its NUL; len 0: none. */
struct conf_command {
	const char *args; /* owned by the struct conf */
	size_t len;       /* CONF_COMMAND_MAX at most */
};

#define CONF_COMMAND_MAX 1024

/* What is told in keepalived's words. */
enum conf_notice {
	/* States: Active, Backup, Initialize, and that of a clean stop. */
	NOTICE_MASTER,
	NOTICE_BACKUP,
	NOTICE_FAULT,
	NOTICE_STOP,
	NOTICE_DELETED,  /* by a reload */
	NOTICE_RX_LOWER, /* Active, and heard a lower priority */
	N_NOTICE_COMMANDS,
	/* Only for FIFOs: another priority as Active or Backup. */
	NOTICE_MASTER_PRIORITY = N_NOTICE_COMMANDS,
	NOTICE_BACKUP_PRIORITY,
	N_NOTICES
};

struct conf_hooks {
	struct conf_command on[N_NOTICE_COMMANDS]; /* notify_master, ... */
	struct conf_command any;                   /* notify, for the states and deletion */
};

#define N_FIFOS 2 /* notify_fifo, vrrp_notify_fifo */

struct conf_script {
	char name[CONF_NAME_MAX];
	struct conf_pos pos;
	struct conf_command command;
	int64_t interval_us;
	int64_t timeout_us; /* check fills in the interval when it is not given */
	struct conf_weight weight;
	unsigned rise, fall;
	bool init_fail;
	bool tracked; /* by somebody; others are not run */
};

struct conf_sync_group {
	char name[CONF_NAME_MAX];
	struct conf_pos pos;
	int *members; /* into instances */
	size_t n_members;
	struct conf_hooks hooks;
	struct conf_track *tracks; /* of every member; check puts them into theirs */
	size_t n_tracks;
	bool tracking_weight; /* weights of the members' own tracks count */
};

#define SYNC_MEMBERS_MAX 256

#define CONF_PASSWORD_LEN 8 /* on the wire, zeros behind a shorter one */

struct conf_peer {
	struct addr address;
	uint8_t min_ttl, max_ttl; /* or hop limit, of its adverts */
};

/* A macvlan with a virtual MAC address. */
struct conf_vmac {
	char name[CONF_IFNAME_MAX];
	char parent[CONF_IFNAME_MAX]; /* the interface that it is above */
	uint8_t mac[6];
};

#define CONF_VMAC_PREFIX_MAX 9 /* with the NUL */

enum conf_csum { CSUM_AUTO, CSUM_RFC9568, CSUM_PSEUDO };

struct conf_instance {
	char name[CONF_NAME_MAX];
	struct conf_pos pos;
	char interface[CONF_IFNAME_MAX];
	uint8_t version; /* 2 or 3 */
	uint8_t family;  /* enum family, from the first virtual address */
	uint8_t vrid, priority;
	bool start_active; /* state MASTER: keepalived's wish to start so; preemption decides the
			      rest */
	int64_t advert_us;
	unsigned down_timer_adverts; /* 3 */
	bool nopreempt, accept, dont_track_primary;
	bool use_vmac; /* adverts have the MAC address of the first of vmacs, unless xmit_base */
	bool vmac_xmit_base;     /* adverts have the interface's own MAC address */
	bool use_vmac_addr;      /* a macvlan for each address that is not on the instance's own */
	struct conf_vmac *vmacs; /* use_vmac's own first; addresses on them have them as `dev' */
	size_t n_vmacs;
	bool native_ipv6; /* demands that family is FAMILY_IPV6 */
	int64_t preempt_delay_us;
	enum conf_csum v3_checksum;
	struct addr source; /* mcast_src_ip or unicast_src_ip; unset: the interface's primary or
			       link-local address */
	bool track_source;  /* it has to be this host's */
	bool has_password;  /* version 2: authentication PASS */
	uint8_t password[CONF_PASSWORD_LEN];
	struct conf_peer *peers; /* whom adverts go to and come from; none: the multicast group */
	size_t n_peers;
	struct conf_vip *vips; /* carried in the adverts */
	size_t n_vips;
	struct conf_vip *excluded; /* virtual_ipaddress_excluded: owned, not carried */
	size_t n_excluded;
	struct conf_paths paths;          /* virtual_routes, virtual_rules */
	int64_t garp_delay_us;            /* garp_master_delay: the second round, 5 s */
	unsigned garp_repeat;             /* garp_master_repeat: 5 */
	int64_t garp_refresh_us;          /* 0: none */
	unsigned garp_refresh_repeat;     /* 1 */
	unsigned garp_lower_prio_repeat;  /* as garp_repeat */
	int64_t garp_lower_prio_delay_us; /* as garp_delay_us */
	struct conf_track *tracks;
	size_t n_tracks;
	struct conf_hooks hooks;
	bool tells_deletion;      /* notify_deleted: as such, not as a fault */
	bool tells_priority;      /* notify_priority_changes */
	int sync_group;           /* into sync_groups, -1: none */
	int tunnel, tunnel_group; /* ipsec_tunnel, ipsec_tunnel_group; -1: none */
};

/* A name that track_sla may use: a probe or a group. Slas are numbered probes first, then groups.
 */
#define CONF_SLA_IS_PROBE(c, i) ((size_t)(i) < (c)->n_probes)

struct arena;

struct conf {
	char router_id[CONF_NAME_MAX];               /* default: the host name's first label */
	int64_t startup_delay_us;                    /* vrrp_startup_delay */
	char vmac_prefix[CONF_VMAC_PREFIX_MAX];      /* of macvlans' names; empty: vrrp */
	char vmac_addr_prefix[CONF_VMAC_PREFIX_MAX]; /* empty: vmac_prefix */
	struct conf_probe *probes;
	size_t n_probes;
	struct conf_sla_group *sla_groups;
	size_t n_sla_groups;
	struct conf_tunnel *tunnels;
	size_t n_tunnels;
	struct conf_tunnel_group *tunnel_groups;
	size_t n_tunnel_groups;
	struct conf_instance *instances;
	size_t n_instances;
	char default_interface[CONF_IFNAME_MAX]; /* of static addresses that name none */
	struct conf_vip *static_addresses;
	size_t n_static_addresses;
	struct conf_paths static_paths; /* static_routes, static_rules */
	struct conf_delay *delays;
	size_t n_delays;
	struct conf_garp_group *garp_groups;
	size_t n_garp_groups;
	int64_t garp_us[N_FAMILIES]; /* vrrp_garp_interval, vrrp_gna_interval */
	bool min_garp;
	char fifos[N_FIFOS][CONF_PATH_MAX]; /* empty: none */
	struct conf_command fifo_scripts[N_FIFOS];
	bool fifo_states_on_reload;
	struct conf_command startup, shutdown; /* startup_script, shutdown_script */
	int64_t startup_limit_us, shutdown_limit_us;
	struct conf_script *scripts;
	size_t n_scripts;
	struct conf_track_file *track_files;
	size_t n_track_files;
	struct conf_sync_group *sync_groups;
	size_t n_sync_groups;
	char **files; /* names that positions point at */
	size_t n_files;
	struct arena
		*arena; /* owns all of it, this struct too; NULL when it was not read from a file */
};

/* Index or -1. */
int conf_find_instance(const struct conf *c, const char *name);
/* Whether it shares a sync group with others. */
bool conf_is_synced(const struct conf *c, const struct conf_instance *i);
/* Whether it has commands to run. */
bool conf_has_commands(const struct conf *c);
int conf_find_tunnel(const struct conf *c, const char *name);
/* Whether another tunnel reaches the same remote_address from another address by another line. */
bool conf_shares_peer(const struct conf *c, size_t tunnel);
/* The tunnel's own_address of that family, which may be unset. */
const struct addr *conf_own_address(const struct conf_tunnel *t, uint8_t family);
/* Whether one of its remote subnets is of that family. */
bool conf_carries(const struct conf_tunnel *t, uint8_t family);
/* The interface that inner packets are routed to: the tunnel's own, or the line. */
const char *conf_tunnel_way(const struct conf_tunnel *t);
/* Over probes, then groups: the number that conf_track.index and conf_tunnel_member.sla use. */
int conf_find_sla(const struct conf *c, const char *name);
const char *conf_sla_name(const struct conf *c, int sla);
size_t conf_n_slas(const struct conf *c);

/* NULL is fine, and one without an arena is its maker's. */
void conf_free(struct conf *c);

#endif
