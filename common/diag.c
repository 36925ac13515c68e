/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Collected errors and warnings; see diag.h. Pure. */
#include "common/diag.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct diag *next_entry(struct diags *d)
{
	if (d->n == d->room) {
		size_t room = d->room ? d->room * 2 : 16;
		struct diag *list = realloc(d->list, room * sizeof(*list));

		if (!list)
			abort();
		d->list = list;
		d->room = room;
	}
	return memset(&d->list[d->n++], 0, sizeof(*d->list));
}

static void make_printable(char *text)
{
	for (; *text; text++)
		if (((unsigned char)*text < 0x20 && *text != '\t') || *text == 0x7f)
			*text = '?';
}

static void copy_line(struct diag *e, const struct pos *pos)
{
	const char *line = pos->src->text + pos->line_start;
	size_t left = pos->src->len - pos->line_start;
	const char *nl = memchr(line, '\n', left);
	size_t n = nl ? (size_t)(nl - line) : left;

	if (n > 0 && line[n - 1] == '\r')
		n--;
	if (n >= sizeof(e->source))
		n = sizeof(e->source) - 1;
	memcpy(e->source, line, n);
	make_printable(e->source);
}

void diag_add(struct diags *d, enum diag_level level, const struct pos *pos, const char *format,
	      ...)
{
	struct diag *e;
	va_list args;

	if (d->n > DIAGS_MAX)
		return;
	e = next_entry(d);
	e->level = level;
	e->order = pos->src->order;
	snprintf(e->file, sizeof(e->file), "%s", pos->src->file);
	e->line = pos->line;
	e->column = pos->column;
	if (pos->line_start < pos->src->len)
		copy_line(e, pos);
	if (d->n > DIAGS_MAX) {
		e->level = DIAG_ERROR;
		snprintf(e->text, sizeof(e->text), "too many errors, the rest is not shown");
		return;
	}
	va_start(args, format);
	vsnprintf(e->text, sizeof(e->text), format, args);
	va_end(args);
	make_printable(e->text);
}

static int by_position(const void *left, const void *right)
{
	const struct diag *a = left, *b = right;

	if (a->order != b->order)
		return a->order < b->order ? -1 : 1;
	if (a->line != b->line)
		return a->line < b->line ? -1 : 1;
	if (a->column != b->column)
		return a->column < b->column ? -1 : 1;
	return strcmp(a->text, b->text);
}

/* A file that is included twice yields each of its errors twice, with different orders. */
static bool said_before(const struct diags *d, size_t n, const struct diag *e)
{
	for (size_t i = 0; i < n; i++)
		if (d->list[i].line == e->line && d->list[i].column == e->column &&
		    strcmp(d->list[i].text, e->text) == 0 && strcmp(d->list[i].file, e->file) == 0)
			return true;
	return false;
}

void diags_finish(struct diags *d)
{
	size_t kept = 0;

	if (d->n > 0)
		qsort(d->list, d->n, sizeof(*d->list), by_position);
	d->errors = d->warnings = 0;
	for (size_t i = 0; i < d->n; i++) {
		if (said_before(d, kept, &d->list[i]))
			continue;
		if (kept != i)
			d->list[kept] = d->list[i];
		if (d->list[kept++].level == DIAG_ERROR)
			d->errors++;
		else
			d->warnings++;
	}
	d->n = kept;
}

void diags_free(struct diags *d)
{
	free(d->list);
	memset(d, 0, sizeof(*d));
}
