/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Delayed states of interfaces; see debounce.h. Source: keepalived.conf(5). */
#include "vrrpd/debounce.h"

#include <stdlib.h>
#include <string.h>

struct delayed {
	struct debounce *all;
	const struct conf_delay *conf;
	bool running;       /* as it counts */
	struct timer timer; /* when that changes, if it has held until then */
};

struct debounce {
	struct loop *loop;
	const struct links *links;
	debounce_fn fn;
	void *ctx;
	struct delayed *list;
	size_t n;
};

static bool is_running(const struct debounce *b, const char *interface)
{
	const struct link *link = links_find(b->links, interface);

	return link && link->running;
}

static struct delayed *find(const struct debounce *b, const char *interface)
{
	for (size_t k = 0; k < b->n; k++)
		if (strcmp(b->list[k].conf->interface, interface) == 0)
			return &b->list[k];
	return NULL;
}

static void settle(void *ctx, mono_t now)
{
	struct delayed *d = ctx;

	(void)now;
	d->running = !d->running;
	d->all->fn(d->all->ctx, d->conf->interface);
}

void debounce_look(struct debounce *b, const char *interface)
{
	struct delayed *d = find(b, interface);
	bool running = is_running(b, interface);
	int64_t delay_us;

	if (!d)
		return;
	delay_us = running ? d->conf->up_us : d->conf->down_us;
	if (running == d->running) {
		timer_set(&d->timer, MONO_NEVER);
	} else if (delay_us == 0 || !links_find(b->links, interface)) {
		timer_set(&d->timer, MONO_NEVER);
		d->running = running;
	} else if (!timer_armed(&d->timer)) {
		timer_set(&d->timer, mono_add(loop_now(b->loop), delay_us));
	}
}

bool debounce_running(const struct debounce *b, const char *interface)
{
	const struct delayed *d = find(b, interface);

	return d ? d->running : is_running(b, interface);
}

static void forget(struct debounce *b)
{
	for (size_t k = 0; k < b->n; k++)
		timer_set(&b->list[k].timer, MONO_NEVER);
	free(b->list);
	b->list = NULL;
	b->n = 0;
}

bool debounce_reload(struct debounce *b, const struct conf *c)
{
	struct delayed *list = calloc(c->n_delays + 1, sizeof(*list));

	if (!list)
		return false;
	forget(b);
	b->list = list;
	b->n = c->n_delays;
	for (size_t k = 0; k < b->n; k++) {
		list[k].all = b;
		list[k].conf = &c->delays[k];
		list[k].running = is_running(b, c->delays[k].interface);
		timer_init(&list[k].timer, b->loop, settle, &list[k]);
	}
	return true;
}

struct debounce *debounce_new(struct loop *loop, const struct links *links, debounce_fn fn,
			      void *ctx)
{
	struct debounce *b = calloc(1, sizeof(*b));

	if (b)
		*b = (struct debounce){.loop = loop, .links = links, .fn = fn, .ctx = ctx};
	return b;
}

void debounce_free(struct debounce *b)
{
	if (!b)
		return;
	forget(b);
	free(b);
}
