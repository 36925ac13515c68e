/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whole files: the samples, what cannot be read, what is very large. Then the samples, changed at
 * random from a fixed seed: whatever comes out, the parser says something or yields a
 * configuration, and leaks nothing.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/conf_load.h"
#include "tests/unit/conf_text.h"

static struct conf *load_sample(const char *name, struct diags *d)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/etc/samples/%s", SRCDIR, name);
	return conf_load(path, NULL, d);
}

START_TEST(one_router_sample)
{
	struct diags d;
	struct conf *c = load_sample("one-router.conf", &d);
	const struct conf_tunnel_group *g;

	ck_assert_ptr_nonnull(c);
	g = &c->tunnel_groups[0];
	ck_assert_uint_eq(g->n_members, 2);
	ck_assert_int_eq(g->members[0].tunnel, 0);
	ck_assert_int_eq(g->members[0].sla, 0);
	ck_assert_int_eq(g->members[1].tunnel, 1);
	ck_assert_int_eq(g->members[1].sla, 1);
	ck_assert_int_eq(g->hold_up_us, 10 * SECOND);
	ck_assert_int_eq(c->tunnels[1].group, 0);
	ck_assert_int_eq(c->probes[1].tunnel, 1);
	conf_free(c);
	diags_free(&d);
}
END_TEST

/* The two routers of the site must agree where they have to and differ where they have to. */
START_TEST(site_samples)
{
	struct diags d1, d2;
	struct conf *a = load_sample("cpe01.conf", &d1), *b = load_sample("cpe02.conf", &d2);
	const struct conf_instance *i, *j;

	ck_assert(a && b);
	i = &a->instances[0];
	j = &b->instances[0];
	ck_assert_uint_eq(i->vrid, j->vrid);
	ck_assert_uint_eq(i->version, j->version);
	ck_assert_int_eq(i->advert_us, j->advert_us);
	ck_assert_str_eq(net_text(&i->vips[0].prefix), "10.1.22.254/24");
	ck_assert_str_eq(net_text(&j->vips[0].prefix), "10.1.22.254/24");
	ck_assert_int_gt(i->priority, j->priority);
	ck_assert_int_lt(i->priority + i->tracks[0].weight, j->priority);
	ck_assert(!addr_equal(&a->tunnels[0].local, &b->tunnels[0].local));
	ck_assert(!addr_equal(&a->tunnels[0].own[0], &b->tunnels[0].own[0]));
	ck_assert(addr_equal(&a->probes[0].target, &b->probes[0].target));
	ck_assert(addr_equal(&a->probes[0].source, &a->tunnels[0].own[0]));
	ck_assert(addr_equal(&b->probes[0].source, &b->tunnels[0].own[0]));
	conf_free(a);
	conf_free(b);
	diags_free(&d1);
	diags_free(&d2);
}
END_TEST

START_TEST(missing_file)
{
	struct diags d;

	ck_assert_ptr_null(conf_load(SRCDIR "/no/such/file", NULL, &d));
	ck_assert_uint_eq(d.errors, 1);
	ck_assert_uint_eq(d.list[0].line, 1);
	ck_assert_uint_eq(d.list[0].column, 1);
	ck_assert_ptr_nonnull(strstr(d.list[0].text, "No such file"));
	diags_free(&d);
	ck_assert_ptr_null(conf_load(SRCDIR, NULL, &d));
	ck_assert_uint_eq(d.errors, 1);
	diags_free(&d);
	conf_free(NULL);
}
END_TEST

START_TEST(many_errors)
{
	size_t size = 3 * DIAGS_MAX, n = 0;
	char *text = malloc(size * 3 + 1);
	struct diags d;

	for (size_t i = 0; i < size; i++, n += 2)
		memcpy(text + n, "x\n", 3);
	ck_assert_ptr_null(parse(text, &d));
	ck_assert_uint_eq(d.errors, DIAGS_MAX + 1);
	ck_assert_str_eq(d.list[DIAGS_MAX].text, "too many errors, the rest is not shown");
	diags_free(&d);
	free(text);
}
END_TEST

/* A site of a thousand: what a check costs is bounded, and no name is looked up by walking more
 * than once or twice. */
START_TEST(thousand)
{
	size_t size = 1 << 20, n = 0;
	char *text = malloc(size);
	struct timespec from, to;
	struct conf *c;
	double took;

	for (int i = 0; i < 1000; i++)
		n += (size_t)snprintf(
			text + n, size - n,
			"sla_probe p%d { target 192.0.2.1 }\n"
			"ipsec_tunnel t%d {\ninterface w%d\nlocal_address 198.51.100.1\n"
			"remote_address 203.0.113.1\nlocal_subnet { 10.%d.%d.0/24 }\n"
			"remote_subnet { 172.16.0.0/16 }\nreqid %d\n}\n"
			"vrrp_instance i%d {\ninterface l%d\nvirtual_router_id %d\nipsec_tunnel "
			"t%d\n"
			"virtual_ipaddress { 10.%d.%d.254/24 }\ntrack_sla { p%d weight -9 }\n}\n",
			i, i, i, i / 250, i % 250, i + 1, i, i / 250, i % 250 + 1, i, i / 250,
			i % 250, i);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
	c = must_parse(text);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
	took = (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9;
	printf("1000 instances, probes and tunnels: %.0f ms\n", took * 1e3);
	ck_assert_uint_eq(c->n_instances, 1000);
	ck_assert_int_eq(c->instances[999].tracks[0].index, 999);
	/* Two orders of magnitude above what it takes: a bound for a mistake, not for a machine. */
	ck_assert_double_lt(took, 4.0);
	conf_free(c);
	free(text);
}
END_TEST

static uint32_t draw(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

/* Bytes changed, taken out, doubled; pieces moved: what fingers and editors do to a file. */
static size_t mutate(char *text, size_t n, size_t room, uint32_t *seed)
{
	static const char interesting[] = "{}\"'#!$@\\\n \t-=./0129;";

	for (uint32_t i = draw(seed) % 8 + 1; i > 0 && n > 8; i--) {
		size_t at = draw(seed) % (n - 4), len = draw(seed) % 4;

		switch (draw(seed) % 4) {
		case 0:
			text[at] = interesting[draw(seed) % (sizeof(interesting) - 1)];
			break;
		case 1:
			memmove(text + at, text + at + len, n - at - len);
			n -= len;
			break;
		case 2:
			if (n + len < room) {
				memmove(text + at + len, text + at, n - at);
				n += len;
			}
			break;
		default:
			text[at] = (char)draw(seed);
		}
	}
	return n;
}

START_TEST(mutations)
{
	static const char *const names[] = {"cpe01.conf", "cpe02.conf", "one-router.conf",
					    "ipv6.conf"};
	uint32_t seed = 22 + (uint32_t)_i;
	char text[16384], changed[16384];
	char path[512];
	size_t n;
	FILE *f;

	snprintf(path, sizeof(path), "%s/etc/samples/%s", SRCDIR, names[_i]);
	f = fopen(path, "re");
	ck_assert_ptr_nonnull(f);
	n = fread(text, 1, sizeof(text), f);
	fclose(f);
	for (int round = 0; round < 1000; round++) {
		struct diags d = {0};
		struct lex_file file = {"x", changed, 0, NULL};
		struct conf *c;

		memcpy(changed, text, n);
		file.len = mutate(changed, n, sizeof(changed), &seed);
		c = conf_parse(&file, "here", "host", NULL, NULL, &d);
		ck_assert((c == NULL) == (d.errors > 0));
		for (size_t i = 0; i < d.n; i++)
			ck_assert(d.list[i].line > 0 && d.list[i].column > 0 && d.list[i].text[0]);
		conf_free(c);
		diags_free(&d);
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("conf_whole");
	TCase *t = tcase_create("conf_whole");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_set_timeout(t, 120);
	tcase_add_test(t, one_router_sample);
	tcase_add_test(t, site_samples);
	tcase_add_test(t, missing_file);
	tcase_add_test(t, many_errors);
	tcase_add_test(t, thousand);
	tcase_add_loop_test(t, mutations, 0, 4);
	suite_add_tcase(s, t);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
