/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Single words of the configuration as values. All or nothing: no trailing text, no overflow, no
 * locale. Pure. */
#ifndef COMMON_CONF_VALUE_H
#define COMMON_CONF_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Decimal with sign, or 0x and hexadecimal. */
bool value_int(const char *text, int64_t *out);
/*
 * A decimal fraction in steps of 10^-digits: ("0.25", 6) is 250000. False also when more digits are
 * written than kept, unless they are zero.
 */
bool value_fixed(const char *text, unsigned digits, int64_t *out);
/* on/off/true/false/yes/no */
bool value_bool(const char *text, bool *out);

/* The shortest text that value_fixed reads as v. Returns buf. */
#define VALUE_STRLEN 32
const char *value_format(int64_t v, unsigned digits, char buf[VALUE_STRLEN]);

/* Which word of "one two three" is text? -1: none. */
int value_choice(const char *choices, const char *text);

#endif
