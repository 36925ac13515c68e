/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who carries: claims, lingering, groups with hold_up, and what survives a reload. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/tunnel_conf.h"
#include "vrrpd/roles.h"

static mono_t at(double seconds)
{
	return (mono_t){(int64_t)(seconds * US_PER_S)};
}

static bool carries(struct roles *r, size_t tunnel, mono_t now)
{
	roles_update(r, now, NULL);
	return roles_now(r)[tunnel].carry;
}

static bool selected(struct roles *r, size_t tunnel, mono_t now)
{
	roles_update(r, now, NULL);
	return roles_now(r)[tunnel].selected;
}

static struct roles *start(const struct tunnel_conf *t)
{
	struct roles *r = roles_new(&t->c);

	ck_assert_ptr_nonnull(r);
	return r;
}

START_TEST(claim_and_linger)
{
	struct tunnel_conf t;
	struct roles *r;

	tunnel_conf_init(&t);
	t.instance.tunnel = 0;
	r = start(&t);
	ck_assert(!carries(r, 0, at(1)));
	ck_assert_msg(carries(r, 1, at(1)), "a tunnel that nobody uses carries");
	ck_assert(roles_claim(r, 0, 0, -1));
	ck_assert(carries(r, 0, at(2)));
	ck_assert(roles_release(r, 0, 0, -1, at(3), false));
	ck_assert_int_eq(roles_update(r, at(3), NULL).us, at(8).us);
	ck_assert(carries(r, 0, at(7.9)));
	ck_assert(!carries(r, 0, at(8)));
	ck_assert(mono_is_never(roles_update(r, at(8), NULL)));
	ck_assert(roles_claim(r, 0, 0, -1));
	ck_assert(roles_release(r, 0, 0, -1, at(9), true));
	ck_assert(!carries(r, 0, at(9)));
	roles_free(r);
}
END_TEST

START_TEST(claims_refused)
{
	struct tunnel_conf t;
	struct roles *r;

	tunnel_conf_init(&t);
	t.instance.tunnel = 0;
	r = start(&t);
	ck_assert(!roles_claim(r, 1, 0, -1));
	ck_assert(!roles_claim(r, 0, 2, -1));
	ck_assert(!roles_claim(r, 0, -1, 0));
	ck_assert(roles_claim(r, 0, -1, -1));
	/* Ending a claim that is not the owner's present one changes nothing. */
	ck_assert(roles_claim(r, 0, 0, -1));
	ck_assert(roles_release(r, 0, 1, -1, at(1), true));
	ck_assert(carries(r, 0, at(1)));
	roles_free(r);
}
END_TEST

START_TEST(two_owners)
{
	struct conf_instance two[2];
	struct tunnel_conf t;
	struct roles *r;

	tunnel_conf_init(&t);
	t.instance.tunnel = 0;
	two[0] = two[1] = t.instance;
	t.c.instances = two;
	t.c.n_instances = 2;
	r = start(&t);
	ck_assert(roles_claim(r, 0, 0, -1));
	ck_assert(roles_claim(r, 1, 0, -1));
	ck_assert(roles_claim(r, 1, 0, -1));
	ck_assert(roles_release(r, 0, 0, -1, at(1), true));
	ck_assert(carries(r, 0, at(1)));
	ck_assert(roles_release(r, 1, 0, -1, at(1), true));
	ck_assert(!carries(r, 0, at(1)));
	roles_free(r);
}
END_TEST

START_TEST(changes_are_marked)
{
	bool changed[2] = {false, false};
	struct tunnel_conf t;
	struct roles *r;

	tunnel_conf_init(&t);
	tunnel_conf_group(&t, 0);
	r = start(&t);
	roles_update(r, at(1), NULL);
	roles_update(r, at(2), changed);
	ck_assert(!changed[0] && !changed[1]);
	roles_sla(r, 0, TRACK_DOWN, at(3));
	roles_update(r, at(3), changed);
	ck_assert(changed[0] && changed[1]);
	roles_free(r);
}
END_TEST

START_TEST(group)
{
	struct tunnel_conf t;
	struct roles *r;

	tunnel_conf_init(&t);
	tunnel_conf_group(&t, 10);
	r = start(&t);
	ck_assert(selected(r, 0, at(1)) && !selected(r, 1, at(1)));
	ck_assert(!carries(r, 0, at(1)) && !carries(r, 1, at(1)));
	ck_assert(roles_claim(r, 0, -1, 0));
	ck_assert(carries(r, 0, at(2)) && carries(r, 1, at(2)));
	roles_sla(r, 0, TRACK_DOWN, at(3));
	ck_assert_msg(selected(r, 1, at(3)), "a dead tunnel is left at once");
	roles_sla(r, 0, TRACK_UP, at(20));
	ck_assert_int_eq(roles_update(r, at(20), NULL).us, at(30).us);
	ck_assert(selected(r, 1, at(29.9)));
	ck_assert(selected(r, 0, at(30)));
	roles_free(r);
}
END_TEST

/* A flap during the hold starts it again; a dead present one ends it. */
START_TEST(hold_up)
{
	struct tunnel_conf t;
	struct roles *r;

	tunnel_conf_init(&t);
	tunnel_conf_group(&t, 10);
	r = start(&t);
	roles_sla(r, 0, TRACK_DOWN, at(1));
	roles_update(r, at(1), NULL);
	roles_sla(r, 0, TRACK_UP, at(2));
	roles_sla(r, 0, TRACK_DOWN, at(5));
	roles_sla(r, 0, TRACK_UP, at(6));
	ck_assert(selected(r, 1, at(12)));
	roles_sla(r, 1, TRACK_DOWN, at(13));
	ck_assert(selected(r, 0, at(13)));
	roles_free(r);
}
END_TEST

START_TEST(all_down)
{
	struct tunnel_conf t;
	struct roles *r;

	tunnel_conf_init(&t);
	tunnel_conf_group(&t, 10);
	r = start(&t);
	roles_sla(r, 0, TRACK_DOWN, at(1));
	roles_update(r, at(1), NULL);
	roles_sla(r, 1, TRACK_DOWN, at(2));
	ck_assert_msg(selected(r, 1, at(2)), "all down: the last one is kept");
	roles_sla(r, 0, TRACK_UP, at(3));
	ck_assert_msg(selected(r, 0, at(3)), "the first that answers again is taken at once");
	roles_free(r);
}
END_TEST

/* A line without carrier is a reason of its own, whatever its probe says. */
START_TEST(lines)
{
	struct tunnel_conf t;
	struct roles *r;

	tunnel_conf_init(&t);
	tunnel_conf_group(&t, 10);
	r = start(&t);
	roles_line(r, 0, true, at(1));
	ck_assert_msg(selected(r, 1, at(1)), "a dead line is left at once");
	roles_sla(r, 0, TRACK_DOWN, at(2));
	roles_line(r, 0, false, at(3));
	ck_assert_msg(selected(r, 1, at(14)), "its probe is still down");
	roles_sla(r, 0, TRACK_UP, at(15));
	ck_assert(selected(r, 1, at(24.9)) && selected(r, 0, at(25)));
	roles_line(r, 1, true, at(30));
	roles_line(r, 0, true, at(31));
	ck_assert_msg(selected(r, 0, at(31)), "all down: the last one is kept");
	roles_line(r, 0, false, at(32));
	roles_line(r, 1, false, at(32));
	ck_assert(selected(r, 0, at(32)));
	roles_line(r, 0, true, at(33));
	ck_assert(selected(r, 1, at(33)));
	roles_line(r, 0, false, at(34));
	ck_assert(selected(r, 1, at(43.9)) && selected(r, 0, at(44)));
	roles_free(r);
}
END_TEST

START_TEST(adoption)
{
	struct tunnel_conf t;
	struct roles *r;

	tunnel_conf_init(&t);
	tunnel_conf_group(&t, 10);
	r = start(&t);
	roles_adopt(r, 1, at(1));
	ck_assert(selected(r, 1, at(1)) && carries(r, 1, at(1)));
	ck_assert(!carries(r, 1, at(6)));
	ck_assert_msg(selected(r, 1, at(100)), "nobody knows that the first is any better");
	roles_sla(r, 0, TRACK_UP, at(100));
	ck_assert(selected(r, 1, at(109)));
	ck_assert(selected(r, 0, at(110)));
	roles_free(r);
}
END_TEST

/* A slad that died says nothing of a line that it last called dead. */
START_TEST(unknown_moves_nothing)
{
	struct tunnel_conf t;
	struct roles *r;

	tunnel_conf_init(&t);
	tunnel_conf_group(&t, 10);
	r = start(&t);
	roles_sla(r, 0, TRACK_DOWN, at(1));
	roles_sla(r, 1, TRACK_UP, at(1));
	ck_assert(selected(r, 1, at(1)));
	roles_sla(r, 0, TRACK_UNKNOWN, at(20));
	roles_sla(r, 1, TRACK_UNKNOWN, at(20));
	ck_assert_msg(selected(r, 1, at(100)), "back to a line that was dead");
	ck_assert(mono_is_never(roles_update(r, at(100), NULL)));
	roles_line(r, 1, true, at(101));
	ck_assert_msg(selected(r, 0, at(101)), "better than a line without carrier");
	roles_line(r, 1, false, at(102));
	roles_sla(r, 0, TRACK_DOWN, at(103));
	ck_assert_msg(selected(r, 1, at(103)), "unknown is not down");
	roles_sla(r, 0, TRACK_UNKNOWN, at(104));
	roles_sla(r, 0, TRACK_UP, at(105));
	ck_assert(selected(r, 1, at(114)) && selected(r, 0, at(115)));
	roles_free(r);
}
END_TEST

START_TEST(shut)
{
	struct tunnel_conf t;
	struct roles *r;

	tunnel_conf_init(&t);
	t.instance.tunnel = 0;
	r = start(&t);
	ck_assert(roles_claim(r, 0, 0, -1));
	roles_shut(r);
	ck_assert(!carries(r, 0, at(1)) && !carries(r, 1, at(1)));
	roles_free(r);
}
END_TEST

START_TEST(reload)
{
	struct tunnel_conf old, new;
	struct roles *a, *b;

	tunnel_conf_init(&old);
	tunnel_conf_group(&old, 10);
	a = start(&old);
	ck_assert(roles_claim(a, 0, -1, 0));
	roles_sla(a, 0, TRACK_DOWN, at(1));
	roles_update(a, at(1), NULL);
	/* The same names in another order. */
	tunnel_conf_init(&new);
	tunnel_conf_group(&new, 10);
	strcpy(new.tunnels[0].name, "line2");
	strcpy(new.tunnels[1].name, "line1");
	strcpy(new.probes[0].name, "p2");
	strcpy(new.probes[1].name, "p1");
	b = start(&new);
	roles_carry_over(b, a, at(2));
	ck_assert(selected(b, 0, at(2)) && carries(b, 0, at(100)));
	roles_sla(b, 0, TRACK_DOWN, at(3));
	ck_assert_msg(selected(b, 0, at(3)), "p1 is still known to be down");
	roles_free(a);
	roles_free(b);
}
END_TEST

/* The instance is gone or uses another tunnel: what it had lingers. */
START_TEST(reload_releases)
{
	struct tunnel_conf old, new;
	struct roles *a, *b;

	tunnel_conf_init(&old);
	old.instance.tunnel = 0;
	a = start(&old);
	ck_assert(roles_claim(a, 0, 0, -1));
	tunnel_conf_init(&new);
	new.instance.tunnel = 0;
	strcpy(new.instance.name, "OTHER");
	b = start(&new);
	roles_carry_over(b, a, at(2));
	ck_assert(carries(b, 0, at(6.9)) && !carries(b, 0, at(7)));
	roles_free(a);
	roles_free(b);
}
END_TEST

/* An Active instance goes from a tunnel to a group that has it, and back: not one packet is lost.
 */
START_TEST(reload_from_tunnel_to_group)
{
	struct tunnel_conf alone, both;
	struct roles *a, *b, *c;

	tunnel_conf_init(&alone);
	alone.instance.tunnel = 1;
	alone.tunnels[1].linger_us = 0;
	a = start(&alone);
	ck_assert(roles_claim(a, 0, 1, -1));
	ck_assert(carries(a, 1, at(1)));
	tunnel_conf_init(&both);
	tunnel_conf_group(&both, 10);
	both.tunnels[1].linger_us = 0;
	b = start(&both);
	roles_carry_over(b, a, at(2));
	ck_assert_msg(selected(b, 1, at(2)), "what carried goes on");
	ck_assert_msg(carries(b, 1, at(3)), "the claim is for what the instance uses now");
	c = start(&alone);
	roles_carry_over(c, b, at(4));
	ck_assert(carries(c, 1, at(5)) && selected(c, 1, at(5)));
	roles_free(a);
	roles_free(b);
	roles_free(c);
}
END_TEST

START_TEST(reload_renames_group)
{
	struct tunnel_conf old, new;
	struct roles *a, *b;

	tunnel_conf_init(&old);
	tunnel_conf_group(&old, 10);
	a = start(&old);
	roles_sla(a, 0, TRACK_DOWN, at(1));
	ck_assert(selected(a, 1, at(1)));
	roles_sla(a, 0, TRACK_UP, at(2));
	roles_update(a, at(2), NULL);
	tunnel_conf_init(&new);
	tunnel_conf_group(&new, 10);
	strcpy(new.group.name, "lines");
	b = start(&new);
	roles_carry_over(b, a, at(4));
	ck_assert(selected(b, 1, at(4)) && !carries(b, 1, at(4)));
	ck_assert(selected(b, 1, at(11.9)) && selected(b, 0, at(12)));
	roles_free(a);
	roles_free(b);
}
END_TEST

/* A tunnel that carried for nobody in particular is now an instance's, which has yet to begin. */
START_TEST(reload_gives_an_owner)
{
	struct tunnel_conf old, new;
	struct roles *a, *b;

	tunnel_conf_init(&old);
	a = start(&old);
	ck_assert(carries(a, 0, at(1)));
	tunnel_conf_init(&new);
	new.instance.tunnel = 0;
	b = start(&new);
	roles_carry_over(b, a, at(2));
	ck_assert(carries(b, 0, at(6.9)) && !carries(b, 0, at(7)));
	roles_free(a);
	roles_free(b);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("roles");
	TCase *t = tcase_create("roles");
	SRunner *r;
	int failed;

	tcase_add_test(t, claim_and_linger);
	tcase_add_test(t, claims_refused);
	tcase_add_test(t, two_owners);
	tcase_add_test(t, changes_are_marked);
	tcase_add_test(t, group);
	tcase_add_test(t, hold_up);
	tcase_add_test(t, all_down);
	tcase_add_test(t, lines);
	tcase_add_test(t, adoption);
	tcase_add_test(t, unknown_moves_nothing);
	tcase_add_test(t, shut);
	tcase_add_test(t, reload);
	tcase_add_test(t, reload_releases);
	tcase_add_test(t, reload_from_tunnel_to_group);
	tcase_add_test(t, reload_renames_group);
	tcase_add_test(t, reload_gives_an_owner);
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
