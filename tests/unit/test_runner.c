/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The helper process: how checks end, their time limit with all that they started, hooks in their
 * order, that the end waits for hooks,
 * and lines in a FIFO. */
#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "vrrpd/runner.h"

#define CHECKS 5

static struct loop *loop;
static struct runner *runner;
static struct timer limit;
static unsigned results;
static struct {
	bool ran, good;
	char text[80];
} got[CHECKS];

/* A command as conf keeps it. */
#define COMMAND(text) ((struct conf_command){(text), sizeof(text)})

static void on_result(void *ctx, uint32_t id, bool ran, bool good, const char *text)
{
	(void)ctx;
	ck_assert_uint_lt(id, CHECKS);
	got[id].ran = ran;
	got[id].good = good;
	snprintf(got[id].text, sizeof(got[id].text), "%s", text);
	if (++results == CHECKS)
		loop_stop(loop);
}

static void too_late(void *ctx, mono_t now)
{
	(void)ctx, (void)now;
	loop_stop(loop);
}

static void begin(void)
{
	loop = loop_new();
	ck_assert_int_eq(runner_start(&runner, loop, on_result, NULL), 0);
	timer_init(&limit, loop, too_late, NULL);
	timer_set(&limit, mono_add(mono_clock(), 10 * US_PER_S));
}

static void end(void)
{
	runner_close(runner);
	timer_set(&limit, MONO_NEVER);
	loop_free(loop);
}

START_TEST(checks)
{
	static const struct conf_command commands[CHECKS] = {
		COMMAND("true"),
		COMMAND("sh\0-c\0exit 7"),
		COMMAND("/nonexistent/command"),
		COMMAND("sh\0-c\0kill -9 $$"),
		COMMAND("sh\0-c\0sleep 100 & wait"),
	};
	static const char *const ends[CHECKS] = {"exit status 0", "exit status 7",
						 "exit status 127", "ended by signal 9",
						 "killed at its time limit"};

	begin();
	for (unsigned k = 0; k < CHECKS; k++)
		ck_assert_int_eq(runner_check(runner, k, &commands[k], 500 * US_PER_MS), 0);
	loop_run(loop);
	ck_assert_uint_eq(results, CHECKS);
	for (unsigned k = 0; k < CHECKS; k++) {
		ck_assert(got[k].ran);
		ck_assert_int_eq(got[k].good, k == 0);
		ck_assert_str_eq(got[k].text, ends[k]);
	}
	end();
}
END_TEST

static const char *text_of(int fd)
{
	static char text[256];
	ssize_t n = read(fd, text, sizeof(text) - 1);

	text[n > 0 ? n : 0] = '\0';
	return text;
}

START_TEST(hooks_keep_their_order_and_are_waited_for)
{
	static const struct conf_command slow = COMMAND("sh\0-c\0sleep 0.3; echo $1 $2 >>$0");
	static const struct conf_command quick = COMMAND("sh\0-c\0echo $1 $2 >>$0");
	char path[] = "/tmp/test_runner.XXXXXX";
	int fd = mkstemp(path);

	ck_assert_int_ge(fd, 0);
	begin();
	ck_assert_int_eq(runner_hook(runner, &slow, (const char *[]){path, "first", "a", NULL}), 0);
	ck_assert_int_eq(runner_hook(runner, &quick, (const char *[]){path, "second", "b", NULL}),
			 0);
	end();
	ck_assert_str_eq(text_of(fd), "first a\nsecond b\n");
	close(fd);
	unlink(path);
}
END_TEST

START_TEST(lines)
{
	char dir[] = "/tmp/test_runner.XXXXXX", path[64];
	int fd;

	ck_assert_ptr_nonnull(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/fifo", dir);
	ck_assert_int_eq(mkfifo(path, 0600), 0);
	fd = open(path, O_RDONLY | O_NONBLOCK);
	ck_assert_int_ge(fd, 0);
	begin();
	ck_assert_int_eq(runner_line(runner, path, "one\n"), 0);
	ck_assert_int_eq(runner_line(runner, path, "two\n"), 0);
	end();
	ck_assert_str_eq(text_of(fd), "one\ntwo\n");
	close(fd);
	unlink(path);
	rmdir(dir);
}
END_TEST

START_TEST(nobody_runs_nothing)
{
	static const struct conf_command c = COMMAND("true");

	ck_assert_int_lt(runner_check(NULL, 0, &c, US_PER_S), 0);
	ck_assert_int_lt(runner_hook(NULL, &c, (const char *[]){NULL}), 0);
	runner_close(NULL);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("runner");
	TCase *t = tcase_create("runner");
	SRunner *r = srunner_create(s);
	int failed;

	suite_add_tcase(s, t);
	tcase_set_timeout(t, 30);
	tcase_add_test(t, checks);
	tcase_add_test(t, hooks_keep_their_order_and_are_waited_for);
	tcase_add_test(t, lines);
	tcase_add_test(t, nobody_runs_nothing);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
