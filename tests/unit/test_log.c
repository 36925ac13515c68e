/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lines on stderr: level, one line an event, the debug switch, and a reader that does not read. The
 * journal, as root: in a mount namespace of the test's own a socket stands where journald's would.
 */
#include "common/log.h"

#include <check.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "common/message_ids.h"

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

/* ---- the journal ---- */

static int journal = -1;

/* False where namespaces are not to be had. */
static bool fake_journal(void)
{
	struct sockaddr_un sa = {.sun_family = AF_UNIX, .sun_path = "/run/systemd/journal/socket"};
	char stream[64];
	struct stat st;

	if (unshare(CLONE_NEWNS) < 0 || mount("", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount("tmpfs", "/run", "tmpfs", 0, NULL) < 0) {
		printf("no mount namespace: the journal's entries are not tested\n");
		return false;
	}
	ck_assert_int_eq(mkdir("/run/systemd", 0755), 0);
	ck_assert_int_eq(mkdir("/run/systemd/journal", 0755), 0);
	journal = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	ck_assert_int_eq(bind(journal, (struct sockaddr *)&sa, sizeof(sa)), 0);
	ck_assert_int_eq(fstat(STDERR_FILENO, &st), 0);
	snprintf(stream, sizeof(stream), "%llu:%llu", (unsigned long long)st.st_dev,
		 (unsigned long long)st.st_ino);
	setenv("JOURNAL_STREAM", stream, 1);
	log_open("test", false);
	return true;
}

static const char *entry(void)
{
	static char text[8192];
	ssize_t n = recv(journal, text, sizeof(text) - 1, 0);

	text[n > 0 ? n : 0] = 0;
	return text;
}

START_TEST(journal_entries)
{
	if (!fake_journal())
		return;
	log_msg(LOG_ERR, "cannot open %s", "it");
	ck_assert_str_eq(entry(), "PRIORITY=3\nSYSLOG_IDENTIFIER=test\nMESSAGE=cannot open it\n");
	log_thing(LOG_INFO, THING_PROBE, "ecs", "void");
	ck_assert_str_eq(entry(), "SLA_PROBE=ecs\nPRIORITY=6\nSYSLOG_IDENTIFIER=test\n"
				  "MESSAGE=ecs: void\n");
	log_transition(LOG_NOTICE, THING_INSTANCE, "OFFICE", "Backup", "Active", "no\nadvert");
	ck_assert_str_eq(entry(), "MESSAGE_ID=" MESSAGE_ID_INSTANCE "\nVRRP_INSTANCE=OFFICE\n"
				  "VRRP_INSTANCE_OLD_STATE=Backup\nVRRP_INSTANCE_STATE=Active\n"
				  "REASON=no advert\nPRIORITY=5\nSYSLOG_IDENTIFIER=test\n"
				  "MESSAGE=OFFICE: Backup -> Active (no advert)\n");
	ck_assert_str_eq(written(), "");
}
END_TEST

/* Would hang, were a stuck journald waited for. */
START_TEST(stuck_journal)
{
	if (!fake_journal())
		return;
	for (unsigned i = 0; i < 5000; i++)
		log_msg(LOG_INFO, "message");
	while (*entry())
		;
	log_msg(LOG_INFO, "after");
	ck_assert_ptr_nonnull(strstr(entry(), "messages before this one were lost\n"));
	ck_assert_ptr_nonnull(strstr(entry(), "MESSAGE=after\n"));
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
	if (geteuid() == 0) {
		tcase_add_test(t, journal_entries);
		tcase_add_test(t, stuck_journal);
	}
	suite_add_tcase(s, t);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
