/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The one place of vrrpctl that writes to the terminal. */
#include "vrrpctl/output.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool output_colour(void)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	return isatty(STDOUT_FILENO) && !(no && no[0]) && !(term && strcmp(term, "dumb") == 0);
}

static bool flushed(bool written)
{
	if (written && fflush(stdout) == 0)
		return true;
	complain("stdout: %s", strerror(errno));
	return false;
}

bool output_text(struct text *t)
{
	bool ok = !t->failed;

	if (t->failed)
		complain("out of memory");
	else if (t->len)
		ok = flushed(fwrite(t->data, 1, t->len, stdout) == t->len);
	text_free(t);
	return ok;
}

bool output_json(const json_t *o)
{
	/* Ten digits: a percentage is not spoilt by its binary form. */
	bool written = o && json_dumpf(o, stdout, JSON_REAL_PRECISION(10)) == 0;

	return flushed(written && fputc('\n', stdout) != EOF);
}

void complain(const char *format, ...)
{
	va_list ap;

	fputs("vrrpctl: ", stderr);
	va_start(ap, format);
	vfprintf(stderr, format, ap);
	va_end(ap);
	fputc('\n', stderr);
}
