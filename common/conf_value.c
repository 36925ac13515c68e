/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Words as values; see conf_value.h. Pure. */
#include "common/conf_value.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static int digit(char c, int base)
{
	int v = c >= '0' && c <= '9' ? c - '0' : -1;

	if (v < 0 && base == 16 && (c | 0x20) >= 'a' && (c | 0x20) <= 'f')
		v = (c | 0x20) - 'a' + 10;
	return v;
}

bool value_int(const char *text, int64_t *out)
{
	bool negative = *text == '-';
	const char *p = text + (*text == '-' || *text == '+');
	int base = 10;
	int64_t v = 0;

	if (p[0] == '0' && (p[1] | 0x20) == 'x') {
		base = 16;
		p += 2;
	}
	if (*p == '\0')
		return false;
	for (; *p; p++) {
		int d = digit(*p, base);

		if (d < 0 || v > (INT64_MAX - d) / base)
			return false;
		v = v * base + d;
	}
	*out = negative ? -v : v;
	return true;
}

bool value_fixed(const char *text, unsigned digits, int64_t *out)
{
	bool negative = *text == '-', point = false, any = false;
	const char *p = text + (*text == '-' || *text == '+');
	unsigned kept = 0;
	int64_t v = 0;

	for (; *p; p++) {
		int d = digit(*p, 10);

		if (*p == '.' && !point) {
			point = true;
			continue;
		}
		if (d < 0)
			return false;
		any = true;
		if (point && kept == digits) {
			if (d != 0)
				return false;
			continue;
		}
		if (v > (INT64_MAX - d) / 10)
			return false;
		v = v * 10 + d;
		kept += point;
	}
	for (; kept < digits; kept++) {
		if (v > INT64_MAX / 10)
			return false;
		v *= 10;
	}
	*out = negative ? -v : v;
	return any;
}

bool value_bool(const char *text, bool *out)
{
	int i = value_choice("off on false true no yes", text);

	*out = i % 2 == 1;
	return i >= 0;
}

const char *value_format(int64_t v, unsigned digits, char buf[VALUE_STRLEN])
{
	int64_t unit = 1;
	int n;

	for (unsigned i = 0; i < digits; i++)
		unit *= 10;
	n = snprintf(buf, VALUE_STRLEN, "%s%" PRId64, v < 0 ? "-" : "",
		     v < 0 ? -(v / unit) : v / unit);
	if (v % unit == 0)
		return buf;
	snprintf(buf + n, VALUE_STRLEN - (size_t)n, ".%0*" PRId64, (int)digits,
		 v < 0 ? -(v % unit) : v % unit);
	for (n = (int)strlen(buf); buf[n - 1] == '0'; n--)
		buf[n - 1] = '\0';
	return buf;
}

int value_choice(const char *choices, const char *text)
{
	size_t len = strlen(text);
	int i = 0;

	for (const char *p = choices; *p; i++) {
		size_t n = strcspn(p, " ");

		if (n == len && len > 0 && memcmp(p, text, n) == 0)
			return i;
		p += n + (p[n] == ' ');
	}
	return -1;
}
