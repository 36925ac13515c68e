/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tunnels as the rest of the daemon sees them; see tunnels.h. */
#include "vrrpd/tunnels.h"

#include <errno.h>
#include <linux/netlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vrrpd/guard.h"
#include "vrrpd/line.h"
#include "vrrpd/nl_xfrm.h"
#include "vrrpd/static_sa.h"
#include "vrrpd/tunnels_int.h"

/* How old the byte counters of a status may be. */
#define STATUS_AGE_US (100 * US_PER_MS)

static const struct conf no_tunnels;

const char *tunnel_state_name(enum tunnel_state s)
{
	static const char *const names[] = {"down", "no_sa", "up"};

	return names[s];
}

/* ---- start, reload, stop ---- */

static int open_kernel(struct tunnels *t, char *why, size_t why_size)
{
	int err = tunnels_watch_open(t);

	if (err == -EPERM)
		snprintf(why, why_size, "IPsec policies need the capability CAP_NET_ADMIN");
	else if (err == -EPROTONOSUPPORT)
		snprintf(why, why_size,
			 "this kernel has no IPsec policies: load the module xfrm_user, or boot "
			 "a kernel that has it");
	else if (err < 0)
		snprintf(why, why_size, "no netlink socket for IPsec: %s", strerror(-err));
	return err;
}

/* States are judged without telling: who opens or reloads asks for them. */
static void first_states(struct tunnels *t)
{
	tunnels_read_sas(t, t->set, loop_now(t->loop));
	for (size_t i = 0; i < t->set->conf->n_tunnels; i++)
		t->set->views[i].state = tunnels_judge(t->set, i);
}

/* Brings the kernel to `next`, which may be NULL, out of memory, and takes it; frees it on failure.
 */
static int change_set(struct tunnels *t, struct tunnel_set *next, bool adopt, char *why,
		      size_t why_size)
{
	int err = next ? 0 : -ENOMEM;

	if (err == 0 && !t->nl && next->conf->n_tunnels > 0)
		err = open_kernel(t, why, why_size);
	if (err == 0 && t->nl)
		err = tunnels_install(t, next, adopt, why, why_size);
	if (err < 0) {
		tunnel_set_free(next);
		if (err == -ENOMEM)
			snprintf(why, why_size, "out of memory");
		return err;
	}
	tunnel_set_free(t->set);
	t->set = next;
	if (t->nl) {
		first_states(t);
		t->look_at_routes = t->look_at_guard = true;
		tunnels_wake(t);
	}
	return 0;
}

/* Without tunnels nobody looks at the kernel again: what an earlier configuration left goes now. */
static void remove_leftovers(char *told, size_t size)
{
	char why[200] = "";
	size_t removed;
	int err = tunnels_flush(NULL, &removed, why, sizeof(why));

	if (err == 0 && removed == 0)
		return;
	snprintf(told, size,
		 "policies, routes, rules and interfaces of tunnels that are configured no more: "
		 "%zu removed%s%s",
		 removed, err < 0 ? "; " : "", why);
}

static struct tunnels *tunnels_new(struct loop *loop, const struct tunnels_user *user)
{
	struct tunnels *t = calloc(1, sizeof(*t));

	if (!t || !(t->set = tunnel_set_new(&no_tunnels, loop_now(loop)))) {
		free(t);
		return NULL;
	}
	t->loop = loop;
	if (user)
		t->user = *user;
	t->guard_retry = t->device_retry = t->static_retry = MONO_NEVER;
	return t;
}

int tunnels_open(struct tunnels **out, struct loop *loop, const struct conf *c,
		 const bool drained[], const struct tunnels_user *user, char *why, size_t why_size)
{
	struct tunnels *t = tunnels_new(loop, user);
	struct tunnel_set *first;
	int err;

	if (!t) {
		snprintf(why, why_size, "out of memory");
		return -ENOMEM;
	}
	if (c->n_tunnels == 0)
		remove_leftovers(why, why_size);
	first = tunnel_set_new(c, loop_now(loop));
	for (size_t i = 0; first && drained && i < c->n_instances; i++)
		silence_drain(first->silence, i, drained[i], loop_now(loop));
	err = change_set(t, first, true, why, why_size);
	if (err < 0) {
		tunnels_free(t);
		return err;
	}
	*out = t;
	return 0;
}

int tunnels_close(struct loop *loop, const struct conf *c, char *why, size_t why_size)
{
	struct tunnels *t = tunnels_new(loop, NULL);
	int err;

	if (!t) {
		snprintf(why, why_size, "out of memory");
		return -ENOMEM;
	}
	t->closing = true;
	err = change_set(t, tunnel_set_new(c, loop_now(loop)), true, why, why_size);
	if (err == 0)
		err = tunnels_shut(t);
	tunnels_free(t);
	return err;
}

int tunnels_reload(struct tunnels *t, const struct conf *c, char *why, size_t why_size)
{
	mono_t now = loop_now(t->loop);
	struct tunnel_set *next = tunnel_set_new(c, now);
	int err;

	if (next) {
		roles_carry_over(next->roles, t->set->roles, now);
		silence_carry_over(next->silence, t->set->silence, now);
	}
	err = change_set(t, next, false, why, why_size);
	/* Nobody stands in the way any more, or it would have been refused. */
	if (err == 0)
		tunnels_alarm(t, ALARM_POLICIES_WRONG, NULL);
	return err;
}

int tunnels_shut(struct tunnels *t)
{
	if (!t || !t->nl)
		return 0;
	roles_shut(t->set->roles);
	return tunnels_apply_roles(t, loop_now(t->loop));
}

void tunnels_free(struct tunnels *t)
{
	if (!t)
		return;
	tunnels_watch_close(t);
	tunnel_set_free(t->set);
	free(t->guard_text);
	free(t);
}

/* ---- events ---- */

int tunnels_claim(struct tunnels *t, size_t owner, int tunnel, int group)
{
	mono_t now = loop_now(t->loop);
	int err;

	if (!roles_claim(t->set->roles, owner, tunnel, group))
		return -EINVAL;
	if (!t->nl)
		return 0;
	err = tunnels_apply_roles(t, now);
	if (err < 0) {
		roles_release(t->set->roles, owner, tunnel, group, now, true);
		tunnels_apply_roles(t, now);
	}
	return err;
}

int tunnels_release(struct tunnels *t, size_t owner, int tunnel, int group, bool now_too)
{
	mono_t now = loop_now(t->loop);

	if (!roles_release(t->set->roles, owner, tunnel, group, now, now_too))
		return -EINVAL;
	return t->nl ? tunnels_apply_roles(t, now) : 0;
}

void tunnels_sla(struct tunnels *t, int sla, enum track_state s)
{
	roles_sla(t->set->roles, sla, s, loop_now(t->loop));
}

void tunnels_select(struct tunnels *t)
{
	if (t->nl)
		tunnels_apply_roles(t, loop_now(t->loop));
}

bool tunnels_drain(struct tunnels *t, size_t owner, bool drained)
{
	bool new = drained != silence_drained(t->set->silence, owner);

	if (silence_drain(t->set->silence, owner, drained, loop_now(t->loop))) {
		t->look_at_guard = true;
		tunnels_wake(t);
	}
	return new;
}

struct tunnels_cloud tunnels_cloud(const struct tunnels *t, size_t owner)
{
	mono_t now = loop_now(t->loop), until = now;
	struct tunnels_cloud c = {.state = silence_state(t->set->silence, owner, now, &until)};

	if (c.state == CLOUD_STAYS)
		c.why = "an instance that is not drained uses the tunnel too";
	else if (c.state != CLOUD_UNASKED && t->guard_missing[0])
		c = (struct tunnels_cloud){.state = CLOUD_STAYS, .why = t->guard_missing};
	else if (c.state == CLOUD_MOVING)
		c.left_us = mono_sub(until, now);
	return c;
}

void tunnels_line(struct tunnels *t, const char *interface, bool running)
{
	const struct conf *c = t->set->conf;
	mono_t now = loop_now(t->loop);
	bool ours = false;

	for (size_t i = 0; i < c->n_tunnels; i++) {
		struct tunnel_view *v = &t->set->views[i];

		if (strcmp(c->tunnels[i].interface, interface) != 0)
			continue;
		t->look_at_devices |= c->tunnels[i].mode == MODE_INTERFACE;
		v->running = running;
		if (running)
			v->mtu = line_look(interface).mtu;
		roles_line(t->set->roles, i, !tunnel_has_way(t->set, i), now);
		ours = true;
	}
	if (!ours || !t->nl)
		return;
	t->look_at_guard = t->look_at_routes = true;
	tunnels_wake(t);
	tunnels_apply_roles(t, now);
}

/* ---- status ---- */

enum tunnel_state tunnels_state(const struct tunnels *t, int tunnel)
{
	bool known = t && tunnel >= 0 && (size_t)tunnel < t->set->conf->n_tunnels;

	return known ? t->set->views[tunnel].state : TUNNEL_DOWN;
}

bool tunnels_status(const struct tunnels *t, int tunnel, struct tunnel_status *out)
{
	const struct tunnel_role *role;
	const struct tunnel_view *v;
	mono_t now;

	if (!t || tunnel < 0 || (size_t)tunnel >= t->set->conf->n_tunnels)
		return false;
	now = loop_now(t->loop);
	/* In a cache that the set owns; a failure leaves the last figures. */
	if (mono_sub(now, t->set->sas_read) >= STATUS_AGE_US)
		tunnels_read_sas(t, t->set, now);
	v = &t->set->views[tunnel];
	role = &roles_now(t->set->roles)[tunnel];
	*out = (struct tunnel_status){.state = v->state,
				      .carry = role->carry,
				      .selected = role->selected,
				      .sas = t->set->sas ? t->set->sas + v->first_sa : NULL,
				      .n_sas = v->n_sas,
				      .policies_wanted = v->n_wanted,
				      .policies_installed = v->n_installed};
	tunnels_why(t->set, (size_t)tunnel, out->reason);
	return true;
}

const char *tunnels_guard_missing(const struct tunnels *t)
{
	return t->guard_missing;
}

/* ---- flush ---- */

static int flush_policies(struct nl *nl, size_t *removed)
{
	struct policy *present = NULL;
	struct plan plan = {0};
	size_t n = 0;
	int err = nl_xfrm_dump_policies(nl, &present, &n);

	if (err < 0)
		return err;
	plan.changes = calloc(n + 1, sizeof(*plan.changes));
	plan.scratch = calloc(n + 1, sizeof(*plan.scratch));
	err = -ENOMEM;
	if (plan.changes && plan.scratch) {
		plan_policies(NULL, 0, present, n, &plan);
		err = nl_xfrm_apply(nl, plan.changes, plan.n, NULL);
		if (err == 0)
			*removed += plan.n;
	}
	free(plan.changes);
	free(plan.scratch);
	free(present);
	return err;
}

static int first_of(int a, int b)
{
	return a < 0 ? a : b;
}

static int flush_ipsec(const struct conf *c, size_t *removed)
{
	struct nl *nl = NULL;
	int err = netlink_open(&nl, NULL, NETLINK_XFRM, NULL, 0, NULL, NULL, NULL);

	/* A kernel without IPsec holds nothing of ours. */
	if (err < 0)
		return err == -EPROTONOSUPPORT ? 0 : err;
	err = flush_policies(nl, removed);
	if (c)
		err = first_of(err, static_sa_remove(nl, c, NULL, removed));
	netlink_close(nl);
	return err;
}

/* The guard, which holds without the policies, goes last. */
int tunnels_flush(const struct conf *c, size_t *removed, char *why, size_t why_size)
{
	char guard_why[160] = "";
	int err, guard;

	*removed = 0;
	err = flush_ipsec(c, removed);
	err = first_of(err, tunnels_flush_routes(removed));
	err = first_of(err, tunnels_flush_devices(removed));
	guard = guard_remove(GUARD_TABLE, guard_why, sizeof(guard_why));
	if (err == -EPERM)
		snprintf(why, why_size,
			 "removing IPsec policies needs the capability CAP_NET_ADMIN");
	else if (err < 0)
		snprintf(why, why_size, "not all that is the tunnels' can be removed: %s",
			 strerror(-err));
	else
		snprintf(why, why_size, "%s", guard_why);
	return first_of(err, guard);
}
