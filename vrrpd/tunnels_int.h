/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the parts of the tunnels' reconciler share; nobody else includes it. */
#ifndef VRRPD_TUNNELS_INT_H
#define VRRPD_TUNNELS_INT_H

#include "common/keyfile.h"
#include "common/nl.h"
#include "common/route.h"
#include "vrrpd/plan.h"
#include "vrrpd/roles.h"
#include "vrrpd/sas.h"
#include "vrrpd/silence.h"
#include "vrrpd/tunnels.h"

/* One tunnel as seen now. */
struct tunnel_view {
	bool running;        /* its line */
	unsigned mtu;        /* the line's */
	unsigned device_mtu; /* that its own interface was given */
	enum tunnel_state state;
	size_t first_sa, n_sas; /* in struct tunnel_set's sas */
	bool encapsulated;      /* one of its SAs is */
	size_t n_wanted, n_installed;
};

/* All that belongs to one configuration. */
struct tunnel_set {
	const struct conf *conf;
	struct roles *roles;
	struct silence *silence;
	bool *seeks;                /* per tunnel: it needs a next hop and was given none */
	struct addr *gateways;      /* per tunnel: its line's next hop, once it is known */
	struct policy *wanted;      /* with the indices that they have in the kernel */
	size_t n_wanted, n_lasting; /* behind the lasting ones are those of the devices */
	int *devices;               /* per tunnel: its own interface's index, 0: none */
	bool *made;                 /* per tunnel: that interface is new */
	struct change *changes;     /* storage for an update of L policies */
	struct route *routes;       /* storage for a switch to another tunnel's */
	bool *changed;              /* per tunnel: its role changed since the last update */
	size_t *changed_list;
	struct tunnel_view *views;
	int *refused;   /* per tunnel: a negative errno, the kernel has no static SAs of it */
	struct sa *sas; /* of our tunnels, by tunnel; then nobody's */
	size_t n_sas, n_nobodys;
	mono_t sas_read;
};

struct tunnels {
	struct loop *loop;
	struct nl *nl; /* NULL until a configuration has tunnels */
	struct tunnels_user user;
	struct tunnel_set *set;
	struct timer roles_timer; /* lingering and hold_up */
	struct timer work_timer;  /* what notices asked for, once a turn */
	bool look_at_policies, look_at_sas, look_at_guard, look_at_routes, look_at_devices;
	struct nl *rt;       /* routes and rules; NULL until a tunnel asks for one */
	bool routes_removed; /* no tunnel asks for one, and none of ours is there */
	struct nl *nft;      /* notices of nf_tables; NULL: none, or nothing to watch */
	bool guard_broken;
	mono_t next_repair, next_static, next_guard, next_device;
	mono_t device_retry;     /* MONO_NEVER: the interfaces are as they must be */
	bool closing;            /* the policies and the guard alone: see tunnels_close */
	mono_t static_retry;     /* MONO_NEVER: the static ones are as they must be */
	int64_t static_pause_us; /* before that; 0: the last attempt was no failure */
	char *guard_text;
	char guard_missing[200];
	mono_t guard_retry; /* MONO_NEVER: it is in place */
};

/* ---- tunnels_set.c: memory ---- */
/* The set of a configuration, with every line looked at and no policy in the kernel yet. NULL: out
 * of memory. */
struct tunnel_set *tunnel_set_new(const struct conf *c, mono_t now);
void tunnel_set_free(struct tunnel_set *s);

/* Whether packets of the tunnel find a way out: its line, and the interface of its own where it
 * has one. */
bool tunnel_has_way(const struct tunnel_set *s, size_t tunnel);
struct guard_line tunnel_guard_line(const struct tunnel_set *s, size_t tunnel);

/* ---- tunnels_apply.c: to the kernel ---- */
/*
 * Brings the kernel from whatever it holds to what `next` wants: SAs, guard, policies. `adopt`:
 * what carried in an earlier run lingers. On failure everything is as it was, and `why` names the
 * thing.
 */
int tunnels_install(struct tunnels *t, struct tunnel_set *next, bool adopt, char *why, size_t n);
/* Compares and repairs; *put counts what was put back; `why` gets the first thing that could not
 * be. */
int tunnels_repair(struct tunnels *t, size_t *put, char *why, size_t why_size);
/* Carries out roles that changed. Returns the first error. */
int tunnels_apply_roles(struct tunnels *t, mono_t now);
/* The guard for the set, when its text is another one than the kernel's. */
void tunnels_apply_guard(struct tunnels *t, const struct tunnel_set *s);

/* ---- tunnels_device.c ---- */
/*
 * Makes, adopts or puts right the interfaces that the set's tunnels have of their own, where their
 * lines are there; *put counts what that took, a new MTU of the line's left out. One that cannot be
 * keeps no other one from it, and its tunnel is none to select. The first error, and in `why` its
 * interface and the remedy.
 */
int tunnels_put_devices(struct tunnel_set *s, mono_t now, size_t *put, char *why, size_t why_size);
/* Removes those that a put made. */
void tunnels_undo_devices(struct tunnel_set *s);
/* Removes those that no tunnel of the set has. */
void tunnels_sweep_devices(const struct tunnel_set *s);
/* Compares and repairs, and has the policies and routes that lead there follow. */
void tunnels_repair_devices(struct tunnels *t, mono_t now);
/* Whether what is known of lines and SAs asks for other MTUs than the interfaces were given. */
bool tunnels_want_mtu(const struct tunnel_set *s);
/* Whether a notice of rtnetlink's is about one of the set's interfaces. */
bool tunnels_is_device(const struct tunnel_set *s, const struct nlmsghdr *h);
int tunnels_flush_devices(size_t *removed);

/* ---- tunnels_route.c ---- */
/* Brings the routes and rules of the set's tunnels to what their lines allow now; tells of a
 * refusal, once. */
void tunnels_apply_routes(struct tunnels *t);
/* Leads the traffic of groups whose selection changed, s->changed, to the selected interface: one
 * replacement a remote subnet. */
int tunnels_switch_routes(struct tunnels *t);
/* Of a group whose tunnels carried in an earlier run, by their policies which are alike, selects
 * the one that its routes lead to. */
void tunnels_adopt_routes(const struct tunnel_set *s, const bool carried[], mono_t now);
int tunnels_flush_routes(size_t *removed);

/* ---- tunnels_sa.c ---- */
/* Reads the SAs again; the views get theirs. */
int tunnels_read_sas(const struct tunnels *t, struct tunnel_set *s, mono_t now);
/* The state of a tunnel by its line and its SAs. */
enum tunnel_state tunnels_judge(const struct tunnel_set *s, size_t tunnel);
/* What has it in its state. Returns buf. */
const char *tunnels_why(const struct tunnel_set *s, size_t tunnel, char buf[SAS_WHY_MAX]);
/* Puts the static ones of the set. What the kernel refuses is told once and tried again, later each
 * time. */
int tunnels_put_sas(struct tunnels *t, struct tunnel_set *s, const struct sa_keys keys[]);
/* Puts back those that are not there. */
void tunnels_restore_sas(struct tunnels *t, mono_t now);

/* ---- tunnels_watch.c: from the kernel ---- */
/* Something is wrong; text NULL: it is not, or not any more. */
void tunnels_alarm(const struct tunnels *t, enum alarm_kind kind, const char *text);
int tunnels_watch_open(struct tunnels *t);
void tunnels_watch_close(struct tunnels *t);
/* Has the work done in this turn, or then; an earlier appointment stands. */
void tunnels_wake(struct tunnels *t);
void tunnels_wake_at(struct tunnels *t, mono_t when);

#endif
