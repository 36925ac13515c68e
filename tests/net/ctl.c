/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ctl SOCKET COMMAND: asks a daemon's control socket and prints the line of JSON that it answers.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/control.h"

int main(int argc, char **argv)
{
	json_t *request, *answer;
	int fd, err = 0;

	if (argc != 3) {
		fprintf(stderr, "usage: %s SOCKET COMMAND\n", argv[0]);
		return 2;
	}
	fd = control_connect(argv[1]);
	if (fd < 0) {
		fprintf(stderr, "%s: %s\n", argv[1], strerror(-fd));
		return EXIT_FAILURE;
	}
	request = json_pack("{s:s}", "command", argv[2]);
	answer = control_call(fd, request, 5000, &err);
	if (answer)
		json_dumpf(answer, stdout, JSON_SORT_KEYS);
	putchar('\n');
	json_decref(request);
	json_decref(answer);
	close(fd);
	return err == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
