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
#include "vrrpd/tunnels_int.h"
#include "vrrpd/xfrm_parse.h"

/* What somebody removes again and again, and is dear to put back, is not worth more than this. */
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

void tunnels_alarm(const struct tunnels *t, enum alarm_kind kind, const char *text)
{
	t->user.alarm(t->user.ctx, kind, text);
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
		t->user.state(t->user.ctx, (int)i, old, new, tunnels_why(t->set, i, why));
	}
}

/* ---- policies ---- */

static void tell_repair(const struct tunnels *t, size_t put, int err, const char *why)
{
	char text[400];

	if (err < 0)
		snprintf(text, sizeof(text), "IPsec policies are not as they must be: %s", why);
	else
		snprintf(text, sizeof(text),
			 "IPsec policies were changed by another program: %zu put back", put);
	tunnels_alarm(t, ALARM_POLICIES_WRONG, err < 0 ? text : NULL);
	if (err == 0 && put > 0)
		tunnels_alarm(t, ALARM_POLICIES_CHANGED, text);
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
	tunnels_alarm(t, ALARM_GUARD_CHANGED, text);
}

/* Another line's MTU, a drain, or a guard that could not be put before. */
static void renew_guard(struct tunnels *t)
{
	char text[300];

	t->look_at_guard = false;
	tunnels_apply_guard(t, t->set);
	snprintf(text, sizeof(text), "the nftables guard is missing: %s", t->guard_missing);
	tunnels_alarm(t, ALARM_GUARD_MISSING, t->guard_missing[0] ? text : NULL);
}

static void on_work(void *ctx, mono_t now)
{
	struct tunnels *t = ctx;

	if (t->look_at_sas || mono_reached(t->static_retry, now)) {
		t->look_at_sas = false;
		tunnels_read_sas(t, t->set, now);
		tunnels_restore_sas(t, now);
		/* Whether packets are encapsulated decides about the TCP MSS and about MTUs. */
		t->look_at_guard = true;
		t->look_at_devices |= tunnels_want_mtu(t->set);
	}
	if (t->look_at_devices || mono_reached(t->device_retry, now))
		tunnels_repair_devices(t, now);
	if (t->look_at_policies)
		repair(t, now);
	if (t->guard_broken)
		restore_guard(t, now);
	if (t->look_at_guard || mono_reached(t->guard_retry, now))
		renew_guard(t);
	if (t->look_at_routes) {
		t->look_at_routes = false;
		tunnels_apply_routes(t);
	}
	tell_states(t);
	tunnels_wake_at(t, mono_min(mono_min(t->guard_retry, t->device_retry), t->static_retry));
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
