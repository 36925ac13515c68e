/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writes the manual page of the configuration from a template: a line `@done BLOCK@' becomes what
 * the keyword table says of that block's statements, `@keepalived BLOCK@' what becomes of those
 * that keepalived has, in mdoc(7). So the manual cannot say another range, default or reason than
 * the parser has.
 */
#include <stdbool.h>
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

static void print_done_block(const struct keyword_block *block)
{
	printf(".Bl -tag -width Ds\n");
	for (size_t i = 0; i < block->n; i++)
		if (block->rows[i].status == KEYWORD_DONE)
			print_done(&block->rows[i]);
	printf(".El\n");
}

/* Whether the row belongs under the heading of that status and reason; done needs no reason. */
static bool fits(const struct keyword *k, enum keyword_status status, const char *reason)
{
	return k->status == status && !(k->flags & KEYWORD_OURS) &&
	       (status == KEYWORD_DONE || strcmp(k->help, reason) == 0);
}

static void print_names(const struct keyword_block *block, const struct keyword *like)
{
	const char *separator = ".It Ic";

	for (size_t i = 0; i < block->n; i++) {
		const struct keyword *k = &block->rows[i];

		if (!fits(k, like->status, like->help))
			continue;
		printf("%s %s", separator, k->name);
		separator = " ,";
	}
	putchar('\n');
}

/* Names with the same fate stand together, where the first of them has its row. */
static void print_fates(const struct keyword_block *block, enum keyword_status status)
{
	char text[256];

	for (size_t i = 0; i < block->n; i++) {
		const struct keyword *k = &block->rows[i];
		bool first = fits(k, status, k->help);

		for (size_t j = 0; first && j < i; j++)
			first = !fits(&block->rows[j], status, k->help);
		if (!first)
			continue;
		print_names(block, k);
		if (status == KEYWORD_DONE) {
			printf("Done.\n");
			continue;
		}
		snprintf(text, sizeof(text), "%s: %s.",
			 status == KEYWORD_ASIDE ? "Set aside" : "Refused", k->help);
		print_text(text);
	}
}

static void print_keepalived(const struct keyword_block *block)
{
	printf(".Bl -tag -width Ds\n");
	print_fates(block, KEYWORD_DONE);
	print_fates(block, KEYWORD_ASIDE);
	print_fates(block, KEYWORD_REFUSED);
	printf(".El\n");
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
	(strcmp(kind, "done") == 0 ? print_done_block : print_keepalived)(block);
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
