/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a configuration of probes and tunnels means, value by value. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/unit/conf_text.h"

START_TEST(probe_defaults)
{
	struct conf *c = must_parse("sla_probe p { target 192.0.2.1 }");
	const struct conf_probe *p = &c->probes[0];

	ck_assert_str_eq(addr_text(&p->target), "192.0.2.1");
	ck_assert(!addr_is_set(&p->source) && !p->df);
	ck_assert_int_eq(p->tunnel, -1);
	ck_assert_str_eq(p->interface, "");
	ck_assert_uint_eq(p->mark, 0);
	ck_assert_uint_eq(p->tos, 0);
	ck_assert_uint_eq(p->ttl, 64);
	ck_assert_uint_eq(p->size, 56);
	ck_assert_int_eq(p->interval_us, 100000);
	ck_assert_int_eq(p->timeout_us, 0);
	ck_assert_uint_eq(p->fall, 6);
	ck_assert_uint_eq(p->rise, 20);
	ck_assert_int_eq(p->delay_down_us, 0);
	ck_assert_int_eq(p->delay_up_us, 10 * SECOND);
	ck_assert_int_eq(p->max_rtt_us, 0);
	ck_assert_uint_eq(p->max_loss_permille, 0);
	ck_assert_int_eq(p->start, START_UNKNOWN);
	conf_free(c);
}
END_TEST

START_TEST(host_names)
{
	struct conf *c = must_parse("sla_probe a { target db-1.example.com\nresolve }\n"
				    "sla_probe b { target gw\nresolve 2.5 }\n"
				    "sla_probe c { target 192.0.2.1 }\n");

	ck_assert_str_eq(c->probes[0].host, "db-1.example.com");
	ck_assert(!addr_is_set(&c->probes[0].target));
	ck_assert_int_eq(c->probes[0].resolve_us, 60 * SECOND);
	ck_assert_str_eq(c->probes[1].host, "gw");
	ck_assert_int_eq(c->probes[1].resolve_us, 5 * SECOND / 2);
	ck_assert_str_eq(c->probes[2].host, "");
	ck_assert_int_eq(c->probes[2].resolve_us, 0);
	conf_free(c);
}
END_TEST

START_TEST(probe_values)
{
	struct conf *c = must_parse(
		TUNNEL("own_address 10.1.22.1\n") "sla_probe p {\ntarget 172.20.0.1\n"
						  "source 10.1.22.1\ntunnel t\ninterface wan0\n"
						  "mark 0xff\ntos 16\nttl 9\nsize 1000\ndf\n"
						  "interval 0.01\ntimeout 0.5\nmax_rtt 12.5\n"
						  "max_loss 2.5\nstart down\n}\n");
	const struct conf_probe *p = &c->probes[0];

	ck_assert_str_eq(addr_text(&p->source), "10.1.22.1");
	ck_assert_int_eq(p->tunnel, 0);
	ck_assert_str_eq(p->interface, "wan0");
	ck_assert_uint_eq(p->mark, 255);
	ck_assert_uint_eq(p->tos, 16);
	ck_assert_uint_eq(p->ttl, 9);
	ck_assert_uint_eq(p->size, 1000);
	ck_assert(p->df);
	ck_assert_int_eq(p->interval_us, 10000);
	ck_assert_int_eq(p->timeout_us, 500000);
	ck_assert_int_eq(p->max_rtt_us, 12500);
	ck_assert_uint_eq(p->max_loss_permille, 25);
	ck_assert_int_eq(p->start, START_DOWN);
	conf_free(c);
}
END_TEST

/* A profile sets defaults; single statements win on either side of it. */
START_TEST(profiles)
{
	struct conf *c =
		must_parse("sla_probe a { target 192.0.2.1\nprofile robust }\n"
			   "sla_probe b { target 192.0.2.1\nfall 4\nprofile robust\nrise 5 }\n"
			   "sla_probe c { target 192.0.2.1\nprofile fast }\n");

	ck_assert_uint_eq(c->probes[0].fall, 30);
	ck_assert_uint_gt(c->probes[0].rise, 20);
	ck_assert_int_ge(c->probes[0].delay_up_us, 10 * SECOND);
	ck_assert_uint_eq(c->probes[1].fall, 4);
	ck_assert_uint_eq(c->probes[1].rise, 5);
	ck_assert_int_eq(c->probes[1].delay_up_us, c->probes[0].delay_up_us);
	ck_assert_uint_eq(c->probes[2].fall, 6);
	ck_assert_uint_eq(c->probes[2].rise, 20);
	conf_free(c);
}
END_TEST

START_TEST(sla_groups)
{
	struct conf *c =
		must_parse("sla_group g { probes b a; require any }\n"
			   "sla_group h {\nprobes a\n}\nsla_group i { require 1; probes a b }\n"
			   "sla_probe a { target 192.0.2.1 }\nsla_probe b { target 192.0.2.2 }\n");

	ck_assert_uint_eq(conf_n_slas(c), 5);
	ck_assert_int_eq(conf_find_sla(c, "b"), 1);
	ck_assert_int_eq(conf_find_sla(c, "g"), 2);
	ck_assert_int_eq(conf_find_sla(c, "nobody"), -1);
	ck_assert_str_eq(conf_sla_name(c, 3), "h");
	ck_assert_uint_eq(c->sla_groups[0].n_probes, 2);
	ck_assert_int_eq(c->sla_groups[0].probes[0], 1);
	ck_assert_int_eq(c->sla_groups[0].probes[1], 0);
	ck_assert_int_eq(c->sla_groups[0].require, REQUIRE_ANY);
	ck_assert_int_eq(c->sla_groups[1].require, REQUIRE_ALL);
	ck_assert_int_eq(c->sla_groups[2].require, REQUIRE_COUNT);
	ck_assert_uint_eq(c->sla_groups[2].count, 1);
	conf_free(c);
}
END_TEST

START_TEST(tunnel_defaults)
{
	struct conf *c = must_parse(TUNNEL(""));
	const struct conf_tunnel *t = &c->tunnels[0];

	ck_assert_int_eq(conf_find_tunnel(c, "t"), 0);
	ck_assert_str_eq(t->interface, "wan0");
	ck_assert_str_eq(addr_text(&t->local), "198.51.100.1");
	ck_assert_str_eq(addr_text(&t->remote), "203.0.113.1");
	ck_assert_uint_eq(t->n_local_subnets, 1);
	ck_assert_uint_eq(t->n_remote_subnets, 3);
	ck_assert_str_eq(net_text(&t->remote_subnets[2]), "172.21.0.0/16");
	ck_assert(!addr_is_set(&t->own[0]) && !addr_is_set(&t->own[1]) && t->guard && !t->route);
	ck_assert_uint_eq(t->reqid, 7);
	ck_assert_int_eq(t->keys, KEYS_IKE);
	ck_assert_int_eq(t->linger_us, 5 * SECOND);
	ck_assert_int_eq(t->clamp_mss, MSS_AUTO);
	ck_assert_int_eq(t->group, -1);
	conf_free(c);
}
END_TEST

START_TEST(static_keys)
{
	static const struct {
		const char *encryption, *integrity, *hash;
		unsigned bits, auth_bits, trunc;
	} cases[] = {
		{"aes-cbc-128", "hmac-sha256-128", "hmac(sha256)", 128, 256, 128},
		{"aes192", "sha384", "hmac(sha384)", 192, 384, 192},
		{"aes256", "sha512", "hmac(sha512)", 256, 512, 256},
		{"cbc(aes) 256", "hmac(sha256)", "hmac(sha256)", 256, 256, 128},
	};
	char text[1024];

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct conf_tunnel *t;
		struct conf *c;

		/* The block on one line, as the manual writes it. */
		snprintf(text, sizeof(text),
			 TUNNEL("keys static\nclamp_mss 1300\nlinger 0\nguard off\nroute on\n"
				"static_sa { spi_out 0x1001 spi_in 4098 encryption %s integrity %s "
				"key_file /k/1 }\n"),
			 cases[i].encryption, cases[i].integrity);
		c = must_parse(text);
		t = &c->tunnels[0];
		ck_assert_int_eq(t->keys, KEYS_STATIC);
		ck_assert(!t->guard && t->route && t->linger_us == 0);
		ck_assert_int_eq(t->clamp_mss, MSS_FIXED);
		ck_assert_uint_eq(t->mss, 1300);
		ck_assert_uint_eq(t->sa.spi_out, 0x1001);
		ck_assert_uint_eq(t->sa.spi_in, 4098);
		ck_assert_str_eq(t->sa.encryption, "cbc(aes)");
		ck_assert_uint_eq(t->sa.encryption_bits, cases[i].bits);
		ck_assert_str_eq(t->sa.integrity, cases[i].hash);
		ck_assert_uint_eq(t->sa.integrity_bits, cases[i].auth_bits);
		ck_assert_uint_eq(t->sa.integrity_trunc, cases[i].trunc);
		ck_assert_str_eq(t->sa.key_file, "/k/1");
		conf_free(c);
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("conf_sla");
	TCase *t = tcase_create("conf_sla");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_set_timeout(t, 120);
	tcase_add_test(t, probe_defaults);
	tcase_add_test(t, host_names);
	tcase_add_test(t, probe_values);
	tcase_add_test(t, profiles);
	tcase_add_test(t, sla_groups);
	tcase_add_test(t, tunnel_defaults);
	tcase_add_test(t, static_keys);
	suite_add_tcase(s, t);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
