/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The past of probes as bytes: there and back, damage of every kind, and what a new run makes of
 * it.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "slad/state.h"

static const uint8_t boot[16] = {1, 2, 3}, other_boot[16] = {1, 2, 4};
static const mono_t saved_at = {5000 * US_PER_S};

static struct conf_probe settings(const char *name)
{
	static const uint8_t to[] = {192, 0, 2, 1};
	struct conf_probe p = {
		.tunnel = -1,
		.ttl = 64,
		.size = 56,
		.interval_us = 100 * US_PER_MS,
		.fall = 6,
		.rise = 20,
		.delay_up_us = 10 * US_PER_S,
	};

	strcpy(p.name, name);
	p.target = addr_ipv4(to);
	return p;
}

static uint64_t next_random(uint64_t *state)
{
	*state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return *state >> 33;
}

/* An hour and more that ends at saved_at, with losses, late replies, and flaps. */
static struct target *a_life(const char *name, uint64_t seed)
{
	struct conf_probe p = settings(name);
	struct target *t = target_new(NULL, &p, 1, 2, (mono_t){0});
	mono_t now = {saved_at.us - 4000 * US_PER_S};

	ck_assert_ptr_nonnull(t);
	for (; mono_before(now, saved_at); now = mono_add(now, 250 * US_PER_MS)) {
		uint64_t r = next_random(&seed) % 100;

		if (r < 5) {
			quality_loss(&t->quality, now);
			window_in_order(&t->quality.hour, true, now);
			t->counters.lost++;
		} else if (r < 6) {
			quality_late(&t->quality, 300000, mono_add(now, -US_PER_S), now);
			t->counters.late++;
		} else {
			quality_reply(&t->quality, (int64_t)(next_random(&seed) % 90000), now);
			window_in_order(&t->quality.hour, false, now);
		}
	}
	t->counters.rejects[ECHO_WRONG_COOKIE] = 7;
	t->counters.errors[ECHO_UNREACHABLE] = 8;
	t->verdict.definite = SLA_DOWN;
	t->verdict.next_wait_us = 80 * US_PER_S;
	t->verdict.wait_us = 40 * US_PER_S;
	t->verdict.transitions = 9;
	return t;
}

struct file {
	uint8_t *bytes;
	size_t n;
};

static struct file file_of(struct target *const *t, size_t n)
{
	struct file f = {.bytes = malloc(state_size(n))};
	struct wbuf w = wbuf_of(f.bytes, state_size(n));
	struct target_past past;

	ck_assert_ptr_nonnull(f.bytes);
	state_begin(&w, boot, saved_at, n);
	for (size_t i = 0; i < n; i++) {
		target_remember(t[i], &past);
		state_add(&w, target_fingerprint(t[i]), &past);
	}
	state_end(&w, f.bytes);
	ck_assert(!w.bad);
	f.n = w.used;
	return f;
}

static enum state_fault look(const struct file *f, mono_t now)
{
	struct state_reader s;

	return state_open(&s, f->bytes, f->n, boot, now);
}

START_TEST(there_and_back)
{
	struct target *t[] = {a_life("a", 1), a_life("b", 2)};
	struct file f = file_of(t, 2);
	struct state_reader s;
	struct target_past past, before;
	uint64_t fingerprint;

	ck_assert_int_eq(state_open(&s, f.bytes, f.n, boot, saved_at), STATE_OK);
	for (size_t i = 0; i < 2; i++) {
		memset(&before, 0, sizeof(before));
		target_remember(t[i], &before);
		ck_assert(state_next(&s, &fingerprint, &past));
		ck_assert_uint_eq(fingerprint, target_fingerprint(t[i]));
		ck_assert_mem_eq(&past.counters, &before.counters, sizeof(past.counters));
		ck_assert_mem_eq(&past.quality, &before.quality, sizeof(past.quality));
		ck_assert_int_eq(past.verdict.definite, SLA_DOWN);
		ck_assert_int_eq(past.verdict.next_wait_us, 80 * US_PER_S);
		ck_assert_int_eq(past.verdict.wait_us, 40 * US_PER_S);
		ck_assert_uint_eq(past.verdict.transitions, 9);
	}
	ck_assert(!state_next(&s, &fingerprint, &past));
	free(f.bytes);
	target_free(t[0]);
	target_free(t[1]);
}
END_TEST

START_TEST(no_probe_at_all)
{
	struct file f = file_of(NULL, 0);

	ck_assert_int_eq(look(&f, saved_at), STATE_OK);
	ck_assert_uint_eq(f.n, state_size(0));
	free(f.bytes);
}
END_TEST

START_TEST(any_changed_byte_is_damage)
{
	struct target *t = a_life("a", 3);
	struct file f = file_of(&t, 1);

	for (size_t i = 0; i < f.n; i++) {
		f.bytes[i] ^= (uint8_t)(1u << i % 8);
		ck_assert_msg(look(&f, saved_at) != STATE_OK, "byte %zu", i);
		f.bytes[i] ^= (uint8_t)(1u << i % 8);
	}
	ck_assert_int_eq(look(&f, saved_at), STATE_OK);
	free(f.bytes);
	target_free(t);
}
END_TEST

/* Copied, so that a sanitizer sees a byte read too many. */
START_TEST(any_cut_is_damage)
{
	struct target *t = a_life("a", 4);
	struct file f = file_of(&t, 1), cut = {0};

	for (cut.n = 0; cut.n < f.n; cut.n++) {
		cut.bytes = malloc(cut.n + 1);
		ck_assert_ptr_nonnull(cut.bytes);
		memcpy(cut.bytes, f.bytes, cut.n);
		ck_assert_int_ne(look(&cut, saved_at), STATE_OK);
		free(cut.bytes);
	}
	free(f.bytes);
	target_free(t);
}
END_TEST

START_TEST(when_it_is_good)
{
	struct file f = file_of(NULL, 0);
	struct state_reader s;

	ck_assert_int_eq(look(&f, mono_add(saved_at, STATE_AGE_MAX_US)), STATE_OK);
	ck_assert_int_eq(look(&f, mono_add(saved_at, STATE_AGE_MAX_US + 1)), STATE_OLD);
	ck_assert_int_eq(look(&f, mono_add(saved_at, -1)), STATE_OTHER_BOOT);
	ck_assert_int_eq(state_open(&s, f.bytes, f.n, other_boot, saved_at), STATE_OTHER_BOOT);
	ck_assert_int_eq(state_open(&s, "something else", 14, boot, saved_at), STATE_FOREIGN);
	f.bytes[11]++;
	ck_assert_int_eq(look(&f, saved_at), STATE_VERSION);
	ck_assert_str_eq(state_fault_name(STATE_OLD), "more than an hour old");
	free(f.bytes);
}
END_TEST

/* What no life leads to is refused although the checksum is right. */
START_TEST(the_impossible_is_damage)
{
	struct target *t = a_life("a", 5);
	struct window_slice *s = &t->quality.minute.slices[0];
	struct file f;

#define REFUSED(statement)                                           \
	do {                                                         \
		struct target kept = *t;                             \
		statement;                                           \
		f = file_of(&t, 1);                                  \
		ck_assert_int_eq(look(&f, saved_at), STATE_DAMAGED); \
		free(f.bytes);                                       \
		memcpy(t, &kept, sizeof(kept));                      \
	} while (0)
	REFUSED(s->n++);
	REFUSED(s->lost = s->decided + 1);
	REFUSED(s->max_us = WINDOW_RTT_MAX_US);
	REFUSED(s->min_us = -1);
	REFUSED(s->sum_us = -1);
	REFUSED(s->jitter_sum_us = INT64_MAX);
	REFUSED(t->quality.hour.slice_no++);
	REFUSED(t->quality.hour.slice_no = -1);
	REFUSED(t->quality.hour.last_us = -2);
	REFUSED(t->quality.history.second += 2);
	REFUSED(t->quality.history.seconds[3].lost = UINT16_MAX);
	REFUSED(t->verdict.definite = (enum sla_state)3);
	REFUSED(t->verdict.wait_us = -1);
#undef REFUSED
	target_free(t);
}
END_TEST

static struct target *recalled(const struct conf_probe *p, const struct target *from, mono_t now)
{
	struct target *t = target_new(NULL, p, 3, 4, now);
	struct target_past past;

	ck_assert_ptr_nonnull(t);
	target_remember(from, &past);
	target_recall(t, &past, now);
	return t;
}

START_TEST(figures_go_on)
{
	struct conf_probe p = settings("a");
	struct target *old = a_life("a", 6), *t;

	target_refresh(old, saved_at);
	t = recalled(&p, old, mono_add(saved_at, US_PER_S / 2));
	target_refresh(t, mono_add(saved_at, US_PER_S / 2));
	ck_assert_mem_eq(&t->hour, &old->hour, sizeof(t->hour));
	ck_assert_mem_eq(&t->minute, &old->minute, sizeof(t->minute));
	ck_assert_uint_eq(t->counters.rejects[ECHO_WRONG_COOKIE], 7);
	/* The time in between was silent, and ages what was before. */
	target_refresh(t, mono_add(saved_at, 120 * US_PER_S));
	ck_assert_uint_eq(t->minute.decided, 0);
	ck_assert_uint_gt(t->hour.decided, 10000);
	target_free(old);
	target_free(t);
}
END_TEST

static void straight(struct target *t, unsigned n, mono_t *now)
{
	while (n--) {
		verdict_success(&t->verdict, &t->rules, 1000, *now);
		*now = mono_add(*now, 100 * US_PER_MS);
	}
}

/* The verdict is made of what is seen now, but a path that was down serves its wait. */
START_TEST(a_verdict_is_no_evidence)
{
	struct conf_probe p = settings("a");
	struct target *old = a_life("a", 7), *t;
	mono_t now = saved_at;

	old->verdict.state = SLA_DOWN;
	t = recalled(&p, old, now);
	ck_assert_int_eq(t->verdict.state, SLA_UNKNOWN);
	ck_assert_str_eq(t->verdict.cause, "no evidence yet");
	ck_assert_uint_eq(t->verdict.transitions, 9);
	ck_assert(!t->verdict.decided);
	straight(t, 20, &now);
	ck_assert_int_eq(t->verdict.state, SLA_UNKNOWN);
	ck_assert_int_eq(mono_sub(t->verdict.due, now), 40 * US_PER_S - 100 * US_PER_MS);
	target_free(t);
	/* One that was up comes up at once, and its next flap costs what it would have. */
	old->verdict.definite = SLA_UP;
	t = recalled(&p, old, now);
	straight(t, 20, &now);
	ck_assert_int_eq(t->verdict.state, SLA_UP);
	ck_assert(t->verdict.decided);
	for (int i = 0; i < 6; i++)
		verdict_loss(&t->verdict, &t->rules, now);
	ck_assert_int_eq(t->verdict.state, SLA_DOWN);
	ck_assert_int_eq(t->verdict.wait_us, 80 * US_PER_S);
	target_free(t);
	/* A preset is the operator's word. */
	p.start = START_UP;
	t = recalled(&p, old, now);
	ck_assert_int_eq(t->verdict.state, SLA_UP);
	ck_assert_int_eq(t->verdict.definite, SLA_UP);
	target_free(t);
	/* Waits stay within what the settings allow. */
	p.start = START_UNKNOWN;
	old->verdict.next_wait_us = INT64_MAX;
	old->verdict.wait_us = 0;
	t = recalled(&p, old, now);
	ck_assert_int_eq(t->verdict.next_wait_us, VERDICT_WAIT_MAX_US);
	ck_assert_int_eq(t->verdict.wait_us, 10 * US_PER_S);
	target_free(t);
	target_free(old);
}
END_TEST

START_TEST(loss_of_the_past_moves_nothing)
{
	struct conf_probe p = settings("a");
	struct target *old = a_life("a", 8), *t;

	p.max_loss_permille = 1;
	t = recalled(&p, old, saved_at);
	target_refresh(t, saved_at);
	ck_assert_uint_ge(t->minute.lost, p.fall);
	ck_assert_int_eq(t->verdict.state, SLA_UNKNOWN);
	for (int i = 0; i < 6; i++)
		quality_loss(&t->quality, mono_add(saved_at, 59 * US_PER_S));
	target_refresh(t, mono_add(saved_at, 60 * US_PER_S));
	ck_assert_int_eq(t->verdict.state, SLA_DOWN);
	target_free(t);
	target_free(old);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("state");
	TCase *t = tcase_create("state");
	SRunner *r;
	int failed;

	tcase_add_test(t, there_and_back);
	tcase_add_test(t, no_probe_at_all);
	tcase_add_test(t, any_changed_byte_is_damage);
	tcase_add_test(t, any_cut_is_damage);
	tcase_add_test(t, when_it_is_good);
	tcase_add_test(t, the_impossible_is_damage);
	tcase_add_test(t, figures_go_on);
	tcase_add_test(t, a_verdict_is_no_evidence);
	tcase_add_test(t, loss_of_the_past_moves_nothing);
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
