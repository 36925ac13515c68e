/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a configuration means, value by value; what is wrong with one is in tests/golden. Then the
 * samples, changed at random from a fixed seed: whatever comes out, the parser says something or
 * yields a configuration, and leaks nothing.
 */
#include <check.h>
#include <linux/if_addr.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/arena.h"
#include "common/conf_load.h"
#include "common/conf_parse.h"
#include "common/conf_table.h"
#include "common/conf_value.h"
#include "common/nearest.h"

#define SECOND INT64_C(1000000)

static struct conf *parse(const char *text, struct diags *d)
{
	struct lex_file file = {"test.conf", text, strlen(text), NULL};

	memset(d, 0, sizeof(*d));
	return conf_parse(&file, "here", "host", NULL, NULL, d);
}

static struct conf *must_parse(const char *text)
{
	struct diags d;
	struct conf *c = parse(text, &d);

	for (size_t i = 0; i < d.n; i++)
		if (d.list[i].level == DIAG_ERROR)
			ck_abort_msg("%s:%u: %s", d.list[i].file, d.list[i].line, d.list[i].text);
	diags_free(&d);
	ck_assert_ptr_nonnull(c);
	return c;
}

static const char *addr_text(const struct addr *a)
{
	static char buf[ADDR_STRLEN];

	return addr_format(a, buf);
}

static const char *net_text(const struct prefix *p)
{
	static char buf[PREFIX_STRLEN];

	return prefix_format(p, buf);
}

#define INSTANCE(more)                                              \
	"vrrp_instance A {\ninterface lan0\nvirtual_router_id 22\n" \
	"virtual_ipaddress { 10.1.22.254/24 }\n" more "}\n"
#define TUNNEL(more)                                                     \
	"ipsec_tunnel t {\ninterface wan0\nlocal_address 198.51.100.1\n" \
	"remote_address 203.0.113.1\nlocal_subnet { 10.1.22.0/24 }\n"    \
	"remote_subnet {\n172.16.0.0/16 172.20.0.0/16\n172.21.0.0/16 }\nreqid 7\n" more "}\n"

START_TEST(sync_group_gives_its_tracks_to_its_members)
{
	struct conf *c = must_parse(
		"vrrp_sync_group G {\ngroup { A }\n"
		"track_interface { wan0 weight -20 }\n}\n" INSTANCE("track_interface { wan1 }\n"));
	const struct conf_instance *i = &c->instances[0];

	ck_assert_int_eq(i->sync_group, 0);
	ck_assert_uint_eq(c->sync_groups[0].n_members, 1);
	ck_assert_int_eq(c->sync_groups[0].members[0], 0);
	ck_assert(!conf_is_synced(c, i));
	ck_assert_uint_eq(i->n_tracks, 2);
	ck_assert_str_eq(i->tracks[1].name, "wan0");
	ck_assert_int_eq(i->tracks[1].weight, -20);
	conf_free(c);
}
END_TEST

START_TEST(commands_are_split)
{
	struct conf *c = must_parse(
		"global_defs {\nnotify_fifo /run/f\n}\n"
		"vrrp_script S {\nscript \"/bin/x  'a b' c'd e'f ''\"\ninterval 0.5\n}\n" INSTANCE(
			"notify_stop /bin/y\ntrack_script {\nS\n}\n"));
	static const char script[] = "/bin/x\0a b\0cd ef\0", stop[] = "/bin/y";
	const struct conf_script *s = &c->scripts[0];
	const struct conf_hooks *h = &c->instances[0].hooks;

	ck_assert_mem_eq(s->command.args, script, sizeof(script));
	ck_assert_uint_eq(s->command.len, sizeof(script));
	ck_assert_int_eq(s->timeout_us, SECOND / 2);
	ck_assert(s->tracked && c->instances[0].tracks[0].weight == 0);
	ck_assert_uint_eq(h->on[NOTICE_STOP].len, sizeof(stop));
	ck_assert_str_eq(h->on[NOTICE_STOP].args, stop);
	ck_assert_uint_eq(h->any.len, 0);
	ck_assert_str_eq(c->fifos[0], "/run/f");
	ck_assert(conf_has_commands(c));
	conf_free(c);
	c = must_parse(INSTANCE(""));
	ck_assert(!conf_has_commands(c));
	conf_free(c);
}
END_TEST

START_TEST(track_file_weighs_what_its_definition_says)
{
	struct conf *c = must_parse(
		INSTANCE("track_file {\nF\nG\nF2 weight 0\n}\n") "track_file F { file /a }\n"
								 "track_file F2 { file /b }\n"
								 "vrrp_track_file G {\nfile "
								 "/c\nweight 3 reverse\n}\n");
	const struct conf_track *t = c->instances[0].tracks;

	ck_assert_uint_eq(c->instances[0].n_tracks, 3);
	ck_assert(t[0].kind == TRACK_FILE && t[0].index == 0 && t[0].weight == 1);
	ck_assert(t[1].index == 2 && t[1].weight == 3 && t[1].reverse);
	ck_assert(t[2].index == 1 && t[2].weight == 0 && !t[2].reverse);
	ck_assert_str_eq(c->track_files[t[1].index].path, "/c");
	conf_free(c);
}
END_TEST

START_TEST(instance_defaults)
{
	struct conf *c = must_parse(INSTANCE(""));
	const struct conf_instance *i = &c->instances[0];

	ck_assert_uint_eq(c->n_instances, 1);
	ck_assert_str_eq(c->router_id, "host");
	ck_assert_int_eq(c->startup_delay_us, 0);
	ck_assert_str_eq(i->name, "A");
	ck_assert_str_eq(i->pos.file, "test.conf");
	ck_assert_uint_eq(i->pos.line, 1);
	ck_assert_str_eq(i->interface, "lan0");
	ck_assert_uint_eq(i->version, 2);
	ck_assert_uint_eq(i->family, FAMILY_IPV4);
	ck_assert_uint_eq(i->vrid, 22);
	ck_assert_uint_eq(i->priority, 100);
	ck_assert(!i->start_active && !i->nopreempt && i->accept && !i->dont_track_primary);
	ck_assert_int_eq(i->advert_us, SECOND);
	ck_assert_uint_eq(i->down_timer_adverts, 3);
	ck_assert_int_eq(i->preempt_delay_us, 0);
	ck_assert_int_eq(i->v3_checksum, CSUM_AUTO);
	ck_assert(!addr_is_set(&i->source));
	ck_assert_uint_eq(i->n_vips, 1);
	ck_assert_str_eq(net_text(&i->vips[0].prefix), "10.1.22.254/24");
	ck_assert_uint_eq(i->n_excluded, 0);
	ck_assert_int_eq(i->garp_delay_us, 5 * SECOND);
	ck_assert_uint_eq(i->garp_repeat, 5);
	ck_assert_int_eq(i->garp_refresh_us, 0);
	ck_assert_uint_eq(i->garp_refresh_repeat, 1);
	ck_assert_uint_eq(i->garp_lower_prio_repeat, 5);
	ck_assert_uint_eq(i->n_tracks, 0);
	ck_assert_int_eq(i->tunnel, -1);
	ck_assert_int_eq(i->tunnel_group, -1);
	conf_free(c);
}
END_TEST

START_TEST(passwords)
{
	struct conf *c = must_parse(INSTANCE("authentication {\nauth_type pass\nauth_pass "
					     "eightbytes\n}\n") "vrrp_instance B {\ninterface "
								"lan0\nvirtual_router_id 23\n"
								"virtual_ipaddress { 10.1.22.253 "
								"}\nauthentication {\nauth_pass x\n"
								"auth_type PASS\n}\n}\n");

	ck_assert(c->instances[0].has_password);
	ck_assert_mem_eq(c->instances[0].password, "eightbyt", CONF_PASSWORD_LEN);
	ck_assert(c->instances[1].has_password);
	ck_assert_mem_eq(c->instances[1].password, "x\0\0\0\0\0\0", CONF_PASSWORD_LEN);
	conf_free(c);
}
END_TEST

START_TEST(families_and_peers)
{
	struct conf *c = must_parse(
		"global_defs { vrrp_version 2 }\nvrrp_instance S {\ninterface lan0\n"
		"virtual_router_id 22\nnative_ipv6\nunicast_src_ip 2001:db8::1\n"
		"virtual_ipaddress {\nfe80::22\n2001:db8::2/64\n}\n"
		"virtual_ipaddress_excluded { 10.1.22.9/24 }\n"
		"unicast_peer {\n2001:db8::3\n2001:db8::4 min_ttl 254 max_ttl 255\n}\n}\n" INSTANCE(
			""));
	const struct conf_instance *i = &c->instances[0];

	ck_assert_uint_eq(i->family, FAMILY_IPV6);
	ck_assert_uint_eq(i->version, 3);
	ck_assert_str_eq(net_text(&i->vips[0].prefix), "fe80::22/128");
	ck_assert_str_eq(net_text(&i->excluded[0].prefix), "10.1.22.9/24");
	ck_assert_str_eq(addr_text(&i->source), "2001:db8::1");
	ck_assert_uint_eq(i->n_peers, 2);
	ck_assert_str_eq(addr_text(&i->peers[0].address), "2001:db8::3");
	ck_assert_uint_eq(i->peers[0].min_ttl, 0);
	ck_assert_uint_eq(i->peers[0].max_ttl, 255);
	ck_assert_uint_eq(i->peers[1].min_ttl, 254);
	ck_assert_uint_eq(c->instances[1].family, FAMILY_IPV4);
	ck_assert_uint_eq(c->instances[1].version, 2);
	ck_assert_uint_eq(c->instances[1].n_peers, 0);
	conf_free(c);
}
END_TEST

START_TEST(instance_values)
{
	struct conf *c = must_parse("sla_probe p { target 192.0.2.1 }\n" TUNNEL("") INSTANCE(
		"state MASTER\npriority 200\nversion 3\nadvert_int 40.95\npreempt_delay 0.5\n"
		"no_accept\ndont_track_primary\nv3_checksum pseudo_header\n"
		"mcast_src_ip 10.1.22.1\ndown_timer_adverts 4\ngarp_master_delay 0\n"
		"garp_master_repeat 1\ngarp_master_refresh 60\ngarp_master_refresh_repeat 2\n"
		"garp_lower_prio_repeat 0\nipsec_tunnel t\n"
		"virtual_ipaddress_excluded { 10.1.22.9 }\n"
		"track_interface {\neth1\neth2 weight -10 reverse\n}\n"
		"track_sla { p weight -150 }\ntrack_tunnel { t shutdown }\n"));
	const struct conf_instance *i = &c->instances[0];

	ck_assert(i->start_active && !i->accept && i->dont_track_primary);
	ck_assert_uint_eq(i->priority, 200);
	ck_assert_uint_eq(i->version, 3);
	ck_assert_int_eq(i->advert_us, 40950000);
	ck_assert_int_eq(i->preempt_delay_us, 500000);
	ck_assert_int_eq(i->v3_checksum, CSUM_PSEUDO);
	ck_assert_str_eq(addr_text(&i->source), "10.1.22.1");
	ck_assert_uint_eq(i->down_timer_adverts, 4);
	ck_assert_int_eq(i->garp_delay_us, 0);
	ck_assert_uint_eq(i->garp_repeat, 1);
	ck_assert_int_eq(i->garp_refresh_us, 60 * SECOND);
	ck_assert_uint_eq(i->garp_refresh_repeat, 2);
	ck_assert_uint_eq(i->garp_lower_prio_repeat, 0);
	ck_assert_int_eq(i->tunnel, 0);
	ck_assert_uint_eq(i->n_excluded, 1);
	ck_assert_str_eq(net_text(&i->excluded[0].prefix), "10.1.22.9/32");
	ck_assert_uint_eq(i->n_tracks, 4);
	ck_assert_int_eq(i->tracks[0].kind, TRACK_INTERFACE);
	ck_assert_str_eq(i->tracks[0].name, "eth1");
	ck_assert(i->tracks[0].shutdown && i->tracks[0].weight == 0 && i->tracks[0].index == -1);
	ck_assert(i->tracks[1].reverse && i->tracks[1].weight == -10 && !i->tracks[1].shutdown);
	ck_assert_int_eq(i->tracks[2].kind, TRACK_SLA);
	ck_assert(i->tracks[2].weight == -150 && i->tracks[2].index == 0 && !i->tracks[2].shutdown);
	ck_assert_int_eq(i->tracks[3].kind, TRACK_TUNNEL);
	ck_assert(i->tracks[3].weight == 0 && i->tracks[3].index == 0 && i->tracks[3].shutdown);
	conf_free(c);
}
END_TEST

START_TEST(global_defaults)
{
	/* Where global_defs stands does not matter, and the instance's own word wins. */
	struct conf *c = must_parse(INSTANCE(
		"garp_master_repeat 3\n") "global_defs {\nrouter_id r\n"
					  "vrrp_version 3\nvrrp_startup_delay "
					  "2.5\nvrrp_garp_master_delay 1\n"
					  "vrrp_garp_master_repeat 2\nvrrp_garp_master_refresh 9\n"
					  "vrrp_garp_master_refresh_repeat "
					  "8\nvrrp_garp_lower_prio_repeat 7\n"
					  "vrrp_down_timer_adverts 6\n}\n");
	const struct conf_instance *i = &c->instances[0];

	ck_assert_str_eq(c->router_id, "r");
	ck_assert_int_eq(c->startup_delay_us, 2500000);
	ck_assert_uint_eq(i->version, 3);
	ck_assert_int_eq(i->garp_delay_us, SECOND);
	ck_assert_uint_eq(i->garp_repeat, 3);
	ck_assert_int_eq(i->garp_refresh_us, 9 * SECOND);
	ck_assert_uint_eq(i->garp_refresh_repeat, 8);
	ck_assert_uint_eq(i->garp_lower_prio_repeat, 7);
	ck_assert_uint_eq(i->down_timer_adverts, 6);
	conf_free(c);
}
END_TEST

START_TEST(vip_options)
{
	struct conf *c =
		must_parse("vrrp_instance A {\ninterface lan0\nvirtual_router_id 1\n"
			   "virtual_ipaddress {\n"
			   "10.0.0.1/20 brd + dev eth1 label eth1:1 scope link noprefixroute\n"
			   "10.0.0.2/20 broadcast -\n10.0.0.3/20 scope 7 brd 10.0.1.1\n}\n}\n");
	const struct conf_vip *v = c->instances[0].vips;

	ck_assert_uint_eq(c->instances[0].n_vips, 3);
	ck_assert_str_eq(addr_text(&v[0].broadcast), "10.0.15.255");
	ck_assert_str_eq(v[0].dev, "eth1");
	ck_assert_str_eq(v[0].label, "eth1:1");
	ck_assert_uint_eq(v[0].scope, 253);
	ck_assert(v[0].flags == IFA_F_NOPREFIXROUTE && v[1].flags == 0);
	ck_assert_str_eq(addr_text(&v[1].broadcast), "10.0.0.0");
	ck_assert_uint_eq(v[1].scope, 0);
	ck_assert_str_eq(v[1].dev, "");
	ck_assert_str_eq(addr_text(&v[2].broadcast), "10.0.1.1");
	ck_assert_uint_eq(v[2].scope, 7);
	conf_free(c);
}
END_TEST

START_TEST(vip_lifetimes_flags_and_far_ends)
{
	struct conf *c =
		must_parse(INSTANCE("virtual_ipaddress_excluded {\n10.0.0.2 peer 10.0.0.3/30\n"
				    "2001:db8::1/64 home mngtmpaddr -nodad\n2001:db8::2\n"
				    "2001:db8::3 preferred_lft forever\n2001:db8::4/64 "
				    "preferred_lft 60 no_track\n}\n"));
	const struct conf_vip *v = c->instances[0].excluded;

	ck_assert_uint_eq(c->instances[0].n_excluded, 5);
	ck_assert_str_eq(net_text(&v[0].prefix), "10.0.0.2/30");
	ck_assert_str_eq(addr_text(&v[0].peer), "10.0.0.3");
	ck_assert_uint_eq(v[0].preferred_s, UINT32_MAX);
	ck_assert_uint_eq(v[1].flags, IFA_F_HOMEADDRESS | IFA_F_MANAGETEMPADDR | IFA_F_NODAD);
	ck_assert_uint_eq(v[1].preferred_s, UINT32_MAX);
	ck_assert_uint_eq(v[2].preferred_s, 0);
	ck_assert_uint_eq(v[3].preferred_s, UINT32_MAX);
	ck_assert(v[4].preferred_s == 60 && v[4].no_track && !v[3].no_track);
	conf_free(c);
}
END_TEST

START_TEST(preemption)
{
	static const struct {
		const char *text;
		bool nopreempt;
	} cases[] = {{"nopreempt\n", true},       {"nopreempt off\n", false},
		     {"preempt\n", false},        {"preempt no\n", true},
		     {"nopreempt yes\n", true},   {"nopreempt true\n", true},
		     {"nopreempt false\n", false}};
	char text[256];

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct conf *c;

		snprintf(text, sizeof(text), INSTANCE("%s"), cases[i].text);
		c = must_parse(text);
		ck_assert_int_eq(c->instances[0].nopreempt, cases[i].nopreempt);
		conf_free(c);
	}
}
END_TEST

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

/* The table's own errors: a default that its own row refuses, a name twice, a row without help. */
START_TEST(table)
{
	for (int b = 0; b < N_BLOCKS; b++) {
		const struct keyword_block *block = keyword_block((enum conf_block)b);

		for (size_t i = 0; i < block->n; i++) {
			const struct keyword *k = &block->rows[i];
			const char *texts[] = {k->def, k->robust};
			int64_t v;

			ck_assert_ptr_eq(keyword_find((enum conf_block)b, k->name), k);
			if (k->status != KEYWORD_ASIDE)
				ck_assert_msg(k->help != NULL, "%s", k->name);
			if (k->global)
				ck_assert_ptr_nonnull(keyword_find(BLOCK_GLOBAL, k->global));
			for (size_t t = 0; t < 2; t++) {
				if (!texts[t] || k->type == VALUE_BOOL || k->type == VALUE_CHOICE)
					continue;
				ck_assert_msg(value_fixed(texts[t], keyword_digits(k->type), &v) &&
						      v >= k->min && v <= k->max,
					      "%s", k->name);
			}
		}
	}
}
END_TEST

START_TEST(values)
{
	static const struct {
		const char *text;
		unsigned digits;
		bool good;
		int64_t v;
	} fixed[] = {
		{"1", 6, true, 1000000},
		{"0.1", 6, true, 100000},
		{".5", 6, true, 500000},
		{"5.", 6, true, 5000000},
		{"-1.5", 1, true, -15},
		{"0.1234560", 6, true, 123456},
		{"+2", 0, true, 2},
		{"0.1234567", 6, false, 0},
		{"", 6, false, 0},
		{".", 6, false, 0},
		{"1.2.3", 6, false, 0},
		{"1e3", 6, false, 0},
		{" 1", 6, false, 0},
		{"9223372036854775807", 0, true, INT64_MAX},
		{"9223372036854775808", 0, false, 0},
		{"9223372036854775807", 6, false, 0},
	};
	char buf[VALUE_STRLEN];
	int64_t v;
	bool on;

	for (size_t i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++) {
		ck_assert_msg(value_fixed(fixed[i].text, fixed[i].digits, &v) == fixed[i].good,
			      "%s", fixed[i].text);
		if (fixed[i].good)
			ck_assert_int_eq(v, fixed[i].v);
	}
	ck_assert(value_int("0x1F", &v) && v == 31);
	ck_assert(value_int("-7", &v) && v == -7);
	ck_assert(value_int("010", &v) && v == 10);
	ck_assert(!value_int("0x", &v) && !value_int("", &v) && !value_int("1a", &v));
	ck_assert(!value_int("0xffffffffffffffffff", &v));
	ck_assert(value_bool("yes", &on) && on);
	ck_assert(value_bool("off", &on) && !on);
	ck_assert(!value_bool("On", &on));
	ck_assert_str_eq(value_format(100000, 6, buf), "0.1");
	ck_assert_str_eq(value_format(-1500000, 6, buf), "-1.5");
	ck_assert_str_eq(value_format(3600000000, 6, buf), "3600");
	ck_assert_str_eq(value_format(1000, 1, buf), "100");
	ck_assert_int_eq(value_choice("a bc d", "bc"), 1);
	ck_assert_int_eq(value_choice("a bc d", "b"), -1);
	ck_assert_int_eq(value_choice("a bc d", ""), -1);
}
END_TEST

START_TEST(near)
{
	struct nearest n = {0};

	ck_assert_uint_eq(typing_distance("priorty", "priority"), 1);
	ck_assert_uint_eq(typing_distance("esc", "ecs"), 1);
	ck_assert_uint_eq(typing_distance("", "abc"), 3);
	ck_assert_uint_eq(typing_distance("kitten", "sitting"), 3);
	ck_assert_uint_eq(typing_distance("Same", "sAME"), 0);
	nearest_try(&n, "lime1", "line2");
	ck_assert_ptr_null(n.best);
	nearest_try(&n, "lime1", "line1");
	ck_assert_str_eq(n.best, "line1");
	nearest_try(&n, "lime1", "lime");
	ck_assert_str_eq(n.best, "line1");
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
	static const char *const names[] = {"cpe01.conf", "cpe02.conf", "one-router.conf"};
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
	Suite *s = suite_create("conf");
	TCase *t = tcase_create("conf");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_set_timeout(t, 120);
	tcase_add_test(t, instance_defaults);
	tcase_add_test(t, commands_are_split);
	tcase_add_test(t, track_file_weighs_what_its_definition_says);
	tcase_add_test(t, sync_group_gives_its_tracks_to_its_members);
	tcase_add_test(t, instance_values);
	tcase_add_test(t, families_and_peers);
	tcase_add_test(t, passwords);
	tcase_add_test(t, global_defaults);
	tcase_add_test(t, vip_options);
	tcase_add_test(t, vip_lifetimes_flags_and_far_ends);
	tcase_add_test(t, preemption);
	tcase_add_test(t, probe_defaults);
	tcase_add_test(t, host_names);
	tcase_add_test(t, probe_values);
	tcase_add_test(t, profiles);
	tcase_add_test(t, sla_groups);
	tcase_add_test(t, tunnel_defaults);
	tcase_add_test(t, static_keys);
	tcase_add_test(t, one_router_sample);
	tcase_add_test(t, site_samples);
	tcase_add_test(t, missing_file);
	tcase_add_test(t, many_errors);
	tcase_add_test(t, table);
	tcase_add_test(t, values);
	tcase_add_test(t, near);
	tcase_add_test(t, thousand);
	tcase_add_loop_test(t, mutations, 0, 3);
	suite_add_tcase(s, t);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
