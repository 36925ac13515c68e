/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The runtime directory: made, locked, refused to a second daemon by name and pid, free again after
 * a kill. */
#include "common/rundir.h"

#include <check.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char base[64], dir[80];

/* In check's own process, so that a test that fails leaves nothing behind. */
static void make_dir(void)
{
	strcpy(base, "/tmp/test-rundir-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(base));
	snprintf(dir, sizeof(dir), "%s/run", base);
}

static void remove_dir(void)
{
	static const char *const names[] = {"run/slad.lock",
					    "run/vrrpd.lock",
					    "run",
					    "a/b/run/slad.lock",
					    "a/b/run",
					    "a/b",
					    "a",
					    "file"};
	char path[128];

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", base, names[i]);
		if (unlink(path) < 0)
			rmdir(path);
	}
	rmdir(base);
}

START_TEST(made_if_absent)
{
	struct rundir r;
	struct stat st;
	char why[256], buf[128];

	ck_assert_int_eq(rundir_open(&r, dir, "slad", why, sizeof(why)), 0);
	ck_assert_int_eq(stat(dir, &st), 0);
	ck_assert(S_ISDIR(st.st_mode));
	ck_assert_uint_eq(st.st_mode & 0027, 0);
	ck_assert_str_eq(rundir_file(&r, "slad.sock", buf, sizeof(buf)) + strlen(dir),
			 "/slad.sock");
	rundir_close(&r);
	rundir_close(&r);
}
END_TEST

START_TEST(made_with_its_parents)
{
	struct rundir r;
	struct stat st;
	char deep[96], why[256] = "";

	snprintf(deep, sizeof(deep), "%s/a/b/run", base);
	ck_assert_msg(rundir_open(&r, deep, "slad", why, sizeof(why)) == 0, "%s", why);
	ck_assert_int_eq(stat(deep, &st), 0);
	ck_assert_uint_eq(st.st_mode & 0027, 0);
	rundir_close(&r);
}
END_TEST

START_TEST(second_is_refused)
{
	struct rundir a, b, other;
	char why[256] = "", pid[16];

	ck_assert_int_eq(rundir_open(&a, dir, "slad", why, sizeof(why)), 0);
	ck_assert_int_eq(rundir_open(&b, dir, "slad", why, sizeof(why)), -EBUSY);
	snprintf(pid, sizeof(pid), "%ld", (long)getpid());
	ck_assert_msg(strstr(why, dir) && strstr(why, pid) && strstr(why, "slad"), "%s", why);
	ck_assert_int_eq(rundir_open(&other, dir, "vrrpd", why, sizeof(why)), 0);
	rundir_close(&other);
	rundir_close(&a);
	ck_assert_int_eq(rundir_open(&b, dir, "slad", why, sizeof(why)), 0);
	rundir_close(&b);
}
END_TEST

START_TEST(free_after_a_kill)
{
	struct rundir r;
	char why[256];
	int ready[2];
	char c;
	pid_t pid;

	ck_assert_int_eq(pipe(ready), 0);
	pid = fork();
	if (pid == 0) {
		int err = rundir_open(&r, dir, "slad", why, sizeof(why));

		if (write(ready[1], err < 0 ? "n" : "y", 1) != 1)
			_exit(1);
		pause();
		_exit(0);
	}
	ck_assert_int_eq(read(ready[0], &c, 1), 1);
	ck_assert_int_eq(c, 'y');
	ck_assert_int_eq(rundir_open(&r, dir, "slad", why, sizeof(why)), -EBUSY);
	kill(pid, SIGKILL);
	ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
	ck_assert_int_eq(rundir_open(&r, dir, "slad", why, sizeof(why)), 0);
	rundir_close(&r);
	close(ready[0]);
	close(ready[1]);
}
END_TEST

START_TEST(errors_name_the_path)
{
	char why[512] = "", path[400], file[96];
	struct rundir r;
	FILE *f;

	memset(path, 'x', sizeof(path));
	path[0] = '/';
	path[sizeof(path) - 1] = 0;
	ck_assert_int_eq(rundir_open(&r, path, "slad", why, sizeof(why)), -ENAMETOOLONG);
	rundir_close(&r);

	snprintf(file, sizeof(file), "%s/file", base);
	f = fopen(file, "w");
	ck_assert_ptr_nonnull(f);
	fclose(f);
	ck_assert_int_eq(rundir_open(&r, file, "slad", why, sizeof(why)), -ENOTDIR);
	ck_assert_msg(strstr(why, file), "%s", why);

	strcat(file, "/such");
	ck_assert_int_eq(rundir_open(&r, file, "slad", why, sizeof(why)), -ENOTDIR);
	ck_assert_msg(strstr(why, file), "%s", why);
	ck_assert_int_eq(rundir_open(&r, "", "slad", why, sizeof(why)), -ENOENT);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("rundir");
	TCase *t = tcase_create("rundir");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_add_unchecked_fixture(t, make_dir, remove_dir);
	tcase_add_test(t, made_if_absent);
	tcase_add_test(t, made_with_its_parents);
	tcase_add_test(t, second_is_refused);
	tcase_add_test(t, free_after_a_kill);
	tcase_add_test(t, errors_name_the_path);
	suite_add_tcase(s, t);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
