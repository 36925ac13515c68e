/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A growing text with colours and columns, which the formatters write to, and the words for
 * durations, sizes and figures. Pure but for malloc, whose failure sets `failed` and drops what is
 * added later.
 */
#ifndef VRRPCTL_TEXT_H
#define VRRPCTL_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TEXT_WIDTH 80

enum paint { PAINT_NONE, PAINT_BOLD, PAINT_GOOD, PAINT_WARN, PAINT_BAD, PAINT_DIM };

struct text {
	char *data; /* NUL-terminated once something was added; freed by text_free */
	size_t len, size;
	size_t column; /* visible characters since the last newline */
	bool colour;   /* set by the caller: ANSI colours wanted */
	bool failed;   /* out of memory */
};

void text_add(struct text *t, const char *format, ...) __attribute__((format(printf, 2, 3)));
void text_paint(struct text *t, enum paint p, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* Blanks up to the column; at least one when something stands before it on the line. */
void text_column(struct text *t, size_t column);
/* Words, wrapped at TEXT_WIDTH, further lines indented; ends the line. */
void text_wrap(struct text *t, size_t indent, const char *words);
void text_free(struct text *t);

#define TEXT_FIGURE 32
/* Two units at most: "850 ms", "12.3 s", "4 min 5 s", "3 h 20 min", "12 d 4 h". Negative: "?". */
const char *text_duration(int64_t ms, char buf[TEXT_FIGURE]);
/* "0 B", "1.5 kB", "20.1 MB": powers of 1000. */
const char *text_bytes(int64_t bytes, char buf[TEXT_FIGURE]);
/* Microseconds as milliseconds: "0.34 ms", "12.1 ms", "250 ms". Negative: "?". */
const char *text_rtt(int64_t us, char buf[TEXT_FIGURE]);

/* "30m", "1.5h", "250ms", "10s" or plain seconds; false for anything else, negative or past a year.
 */
bool text_parse_duration(const char *text, int64_t *ms);

#endif
