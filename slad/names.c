/* SPDX-License-Identifier: GPL-2.0-or-later */
/* When which name is looked up, and what came of it; see names.h. */
#include "slad/names.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "slad/resolver.h"

/* Without any address the next look-up comes this soon after the last one. */
#define RETRY_US (5 * US_PER_S)

struct name {
	struct resolver_question question; /* keep: the last good address */
	int64_t interval_us;
	mono_t due;   /* MONO_NEVER: asked, not answered yet */
	bool failed;  /* the last look-up */
	char why[64]; /* it did */
};

struct names {
	struct loop *loop;
	names_fn told;
	void *ctx;
	struct resolver *resolver; /* NULL: no name was ever looked up */
	struct timer timer;
	struct name *list;
	size_t n;
};

uint8_t names_family(const struct conf_probe *p)
{
	return p->source.family;
}

static struct name *find(struct name *list, size_t n, const char *host, uint8_t family)
{
	for (size_t i = 0; i < n; i++)
		if (list[i].question.family == family &&
		    strcasecmp(list[i].question.host, host) == 0)
			return &list[i];
	return NULL;
}

static void tell(struct names *n, const struct name *name)
{
	n->told(n->ctx, name->question.host, name->question.family, &name->question.keep,
		name->failed ? name->why : NULL);
}

static void arm(struct names *n)
{
	mono_t next = MONO_NEVER;

	for (size_t i = 0; i < n->n; i++)
		next = mono_min(next, n->list[i].due);
	timer_set(&n->timer, next);
}

/* When the name is asked for again, after an answer of either kind. */
static void settle(struct names *n, struct name *name)
{
	bool known = addr_is_set(&name->question.keep);
	int64_t us = known || name->interval_us < RETRY_US ? name->interval_us : RETRY_US;

	name->due = mono_add(loop_now(n->loop), us);
}

static void fail(struct names *n, struct name *name, const char *why)
{
	bool news = !name->failed || strcmp(name->why, why) != 0;

	name->failed = true;
	snprintf(name->why, sizeof(name->why), "%s", why);
	settle(n, name);
	if (news)
		tell(n, name);
}

static void succeed(struct names *n, struct name *name, const struct addr *address)
{
	bool news = name->failed || !addr_equal(&name->question.keep, address);

	name->failed = false;
	name->question.keep = *address;
	settle(n, name);
	if (news)
		tell(n, name);
}

static void on_answer(void *ctx, const struct resolver_answer *a)
{
	struct names *n = ctx;
	struct name *name = find(n->list, n->n, a->question.host, a->question.family);

	if (!name)
		return; /* a reload dropped it */
	if (addr_is_set(&a->address))
		succeed(n, name, &a->address);
	else
		fail(n, name, a->why);
	arm(n);
}

static void on_lost(void *ctx)
{
	struct names *n = ctx;

	for (size_t i = 0; i < n->n; i++)
		if (n->list[i].due.us == MONO_NEVER.us)
			settle(n, &n->list[i]);
	arm(n);
}

static const struct resolver_ops ops = {on_answer, on_lost};

static int ask(struct names *n, const struct resolver_question *q)
{
	int err = n->resolver ? 0 : resolver_open(&n->resolver, n->loop, &ops, n);

	return err < 0 ? err : resolver_ask(n->resolver, q);
}

static void on_timer(void *ctx, mono_t now)
{
	struct names *n = ctx;

	for (size_t i = 0; i < n->n; i++) {
		struct name *name = &n->list[i];
		int err;

		if (!mono_reached(name->due, now))
			continue;
		err = ask(n, &name->question);
		if (err == 0)
			name->due = MONO_NEVER;
		else if (err == -EAGAIN)
			settle(n, name);
		else
			fail(n, name, strerror(-err));
	}
	arm(n);
}

struct names *names_new(struct loop *loop, names_fn told, void *ctx)
{
	struct names *n = calloc(1, sizeof(*n));

	if (!n)
		return NULL;
	*n = (struct names){.loop = loop, .told = told, .ctx = ctx};
	timer_init(&n->timer, loop, on_timer, n);
	return n;
}

void names_free(struct names *n)
{
	if (!n)
		return;
	timer_set(&n->timer, MONO_NEVER);
	resolver_close(n->resolver);
	free(n->list);
	free(n);
}

/* Adds the probe's name, or shortens the interval of the one that is there. */
static size_t add(struct names *n, struct name *list, size_t count, const struct conf_probe *p)
{
	uint8_t family = names_family(p);
	struct name *name = find(list, count, p->host, family);
	const struct name *before = find(n->list, n->n, p->host, family);

	if (name) {
		if (p->resolve_us < name->interval_us)
			name->interval_us = p->resolve_us;
		return count;
	}
	name = &list[count];
	if (before) {
		*name = *before;
	} else {
		strcpy(name->question.host, p->host);
		name->question.family = family;
	}
	name->interval_us = p->resolve_us;
	name->due = loop_now(n->loop);
	return count + 1;
}

int names_apply(struct names *n, const struct conf *c)
{
	struct name *list = calloc(c->n_probes + 1, sizeof(*list));
	size_t count = 0;

	if (!list)
		return -ENOMEM;
	for (size_t i = 0; i < c->n_probes; i++)
		if (c->probes[i].host[0])
			count = add(n, list, count, &c->probes[i]);
	free(n->list);
	n->list = list;
	n->n = count;
	for (size_t i = 0; i < count; i++)
		if (addr_is_set(&list[i].question.keep) || list[i].failed)
			tell(n, &list[i]);
	arm(n);
	return 0;
}
