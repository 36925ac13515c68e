/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The road from the kernel: notices say that something changed, a dump says what. Notices are
 * gathered over a turn of the loop. ACQUIRE is left alone on purpose: with a listener on that group
 * the kernel believes in a key daemon and keeps a larval SA for a packet without one, which would
 * keep the real key daemon from hearing of the next packet.
 */
#include <errno.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/xfrm.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vrrpd/guard_watch.h"
#include "vrrpd/nl_xfrm.h"
#include "vrrpd/static_sa.h"
#include "vrrpd/tunnels_int.h"
#include "vrrpd/xfrm_parse.h"

/* What somebody removes again and again, and is dear to put back, is not worth more than this. */
#define STATIC_PAUSE_US US_PER_S
#define GUARD_PAUSE_US (100 * US_PER_MS)
/* Repairs take at most one part in this of the time, when somebody else works against us. */
#define REPAIR_SHARE 5

/* An earlier appointment stands: one thing's pause must not put off another thing's repair. */
void tunnels_wake_at(struct tunnels *t, mono_t when)
{
	if (timer_armed(&t->work_timer))
		when = mono_min(when, t->work_timer.deadline);
	timer_set(&t->work_timer, when);
}

void tunnels_wake(struct tunnels *t)
{
	tunnels_wake_at(t, loop_now(t->loop));
}

static void on_notice(void *ctx, const struct nlmsghdr *h)
{
	struct tunnels *t = ctx;
	enum xfrm_notice n = xfrm_parse_notice(h);

	if (n == XFRM_NOTICE_POLICY && h->nlmsg_pid != netlink_port(t->nl))
		t->look_at_policies = true;
	else if (n == XFRM_NOTICE_SA)
		t->look_at_sas = true;
	else
		return;
	tunnels_wake(t);
}

static void on_resync(void *ctx)
{
	struct tunnels *t = ctx;

	t->look_at_policies = t->look_at_sas = true;
	tunnels_wake(t);
}

/* ---- SAs ---- */

static void index_views(struct tunnel_set *s)
{
	for (size_t i = 0; i < s->conf->n_tunnels; i++) {
		s->views[i].first_sa = s->views[i].n_sas = 0;
		s->views[i].encapsulated = false;
	}
	for (size_t i = 0; i < s->n_sas; i++) {
		struct tunnel_view *v = &s->views[s->sas[i].tunnel];

		if (v->n_sas++ == 0)
			v->first_sa = i;
		v->encapsulated |= s->sas[i].encapsulated;
	}
}

int tunnels_read_sas(const struct tunnels *t, struct tunnel_set *s, mono_t now)
{
	struct sa *sas;
	size_t n;
	int err;

	s->sas_read = now;
	err = nl_xfrm_dump_sas(t->nl, &sas, &n);
	if (err < 0)
		return err;
	free(s->sas);
	s->sas = sas;
	s->n_sas = sas_sort(s->conf, sas, n);
	s->n_nobodys = n - s->n_sas;
	index_views(s);
	return 0;
}

/* From the i-th on; NULL while there is none, which no offset may be added to. */
static const struct sa *sas_from(const struct tunnel_set *s, size_t i)
{
	return s->sas ? s->sas + i : NULL;
}

static bool has_pair(const struct tunnel_set *s, size_t tunnel)
{
	const struct tunnel_view *v = &s->views[tunnel];

	return sas_are_pair(sas_from(s, v->first_sa), v->n_sas);
}

enum tunnel_state tunnels_judge(const struct tunnel_set *s, size_t tunnel)
{
	if (!s->views[tunnel].running)
		return TUNNEL_DOWN;
	return has_pair(s, tunnel) ? TUNNEL_UP : TUNNEL_NO_SA;
}

const char *tunnels_why(const struct tunnel_set *s, size_t tunnel, char buf[SAS_WHY_MAX])
{
	const struct conf_tunnel *c = &s->conf->tunnels[tunnel];
	const struct tunnel_view *v = &s->views[tunnel];

	if (v->state == TUNNEL_UP)
		snprintf(buf, SAS_WHY_MAX, "both SAs are there");
	else if (v->state == TUNNEL_DOWN)
		snprintf(buf, SAS_WHY_MAX, "line %s is down or missing", c->interface);
	else
		sas_why_no_pair(c, sas_from(s, v->first_sa), v->n_sas, sas_from(s, s->n_sas),
				s->n_nobodys, buf);
	return buf;
}

/* Static SAs have no key daemon that would bring them back. */
static void restore_static(struct tunnels *t, mono_t now)
{
	const struct conf *c = t->set->conf;
	char why[300], text[400];
	size_t i = 0;

	while (i < c->n_tunnels && (c->tunnels[i].keys != KEYS_STATIC || has_pair(t->set, i)))
		i++;
	if (i == c->n_tunnels)
		return;
	if (!mono_reached(t->next_static, now)) {
		t->look_at_sas = true;
		tunnels_wake_at(t, t->next_static);
		return;
	}
	t->next_static = mono_add(now, STATIC_PAUSE_US);
	if (static_sa_install(t->nl, c, why, sizeof(why)) == 0)
		snprintf(text, sizeof(text), "the SAs of tunnel %s were removed: put back",
			 c->tunnels[i].name);
	else
		snprintf(text, sizeof(text), "the SAs of tunnel %s were removed: %s",
			 c->tunnels[i].name, why);
	t->fn(t->ctx, -1, TUNNEL_NO_SA, TUNNEL_NO_SA, text);
	tunnels_read_sas(t, t->set, now);
}

/* ---- states ---- */

static void tell_states(struct tunnels *t)
{
	for (size_t i = 0; i < t->set->conf->n_tunnels; i++) {
		struct tunnel_view *v = &t->set->views[i];
		enum tunnel_state old = v->state, new = tunnels_judge(t->set, i);
		char why[SAS_WHY_MAX];

		if (new == old)
			continue;
		v->state = new;
		t->fn(t->ctx, (int)i, old, new, tunnels_why(t->set, i, why));
	}
}

/* ---- policies ---- */

static void tell_repair(struct tunnels *t, size_t put, int err, const char *why)
{
	char text[400];

	if (err == 0)
		t->conflict_told = false;
	if (err == 0 && put > 0)
		snprintf(text, sizeof(text),
			 "IPsec policies were changed by another program: %zu put back", put);
	else if (err < 0 && (put > 0 || !t->conflict_told))
		snprintf(text, sizeof(text), "IPsec policies are not as they must be: %s", why);
	else
		return;
	t->conflict_told = err < 0;
	t->fn(t->ctx, -1, TUNNEL_NO_SA, TUNNEL_NO_SA, text);
}

static void repair(struct tunnels *t, mono_t now)
{
	mono_t begin = mono_clock(), end;
	char why[300] = "";
	size_t put;
	int err;

	if (!mono_reached(t->next_repair, now)) {
		tunnels_wake_at(t, t->next_repair);
		return;
	}
	t->look_at_policies = false;
	err = tunnels_repair(t, &put, why, sizeof(why));
	end = mono_clock();
	t->next_repair = mono_add(end, (REPAIR_SHARE - 1) * mono_sub(end, begin));
	tell_repair(t, put, err, why);
}

/* ---- guard ---- */

static void on_nft_notice(void *ctx, const struct nlmsghdr *h)
{
	struct tunnels *t = ctx;

	guard_watch_follow(h, GUARD_TABLE, &t->guard_broken);
	if (t->guard_broken)
		tunnels_wake(t);
}

static void on_nft_resync(void *ctx)
{
	struct tunnels *t = ctx;

	t->guard_broken = true;
	tunnels_wake(t);
}

static void restore_guard(struct tunnels *t, mono_t now)
{
	char text[300];

	if (!t->guard_text || !t->guard_text[0]) {
		t->guard_broken = false;
		return;
	}
	if (!mono_reached(t->next_guard, now)) {
		tunnels_wake_at(t, t->next_guard);
		return;
	}
	t->guard_broken = false;
	t->next_guard = mono_add(now, GUARD_PAUSE_US);
	free(t->guard_text);
	t->guard_text = NULL;
	tunnels_apply_guard(t, t->set);
	snprintf(text, sizeof(text), "the nftables guard was changed by another program: %s",
		 t->guard_missing[0] ? t->guard_missing : "put back");
	t->fn(t->ctx, -1, TUNNEL_NO_SA, TUNNEL_NO_SA, text);
}

/* Another line's MTU, a drain, or a guard that could not be put before. */
static void renew_guard(struct tunnels *t)
{
	bool missing = t->guard_missing[0];
	char text[300];

	t->look_at_guard = false;
	tunnels_apply_guard(t, t->set);
	if (missing == (t->guard_missing[0] != '\0'))
		return;
	snprintf(text, sizeof(text), "the nftables guard is %s%s",
		 missing ? "in place now" : "missing: ", t->guard_missing);
	t->fn(t->ctx, -1, TUNNEL_NO_SA, TUNNEL_NO_SA, text);
}

static void on_work(void *ctx, mono_t now)
{
	struct tunnels *t = ctx;

	if (t->look_at_devices || mono_reached(t->device_retry, now))
		tunnels_repair_devices(t, now);
	if (t->look_at_policies)
		repair(t, now);
	if (t->look_at_sas) {
		t->look_at_sas = false;
		tunnels_read_sas(t, t->set, now);
		restore_static(t, now);
		/* Whether packets are encapsulated decides about the TCP MSS. */
		t->look_at_guard = true;
	}
	if (t->guard_broken)
		restore_guard(t, now);
	if (t->look_at_guard || mono_reached(t->guard_retry, now))
		renew_guard(t);
	if (t->look_at_routes) {
		t->look_at_routes = false;
		tunnels_apply_routes(t);
	}
	tell_states(t);
	tunnels_wake_at(t, mono_min(t->guard_retry, t->device_retry));
}

static void on_roles(void *ctx, mono_t now)
{
	tunnels_apply_roles(ctx, now);
}

int tunnels_watch_open(struct tunnels *t)
{
	const int xfrm[] = {XFRMNLGRP_POLICY, XFRMNLGRP_SA, XFRMNLGRP_EXPIRE};
	const int nft[] = {NFNLGRP_NFTABLES};
	int err;

	timer_init(&t->work_timer, t->loop, on_work, t);
	timer_init(&t->roles_timer, t->loop, on_roles, t);
	err = netlink_open(&t->nl, t->loop, NETLINK_XFRM, xfrm, sizeof(xfrm) / sizeof(xfrm[0]),
			   on_notice, on_resync, t);
	/* A kernel without nf_tables has no guard to watch. */
	if (err == 0 && netlink_open(&t->nft, t->loop, NETLINK_NETFILTER, nft, 1, on_nft_notice,
				     on_nft_resync, t) < 0)
		t->nft = NULL;
	return err;
}

void tunnels_watch_close(struct tunnels *t)
{
	if (!t->nl)
		return;
	timer_set(&t->work_timer, MONO_NEVER);
	timer_set(&t->roles_timer, MONO_NEVER);
	netlink_close(t->rt);
	netlink_close(t->nft);
	netlink_close(t->nl);
}
