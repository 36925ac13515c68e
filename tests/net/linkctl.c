/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Drives vrrpd's link and address modules from a script: `watch` prints the table of interfaces and
 * then one line per event until stdin ends, and puts back every virtual address that somebody else
 * removes; `add`, `del` and `own` change and list the marked addresses.
 */
#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/loop.h"
#include "vrrpd/nl_addr.h"
#include "vrrpd/nl_link.h"

struct watcher {
	struct loop *loop;
	struct links *links;
	struct loop_io in;
};

static void print_link(const struct watcher *w, const char *name)
{
	const struct link *l = links_find(w->links, name);
	char primary[ADDR_STRLEN];

	if (!l)
		printf("link %s gone\n", name);
	else
		printf("link %s up %d running %d mtu %u primary %s\n", name, l->up, l->running,
		       l->mtu, addr_format(&l->primary4, primary));
	fflush(stdout);
}

static void on_link(void *ctx, const char *name)
{
	print_link(ctx, name);
}

static void on_lost(void *ctx, int ifindex, const struct prefix *prefix)
{
	struct watcher *w = ctx;
	struct vip v = {.ifindex = ifindex,
			.proto = NL_ADDR_PROTO,
			.prefix = *prefix,
			.preferred_s = UINT32_MAX};
	char text[PREFIX_STRLEN];
	int err = nl_addr_add(links_nl(w->links), &v, 1, NULL);

	printf("lost %s put back %d\n", prefix_format(prefix, text), err);
	fflush(stdout);
}

static void on_announce(void *ctx, const char *name)
{
	(void)ctx;
	printf("announce %s\n", name);
	fflush(stdout);
}

static void on_stdin(void *ctx, unsigned events)
{
	struct watcher *w = ctx;
	char line[64];

	(void)events;
	if (read(STDIN_FILENO, line, sizeof(line)) <= 0)
		loop_stop(w->loop);
}

static bool parse_vip(struct watcher *w, char *const argv[], struct vip *out)
{
	const struct link *l = links_find(w->links, argv[0]);

	out->ifindex = l ? l->ifindex : 0;
	out->proto = NL_ADDR_PROTO;
	out->preferred_s = UINT32_MAX;
	return l && prefix_parse(argv[1], &out->prefix);
}

static int list_own(struct watcher *w)
{
	char text[PREFIX_STRLEN], name[IF_NAMESIZE];
	struct vip *own;
	size_t n;
	int err = nl_addr_dump_own(links_nl(w->links), NL_ADDR_PROTO, &own, &n);

	if (err < 0)
		return err;
	for (size_t i = 0; i < n; i++)
		printf("own %s %s\n", if_indextoname((unsigned)own[i].ifindex, name),
		       prefix_format(&own[i].prefix, text));
	free(own);
	return 0;
}

static int watch(struct watcher *w)
{
	int err = loop_io_add(w->loop, &w->in, STDIN_FILENO, LOOP_READ, on_stdin, w);

	if (err < 0)
		return err;
	for (const struct if_nameindex *all = if_nameindex(), *i = all; i && i->if_name; i++)
		print_link(w, i->if_name);
	loop_run(w->loop);
	loop_io_del(&w->in);
	return 0;
}

static void print_refused(const struct vip vips[], const int errors[], size_t n)
{
	char text[PREFIX_STRLEN];

	for (size_t i = 0; i < n; i++)
		if (errors[i])
			printf("refused %s\n", prefix_format(&vips[i].prefix, text));
}

/* add|del IF PREFIX [IF PREFIX ...], in one batch. */
static int change(struct watcher *w, int argc, char *argv[])
{
	size_t n = (size_t)(argc - 2) / 2;
	struct vip *vips = calloc(n + 1, sizeof(*vips));
	int *errors = calloc(n + 1, sizeof(*errors));
	int err = vips && errors ? 0 : -ENOMEM;

	for (size_t i = 0; err == 0 && i < n; i++)
		if (!parse_vip(w, argv + 2 + 2 * i, &vips[i]))
			err = -EINVAL;
	if (err == 0) {
		err = strcmp(argv[1], "add") == 0
			      ? nl_addr_add(links_nl(w->links), vips, n, errors)
			      : nl_addr_del(links_nl(w->links), vips, n, errors);
		print_refused(vips, errors, n);
	}
	free(errors);
	free(vips);
	return err;
}

int main(int argc, char *argv[])
{
	struct watcher w = {.loop = loop_new()};
	const struct links_user user = {
		.changed = on_link, .announce = on_announce, .address_lost = on_lost, .ctx = &w};
	int err = w.loop ? links_open(&w.links, w.loop, &user) : -ENOMEM;

	if (err == 0 && argc == 2 && strcmp(argv[1], "watch") == 0)
		err = watch(&w);
	else if (err == 0 && argc == 2 && strcmp(argv[1], "own") == 0)
		err = list_own(&w);
	else if (err == 0 && argc >= 4)
		err = change(&w, argc, argv);
	else if (err == 0)
		err = -EINVAL;
	links_close(w.links);
	if (w.loop)
		loop_free(w.loop);
	if (err < 0)
		fprintf(stderr, "linkctl: %s\n", strerror(-err));
	return err < 0;
}
