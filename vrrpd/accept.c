/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of no_accept in the kernel; see accept.h. */
#include "vrrpd/accept.h"

#include <errno.h>
#include <linux/netfilter/nfnetlink.h>
#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "common/nl.h"
#include "vrrpd/guard.h"
#include "vrrpd/guard_watch.h"
#include "vrrpd/wanted_accept.h"

/* Between two repairs, so that two programs that fight take little time. */
#define PAUSE_US (100 * US_PER_MS)
/* Between two attempts that the kernel refuses. */
#define RETRY_US (10 * US_PER_S)

struct accept {
	struct loop *loop;
	struct nl *watch; /* NULL: there is no table to watch */
	struct timer timer;
	char *text;   /* of the table; NULL or "": none */
	bool changed; /* by another program */
	bool unsure;  /* whether it is in the kernel */
	bool refused; /* which was told */
	mono_t next;
};

static void wake(struct accept *a)
{
	mono_t now = loop_now(a->loop);

	timer_set(&a->timer, mono_reached(a->next, now) ? now : a->next);
}

static void on_notice(void *ctx, const struct nlmsghdr *h)
{
	struct accept *a = ctx;

	guard_watch_follow(h, ACCEPT_TABLE, &a->changed);
	if (a->changed)
		wake(a);
}

static void on_resync(void *ctx)
{
	struct accept *a = ctx;

	a->unsure = true;
	wake(a);
}

/* A refusal is told once, and tried again. */
static int install(struct accept *a, mono_t now)
{
	char why[200] = "";
	int err = a->text[0] ? guard_apply(a->text, why, sizeof(why))
			     : accept_remove(why, sizeof(why));

	if (err && !a->refused && a->text[0])
		log_msg(LOG_WARNING, "no_accept has no effect, the virtual addresses answer: %s",
			why);
	else if (err && !a->refused)
		log_msg(LOG_WARNING, "the nftables table " ACCEPT_TABLE " is not removed: %s", why);
	a->refused = a->unsure = err != 0;
	a->next = mono_add(now, err ? RETRY_US : PAUSE_US);
	if (err)
		timer_set(&a->timer, a->next);
	return err;
}

static void repair(void *ctx, mono_t now)
{
	struct accept *a = ctx;
	bool changed = a->changed, refused = a->refused;

	if (!changed && !a->unsure)
		return;
	a->changed = false;
	if (install(a, now) != 0)
		return;
	if (refused)
		log_msg(LOG_NOTICE, "the nftables table " ACCEPT_TABLE " is as it has to be now");
	else if (changed)
		log_msg(LOG_ALERT, "the nftables table " ACCEPT_TABLE
				   " was changed by another program: put back");
}

static void watch(struct accept *a)
{
	const int groups[] = {NFNLGRP_NFTABLES};

	if (a->text[0] && !a->watch &&
	    netlink_open(&a->watch, a->loop, NETLINK_NETFILTER, groups, 1, on_notice, on_resync,
			 a) < 0)
		a->watch = NULL;
	if (!a->text[0]) {
		netlink_close(a->watch);
		a->watch = NULL;
	}
}

struct accept *accept_new(struct loop *loop)
{
	struct accept *a = calloc(1, sizeof(*a));

	if (!a)
		return NULL;
	a->loop = loop;
	timer_init(&a->timer, loop, repair, a);
	return a;
}

void accept_free(struct accept *a)
{
	if (!a)
		return;
	timer_set(&a->timer, MONO_NEVER);
	netlink_close(a->watch);
	free(a->text);
	free(a);
}

void accept_apply(struct accept *a, const struct conf *c)
{
	char *text = wanted_accept(c);

	if (!text) {
		log_msg(LOG_ERR, "no_accept: out of memory");
		return;
	}
	if (a->text && strcmp(text, a->text) == 0) {
		free(text);
		return;
	}
	free(a->text);
	a->text = text;
	a->refused = false;
	install(a, loop_now(a->loop));
	watch(a);
}

int accept_remove(char *why, size_t why_size)
{
	return guard_remove(ACCEPT_TABLE, why, why_size);
}
