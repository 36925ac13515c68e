/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The road to the kernel: dump, plan, apply. It is the same for a start, a reload, a repair, and
 * for the way back when a start or a reload fails: then the wanted set is what was there before.
 * Only a change of roles is shorter, since its places are known to be ours and it is in the path of
 * a takeover: no dump, one batch of replacements.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vrrpd/guard.h"
#include "vrrpd/nl_xfrm.h"
#include "vrrpd/static_sa.h"
#include "vrrpd/tunnels_int.h"

/* A guard that the kernel does not take now it may take later: a module comes, memory is free. */
#define GUARD_RETRY_US (10 * US_PER_S)

struct job {
	struct policy *present;
	size_t n_present;
	struct plan plan;
	int *errors;
};

static void job_free(struct job *j)
{
	free(j->present);
	free(j->plan.changes);
	free(j->plan.scratch);
	free(j->errors);
}

/* Plans from present, which the job has already, to wanted. */
static int job_plan(struct job *j, struct policy wanted[], size_t n)
{
	size_t most = n + j->n_present;

	j->plan.changes = calloc(most + 1, sizeof(*j->plan.changes));
	j->plan.scratch = calloc(most + 1, sizeof(*j->plan.scratch));
	j->errors = calloc(most + 1, sizeof(*j->errors));
	if (!j->plan.changes || !j->plan.scratch || !j->errors)
		return -ENOMEM;
	plan_policies(wanted, n, j->present, j->n_present, &j->plan);
	return 0;
}

static const char *cause(int err)
{
	return err == -EPERM ? "the capability CAP_NET_ADMIN is missing" : strerror(-err);
}

static int job_look(struct tunnels *t, struct job *j, char *why, size_t why_size)
{
	int err = nl_xfrm_dump_policies(t->nl, &j->present, &j->n_present);

	if (err < 0)
		snprintf(why, why_size, "cannot read the IPsec policies: %s", cause(err));
	return err;
}

static int job_apply(struct tunnels *t, struct job *j, char *why, size_t why_size)
{
	int err = nl_xfrm_apply(t->nl, j->plan.changes, j->plan.n, j->errors);
	char place[POLICY_STRLEN];
	size_t i = 0;

	while (i < j->plan.n && j->errors[i] == 0)
		i++;
	if (err < 0 && i < j->plan.n)
		snprintf(why, why_size, "the kernel refuses the policy %s: %s",
			 policy_format(&j->plan.changes[i].policy, place), cause(j->errors[i]));
	return err;
}

static void name_conflict(const struct policy *p, char *why, size_t n)
{
	char place[POLICY_STRLEN];

	snprintf(why, n, "a policy of another program stands in the place of ours: %s",
		 policy_format(p, place));
}

/* How many policies each tunnel wants, and how many of them are ours in the kernel. */
static void count_policies(struct tunnel_set *s)
{
	for (size_t i = 0; i < s->conf->n_tunnels; i++)
		s->views[i].n_wanted = s->views[i].n_installed = 0;
	for (size_t i = 0; i < s->n_wanted; i++) {
		struct tunnel_view *v = &s->views[s->wanted[i].tunnel];

		v->n_wanted++;
		v->n_installed += s->wanted[i].index != 0;
	}
}

/* ---- roles ---- */

/* Refreshes the L policies of the tunnels whose role changed; how many of them need an update. */
static size_t refresh_lan(struct tunnel_set *s, int *err)
{
	size_t n_tunnels = 0, n = 0;

	for (size_t i = 0; i < s->conf->n_tunnels; i++)
		if (s->changed[i])
			s->changed_list[n_tunnels++] = i;
	for (size_t i = 0; n_tunnels > 0 && i < s->n_wanted; i++) {
		struct policy *p = &s->wanted[i], old = *p;
		size_t k = 0;

		while (k < n_tunnels && !wanted_lan_of(s->conf, s->changed_list[k], p))
			k++;
		if (k == n_tunnels)
			continue;
		wanted_lan(s->conf, roles_now(s->roles), p);
		if (p->index == 0)
			*err = -EEXIST;
		else if (!policy_same(&old, p))
			s->changes[n++] = (struct change){CHANGE_PUT, *p};
	}
	return n;
}

int tunnels_apply_roles(struct tunnels *t, mono_t now)
{
	struct tunnel_set *s = t->set;
	mono_t next = roles_update(s->roles, now, s->changed);
	int refused = 0, routed, err = 0;
	size_t n = refresh_lan(s, &refused);

	timer_set(&t->roles_timer, next);
	if (n > 0) {
		err = nl_xfrm_apply(t->nl, s->changes, n, NULL);
		count_policies(s);
	}
	routed = tunnels_switch_routes(t);
	memset(s->changed, 0, s->conf->n_tunnels * sizeof(*s->changed));
	if (err < 0) {
		/* What the kernel holds now is not known: compare, and put right what differs. */
		t->look_at_policies = true;
		tunnels_wake(t);
	}
	if (err == 0)
		err = routed;
	return err ? err : refused;
}

/* ---- guard ---- */

void tunnels_apply_guard(struct tunnels *t, const struct tunnel_set *s)
{
	struct guard_line *lines = calloc(s->conf->n_tunnels + 1, sizeof(*lines));
	bool in_place = t->guard_text != NULL;
	char why[160] = "out of memory";
	char *text = NULL;
	int err = -ENOMEM;

	for (size_t i = 0; lines && i < s->conf->n_tunnels; i++)
		lines[i] = tunnel_guard_line(s, i);
	if (lines)
		text = wanted_guard(s->conf, lines);
	free(lines);
	if (text && t->guard_text && strcmp(text, t->guard_text) == 0) {
		free(text);
		return;
	}
	if (text)
		err = text[0] ? guard_apply(text, why, sizeof(why))
			      : guard_remove(GUARD_TABLE, why, sizeof(why));
	free(t->guard_text);
	if (err == 0 && !in_place)
		silence_restart(s->silence, mono_clock());
	t->guard_text = err == 0 ? text : NULL;
	if (err < 0) {
		free(text);
		snprintf(t->guard_missing, sizeof(t->guard_missing), "%s", why);
	} else {
		t->guard_missing[0] = '\0';
	}
	t->guard_retry = err < 0 ? mono_add(loop_now(t->loop), GUARD_RETRY_US) : MONO_NEVER;
}

/* ---- start, reload ---- */

/* Finds the L policies that were on ESP when an earlier run ended. */
static void adopt_roles(struct tunnel_set *s, const struct job *j, mono_t now)
{
	bool *carried = s->changed, any = false; /* nothing changes before the first update */

	for (size_t i = 0; i < j->n_present; i++) {
		struct policy p = j->present[i];

		if (!policy_is_ours(&p) || p.block || p.priority != POLICY_PRIORITY_LAN)
			continue;
		p.kind = POLICY_LAN;
		for (size_t k = 0; p.dir == POLICY_OUT && k < s->conf->n_tunnels; k++)
			if (wanted_lan_of(s->conf, k, &p) && s->conf->tunnels[k].reqid == p.reqid) {
				roles_adopt(s->roles, k, now);
				carried[k] = s->conf->tunnels[k].mode == MODE_INTERFACE;
				any |= carried[k];
			}
	}
	if (any)
		tunnels_adopt_routes(s, carried, now);
	memset(carried, 0, s->conf->n_tunnels * sizeof(*carried));
}

/* The policies of ours in a dump, as a wanted set: the way back. */
static size_t keep_ours(const struct job *j, struct policy out[])
{
	size_t n = 0;

	for (size_t i = 0; i < j->n_present; i++)
		if (policy_is_ours(&j->present[i])) {
			out[n] = j->present[i];
			out[n++].tunnel = 0;
		}
	return n;
}

static void go_back(struct tunnels *t, struct policy before[], size_t n)
{
	struct job j = {0};
	char unheard[200];

	if (job_look(t, &j, unheard, sizeof(unheard)) == 0 && job_plan(&j, before, n) == 0)
		job_apply(t, &j, unheard, sizeof(unheard));
	job_free(&j);
}

static void want(struct tunnel_set *s)
{
	s->n_lasting = wanted_policies(s->conf, roles_now(s->roles), s->wanted);
	s->n_wanted = s->n_lasting + wanted_passes(s->conf, s->devices, s->wanted + s->n_lasting);
}

/* Plans the way to the set's policies, which does not begin when somebody else's are in it. */
static int plan_set(struct tunnel_set *s, struct job *j, char *why, size_t why_size)
{
	int err = job_plan(j, s->wanted, s->n_wanted);

	if (err < 0 || !j->plan.conflict)
		return err;
	name_conflict(j->plan.conflict, why, why_size);
	return -EEXIST;
}

/* The planned policies; the guard is there before they are. */
static int install_policies(struct tunnels *t, struct tunnel_set *s, struct job *j,
			    struct policy before[], size_t n_before, char *why, size_t why_size)
{
	int err;

	tunnels_apply_guard(t, s);
	err = job_apply(t, j, why, why_size);
	if (err < 0) {
		go_back(t, before, n_before);
		tunnels_apply_guard(t, t->set);
	}
	return err;
}

/* The static SAs of the set before, whose keys may have been replaced. */
static void put_back_sas(struct tunnels *t, const struct conf *refused)
{
	char unheard[400];
	struct sa_keys *keys;

	static_sa_remove(t->nl, refused, t->set->conf, NULL);
	if (static_sa_read(t->set->conf, &keys, unheard, sizeof(unheard)) == 0)
		tunnels_put_sas(t, t->set, keys);
	static_sa_forget(t->set->conf, keys);
}

/* In an order in which each part can be undone, or be done without: a tunnel without its static SAs
 * is closed, and the others are none the worse. */
static int install(struct tunnels *t, struct tunnel_set *next, struct job *j,
		   const struct sa_keys keys[], char *why, size_t why_size)
{
	struct policy *before;
	size_t n_before;
	int err;

	want(next);
	before = calloc(j->n_present + 1, sizeof(*before));
	n_before = before ? keep_ours(j, before) : 0;
	err = before ? plan_set(next, j, why, why_size) : -ENOMEM;
	if (err == 0) {
		if (keys)
			tunnels_put_sas(t, next, keys);
		err = install_policies(t, next, j, before, n_before, why, why_size);
		if (err < 0 && keys)
			put_back_sas(t, next->conf);
	}
	free(before);
	return err;
}

int tunnels_install(struct tunnels *t, struct tunnel_set *next, bool adopt, char *why,
		    size_t why_size)
{
	mono_t now = loop_now(t->loop), next_role = MONO_NEVER;
	struct sa_keys *keys = NULL;
	struct job j = {0};
	size_t put;
	int err = t->closing ? 0 : static_sa_read(next->conf, &keys, why, why_size);

	if (err == 0)
		err = job_look(t, &j, why, why_size);
	if (err == 0 && !t->closing)
		err = tunnels_put_devices(next, now, &put, why, why_size);
	if (err == 0) {
		if (adopt)
			adopt_roles(next, &j, now);
		next_role = roles_update(next->roles, now, NULL);
		err = install(t, next, &j, keys, why, why_size);
	}
	if (err == 0) {
		timer_set(&t->roles_timer, next_role);
		count_policies(next);
		static_sa_remove(t->nl, t->set->conf, next->conf, NULL);
		tunnels_sweep_devices(next);
	} else {
		/* One of the set before may have been replaced; this finds out. */
		tunnels_undo_devices(next);
		t->look_at_devices = true;
		tunnels_wake(t);
	}
	static_sa_forget(next->conf, keys);
	job_free(&j);
	return err;
}

/* ---- repair ---- */

int tunnels_repair(struct tunnels *t, size_t *put, char *why, size_t why_size)
{
	struct tunnel_set *s = t->set;
	struct job j = {0};
	int err = job_look(t, &j, why, why_size);

	*put = 0;
	if (err == 0)
		err = job_plan(&j, s->wanted, s->n_wanted);
	if (err == 0) {
		/* With a stranger in one place the rest is put back all the same: closed is safer
		 * than open. */
		*put = j.plan.n;
		err = job_apply(t, &j, why, why_size);
		if (err == 0 && j.plan.conflict) {
			name_conflict(j.plan.conflict, why, why_size);
			err = -EEXIST;
		}
		count_policies(s);
	}
	job_free(&j);
	return err;
}
