/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See conf_text.h. */
#include "tests/unit/conf_text.h"

#include <check.h>
#include <string.h>

struct conf *parse(const char *text, struct diags *d)
{
	struct lex_file file = {"test.conf", text, strlen(text), NULL};

	memset(d, 0, sizeof(*d));
	return conf_parse(&file, "here", "host", NULL, NULL, d);
}

struct conf *must_parse(const char *text)
{
	struct diags d;
	struct conf *c = parse(text, &d);

	for (size_t i = 0; i < d.n; i++)
		if (d.list[i].level == DIAG_ERROR)
			ck_abort_msg("%s:%u: %s", d.list[i].file, d.list[i].line, d.list[i].text);
	diags_free(&d);
	ck_assert_ptr_nonnull(c);
	return c;
}

const char *addr_text(const struct addr *a)
{
	static char buf[ADDR_STRLEN];

	return addr_format(a, buf);
}

const char *net_text(const struct prefix *p)
{
	static char buf[PREFIX_STRLEN];

	return prefix_format(p, buf);
}
