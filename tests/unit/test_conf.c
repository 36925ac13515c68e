/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a configuration of VRRP means, value by value; what is wrong with one is in tests/golden. */
#include <check.h>
#include <linux/if_addr.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/unit/conf_text.h"

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

START_TEST(sync_group_takes_weights_away)
{
	static const char text[] =
		"vrrp_sync_group G {\ngroup { A B }\ntrack_interface { wan0 weight -20 }\n%s}\n"
		"vrrp_script S { script /bin/s\nweight 7 }\nsla_probe p { target 192.0.2.1 }\n"
		"vrrp_instance B {\ninterface lan1\nvirtual_router_id 1\n"
		"virtual_ipaddress { 10.0.0.1 }\n}\n" INSTANCE(
			"track_interface {\nwan1 weight 9\n}\ntrack_script {\nS\n}\n"
			"track_sla { p weight -5 }\n");
	char with[1024];
	struct conf *c;
	const struct conf_instance *i;

	snprintf(with, sizeof(with), text, "");
	c = must_parse(with);
	i = &c->instances[1];
	ck_assert_uint_eq(i->n_tracks, 3);
	ck_assert_str_eq(i->tracks[0].name, "wan1");
	ck_assert(i->tracks[0].weight == 0 && i->tracks[0].shutdown);
	ck_assert(i->tracks[1].kind == TRACK_SLA && i->tracks[1].weight == -5);
	ck_assert(i->tracks[2].kind == TRACK_INTERFACE && i->tracks[2].weight == -20);
	conf_free(c);
	snprintf(with, sizeof(with), text, "sync_group_tracking_weight\n");
	c = must_parse(with);
	i = &c->instances[1];
	ck_assert_uint_eq(i->n_tracks, 4);
	ck_assert(i->tracks[0].weight == 9 && i->tracks[1].weight == 7);
	conf_free(c);
	snprintf(with, sizeof(with), text, "global_tracking\n");
	c = must_parse(with);
	ck_assert_uint_eq(c->instances[1].n_tracks, 4);
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

START_TEST(commands_of_the_daemon)
{
	struct conf *c = must_parse(
		"global_defs {\nvrrp_notify_fifo /run/f\nvrrp_notify_fifo_script \"/bin/r x\"\n"
		"startup_script /bin/up\nstartup_script_timeout 2.5\nshutdown_script /bin/down\n"
		"fifo_write_vrrp_states_on_reload\nvrrp_notify_priority_changes on\n}\n" INSTANCE(
			"notify_deleted\nnotify_master_rx_lower_pri /bin/l\n"));
	static const char reader[] = "/bin/r\0x\0";
	const struct conf_instance *i = &c->instances[0];

	ck_assert_mem_eq(c->fifo_scripts[1].args, reader, sizeof(reader) - 1);
	ck_assert_uint_eq(c->fifo_scripts[0].len, 0);
	ck_assert_str_eq(c->startup.args, "/bin/up");
	ck_assert_int_eq(c->startup_limit_us, 5 * SECOND / 2);
	ck_assert_str_eq(c->shutdown.args, "/bin/down");
	ck_assert_int_eq(c->shutdown_limit_us, 10 * SECOND);
	ck_assert(c->fifo_states_on_reload);
	ck_assert(i->tells_deletion && i->tells_priority);
	ck_assert_uint_eq(i->hooks.on[NOTICE_DELETED].len, 0);
	ck_assert_str_eq(i->hooks.on[NOTICE_RX_LOWER].args, "/bin/l");
	conf_free(c);
	c = must_parse("global_defs { vrrp_notify_priority_changes }\n" INSTANCE(
		"notify_priority_changes off\nnotify_deleted \"/bin/d\"\n"));
	ck_assert(!c->instances[0].tells_priority);
	ck_assert_str_eq(c->instances[0].hooks.on[NOTICE_DELETED].args, "/bin/d");
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
	ck_assert_int_eq(i->garp_lower_prio_delay_us, 5 * SECOND);
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

START_TEST(announcements)
{
	struct conf *c = must_parse(
		"global_defs {\nvrrp_min_garp\nvrrp_garp_interval 0.001\n}\n"
		"garp_group {\ninterfaces {\nlan0 lan1\nlan2\n}\ngna_interval 0.5\n}\n"
		"garp_group {\ninterface lan3\n}\n" INSTANCE(
			"virtual_ipaddress_excluded {\n10.0.0.2 dev lan3\n10.0.0.3 dev lan4\n"
			"10.0.0.4 dev lan4\n10.0.0.5 dev lan2\n}\n"));
	const struct conf_instance *i = &c->instances[0];

	ck_assert_uint_eq(c->n_garp_groups, 3);
	ck_assert_uint_eq(c->garp_groups[0].n_interfaces, 3);
	ck_assert_int_eq(c->garp_groups[0].interval_us[0], 0);
	ck_assert_int_eq(c->garp_groups[0].interval_us[1], SECOND / 2);
	ck_assert_int_eq(i->vips[0].garp_group, 0);
	ck_assert_int_eq(i->excluded[0].garp_group, 1);
	ck_assert_int_eq(i->excluded[1].garp_group, 2);
	ck_assert_int_eq(i->excluded[2].garp_group, 2);
	ck_assert_int_eq(i->excluded[3].garp_group, 0);
	ck_assert_int_eq(c->garp_groups[2].interval_us[0], 1000);
	ck_assert(i->garp_repeat == 1 && i->garp_delay_us == 0);
	ck_assert(i->garp_lower_prio_repeat == 1 && i->garp_lower_prio_delay_us == 0);
	conf_free(c);
	c = must_parse("global_defs {\nvrrp_min_garp\nvrrp_garp_lower_prio_delay 2\n}\n" INSTANCE(
		"garp_master_repeat 3\ngarp_master_delay 4\n"));
	i = &c->instances[0];
	ck_assert_int_eq(i->vips[0].garp_group, -1);
	ck_assert(i->garp_repeat == 3 && i->garp_delay_us == 4 * SECOND);
	ck_assert(i->garp_lower_prio_repeat == 3 && i->garp_lower_prio_delay_us == 2 * SECOND);
	conf_free(c);
}
END_TEST

START_TEST(default_interface)
{
	struct conf *c = must_parse("static_ipaddress {\n10.0.0.1\n10.0.0.2 dev lan1\n}\n"
				    "global_defs { default_interface lan0 }\n");

	ck_assert_str_eq(c->static_addresses[0].dev, "lan0");
	ck_assert_str_eq(c->static_addresses[1].dev, "lan1");
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

int main(void)
{
	Suite *s = suite_create("conf");
	TCase *t = tcase_create("conf");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_set_timeout(t, 120);
	tcase_add_test(t, instance_defaults);
	tcase_add_test(t, commands_are_split);
	tcase_add_test(t, commands_of_the_daemon);
	tcase_add_test(t, track_file_weighs_what_its_definition_says);
	tcase_add_test(t, sync_group_gives_its_tracks_to_its_members);
	tcase_add_test(t, sync_group_takes_weights_away);
	tcase_add_test(t, instance_values);
	tcase_add_test(t, families_and_peers);
	tcase_add_test(t, passwords);
	tcase_add_test(t, global_defaults);
	tcase_add_test(t, announcements);
	tcase_add_test(t, default_interface);
	tcase_add_test(t, vip_options);
	tcase_add_test(t, vip_lifetimes_flags_and_far_ends);
	tcase_add_test(t, preemption);
	suite_add_tcase(s, t);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
