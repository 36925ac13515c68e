/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The helper process: how checks end, their time limit with all that they started, hooks in their
 * order, that the end waits for hooks, lines in a FIFO and who reads them, and that a helper that
 * was killed is replaced. */
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

static unsigned endings, losses;
static uint32_t ended_id;
static char ended_text[80];

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

static void on_ended(void *ctx, uint32_t id, const char *text)
{
	(void)ctx;
	ended_id = id;
	snprintf(ended_text, sizeof(ended_text), "%s", text);
	endings++;
	loop_stop(loop);
}

static void on_lost(void *ctx)
{
	(void)ctx;
	losses++;
	loop_stop(loop);
}

static void too_late(void *ctx, mono_t now)
{
	(void)ctx, (void)now;
	loop_stop(loop);
}

static void begin(void)
{
	static const struct runner_ops ops = {on_result, on_ended, on_lost};

	loop = loop_new();
	ck_assert_int_eq(runner_start(&runner, loop, &ops, NULL), 0);
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

/* Runs the loop for so long at most. */
static void run_for(int64_t us)
{
	timer_set(&limit, mono_add(mono_clock(), us));
	loop_run(loop);
}

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
	run_for(US_PER_S / 5);
	ck_assert_str_eq(text_of(fd), "one\ntwo\n");
	close(fd);
	/* A reader may have removed it, and made another. */
	unlink(path);
	ck_assert_int_eq(mkfifo(path, 0600), 0);
	fd = open(path, O_RDONLY | O_NONBLOCK);
	ck_assert_int_eq(runner_line(runner, path, "three\n"), 0);
	end();
	ck_assert_str_eq(text_of(fd), "three\n");
	close(fd);
	unlink(path);
	rmdir(dir);
}
END_TEST

START_TEST(helper_is_replaced)
{
	static const struct conf_command murder = COMMAND("sh\0-c\0kill -9 $PPID");
	static const struct conf_command good = COMMAND("true");

	begin();
	ck_assert_int_eq(runner_check(runner, 0, &murder, US_PER_S), 0);
	run_for(10 * US_PER_S);
	ck_assert_uint_eq(losses, 1);
	ck_assert_uint_eq(results, 0);
	/* Not before a second has gone since the first was made. */
	ck_assert_int_lt(runner_check(runner, 0, &good, US_PER_S), 0);
	run_for(US_PER_S + US_PER_S / 4);
	ck_assert_int_eq(runner_check(runner, 0, &good, US_PER_S), 0);
	results = CHECKS - 1;
	run_for(10 * US_PER_S);
	ck_assert(got[0].ran && got[0].good);
	ck_assert_uint_eq(losses, 1);
	end();
}
END_TEST

/* A reader of a FIFO gets its name, all lines, and the end of the file. */
START_TEST(readers)
{
	char dir[] = "/tmp/test_runner.XXXXXX", path[64], out[64], text[160];
	struct conf_command reader = {text, 0};
	int fd;

	ck_assert_ptr_nonnull(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/fifo", dir);
	snprintf(out, sizeof(out), "%s/out", dir);
	reader.len =
		(size_t)snprintf(
			text, sizeof(text),
			"sh%c-c%cwhile read l; do echo $l; done <$1 >%s; echo over >>%s%creader", 0,
			0, out, out, 0) +
		1;
	begin();
	ck_assert_int_eq(runner_serve(runner, 7, &reader, path), 0);
	ck_assert_int_eq(runner_line(runner, path, "one\n"), 0);
	ck_assert_int_eq(runner_line(runner, path, "two\n"), 0);
	end();
	fd = open(out, O_RDONLY);
	ck_assert_int_ge(fd, 0);
	ck_assert_str_eq(text_of(fd), "one\ntwo\nover\n");
	close(fd);
	unlink(out);
	unlink(path);
	rmdir(dir);
}
END_TEST

START_TEST(readers_are_dismissed)
{
	static const struct conf_command stubborn =
		COMMAND("sh\0-c\0trap '' TERM; sleep 100 & wait; wait");
	static const struct conf_command quick = COMMAND("sh\0-c\0exit 3");
	char dir[] = "/tmp/test_runner.XXXXXX", path[64];

	ck_assert_ptr_nonnull(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/fifo", dir);
	begin();
	ck_assert_int_eq(runner_serve(runner, 4, &quick, path), 0);
	run_for(10 * US_PER_S);
	ck_assert(endings == 1 && ended_id == 4);
	ck_assert_str_eq(ended_text, "exit status 3");
	ck_assert_int_eq(runner_serve(runner, 8, &stubborn, path), 0);
	run_for(US_PER_S / 5);
	ck_assert_int_eq(runner_dismiss(runner, 8), 0);
	run_for(10 * US_PER_S);
	ck_assert(endings == 2 && ended_id == 8);
	ck_assert_str_eq(ended_text, "killed at its time limit");
	end();
	unlink(path);
	rmdir(dir);
}
END_TEST

START_TEST(last_hook_is_waited_for)
{
	static const struct conf_command last = COMMAND("sh\0-c\0sleep 0.3; echo last");
	char path[] = "/tmp/test_runner.XXXXXX";
	int fd = mkstemp(path), kept = dup(STDOUT_FILENO);

	ck_assert_int_ge(fd, 0);
	dup2(fd, STDOUT_FILENO);
	begin();
	ck_assert_int_eq(runner_last(runner, &last, US_PER_S), 0);
	end();
	dup2(kept, STDOUT_FILENO);
	lseek(fd, 0, SEEK_SET);
	ck_assert_str_eq(text_of(fd), "last\n");
	close(fd);
	close(kept);
	unlink(path);
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
	tcase_add_test(t, helper_is_replaced);
	tcase_add_test(t, readers);
	tcase_add_test(t, readers_are_dismissed);
	tcase_add_test(t, last_hook_is_waited_for);
	tcase_add_test(t, nobody_runs_nothing);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
