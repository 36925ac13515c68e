/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writes the manual page of the configuration from a template: a line `@done BLOCK@', `@aside
 * BLOCK@' or
 * `@refused BLOCK@' becomes what the keyword table says of that block, in mdoc(7). So the manual
 * cannot say another range or default than the parser has.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/conf_table.h"

#define WIDTH 78

/* mdoc(7) wants every sentence on a line of its own, and no long lines. */
static void print_text(const char *text)
{
	size_t column = 0;

	while (*text) {
		size_t n = strcspn(text, " ");
		bool ends = n > 0 && text[n - 1] == '.';

		if (column > 0 && column + 1 + n > WIDTH) {
			putchar('\n');
			column = 0;
		}
		column += (size_t)printf("%s%.*s", column ? " " : "", (int)n, text);
		if (ends) {
			putchar('\n');
			column = 0;
		}
		text += n + (text[n] == ' ');
	}
	if (column > 0)
		putchar('\n');
}

static void print_default(const struct keyword *k)
{
	const char *def = k->shown_default ? k->shown_default : k->def;

	if (k->flags & KEYWORD_REQUIRED)
		printf("Required.\n");
	else if (def && k->robust && strcmp(def, k->robust) != 0)
		printf("Default: %s; with\n.Ic profile robust\n%s.\n", def, k->robust);
	else if (def)
		printf("Default: %s.\n", def);
}

static void print_done(const struct keyword *k)
{
	char range[KEYWORD_RANGE_STRLEN];

	printf(".It Ic %s", k->name);
	if (k->arg)
		printf(" Ar \"%s\"", k->arg);
	putchar('\n');
	print_text(k->help);
	keyword_range(k, range);
	if (range[0] && k->type != VALUE_BOOL)
		printf("%s: %s.\n", k->type == VALUE_CHOICE ? "One of" : "Range", range);
	print_default(k);
}

static void print_refused(const struct keyword *k)
{
	printf(".It Ic %s\n", k->name);
	print_text(k->help);
}

static void print_block(const struct keyword_block *block, enum keyword_status status)
{
	const char *separator = "";

	if (status != KEYWORD_ASIDE)
		printf(".Bl -tag -width Ds\n");
	for (size_t i = 0; i < block->n; i++) {
		const struct keyword *k = &block->rows[i];

		if (k->status != status)
			continue;
		if (status == KEYWORD_DONE)
			print_done(k);
		else if (status == KEYWORD_REFUSED)
			print_refused(k);
		else
			printf("%s.Ic %s", separator, k->name);
		separator = " ,\n";
	}
	printf(status == KEYWORD_ASIDE ? " .\n" : ".El\n");
}

static const struct keyword_block *find_block(const char *name)
{
	for (int b = 0; b < N_BLOCKS; b++) {
		const struct keyword_block *block = keyword_block((enum conf_block)b);

		if (strcmp(name, b == BLOCK_TOP ? "top" : block->name) == 0)
			return block;
	}
	return NULL;
}

static int print_line(const char *line)
{
	char kind[16], name[32];
	const struct keyword_block *block;

	if (sscanf(line, "@%15[a-z] %31[a-z_]@", kind, name) != 2) {
		fputs(line, stdout);
		return 0;
	}
	block = find_block(name);
	if (!block) {
		fprintf(stderr, "mkconftable: no block `%s'\n", name);
		return 1;
	}
	if (strcmp(kind, "done") == 0)
		print_block(block, KEYWORD_DONE);
	else if (strcmp(kind, "aside") == 0)
		print_block(block, KEYWORD_ASIDE);
	else
		print_block(block, KEYWORD_REFUSED);
	return 0;
}

int main(int argc, char *argv[])
{
	char line[512];
	FILE *in = argc == 2 ? fopen(argv[1], "r") : NULL;
	int failed = 0;

	if (!in) {
		fprintf(stderr, "usage: mkconftable TEMPLATE\n");
		return EXIT_FAILURE;
	}
	while (fgets(line, sizeof(line), in))
		failed |= print_line(line);
	fclose(in);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
