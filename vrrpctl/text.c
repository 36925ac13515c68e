/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The growing text of text.h. Columns count characters, not bytes, and escape sequences not at all,
 * so that a line has the same width with and without colour.
 */
#include "vrrpctl/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const paint_start[] = {
	[PAINT_NONE] = "",           [PAINT_BOLD] = "\033[1m",   [PAINT_GOOD] = "\033[32m",
	[PAINT_WARN] = "\033[1;33m", [PAINT_BAD] = "\033[1;31m", [PAINT_DIM] = "\033[2m",
};

static bool reserve(struct text *t, size_t more)
{
	size_t size = t->size ? t->size : 1024;
	char *data;

	if (t->failed)
		return false;
	while (size - t->len <= more)
		size *= 2;
	if (size == t->size)
		return true;
	data = realloc(t->data, size);
	if (!data) {
		t->failed = true;
		return false;
	}
	t->data = data;
	t->size = size;
	return true;
}

/* Continuation bytes of UTF-8 take no column. */
static void count_columns(struct text *t, const char *s)
{
	for (; *s; s++) {
		if (*s == '\n')
			t->column = 0;
		else if (((unsigned char)*s & 0xc0) != 0x80)
			t->column++;
	}
}

static void add_invisible(struct text *t, const char *s)
{
	size_t n = strlen(s);

	if (!reserve(t, n))
		return;
	memcpy(t->data + t->len, s, n + 1);
	t->len += n;
}

static void __attribute__((format(printf, 2, 0)))
add_va(struct text *t, const char *format, va_list ap)
{
	va_list again;
	int n;

	va_copy(again, ap);
	n = vsnprintf(NULL, 0, format, again);
	va_end(again);
	if (n < 0 || !reserve(t, (size_t)n))
		return;
	vsnprintf(t->data + t->len, (size_t)n + 1, format, ap);
	count_columns(t, t->data + t->len);
	t->len += (size_t)n;
}

void text_add(struct text *t, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	add_va(t, format, ap);
	va_end(ap);
}

void text_paint(struct text *t, enum paint p, const char *format, ...)
{
	bool painted = t->colour && p != PAINT_NONE;
	va_list ap;

	if (painted)
		add_invisible(t, paint_start[p]);
	va_start(ap, format);
	add_va(t, format, ap);
	va_end(ap);
	if (painted)
		add_invisible(t, "\033[0m");
}

void text_column(struct text *t, size_t column)
{
	size_t blanks = t->column < column ? column - t->column : t->column > 0;

	text_add(t, "%*s", (int)blanks, "");
}

void text_wrap(struct text *t, size_t indent, const char *words)
{
	bool first = true;

	while (*(words += strspn(words, " \n"))) {
		size_t n = strcspn(words, " \n");

		if (!first && t->column + 1 + n > TEXT_WIDTH) {
			text_add(t, "\n%*s", (int)indent, "");
			first = true;
		}
		text_add(t, "%s%.*s", first ? "" : " ", (int)n, words);
		first = false;
		words += n;
	}
	text_add(t, "\n");
}

void text_free(struct text *t)
{
	free(t->data);
	*t = (struct text){.colour = t->colour};
}

const char *text_duration(int64_t ms, char buf[TEXT_FIGURE])
{
	long long s = ms / 1000;

	if (ms < 0)
		snprintf(buf, TEXT_FIGURE, "?");
	else if (ms < 1000)
		snprintf(buf, TEXT_FIGURE, "%lld ms", (long long)ms);
	else if (s < 60)
		snprintf(buf, TEXT_FIGURE, "%lld.%lld s", s, (long long)ms % 1000 / 100);
	else if (s < 3600)
		snprintf(buf, TEXT_FIGURE, "%lld min %lld s", s / 60, s % 60);
	else if (s < 86400)
		snprintf(buf, TEXT_FIGURE, "%lld h %lld min", s / 3600, s % 3600 / 60);
	else
		snprintf(buf, TEXT_FIGURE, "%lld d %lld h", s / 86400, s % 86400 / 3600);
	return buf;
}

const char *text_bytes(int64_t bytes, char buf[TEXT_FIGURE])
{
	static const char *const unit[] = {"kB", "MB", "GB", "TB", "PB", "EB"};
	double v = (double)bytes / 1000;
	size_t i = 0;

	if (bytes < 1000) {
		snprintf(buf, TEXT_FIGURE, "%lld B", (long long)bytes);
		return buf;
	}
	for (; v >= 999.95 && i + 1 < sizeof(unit) / sizeof(unit[0]); i++)
		v /= 1000;
	snprintf(buf, TEXT_FIGURE, "%.1f %s", v, unit[i]);
	return buf;
}

const char *text_rtt(int64_t us, char buf[TEXT_FIGURE])
{
	double ms = (double)us / 1000;

	if (us < 0)
		snprintf(buf, TEXT_FIGURE, "?");
	else
		snprintf(buf, TEXT_FIGURE, "%.*f ms", ms < 10 ? 2 : ms < 100 ? 1 : 0, ms);
	return buf;
}

bool text_parse_duration(const char *text, int64_t *ms)
{
	static const struct {
		const char *unit;
		double ms;
	} units[] = {{"", 1e3}, {"s", 1e3}, {"ms", 1}, {"m", 6e4}, {"h", 3.6e6}, {"d", 8.64e7}};
	const double year_ms = 366 * 8.64e7;
	char *end;
	double v;

	if (text[0] < '0' || text[0] > '9')
		return false;
	v = strtod(text, &end);
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (strcmp(end, units[i].unit) != 0)
			continue;
		if (!(v * units[i].ms <= year_ms))
			return false;
		*ms = (int64_t)(v * units[i].ms + 0.5);
		return true;
	}
	return false;
}
