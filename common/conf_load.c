/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files for the parser, and its findings for people; see conf_load.h. The only file here that
 * touches the system. */
#include "common/conf_load.h"

#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>

#include "common/arena.h"
#include "common/conf_parse.h"
#include "common/lexer.h"

/* No configuration is this long; a device or a log file would be. */
#define FILE_SIZE_MAX (4u << 20)

/* f->why is set on failure. */
static void read_stream(struct arena *a, FILE *in, struct lex_file *f)
{
	size_t room = 0;
	char *text = NULL;

	for (;;) {
		size_t n;

		if (f->len == room) {
			char *grown = arena_alloc(a, room = room ? room * 2 : 8192);

			if (f->len)
				memcpy(grown, text, f->len);
			text = grown;
		}
		n = fread(text + f->len, 1, room - f->len, in);
		if (n == 0)
			break;
		f->len += n;
		if (f->len > FILE_SIZE_MAX) {
			f->why = "it is longer than 4 MiB";
			return;
		}
	}
	f->text = text;
	if (ferror(in))
		f->why = "read error";
}

static void read_file(struct arena *a, const char *name, struct lex_file *f)
{
	struct stat st;
	FILE *in;

	memset(f, 0, sizeof(*f));
	f->name = arena_strndup(a, name, strlen(name));
	f->text = "";
	in = fopen(name, "re");
	if (!in) {
		f->why = strerror(errno);
		f->why = arena_strndup(a, f->why, strlen(f->why));
		return;
	}
	if (fstat(fileno(in), &st) == 0 && S_ISDIR(st.st_mode))
		f->why = "it is a directory";
	else
		read_stream(a, in, f);
	fclose(in);
}

/* Relative to the file that says include, as keepalived has it. */
static char *beside(struct arena *a, const char *from, const char *pattern)
{
	const char *slash = strrchr(from, '/');
	size_t dir = slash && pattern[0] != '/' ? (size_t)(slash - from) + 1 : 0;
	size_t len = strlen(pattern);
	char *path = arena_alloc(a, dir + len + 1);

	memcpy(path, from, dir);
	memcpy(path + dir, pattern, len);
	return path;
}

static void find_files(void *ctx, struct arena *a, const char *from, const char *pattern,
		       struct lex_files *out)
{
	glob_t g = {0};
	char *path = beside(a, from, pattern);

	(void)ctx;
	out->wild = strpbrk(pattern, "*?[{") != NULL;
	if (glob(path, GLOB_BRACE, NULL, &g) == 0) {
		out->n = g.gl_pathc;
		out->list = arena_array(a, out->n, sizeof(*out->list));
		for (size_t i = 0; i < out->n; i++)
			read_file(a, g.gl_pathv[i], &out->list[i]);
	}
	globfree(&g);
}

static void host_label(char *out, size_t size)
{
	struct utsname u;

	if (uname(&u) < 0 || u.nodename[0] == '\0')
		strcpy(u.nodename, "localhost");
	snprintf(out, size, "%.*s", (int)strcspn(u.nodename, "."), u.nodename);
}

struct conf *conf_load(const char *file, const char *id, struct diags *out)
{
	struct arena *a = arena_new();
	char host[CONF_NAME_MAX];
	struct lex_file main_file;
	struct conf *c = NULL;

	memset(out, 0, sizeof(*out));
	host_label(host, sizeof(host));
	read_file(a, file, &main_file);
	if (main_file.why) {
		struct source src = {.file = file, .text = ""};
		struct pos pos = {&src, 1, 1, 0};

		diag_add(out, DIAG_ERROR, &pos, "cannot read the file: %s", main_file.why);
		diags_finish(out);
	} else {
		c = conf_parse(&main_file, id ? id : host, host, find_files, NULL, out);
	}
	arena_free(a);
	return c;
}

static void print_caret(const struct diag *e, FILE *to)
{
	fprintf(to, "    %s\n    ", e->source);
	for (unsigned i = 0; i + 1 < e->column && e->source[i]; i++)
		fputc(e->source[i] == '\t' ? '\t' : ' ', to);
	fputs("^\n", to);
}

void diags_print(const struct diags *d, FILE *to)
{
	for (size_t i = 0; i < d->n; i++) {
		const struct diag *e = &d->list[i];

		fprintf(to, "%s:%u:%u: %s: %s\n", e->file, e->line, e->column,
			e->level == DIAG_ERROR ? "error" : "warning", e->text);
		if (e->source[0] && e->column <= strlen(e->source) + 1)
			print_caret(e, to);
	}
}
