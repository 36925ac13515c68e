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

/* What keepalived has, as `Done', or with the reason why not: the rows and the statements set aside
 * of a block as one list. */
struct fate {
	const char *name, *word, *why; /* why: NULL for what is done */
};

static size_t fates_of(const struct keyword_block *block, struct fate out[])
{
	size_t n = 0;

	for (size_t i = 0; i < block->n; i++)
		if (block->rows[i].status == KEYWORD_DONE && !(block->rows[i].flags & KEYWORD_OURS))
			out[n++] = (struct fate){block->rows[i].name, "Done", NULL};
	for (size_t i = 0; i < block->n_aside; i++)
		out[n++] = (struct fate){block->aside[i].name, "Set aside", block->aside[i].why};
	for (size_t i = 0; i < block->n; i++)
		if (block->rows[i].status == KEYWORD_REFUSED)
			out[n++] =
				(struct fate){block->rows[i].name, "Refused", block->rows[i].help};
	return n;
}

static bool same_fate(const struct fate *a, const struct fate *b)
{
	return strcmp(a->word, b->word) == 0 && (!a->why || strcmp(a->why, b->why) == 0);
}

/* Names with the same fate stand together, where the first of them has its place. */
static void print_fate(const struct fate fates[], size_t n, size_t first)
{
	const char *separator = ".It Ic";
	char text[256];

	for (size_t i = 0; i < first; i++)
		if (same_fate(&fates[i], &fates[first]))
			return;
	for (size_t i = first; i < n; i++) {
		if (!same_fate(&fates[i], &fates[first]))
			continue;
		printf("%s %s", separator, fates[i].name);
		separator = " ,";
	}
	putchar('\n');
	snprintf(text, sizeof(text), "%s%s%s.", fates[first].word, fates[first].why ? ": " : "",
		 fates[first].why ? fates[first].why : "");
	print_text(text);
}

static void print_keepalived(const struct keyword_block *block)
{
	struct fate *fates = calloc(block->n + block->n_aside + 1, sizeof(*fates));
	size_t n = fates ? fates_of(block, fates) : 0;

	printf(".Bl -tag -width Ds\n");
	for (size_t i = 0; i < n; i++)
		print_fate(fates, n, i);
	printf(".El\n");
	free(fates);
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
