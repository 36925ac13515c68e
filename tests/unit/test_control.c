/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The control socket with a server in a child process: answers, garbage, a line that is too long,
 * requests without a reader, followers, a follower that does not read, too many peers.
 */
#include "common/control.h"

#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define TIMEOUT_MS 20000

static char dir[64], path[80];
static pid_t server;

struct host {
	struct loop *loop;
	struct control *control;
	struct events events;
	struct timer timer; /* of the loop's other work */
	int turns;
};

static void on_turn(void *ctx, mono_t now)
{
	struct host *h = ctx;

	(void)now;
	h->turns++;
}

static json_t *ask_turn(struct host *h)
{
	timer_set(&h->timer, loop_now(h->loop));
	return json_pack("{s:b, s:i}", "ok", 1, "turns", h->turns);
}

static void emit(struct host *h, json_int_t n)
{
	char name[32];

	while (n-- > 0) {
		snprintf(name, sizeof(name), "n%lld", (long long)n);
		control_event(h->control, events_add(&h->events, 1767323045678000, THING_PROBE,
						     name, "up", "down", "six losses"));
	}
}

static json_t *answer(void *ctx, const char *command, const json_t *request,
		      const struct control_peer *peer)
{
	static char big[1 << 20];
	struct host *h = ctx;

	if (strcmp(command, "emit") == 0)
		emit(h, json_integer_value(json_object_get(request, "n")));
	else if (strcmp(command, "stop") == 0)
		loop_stop(h->loop);
	else if (strcmp(command, "turn") == 0)
		return ask_turn(h);
	else if (strcmp(command, "who") == 0)
		return json_pack("{s:b, s:i, s:i}", "ok", 1, "uid", (int)peer->uid, "pid",
				 (int)peer->pid);
	else if (strcmp(command, "big") == 0)
		return json_pack("{s:b, s:s}", "ok", 1, "big", memset(big, 'x', sizeof(big) - 1));
	else
		return control_error("unknown command %s", command);
	return control_ok();
}

static void serve(int ready)
{
	struct host *h = calloc(1, sizeof(*h));

	h->loop = loop_new();
	timer_init(&h->timer, h->loop, on_turn, h);
	if (control_open(&h->control, h->loop, path, &h->events, answer, h) < 0 ||
	    write(ready, "y", 1) != 1)
		_exit(1);
	close(ready);
	loop_run(h->loop);
	control_close(h->control);
	loop_free(h->loop);
	free(h);
	exit(0);
}

/* In check's own process, so that a test that fails leaves nothing behind. */
static void make_dir(void)
{
	strcpy(dir, "/tmp/test-control-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/x.ctl", dir);
}

static void remove_dir(void)
{
	unlink(path);
	rmdir(dir);
}

static void setup(void)
{
	int ready[2];
	char c;

	ck_assert_int_eq(pipe(ready), 0);
	server = fork();
	if (server == 0)
		serve(ready[1]);
	close(ready[1]);
	ck_assert_int_eq(read(ready[0], &c, 1), 1);
	close(ready[0]);
}

static int client(void)
{
	int fd = control_connect(path);

	ck_assert_int_ge(fd, 0);
	return fd;
}

static json_t *call(int fd, const char *text)
{
	json_t *request = json_loads(text, 0, NULL), *reply;
	int err = 0;

	ck_assert_ptr_nonnull(request);
	reply = control_call(fd, request, TIMEOUT_MS, &err);
	ck_assert_msg(reply != NULL, "%s: %s", text, strerror(err));
	json_decref(request);
	return reply;
}

static bool is_ok(json_t *reply)
{
	bool ok = json_is_true(json_object_get(reply, "ok"));

	json_decref(reply);
	return ok;
}

/* The server still answers, ends when told so, leaks nothing (the sanitizers' exit status) and
 * unlinks. */
static void teardown(void)
{
	int fd = client(), status;

	ck_assert(is_ok(call(fd, "{\"command\": \"stop\"}")));
	ck_assert_int_eq(waitpid(server, &status, 0), server);
	ck_assert_int_eq(status, 0);
	close(fd);
	ck_assert_int_eq(control_connect(path), -ENOENT);
}

static void send_text(int fd, const char *text, size_t len)
{
	ck_assert_int_eq(send(fd, text, len, MSG_NOSIGNAL), (ssize_t)len);
}

static void expect_error(int fd, const char *part)
{
	int err = 0;
	json_t *reply = control_read(fd, TIMEOUT_MS, &err);
	const char *text = json_string_value(json_object_get(reply, "error"));

	ck_assert_msg(text && strstr(text, part), "%s", text ? text : strerror(err));
	ck_assert(!is_ok(reply));
}

START_TEST(answers)
{
	int fd = client();
	struct stat st;
	json_t *who;

	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_uint_eq(st.st_mode & 0777, 0660);
	who = call(fd, "{\"command\": \"who\"}");
	ck_assert_int_eq(json_integer_value(json_object_get(who, "uid")), getuid());
	ck_assert_int_eq(json_integer_value(json_object_get(who, "pid")), getpid());
	ck_assert(is_ok(who));
	ck_assert(!is_ok(call(fd, "{\"command\": \"nonsense\"}")));
	close(fd);
}
END_TEST

START_TEST(garbage_costs_a_line_only)
{
	int fd = client();

	send_text(fd, "hello\n", 6);
	expect_error(fd, "JSON");
	send_text(fd, "\n", 1);
	expect_error(fd, "JSON");
	send_text(fd, "[1]\n", 4);
	expect_error(fd, "command");
	send_text(fd, "{\"command\": 7}\n", 15);
	expect_error(fd, "command");
	send_text(fd, "{\"a\0b\": 7}\n", 11);
	expect_error(fd, "JSON");
	ck_assert(is_ok(call(fd, "{\"command\": \"who\"}")));
	close(fd);
}
END_TEST

START_TEST(long_line_ends_the_connection)
{
	static char line[80 << 10];
	int fd = client(), err = 0;

	memset(line, 'x', sizeof(line));
	send_text(fd, line, sizeof(line));
	expect_error(fd, "at most");
	ck_assert_ptr_null(control_read(fd, TIMEOUT_MS, &err));
	ck_assert_int_eq(err, ECONNRESET);
	close(fd);
}
END_TEST

START_TEST(pieces_and_bundles)
{
	static const char text[] = "{\"command\": \"who\"}\n";
	int fd = client(), err;

	for (size_t i = 0; i < sizeof(text) - 1; i++)
		send_text(fd, text + i, 1);
	ck_assert(is_ok(control_read(fd, TIMEOUT_MS, &err)));
	for (unsigned i = 0; i < 3; i++)
		send_text(fd, text, sizeof(text) - 1);
	/* All three are answered although we send no more. */
	shutdown(fd, SHUT_WR);
	for (unsigned i = 0; i < 3; i++)
		ck_assert(is_ok(control_read(fd, TIMEOUT_MS, &err)));
	ck_assert_ptr_null(control_read(fd, TIMEOUT_MS, &err));
	ck_assert_int_eq(err, ECONNRESET);
	close(fd);
}
END_TEST

START_TEST(a_bundle_leaves_the_loop_its_turns)
{
	static const char text[] = "{\"command\": \"turn\"}\n{\"command\": \"turn\"}\n"
				   "{\"command\": \"turn\"}\n";
	json_int_t turns = -1;
	int fd = client(), err;

	send_text(fd, text, sizeof(text) - 1);
	for (unsigned i = 0; i < 3; i++) {
		json_t *reply = control_read(fd, TIMEOUT_MS, &err);

		turns = json_integer_value(json_object_get(reply, "turns"));
		json_decref(reply);
	}
	ck_assert_int_gt(turns, 0);
	close(fd);
}
END_TEST

START_TEST(asking_without_reading)
{
	static const char text[] = "{\"command\": \"big\"}\n";
	int fd = client(), other = client(), err;

	/* A hundred megabytes of answers, were they made before they are read. */
	for (unsigned i = 0; i < 100; i++)
		send_text(fd, text, sizeof(text) - 1);
	ck_assert(is_ok(call(other, "{\"command\": \"who\"}")));
	for (unsigned i = 0; i < 100; i++)
		ck_assert(is_ok(control_read(fd, TIMEOUT_MS, &err)));
	close(fd);
	close(other);
}
END_TEST

static void expect_event(int fd, json_int_t seq)
{
	int err = 0;
	json_t *line = control_read(fd, TIMEOUT_MS, &err), *e = json_object_get(line, "event");

	ck_assert_msg(e != NULL, "%s", strerror(err));
	ck_assert_int_eq(json_integer_value(json_object_get(e, "seq")), seq);
	ck_assert_str_eq(json_string_value(json_object_get(e, "time")), "2026-01-02T03:04:05.678Z");
	ck_assert_str_eq(json_string_value(json_object_get(e, "thing")), "probe");
	ck_assert_str_eq(json_string_value(json_object_get(e, "from")), "up");
	ck_assert_str_eq(json_string_value(json_object_get(e, "to")), "down");
	ck_assert_str_eq(json_string_value(json_object_get(e, "reason")), "six losses");
	json_decref(line);
}

START_TEST(followers)
{
	int fd = client(), driver = client();
	json_t *reply;

	ck_assert(is_ok(call(driver, "{\"command\": \"emit\", \"n\": 2}")));
	reply = call(fd, "{\"command\": \"events\", \"follow\": true}");
	ck_assert_uint_eq(json_array_size(json_object_get(reply, "events")), 2);
	ck_assert(is_ok(reply));
	ck_assert(is_ok(call(driver, "{\"command\": \"emit\", \"n\": 3}")));
	for (json_int_t seq = 3; seq <= 5; seq++)
		expect_event(fd, seq);
	reply = call(driver, "{\"command\": \"events\"}");
	ck_assert_uint_eq(json_array_size(json_object_get(reply, "events")), 5);
	ck_assert(is_ok(reply));
	ck_assert(is_ok(call(driver, "{\"command\": \"emit\", \"n\": 1}")));
	expect_event(fd, 6);
	close(fd);
	/* A follower that went away costs nothing. */
	ck_assert(is_ok(call(driver, "{\"command\": \"emit\", \"n\": 1}")));
	close(driver);
}
END_TEST

START_TEST(slow_follower_is_dropped)
{
	int fd = client(), driver = client(), err = 0;
	json_t *line;
	unsigned n = 0;

	ck_assert(is_ok(call(fd, "{\"command\": \"events\", \"follow\": true}")));
	/* Far beyond the buffer's limit, in pieces of which the ring holds three; the driver is
	 * served all the while. */
	for (unsigned i = 0; i < 500; i++)
		ck_assert(is_ok(call(driver, "{\"command\": \"emit\", \"n\": 300}")));
	/* What the kernel holds is still ours; then the end comes, long before the last event. */
	while ((line = control_read(fd, TIMEOUT_MS, &err))) {
		json_decref(line);
		n++;
	}
	ck_assert_int_eq(err, ECONNRESET);
	ck_assert_uint_lt(n, 75000);
	close(fd);
	close(driver);
}
END_TEST

START_TEST(too_many_peers)
{
	int fd[100], refused = 0;

	for (unsigned i = 0; i < 100; i++) {
		int err;
		json_t *reply, *request = json_pack("{s:s}", "command", "who");

		fd[i] = client();
		reply = control_call(fd[i], request, TIMEOUT_MS, &err);
		refused += !reply || !json_is_true(json_object_get(reply, "ok"));
		json_decref(reply);
		json_decref(request);
	}
	ck_assert_int_eq(refused, 100 - 64);
	for (unsigned i = 0; i < 100; i++)
		close(fd[i]);
}
END_TEST

START_TEST(nobody_answers)
{
	json_t *request = json_pack("{s:s}", "command", "who");
	int pair[2], err = 0;

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	ck_assert_ptr_null(control_call(pair[0], request, 30, &err));
	ck_assert_int_eq(err, ETIMEDOUT);
	close(pair[1]);
	ck_assert_ptr_null(control_call(pair[0], request, 30, &err));
	ck_assert_int_ne(err, 0);
	close(pair[0]);
	json_decref(request);
}
END_TEST

START_TEST(event_with_a_cut_name)
{
	static struct events ring;
	json_t *e = event_json(events_add(&ring, 0, THING_TUNNEL, "line\xc3", "up", "down", "x"));

	ck_assert_str_eq(json_string_value(json_object_get(e, "name")), "line?");
	json_decref(e);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("control");
	TCase *served = tcase_create("served"), *alone = tcase_create("alone");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_set_timeout(served, 60);
	tcase_add_unchecked_fixture(served, make_dir, remove_dir);
	tcase_add_checked_fixture(served, setup, teardown);
	tcase_add_test(served, answers);
	tcase_add_test(served, garbage_costs_a_line_only);
	tcase_add_test(served, long_line_ends_the_connection);
	tcase_add_test(served, pieces_and_bundles);
	tcase_add_test(served, a_bundle_leaves_the_loop_its_turns);
	tcase_add_test(served, asking_without_reading);
	tcase_add_test(served, followers);
	tcase_add_test(served, slow_follower_is_dropped);
	tcase_add_test(served, too_many_peers);
	tcase_add_test(alone, nobody_answers);
	tcase_add_test(alone, event_with_a_cut_name);
	suite_add_tcase(s, served);
	suite_add_tcase(s, alone);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
