/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs the probes; see engine.h. The deadlines lie side by side in an array, so finding the next
 * one among thousands is one pass over a few cache lines and needs no second heap beside the
 * loop's.
 */
#include "slad/engine.h"

#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "common/log.h"
#include "slad/ids.h"
#include "slad/names.h"
#include "slad/probe_set.h"
#include "slad/suspend.h"

#define SEEN 4u

struct device {
	unsigned ifindex; /* 0: none */
	char name[IF_NAMESIZE];
};

struct engine {
	struct loop *loop;
	engine_changed_fn changed;
	void *ctx;
	struct echo_io *io;
	struct timer timer;
	struct probe_set set;
	struct ids ids;
	uint32_t tag;
	struct suspend suspend;
	uint64_t foreign;         /* messages that passed the filter and are about no probe */
	struct device seen[SEEN]; /* devices that probes left by, each in the place of its index */
};

/* ---- what the targets answer ---- */

static void weigh_groups(struct engine *e, mono_t now)
{
	for (size_t i = 0; i < e->set.n_groups; i++) {
		enum sla_state from = e->set.groups[i]->state;

		if (group_weigh(e->set.groups[i], e->set.states, now))
			e->changed(e->ctx, e->set.n + i, from);
	}
}

static void say_trouble(const struct target *t, unsigned flags)
{
	if (flags & TARGET_TROUBLE)
		log_thing(LOG_WARNING, THING_PROBE, t->conf.name, "cannot probe: %s", t->trouble);
	if (flags & TARGET_CLEAR)
		log_thing(LOG_NOTICE, THING_PROBE, t->conf.name, "probes again");
}

static void settle(struct engine *e, size_t i, unsigned flags)
{
	struct target *t = e->set.targets[i];
	enum sla_state from = e->set.states[i];

	e->set.dirty[i] = true;
	e->set.deadlines[i] = target_deadline(t);
	say_trouble(t, flags);
	if (!(flags & TARGET_CHANGED))
		return;
	e->set.states[i] = t->verdict.state;
	e->changed(e->ctx, i, from);
	weigh_groups(e, loop_now(e->loop));
}

static void arm(struct engine *e)
{
	mono_t next = MONO_NEVER;

	for (size_t i = 0; i < e->set.n; i++)
		next = mono_min(next, e->set.deadlines[i]);
	timer_set(&e->timer, next);
}

/* ---- sending ---- */

/* Why the kernel refused a probe, in the operator's words. */
static void explain(const struct target *t, int err, char *why, size_t size)
{
	const struct conf_probe *p = &t->conf;
	char source[ADDR_STRLEN];

	/* EINVAL is the route look-up's word for a source that is not ours, whatever
	 * ip_nonlocal_bind says. */
	if (addr_is_set(&p->source) && (err == -EINVAL || !echo_io_is_local(&p->source)))
		snprintf(why, size, "source %s is not an address of this host",
			 addr_format(&p->source, source));
	else if ((err == -ENODEV || err == -ENXIO) && p->interface[0])
		snprintf(why, size, "interface %s does not exist", p->interface);
	else if (err == -EPERM && addr_is_set(&t->way.remote))
		snprintf(why, size, "a firewall rule or a policy keeps it out of tunnel %.40s",
			 t->tunnel);
	else if (err == -EPERM)
		snprintf(why, size, "a firewall rule or an IPsec policy of this host forbids it");
	else
		snprintf(why, size, "sending failed: %s", strerror(-err));
}

static void on_sent(void *ctx, size_t index, int err, mono_t at)
{
	struct engine *e = ctx;
	struct target *t = e->set.targets[index];
	char why[SLA_CAUSE_MAX];

	if (err == 0) {
		settle(e, index, target_sent(t, at));
		return;
	}
	e->set.ifindexes[index] = 0; /* the interface may be another one by now */
	explain(t, err, why, sizeof(why));
	settle(e, index, target_unsent(t, why, at));
}

/* Of the device that a probe left by, which is nearly always one of few. */
static const char *device_name(struct engine *e, unsigned ifindex)
{
	struct device *d = &e->seen[ifindex % SEEN];

	if (ifindex != d->ifindex) {
		d->ifindex = if_indextoname(ifindex, d->name) ? ifindex : 0;
		if (d->ifindex == 0)
			return "a device that is gone";
	}
	return d->name;
}

/*
 * A tunnel's own interface is handed the message itself, and the line the ESP made of it: two
 * copies, and the second tells.
 */
static bool enters(const struct target_way *w, const char *name, const struct egress *seen)
{
	return w->device[0] && strcmp(name, w->device) == 0 &&
	       egress_judge(seen, &w->local, &w->remote) == EGRESS_CLEAR;
}

/* What is wrong with how a probe left, or NULL. */
static const char *astray(const struct target_way *w, const char *name, const struct egress *seen,
			  char why[SLA_CAUSE_MAX])
{
	char to[ADDR_STRLEN];

	switch (egress_judge(seen, &w->local, &w->remote)) {
	case EGRESS_TUNNEL:
		if (strcmp(name, w->interface) == 0)
			return NULL;
		snprintf(why, SLA_CAUSE_MAX, "left by %s instead of %s", name, w->interface);
		break;
	case EGRESS_CLEAR:
		snprintf(why, SLA_CAUSE_MAX, "left in the clear by %s", name);
		break;
	case EGRESS_ASTRAY:
		snprintf(why, SLA_CAUSE_MAX, "left through another tunnel, to %s by %s",
			 addr_format(&seen->to, to), name);
		break;
	}
	return why;
}

static void on_left(void *ctx, uint16_t id, uint32_t seq, unsigned ifindex,
		    const struct egress *seen)
{
	struct engine *e = ctx;
	size_t i = ids_owner(&e->ids, id);
	char why[SLA_CAUSE_MAX];
	const char *name;
	struct target *t;

	if (i >= e->set.n)
		return;
	t = e->set.targets[i];
	name = device_name(e, ifindex);
	if (!enters(&t->way, name, seen))
		settle(e, i, target_left(t, seq, astray(&t->way, name, seen, why), mono_clock()));
}

static void send_probe(struct engine *e, size_t i, mono_t now)
{
	struct target *t = e->set.targets[i];
	struct echo_request request;

	if (t->conf.interface[0] && e->set.ifindexes[i] == 0) {
		e->set.ifindexes[i] = if_nametoindex(t->conf.interface);
		if (e->set.ifindexes[i] == 0) {
			on_sent(e, i, -ENODEV, now);
			return;
		}
	}
	if (target_wants_id(t, now))
		target_set_id(t, ids_take(&e->ids, i, t->id), now);
	target_request(t, &request);
	echo_io_queue(e->io, i, &t->conf, e->set.ifindexes[i], &request);
}

static int64_t boottime_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_BOOTTIME, &t);
	return t.tv_sec * US_PER_S + t.tv_nsec / 1000;
}

static void notice_suspend(struct engine *e, mono_t now)
{
	int64_t boottime = boottime_us();
	int64_t slept_us = suspend_notice(&e->suspend, boottime, mono_clock());

	if (slept_us == 0)
		return;
	log_msg(LOG_NOTICE, "the host was suspended for %lld ms",
		(long long)(slept_us / US_PER_MS));
	for (size_t i = 0; i < e->set.n; i++)
		settle(e, i, target_slept(e->set.targets[i], now));
}

static void on_timer(void *ctx, mono_t now)
{
	struct engine *e = ctx;
	bool dry = false;

	notice_suspend(e, now);
	for (size_t i = 0; i < e->set.n; i++) {
		unsigned flags;

		if (!mono_reached(e->set.deadlines[i], now))
			continue;
		if (!dry && target_overdue(e->set.targets[i], now)) {
			echo_io_drain(e->io);
			dry = true;
		}
		flags = target_turn(e->set.targets[i], now);
		settle(e, i, flags);
		if (flags & TARGET_SEND)
			send_probe(e, i, now);
	}
	echo_io_flush(e->io);
	arm(e);
}

/* ---- receiving ---- */

/* Whose reply it is when its id says nothing: the secret cookie does. */
static size_t by_cookie(const struct engine *e, uint64_t cookie)
{
	for (size_t i = 0; i < e->set.n; i++)
		if (e->set.targets[i]->cookie == cookie)
			return i;
	return IDS_NOBODY;
}

static void on_received(void *ctx, const struct echo_message *m, unsigned ifindex, mono_t at)
{
	struct engine *e = ctx;
	size_t i = ids_owner(&e->ids, m->id);
	struct target *t;

	if (i == IDS_NOBODY && m->kind == ECHO_REPLY && m->tag == e->tag)
		i = by_cookie(e, m->cookie);
	if (i >= e->set.n) {
		e->foreign++;
		return;
	}
	t = e->set.targets[i];
	/* What SO_BINDTODEVICE would do to a socket of its own. */
	if (m->kind == ECHO_REPLY && e->set.ifindexes[i] && e->set.ifindexes[i] != ifindex) {
		target_reject(t, ECHO_WRONG_INTERFACE);
		settle(e, i, 0);
		return;
	}
	settle(e, i, target_receive(t, m, at));
}

static void on_drained(void *ctx)
{
	arm(ctx);
}

/* ---- life ---- */

static const struct echo_io_ops io_ops = {on_sent, on_received, on_left, on_drained};

int engine_open(struct engine **out, struct loop *loop, engine_changed_fn changed, void *ctx,
		char *why, size_t why_size)
{
	struct engine *e = calloc(1, sizeof(*e));
	int64_t boottime;
	uint16_t base;
	int err;

	if (!e) {
		snprintf(why, why_size, "out of memory");
		return -ENOMEM;
	}
	*e = (struct engine){.loop = loop, .changed = changed, .ctx = ctx};
	if (getrandom(&e->tag, sizeof(e->tag), 0) != sizeof(e->tag) ||
	    getrandom(&base, sizeof(base), 0) != sizeof(base)) {
		snprintf(why, why_size, "no random numbers: %s", strerror(errno));
		free(e);
		return -EIO;
	}
	ids_init(&e->ids, base);
	boottime = boottime_us();
	suspend_init(&e->suspend, boottime, mono_clock());
	timer_init(&e->timer, loop, on_timer, e);
	err = echo_io_open(&e->io, loop, e->tag, e->ids.base, IDS_MASK, &io_ops, e);
	if (err < 0) {
		snprintf(why, why_size, "no raw socket for ICMP: %s%s", strerror(-err),
			 err == -EPERM ? " (slad needs the capability CAP_NET_RAW)" : "");
		free(e);
		return err;
	}
	*out = e;
	return 0;
}

void engine_close(struct engine *e)
{
	if (!e)
		return;
	timer_set(&e->timer, MONO_NEVER);
	echo_io_close(e->io);
	probe_set_free(&e->set, NULL);
	free(e);
}

/* ---- a new configuration ---- */

/* Nothing fails from here on. */
static void adopt_set(struct engine *e, const struct probe_set *s)
{
	probe_set_free(&e->set, s);
	e->set = *s;
	ids_forget(&e->ids);
	for (size_t i = 0; i < e->set.n; i++) {
		struct target *t = e->set.targets[i];

		if (t->next_seq)
			ids_keep(&e->ids, i, t->id);
		e->set.states[i] = t->verdict.state;
		e->set.deadlines[i] = target_deadline(t);
		e->set.dirty[i] = true;
	}
	arm(e);
}

int engine_apply(struct engine *e, const struct conf *c)
{
	mono_t now = mono_clock();
	struct probe_set s = {0};
	size_t payload = ECHO_PAYLOAD_MIN;
	bool tunnels = false;
	int err;

	if (c->n_probes + c->n_sla_groups > SLA_MAX_RECORDS)
		return -E2BIG;
	for (size_t i = 0; i < c->n_probes; i++) {
		if (c->probes[i].size > payload)
			payload = c->probes[i].size;
		tunnels |= c->probes[i].tunnel >= 0;
	}
	err = probe_set_make(&s, &e->set, c, e->tag, now);
	if (err == 0)
		err = echo_io_reserve(e->io, payload);
	if (err == 0 && tunnels)
		err = echo_io_prove(e->io);
	if (err < 0) {
		probe_set_free(&s, &e->set);
		return err;
	}
	adopt_set(e, &s);
	return 0;
}

void engine_weigh(struct engine *e)
{
	weigh_groups(e, mono_clock());
}

/* ---- for the owner ---- */

size_t engine_targets(const struct engine *e)
{
	return e->set.n;
}

void engine_recall(struct engine *e, size_t i, const struct target_past *past, mono_t now)
{
	target_recall(e->set.targets[i], past, now);
}

const struct target *engine_target(const struct engine *e, size_t i)
{
	return e->set.targets[i];
}

size_t engine_groups(const struct engine *e)
{
	return e->set.n_groups;
}

const struct group *engine_group(const struct engine *e, size_t i)
{
	return e->set.groups[i];
}

const struct echo_io_counters *engine_io(const struct engine *e)
{
	return echo_io_counters(e->io);
}

uint64_t engine_foreign(const struct engine *e)
{
	return e->foreign;
}

void engine_refresh(struct engine *e, mono_t now, void (*each)(void *ctx, size_t sla), void *ctx)
{
	for (size_t i = 0; i < e->set.n; i++) {
		if (!e->set.dirty[i] && !target_wants_refresh(e->set.targets[i], now))
			continue;
		settle(e, i, target_refresh(e->set.targets[i], now));
		e->set.dirty[i] = false;
		each(ctx, i);
	}
	arm(e);
}

/* The old one again, should there be no random numbers now. */
static uint64_t fresh_cookie(uint64_t old)
{
	uint64_t cookie;

	return getrandom(&cookie, sizeof(cookie), GRND_NONBLOCK) == sizeof(cookie) ? cookie : old;
}

static void say_name(const struct target *t, const char *why)
{
	char address[ADDR_STRLEN];
	bool known = addr_is_set(&t->conf.target);

	addr_format(&t->conf.target, address);
	if (!why)
		log_thing(LOG_NOTICE, THING_PROBE, t->conf.name, "%s is %s", t->conf.host, address);
	else
		log_thing(LOG_WARNING, THING_PROBE, t->conf.name, "cannot look up %s: %s%s%s",
			  t->conf.host, why, known ? "; probing on to " : "", known ? address : "");
}

void engine_named(struct engine *e, const char *host, uint8_t family, const struct addr *address,
		  const char *why)
{
	for (size_t i = 0; i < e->set.n; i++) {
		struct target *t = e->set.targets[i];
		bool news = why || t->nameless[0] || !addr_equal(&t->conf.target, address);
		unsigned flags = 0;

		if (strcasecmp(t->conf.host, host) != 0 || names_family(&t->conf) != family)
			continue;
		if (addr_is_set(address))
			flags = target_address(t, address, fresh_cookie(t->cookie), mono_clock());
		if (why)
			target_nameless(t, why);
		if (news)
			say_name(t, why);
		settle(e, i, flags);
	}
	arm(e);
}

void engine_reroute(struct engine *e)
{
	memset(e->seen, 0, sizeof(e->seen));
	for (size_t i = 0; i < e->set.n; i++)
		target_reroute(e->set.targets[i]);
}
