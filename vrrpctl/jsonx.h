/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Short forms for reading JSON objects whose keys may be absent or null. Pure, with jansson. */
#ifndef VRRPCTL_JSONX_H
#define VRRPCTL_JSONX_H

#include <jansson.h>
#include <stdbool.h>
#include <string.h>

/* `otherwise` when the key is absent or no string. */
static inline const char *jx_str(const json_t *o, const char *key, const char *otherwise)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s ? s : otherwise;
}

/* -1 when absent or no integer. */
static inline json_int_t jx_int(const json_t *o, const char *key)
{
	const json_t *v = json_object_get(o, key);

	return json_is_integer(v) ? json_integer_value(v) : -1;
}

static inline bool jx_true(const json_t *o, const char *key)
{
	return json_is_true(json_object_get(o, key));
}

static inline bool jx_is(const json_t *o, const char *key, const char *value)
{
	return strcmp(jx_str(o, key, ""), value) == 0;
}

#endif
