/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What vrrpctl prints, against golden text: tests/golden/vrrpctl/NAME.json is an answer of vrrpd,
 * NAME.VIEW the text. UPDATE_GOLDEN=1 in the environment writes the texts anew, for a person to
 * read in the diff.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vrrpctl/format.h"
#include "vrrpctl/jsonx.h"
#include "vrrpctl/metrics.h"
#include "vrrpctl/snapshot.h"
#include "vrrpctl/spark.h"

#define NOW_US INT64_C(1767323045678000) /* 2026-01-02T03:04:05.678Z */

static const struct sla_verdict verdicts[] = {
	{.name = "ecs",
	 .state = SLA_DOWN,
	 .cause = "6 losses: no reply from 172.16.41.10",
	 .since_realtime_us = NOW_US - 193000000,
	 .transitions = 3,
	 .sent = 41000,
	 .received = 40711,
	 .lost = 289,
	 .late = 2,
	 .duplicate = 1,
	 .rejected = 4,
	 .void_probes = 5,
	 .window_sent = 600,
	 .window_lost = 67,
	 .rtt_last_us = 1234,
	 .rtt_min_us = 980,
	 .rtt_avg_us = 1300,
	 .rtt_p50_us = 1210,
	 .rtt_p95_us = 2100,
	 .rtt_p99_us = 12345,
	 .rtt_max_us = 120400,
	 .rtt_jitter_us = 51,
	 .hour_sent = 36000,
	 .hour_lost = 289,
	 .hour_min_us = 970,
	 .hour_avg_us = 1250,
	 .hour_p50_us = 1200,
	 .hour_p95_us = 2050,
	 .hour_p99_us = 9900,
	 .hour_max_us = 120400,
	 .hour_jitter_us = 48,
	 .hour_runs = 12,
	 .hour_run_losses = 289,
	 .hour_longest_run = 66,
	 .history = {[0] = {SLA_NO_RTT, 0, 0},
		     [1 ... 40] = {1200, 10, 0},
		     [41] = {1900, 10, 0},
		     [42] = {1300, 10, 1},
		     [43 ... 49] = {1000, 10, 0},
		     [50 ... 58] = {SLA_NO_RTT, 10, 10},
		     [59] = {SLA_NO_RTT, 0, 0}},
	 .interval_us = 100000,
	 .timeout_us = 200000,
	 .target = "172.16.41.10",
	 .source = "10.1.22.252",
	 .tunnel = "line1"},
	{.name = "fresh",
	 .state = SLA_UNKNOWN,
	 .cause = "no evidence yet",
	 .rtt_last_us = -1,
	 .rtt_min_us = -1,
	 .rtt_avg_us = -1,
	 .rtt_p50_us = -1,
	 .rtt_p95_us = -1,
	 .rtt_p99_us = -1,
	 .rtt_max_us = -1,
	 .rtt_jitter_us = -1,
	 .hour_min_us = -1,
	 .hour_avg_us = -1,
	 .hour_p50_us = -1,
	 .hour_p95_us = -1,
	 .hour_p99_us = -1,
	 .hour_max_us = -1,
	 .hour_jitter_us = -1,
	 .history = {[0 ... SLA_HISTORY - 1] = {SLA_NO_RTT, 0, 0}},
	 .interval_us = 1000000,
	 .timeout_us = 200000,
	 .target = "2001:db8::1"},
	{.name = "both",
	 .kind = SLA_GROUP,
	 .state = SLA_UP,
	 .cause = "1 of 2 up",
	 .since_realtime_us = NOW_US - 1000,
	 .rtt_last_us = -1,
	 .rtt_min_us = -1,
	 .rtt_avg_us = -1,
	 .rtt_p50_us = -1,
	 .rtt_p95_us = -1,
	 .rtt_p99_us = -1,
	 .rtt_max_us = -1,
	 .rtt_jitter_us = -1},
};

static const struct slad_view alive = {
	.running = true, .pid = 813, .heartbeat_age_us = 12000, .verdicts = verdicts, .n = 3};
static const struct slad_view idle = {.running = true, .pid = 813, .heartbeat_age_us = 12000};
static const struct slad_view gone = {.stale = true};

/* The status object of golden answer `name`, or without vrrpd when it is NULL. */
static json_t *snapshot(const char *name, const struct slad_view *slad)
{
	char path[512];
	json_error_t why;
	json_t *answer = NULL, *s;

	snprintf(path, sizeof(path), "%s/%s.json", GOLDEN, name ? name : "");
	if (name) {
		answer = json_load_file(path, 0, &why);
		ck_assert_msg(answer != NULL, "%s: %s", path, why.text);
	}
	s = snapshot_build(answer, slad, "0.1.0");
	ck_assert_ptr_nonnull(s);
	json_decref(answer);
	return s;
}

static char *slurp(const char *path)
{
	static char buf[65536];
	FILE *f = fopen(path, "r");
	size_t n;

	ck_assert_msg(f != NULL, "%s is missing", path);
	n = fread(buf, 1, sizeof(buf) - 1, f);
	fclose(f);
	buf[n] = '\0';
	return buf;
}

/* The width of every line, in characters, is at most 80. */
static void narrow(const char *text)
{
	size_t column = 0;

	for (; *text; text++) {
		column = *text == '\n' ? 0 : column + (((unsigned char)*text & 0xc0) != 0x80);
		ck_assert_uint_le(column, TEXT_WIDTH);
	}
}

static void matches(const struct text *t, const char *golden)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/%s", GOLDEN, golden);
	if (getenv("UPDATE_GOLDEN")) {
		FILE *f = fopen(path, "w");

		ck_assert_ptr_nonnull(f);
		fputs(t->data, f);
		fclose(f);
	}
	ck_assert_str_eq(t->data, slurp(path));
}

static void status_matches(const char *answer, const struct slad_view *slad, const char *golden)
{
	struct text t = {0};
	json_t *s = snapshot(answer, slad);

	format_status(&t, s, NOW_US);
	matches(&t, golden);
	narrow(t.data);
	text_free(&t);
	json_decref(s);
}

START_TEST(status)
{
	status_matches("calm", &idle, "calm.status");
	status_matches("busy", &alive, "busy.status");
	status_matches("drained", &gone, "drained.status");
	status_matches(NULL, &alive, "no-vrrpd.status");
	status_matches(NULL, &gone, "none.status");
}
END_TEST

/* Colours change nothing but add escape sequences. */
START_TEST(colours)
{
	struct text plain = {0}, colour = {.colour = true};
	json_t *s = snapshot("busy", &alive);
	char *to;

	format_status(&plain, s, NOW_US);
	format_status(&colour, s, NOW_US);
	ck_assert_ptr_null(strchr(plain.data, '\033'));
	ck_assert_uint_gt(colour.len, plain.len);
	to = colour.data;
	for (const char *p = colour.data; *p; p++) {
		if (*p == '\033')
			p = strchr(p, 'm');
		else
			*to++ = *p;
	}
	*to = '\0';
	ck_assert_str_eq(colour.data, plain.data);
	text_free(&plain);
	text_free(&colour);
	json_decref(s);
}
END_TEST

START_TEST(details)
{
	struct text t = {0};
	json_t *s = snapshot("busy", &alive);
	json_t *by =
		json_pack("{s:{s:{s:i, s:i, s:i}, s:{s:i}}}", "rejected", "ecs", "wrong source", 0,
			  "wrong cookie", 3, "unreachable", 1, "fresh", "wrong cookie", 0);

	snapshot_add_reasons(s, by);
	json_decref(by);
	format_probes(&t, s, NOW_US);
	matches(&t, "busy.probes");
	narrow(t.data);
	text_free(&t);
	format_tunnels(&t, s);
	matches(&t, "busy.tunnels");
	text_free(&t);
	format_metrics(&t, s);
	matches(&t, "busy.metrics");
	text_free(&t);
	json_decref(s);
}
END_TEST

static void object_matches(const char *answer, const struct slad_view *slad, const char *golden)
{
	json_t *s = snapshot(answer, slad);
	char *dump = json_dumps(s, JSON_INDENT(1) | JSON_REAL_PRECISION(10));
	struct text t = {0};

	text_add(&t, "%s\n", dump);
	matches(&t, golden);
	text_free(&t);
	free(dump);
	json_decref(s);
}

START_TEST(reasons_of_rejects)
{
	json_t *s = snapshot("busy", &alive), *probe, *by;

	snapshot_add_reasons(s, NULL);
	probe = json_array_get(json_object_get(s, "probes"), 0);
	ck_assert(json_is_null(json_object_get(probe, "rejected_by")));
	by = json_pack("{s:{s:{s:i}}}", "rejected", "ecs", "wrong cookie", 3);
	snapshot_add_reasons(s, by);
	ck_assert_int_eq(json_integer_value(json_object_get(json_object_get(probe, "rejected_by"),
							    "wrong_cookie")),
			 3);
	probe = json_array_get(json_object_get(s, "probes"), 1);
	ck_assert(json_is_null(json_object_get(probe, "rejected_by")));
	json_decref(by);
	json_decref(s);
}
END_TEST

START_TEST(objects)
{
	object_matches("busy", &alive, "busy.object");
	object_matches(NULL, &gone, "none.object");
}
END_TEST

START_TEST(event)
{
	static const char text[] =
		"{\"time\": \"2026-01-02T03:04:05.678Z\", \"thing\": \"instance\", \"name\": "
		"\"OFFICE\","
		" \"from\": \"Backup\", \"to\": \"Active\", \"reason\": \"no advert for 322 ms\"}";
	struct text t = {0};
	json_t *e = json_loads(text, 0, NULL);

	format_event(&t, e);
	ck_assert_str_eq(t.data, "2026-01-02T03:04:05.678Z instance OFFICE Backup -> Active "
				 "(no advert for 322 ms)\n");
	text_free(&t);
	json_decref(e);
}
END_TEST

START_TEST(lookup)
{
	json_t *s = snapshot("busy", &alive);

	ck_assert_str_eq(snapshot_state(s, "OFFICE"), "Backup");
	ck_assert_str_eq(snapshot_state(s, "ecs"), "down");
	ck_assert_str_eq(snapshot_state(s, "both"), "up");
	ck_assert_str_eq(snapshot_state(s, "line2"), "no_sa");
	ck_assert_ptr_null(snapshot_state(s, "office"));
	json_decref(s);
}
END_TEST

START_TEST(figures)
{
	char buf[TEXT_FIGURE];

	ck_assert_str_eq(text_duration(-1, buf), "?");
	ck_assert_str_eq(text_duration(0, buf), "0 ms");
	ck_assert_str_eq(text_duration(999, buf), "999 ms");
	ck_assert_str_eq(text_duration(59999, buf), "59.9 s");
	ck_assert_str_eq(text_duration(60000, buf), "1 min 0 s");
	ck_assert_str_eq(text_duration(3600000, buf), "1 h 0 min");
	ck_assert_str_eq(text_duration(INT64_C(1036800000), buf), "12 d 0 h");
	ck_assert_str_eq(text_bytes(999, buf), "999 B");
	ck_assert_str_eq(text_bytes(999949, buf), "999.9 kB");
	ck_assert_str_eq(text_bytes(999951, buf), "1.0 MB");
	ck_assert_str_eq(text_bytes(INT64_MAX, buf), "9.2 EB");
	ck_assert_str_eq(text_rtt(-1, buf), "?");
	ck_assert_str_eq(text_rtt(340, buf), "0.34 ms");
	ck_assert_str_eq(text_rtt(250000, buf), "250 ms");
}
END_TEST

START_TEST(sparks)
{
	json_t *o = snapshot_probe(&verdicts[0]), *fresh = snapshot_probe(&verdicts[1]);
	const json_t *history = json_object_get(o, "history");
	char buf[SPARK_STRLEN];

	ck_assert_uint_eq(json_array_size(json_object_get(history, "rtt_us")), SLA_HISTORY);
	spark_draw(history, buf);
	ck_assert_str_eq(buf, " "
			      "▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂"
			      "█!▁▁▁▁▁▁▁xxxxxxxxx");
	ck_assert_str_eq(spark_draw(json_object_get(fresh, "history"), buf), "");
	ck_assert_str_eq(spark_draw(NULL, buf), "");
	json_decref(o);
	json_decref(fresh);
}
END_TEST

START_TEST(durations)
{
	static const struct {
		const char *text;
		int64_t ms;
	} good[] = {{"0", 0},         {"30", 30000},     {"0.5", 500},    {"250ms", 250},
		    {"30m", 1800000}, {"1.5h", 5400000}, {"1d", 86400000}};
	static const char *const bad[] = {"", "-1", "x", "1x", "1 s", "inf", "nan", "1e30", "400d"};
	int64_t ms = 7;

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		ck_assert_msg(text_parse_duration(good[i].text, &ms), "%s", good[i].text);
		ck_assert_int_eq(ms, good[i].ms);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_msg(!text_parse_duration(bad[i], &ms), "%s", bad[i]);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("vrrpctl");
	TCase *t = tcase_create("vrrpctl");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_add_test(t, status);
	tcase_add_test(t, colours);
	tcase_add_test(t, details);
	tcase_add_test(t, reasons_of_rejects);
	tcase_add_test(t, objects);
	tcase_add_test(t, event);
	tcase_add_test(t, lookup);
	tcase_add_test(t, figures);
	tcase_add_test(t, sparks);
	tcase_add_test(t, durations);
	suite_add_tcase(s, t);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
