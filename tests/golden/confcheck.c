/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the daemons do for --check and no more, so that diagnostics are tested without a daemon. */
#include <stdio.h>

#include "common/conf_load.h"

int main(int argc, char *argv[])
{
	struct diags d;
	struct conf *c;
	size_t errors;

	if (argc < 2) {
		fprintf(stderr, "usage: confcheck FILE [ID]\n");
		return 2;
	}
	c = conf_load(argv[1], argc > 2 ? argv[2] : NULL, &d);
	diags_print(&d, stderr);
	errors = d.errors;
	diags_free(&d);
	conf_free(c);
	return errors ? 1 : 0;
}
