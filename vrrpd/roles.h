/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who carries the LAN traffic: from claims, lingering, and the verdicts of a group's probes to one
 * role a tunnel. A tunnel that no instance uses, by itself or by its group, carries always. Pure;
 * memory is taken in roles_new only.
 */
#ifndef VRRPD_ROLES_H
#define VRRPD_ROLES_H

#include <stdbool.h>
#include <stddef.h>

#include "common/conf.h"
#include "common/mono.h"
#include "vrrpd/priority.h"
#include "vrrpd/wanted.h"

struct roles;

/* c outlives the roles. Every group has its first tunnel selected, and every line is up. NULL: out
 * of memory. */
struct roles *roles_new(const struct conf *c);
void roles_free(struct roles *r);

/* One per tunnel, as of the last roles_update. */
const struct tunnel_role *roles_now(const struct roles *r);
/*
 * Works the roles out; changed[i] (one per tunnel, may be NULL) is set, never cleared, where a role
 * became another. Returns when to call it again, MONO_NEVER: after the next event.
 */
mono_t roles_update(struct roles *r, mono_t now, bool changed[]);

/*
 * Instance `owner` claims a tunnel or a group (the other one is -1; both -1: nothing). A claim
 * replaces the owner's earlier one, which ends at once. False: no such owner, tunnel or group.
 */
bool roles_claim(struct roles *r, size_t owner, int tunnel, int group);
/* Ends that claim of the owner, if it is the one that stands; the tunnels linger unless now_too. */
bool roles_release(struct roles *r, size_t owner, int tunnel, int group, mono_t now, bool now_too);

/*
 * The verdict of an sla. A tunnel whose probe is down is left at once; one that is up again waits
 * for hold_up. Unknown is a reason neither to leave a tunnel nor to go back to one.
 */
void roles_sla(struct roles *r, int sla, enum track_state s, mono_t now);
/* A tunnel whose line has no carrier counts as one whose probe is down, whatever that says. */
void roles_line(struct roles *r, size_t tunnel, bool down, mono_t now);
/* This tunnel carried in an earlier run: it lingers, and is the selected one of its group until an
 * earlier one is up and held up. */
void roles_adopt(struct roles *r, size_t tunnel, mono_t now);
/* Nothing carries from now on, unused tunnels included. */
void roles_shut(struct roles *r);

/*
 * Takes over from the roles of an earlier configuration, by name: claims, which are then for what
 * the instance uses now; verdicts, lingering; and of a group's tunnels the one that was selected,
 * or carried outside a group. What carried and is claimed by nobody lingers.
 */
void roles_carry_over(struct roles *to, const struct roles *from, mono_t now);

#endif
