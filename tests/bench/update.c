/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Measures what a takeover waits for: tunnels_claim until the kernel has acknowledged, among many
 * tunnels; and beside it a start from nothing, a start that adopts, and the repair of a flushed
 * table. In a network namespace of its own, so it needs root.
 *
 * update [TUNNELS]
 */
#include <errno.h>
#include <linux/xfrm.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/nl.h"
#include "vrrpd/tunnels.h"

struct bench {
	struct loop *loop;
	struct tunnels *tunnels;
	struct timer limit;
	mono_t flushed_at, repaired_at;
};

static void die(const char *what, int err)
{
	fprintf(stderr, "update: %s: %s\n", what, strerror(-err));
	exit(EXIT_FAILURE);
}

static void *array(size_t n, size_t size)
{
	void *p = calloc(n, size);

	if (!p)
		die("memory", -ENOMEM);
	return p;
}

static struct prefix *subnet(uint8_t a, uint8_t b, uint8_t c, uint8_t len)
{
	struct prefix *p = array(1, sizeof(*p));
	uint8_t bytes[4] = {a, b, c, 0};

	*p = (struct prefix){addr_ipv4(bytes), len};
	return p;
}

static void fill_tunnel(struct conf_tunnel *t, unsigned i)
{
	uint8_t local[4] = {198, 51, 100, 1}, remote[4] = {203, 0, 113, 1};
	uint8_t own[4] = {10, (uint8_t)(i >> 8), (uint8_t)i, 1};

	snprintf(t->name, sizeof(t->name), "line%u", i);
	strcpy(t->interface, "lo");
	t->local = addr_ipv4(local);
	t->remote = addr_ipv4(remote);
	t->own[0] = addr_ipv4(own);
	t->local_subnets = subnet(10, (uint8_t)(i >> 8), (uint8_t)i, 24);
	t->remote_subnets = subnet(172, 16, 0, 16);
	t->n_local_subnets = t->n_remote_subnets = 1;
	t->reqid = i + 1;
	t->clamp_mss = MSS_OFF;
	t->guard = true;
	t->group = -1;
}

/* One instance a tunnel. Lives until the process ends. */
static struct conf *make_conf(unsigned n)
{
	struct conf *c = array(1, sizeof(*c));

	c->tunnels = array(n, sizeof(*c->tunnels));
	c->instances = array(n, sizeof(*c->instances));
	c->n_tunnels = c->n_instances = n;
	for (unsigned i = 0; i < n; i++) {
		fill_tunnel(&c->tunnels[i], i);
		snprintf(c->instances[i].name, sizeof(c->instances[i].name), "VI%u", i);
		c->instances[i].tunnel = (int)i;
		c->instances[i].tunnel_group = -1;
	}
	return c;
}

static void on_tunnel(void *ctx, int tunnel, enum tunnel_state from, enum tunnel_state to,
		      const char *why)
{
	(void)ctx;
	(void)tunnel;
	(void)from;
	(void)to;
	(void)why;
}

static void on_alarm(void *ctx, enum alarm_kind kind, const char *text)
{
	struct bench *b = ctx;

	if (!text || kind != ALARM_POLICIES_CHANGED)
		return;
	printf("%s\n", text);
	b->repaired_at = mono_clock();
	loop_stop(b->loop);
}

static void too_late(void *ctx, mono_t now)
{
	(void)ctx;
	(void)now;
	die("repair", -ETIMEDOUT);
}

static void open_tunnels(struct bench *b, const struct conf *c, const char *what)
{
	const struct tunnels_user user = {on_tunnel, on_alarm, b};
	mono_t begin = mono_clock();
	char why[256] = "";
	int err = tunnels_open(&b->tunnels, b->loop, c, NULL, &user, why, sizeof(why));

	if (err < 0)
		die(why, err);
	printf("%s: %.1f ms\n", what, (double)mono_sub(mono_clock(), begin) / 1000);
}

static int by_size(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

static void print(const char *what, int64_t us[], size_t n)
{
	qsort(us, n, sizeof(*us), by_size);
	printf("%s: p50 %lld us, p99 %lld us, max %lld us\n", what, (long long)us[n / 2],
	       (long long)us[n * 99 / 100], (long long)us[n - 1]);
}

static void measure_claims(struct bench *b, const struct conf *c)
{
	int64_t *claim = array(c->n_tunnels, sizeof(*claim));
	int64_t *release = array(c->n_tunnels, sizeof(*release));

	for (size_t i = 0; i < c->n_tunnels; i++) {
		mono_t begin = mono_clock(), middle;
		int err = tunnels_claim(b->tunnels, i, (int)i, -1);

		middle = mono_clock();
		if (err == 0)
			err = tunnels_release(b->tunnels, i, (int)i, -1, true);
		if (err < 0)
			die("claim", err);
		claim[i] = mono_sub(middle, begin);
		release[i] = mono_sub(mono_clock(), middle);
	}
	print("claim", claim, c->n_tunnels);
	print("release", release, c->n_tunnels);
	free(claim);
	free(release);
}

/* As somebody else would, from a socket of its own. */
static void measure_repair(struct bench *b)
{
	struct xfrm_userpolicy_type type = {.type = XFRM_POLICY_TYPE_MAIN};
	struct nl_msg *m = nlmsg_alloc_simple(XFRM_MSG_FLUSHPOLICY, 0);
	struct nl *other = NULL;
	int err = netlink_open(&other, NULL, NETLINK_XFRM, NULL, 0, NULL, NULL, NULL);

	if (err == 0 && (!m || nla_put(m, XFRMA_POLICY_TYPE, sizeof(type), &type) < 0))
		err = -ENOMEM;
	if (err == 0)
		err = netlink_batch(other, &m, 1, NULL);
	if (err < 0)
		die("flush", err);
	b->flushed_at = mono_clock();
	timer_init(&b->limit, b->loop, too_late, b);
	timer_set(&b->limit, mono_add(b->flushed_at, 30 * US_PER_S));
	loop_run(b->loop);
	printf("from the flush to the last policy back: %.1f ms\n",
	       (double)mono_sub(b->repaired_at, b->flushed_at) / 1000);
	netlink_close(other);
	nlmsg_free(m);
}

int main(int argc, char *argv[])
{
	unsigned n = argc > 1 ? (unsigned)atoi(argv[1]) : 1000;
	struct bench b = {.loop = loop_new()};
	struct conf *c;

	if (n < 1 || n > 65535)
		die("number of tunnels", -EINVAL);
	if (unshare(CLONE_NEWNET) < 0)
		die("a network namespace", -errno);
	c = make_conf(n);
	printf("%u tunnels\n", n);
	open_tunnels(&b, c, "start from nothing");
	measure_claims(&b, c);
	measure_repair(&b);
	tunnels_free(b.tunnels);
	open_tunnels(&b, c, "start that adopts");
	tunnels_free(b.tunnels);
	loop_free(b.loop);
	return EXIT_SUCCESS;
}
