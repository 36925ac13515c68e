/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Key files of static SAs; see keyfile.h. Pure. */
#include "common/keyfile.h"

#include <stdio.h>
#include <string.h>

#define N_KEYS 4

struct slot {
	const char *name;
	uint8_t *bytes;
	size_t size; /* bytes wanted */
	bool seen;
};

struct word {
	const char *p;
	size_t len;
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static struct word next_word(const char **p, const char *end)
{
	struct word w;

	while (*p < end && is_blank(**p))
		(*p)++;
	w.p = *p;
	while (*p < end && !is_blank(**p) && **p != '#')
		(*p)++;
	w.len = (size_t)(*p - w.p);
	return w;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* NULL, or what is wrong. */
static const char *hex_to_key(struct word w, struct slot *s)
{
	uint8_t any = 0;

	if (w.len >= 2 && w.p[0] == '0' && (w.p[1] | 0x20) == 'x') {
		w.p += 2;
		w.len -= 2;
	}
	for (size_t i = 0; i < w.len; i++)
		if (hex_digit(w.p[i]) < 0)
			return "is not hexadecimal";
	if (w.len != s->size * 2)
		return "has the wrong length";
	for (size_t i = 0; i < s->size; i++) {
		s->bytes[i] = (uint8_t)(hex_digit(w.p[2 * i]) << 4 | hex_digit(w.p[2 * i + 1]));
		any |= s->bytes[i];
	}
	return any ? NULL : "is all zeroes";
}

static struct slot *find_slot(struct slot slots[N_KEYS], struct word w)
{
	for (size_t i = 0; i < N_KEYS; i++)
		if (strlen(slots[i].name) == w.len && memcmp(slots[i].name, w.p, w.len) == 0)
			return &slots[i];
	return NULL;
}

static bool parse_line(const char *p, const char *end, unsigned line, struct slot slots[N_KEYS],
		       char *why, size_t why_size)
{
	struct word name = next_word(&p, end);
	struct word value = next_word(&p, end);
	struct word rest = next_word(&p, end);
	struct slot *s;
	const char *wrong;

	if (name.len == 0)
		return true;
	s = find_slot(slots, name);
	/* The word itself may be a key that lost its name: it is not repeated. */
	if (!s)
		snprintf(why, why_size,
			 "line %u: expected encryption_out, integrity_out, encryption_in or "
			 "integrity_in",
			 line);
	else if (s->seen)
		snprintf(why, why_size, "line %u: %s is given twice", line, s->name);
	else if (value.len == 0)
		snprintf(why, why_size, "line %u: %s has no value", line, s->name);
	else if (rest.len != 0)
		snprintf(why, why_size, "line %u: surplus text after the value of %s", line,
			 s->name);
	else if ((wrong = hex_to_key(value, s)) != NULL)
		snprintf(why, why_size, "line %u: %s %s (%zu hexadecimal digits are needed)", line,
			 s->name, wrong, s->size * 2);
	else
		return s->seen = true;
	return false;
}

static bool parse_lines(const char *text, size_t len, struct slot slots[N_KEYS], char *why,
			size_t why_size)
{
	const char *p = text, *end = text + len;

	for (unsigned line = 1; p < end; line++) {
		const char *nl = memchr(p, '\n', (size_t)(end - p));
		const char *eol = nl ? nl : end;

		if (!parse_line(p, eol, line, slots, why, why_size))
			return false;
		p = nl ? nl + 1 : end;
	}
	return true;
}

static bool check_slots(const struct slot slots[N_KEYS], char *why, size_t why_size)
{
	for (size_t i = 0; i < N_KEYS; i++) {
		if (!slots[i].seen) {
			snprintf(why, why_size, "%s is missing", slots[i].name);
			return false;
		}
		for (size_t j = 0; j < i; j++) {
			size_t n = slots[i].size < slots[j].size ? slots[i].size : slots[j].size;

			/* A key that begins with another one is no better than the same key. */
			if (memcmp(slots[i].bytes, slots[j].bytes, n) == 0) {
				snprintf(why, why_size, "%s and %s are the same key", slots[j].name,
					 slots[i].name);
				return false;
			}
		}
	}
	return true;
}

bool keyfile_parse(const char *text, size_t len, const struct conf_static_sa *sa,
		   struct sa_keys *out, char *why, size_t why_size)
{
	size_t enc = sa->encryption_bits / 8, auth = sa->integrity_bits / 8;
	struct slot slots[N_KEYS] = {{"encryption_out", out->out_enc, enc, false},
				     {"integrity_out", out->out_auth, auth, false},
				     {"encryption_in", out->in_enc, enc, false},
				     {"integrity_in", out->in_auth, auth, false}};

	memset(out, 0, sizeof(*out));
	if (enc > sizeof(out->out_enc) || auth > sizeof(out->out_auth) || enc == 0 || auth == 0) {
		snprintf(why, why_size, "no room for keys of this algorithm");
		return false;
	}
	if (parse_lines(text, len, slots, why, why_size) && check_slots(slots, why, why_size))
		return true;
	explicit_bzero(out, sizeof(*out));
	return false;
}
