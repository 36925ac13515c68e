/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Drives vrrpd's tunnels from a script, over a real configuration file: `tunnelctl FILE` opens
 * them, prints "ready", and then obeys lines from stdin: claim I, release I, drop I (instances by
 * number; drop skips the lingering), sla NAME up|down, reload FILE, status, shut, sleep MS. It ends
 * with stdin, leaving the kernel as it is. `tunnelctl --flush [FILE]` removes everything.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/conf_load.h"
#include "common/loop.h"
#include "vrrpd/tunnels.h"

struct driver {
	struct loop *loop;
	struct tunnels *tunnels;
	struct conf *conf;
	struct loop_io in;
	struct timer pause;
	char text[4096]; /* commands not obeyed yet */
	size_t used;
	bool ended;
};

static void on_tunnel(void *ctx, int tunnel, enum tunnel_state from, enum tunnel_state to,
		      const char *why)
{
	struct driver *d = ctx;

	printf("tunnel %s %s -> %s: %s\n", d->conf->tunnels[tunnel].name, tunnel_state_name(from),
	       tunnel_state_name(to), why);
	fflush(stdout);
}

static void on_alarm(void *ctx, enum alarm_kind kind, const char *text)
{
	(void)ctx;
	if (text)
		printf("alarm %lld %s\n", (long long)realtime_us(), text);
	else
		printf("clear %s\n", alarm_name(kind));
	fflush(stdout);
}

static struct conf *load(const char *file)
{
	struct diags diags = {0};
	struct conf *c = conf_load(file, NULL, &diags);

	if (!c)
		diags_print(&diags, stderr);
	diags_free(&diags);
	return c;
}

static void print_status(struct driver *d)
{
	for (size_t i = 0; i < d->conf->n_tunnels; i++) {
		struct tunnel_status s;

		tunnels_status(d->tunnels, (int)i, &s);
		printf("status %s %s carry %d selected %d sas %zu policies %zu/%zu\n",
		       d->conf->tunnels[i].name, tunnel_state_name(s.state), s.carry, s.selected,
		       s.n_sas, s.policies_installed, s.policies_wanted);
	}
	printf("guard %s\n", tunnels_guard_missing(d->tunnels));
}

static int reload(struct driver *d, const char *file)
{
	struct conf *c = load(file);
	char why[256] = "";
	int err = c ? tunnels_reload(d->tunnels, c, why, sizeof(why)) : -1;

	if (err < 0)
		printf("refused %s\n", why);
	conf_free(err < 0 ? c : d->conf);
	if (err == 0)
		d->conf = c;
	return err;
}

static int instance_command(struct driver *d, const char *verb, size_t i)
{
	const struct conf_instance *c;

	if (i >= d->conf->n_instances)
		return -1;
	c = &d->conf->instances[i];
	if (strcmp(verb, "claim") == 0)
		return tunnels_claim(d->tunnels, i, c->tunnel, c->tunnel_group);
	return tunnels_release(d->tunnels, i, c->tunnel, c->tunnel_group,
			       strcmp(verb, "drop") == 0);
}

static void obey(struct driver *d, const char *line)
{
	char verb[16] = "", word[256] = "", state[8] = "";
	mono_t begin = mono_clock();
	int err = 0;

	sscanf(line, "%15s %255s %7s", verb, word, state);
	if (strcmp(verb, "status") == 0)
		print_status(d);
	else if (strcmp(verb, "sleep") == 0)
		timer_set(&d->pause, mono_add(loop_now(d->loop), atol(word) * US_PER_MS));
	else if (strcmp(verb, "sla") == 0) {
		tunnels_sla(d->tunnels, conf_find_sla(d->conf, word),
			    strcmp(state, "down") == 0 ? TRACK_DOWN : TRACK_UP);
		tunnels_select(d->tunnels);
	} else if (strcmp(verb, "reload") == 0)
		err = reload(d, word);
	else if (strcmp(verb, "shut") == 0)
		err = tunnels_shut(d->tunnels);
	else
		err = instance_command(d, verb, (size_t)atol(word));
	printf("done %s %s %d in %lld us\n", verb, word, err,
	       (long long)mono_sub(mono_clock(), begin));
	fflush(stdout);
}

/* Obeys the lines that are there, up to a pause. */
static void obey_all(struct driver *d)
{
	char *end;

	while (!timer_armed(&d->pause) && (end = memchr(d->text, '\n', d->used))) {
		size_t n = (size_t)(end - d->text) + 1;

		*end = '\0';
		obey(d, d->text);
		d->used -= n;
		memmove(d->text, d->text + n, d->used);
	}
	if (d->ended && !timer_armed(&d->pause))
		loop_stop(d->loop);
}

static void on_pause(void *ctx, mono_t now)
{
	(void)now;
	obey_all(ctx);
}

static void on_stdin(void *ctx, unsigned events)
{
	struct driver *d = ctx;
	ssize_t n = read(STDIN_FILENO, d->text + d->used, sizeof(d->text) - d->used);

	(void)events;
	if (n > 0) {
		d->used += (size_t)n;
	} else {
		d->ended = true;
		loop_io_del(&d->in);
	}
	obey_all(d);
}

static int flush(const char *file)
{
	struct conf *c = file ? load(file) : NULL;
	char why[256] = "";
	size_t removed;
	int err = tunnels_flush(c, &removed, why, sizeof(why));

	printf("removed %zu %s\n", removed, why);
	conf_free(c);
	return err < 0;
}

static int run(struct driver *d, const char *file)
{
	const struct tunnels_user user = {on_tunnel, on_alarm, d};
	char why[256] = "";

	d->conf = load(file);
	d->loop = loop_new();
	if (!d->conf || !d->loop)
		return 1;
	if (tunnels_open(&d->tunnels, d->loop, d->conf, NULL, &user, why, sizeof(why)) < 0) {
		printf("refused %s\n", why);
		return 3;
	}
	if (why[0])
		printf("%s\n", why);
	printf("ready\n");
	fflush(stdout);
	timer_init(&d->pause, d->loop, on_pause, d);
	loop_io_add(d->loop, &d->in, STDIN_FILENO, LOOP_READ, on_stdin, d);
	loop_run(d->loop);
	return 0;
}

int main(int argc, char *argv[])
{
	struct driver d = {0};
	int status;

	if (argc >= 2 && strcmp(argv[1], "--flush") == 0)
		return flush(argc > 2 ? argv[2] : NULL);
	if (argc != 2)
		return 2;
	status = run(&d, argv[1]);
	tunnels_free(d.tunnels);
	if (d.loop)
		loop_free(d.loop);
	conf_free(d.conf);
	return status;
}
