/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines on stderr: level, one line an event, the debug switch, and a reader that does not read. */
#include "common/log.h"

#include <check.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int saved, out[2];

/* stderr becomes a pipe that we read, as it is without a journal. */
static void setup(void)
{
	unsetenv("JOURNAL_STREAM");
	saved = dup(STDERR_FILENO);
	ck_assert_int_eq(pipe(out), 0);
	ck_assert_int_eq(fcntl(out[0], F_SETFL, O_NONBLOCK), 0);
	ck_assert_int_ge(dup2(out[1], STDERR_FILENO), 0);
}

static void teardown(void)
{
	dup2(saved, STDERR_FILENO);
	close(saved);
	close(out[0]);
	close(out[1]);
}

static const char *written(void)
{
	static char text[1 << 17];
	ssize_t n = read(out[0], text, sizeof(text) - 1);

	text[n > 0 ? n : 0] = 0;
	return text;
}

START_TEST(lines)
{
	log_open("test", false);
	log_msg(LOG_ERR, "cannot open %s", "it");
	ck_assert_str_eq(written(), "<3> cannot open it\n");
	log_thing(LOG_INFO, THING_PROBE, "ecs", "void: %d", 7);
	ck_assert_str_eq(written(), "<6> ecs: void: 7\n");
	log_transition(LOG_NOTICE, THING_INSTANCE, "OFFICE", "Backup", "Active", "no advert");
	ck_assert_str_eq(written(), "<5> OFFICE: Backup -> Active (no advert)\n");
	log_msg(LOG_INFO, "two\nlines\t");
	ck_assert_str_eq(written(), "<6> two lines \n");
}
END_TEST

START_TEST(debug_switch)
{
	log_open("test", false);
	log_msg(LOG_DEBUG, "hidden");
	ck_assert_str_eq(written(), "");
	log_open("test", true);
	log_msg(LOG_DEBUG, "shown");
	ck_assert_str_eq(written(), "<7> shown\n");
}
END_TEST

/* Would hang, were a full pipe waited for. */
START_TEST(never_waits)
{
	char fill[200];
	const char *text;

	memset(fill, 'x', sizeof(fill));
	fill[sizeof(fill) - 1] = 0;
	log_open("test", false);
	for (unsigned i = 0; i < 2000; i++)
		log_msg(LOG_INFO, "%s", fill);
	ck_assert_uint_gt(strlen(written()), 4096);
	log_msg(LOG_INFO, "after");
	text = written();
	ck_assert_msg(strstr(text, "messages before this one were lost\n<6> after\n"), "%s", text);
	log_msg(LOG_INFO, "again");
	ck_assert_str_eq(written(), "<6> again\n");
}
END_TEST

/* A JOURNAL_STREAM of another stream, as children of a service inherit it, is not ours. */
START_TEST(foreign_journal_stream)
{
	setenv("JOURNAL_STREAM", "1:2", 1);
	log_open("test", false);
	log_msg(LOG_INFO, "plain");
	ck_assert_str_eq(written(), "<6> plain\n");
}
END_TEST

int main(void)
{
	Suite *s = suite_create("log");
	TCase *t = tcase_create("log");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, lines);
	tcase_add_test(t, debug_switch);
	tcase_add_test(t, never_waits);
	tcase_add_test(t, foreign_journal_stream);
	suite_add_tcase(s, t);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
