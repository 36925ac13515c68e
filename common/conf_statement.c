/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The statements of one block into its struct, driven by the keyword table. Defaults are texts of
 * the table and go through the same readers as what the user writes. Pure.
 */
#include <inttypes.h>
#include <string.h>

#include "common/conf_internal.h"
#include "common/conf_value.h"
#include "common/nearest.h"

static size_t row_index(enum conf_block b, const struct keyword *k)
{
	return (size_t)(k - keyword_block(b)->rows);
}

const struct stmt *draft_find(const struct draft *d, const char *keyword)
{
	const struct keyword *k = keyword_find(d->block, keyword);

	return k && d->seen ? d->seen[row_index(d->block, k)] : NULL;
}

static const struct pos *value_pos(const struct stmt *s)
{
	return &s->words[s->n > 1 ? 1 : 0].pos;
}

const struct pos *draft_pos(const struct draft *d, const char *keyword)
{
	const struct stmt *s = draft_find(d, keyword);

	return value_pos(s ? s : d->stmt);
}

const struct pos *draft_name_pos(const struct draft *d)
{
	return value_pos(d->stmt);
}

bool no_surplus(struct parse *p, const struct stmt *s, size_t most)
{
	if (s->n > most)
		conf_error(p, &s->words[most].pos, "surplus word `%s' after `%s'",
			   s->words[most].text, s->words[most - 1].text);
	return s->n <= most;
}

void unknown_keyword(struct parse *p, enum conf_block b, const struct token *word)
{
	const struct keyword_block *block = keyword_block(b);
	struct nearest near = {0};

	for (size_t i = 0; i < block->n; i++)
		nearest_try(&near, word->text, block->rows[i].name);
	for (size_t i = 0; i < block->n_aside; i++)
		nearest_try(&near, word->text, block->aside[i].name);
	if (near.best) {
		conf_error(p, &word->pos, "unknown keyword `%s' in %s; did you mean `%s'?",
			   word->text, block->name, near.best);
		return;
	}
	for (int other = 0; other < N_BLOCKS; other++)
		if (keyword_is_known((enum conf_block)other, word->text)) {
			conf_error(p, &word->pos, "`%s' does not belong in %s but in %s",
				   word->text, block->name,
				   keyword_block((enum conf_block)other)->name);
			return;
		}
	conf_error(p, &word->pos, "unknown keyword `%s' in %s", word->text, block->name);
}

bool put_aside(struct parse *p, enum conf_block b, const struct stmt *s)
{
	const struct keyword_aside *a = keyword_find_aside(b, s->words[0].text);

	if (a)
		conf_warn(p, &s->words[0].pos, "`%s' is not done by this program and set aside: %s",
			  a->name, a->why);
	return a != NULL;
}

bool refuse(struct parse *p, const struct keyword *k, const struct stmt *s)
{
	if (k->status == KEYWORD_REFUSED)
		conf_error(p, &s->words[0].pos, "`%s' is refused: %s", k->name, k->help);
	return k->status == KEYWORD_REFUSED;
}

/* Store v in the row's field, whatever its width. */
static void store(const struct keyword *k, void *object, int64_t v)
{
	unsigned char *at = (unsigned char *)object + k->offset;

	switch (k->size) {
	case 1:
		*(uint8_t *)at = (uint8_t)v;
		break;
	case 2:
		*(uint16_t *)(void *)at = (uint16_t)v;
		break;
	case 4:
		*(uint32_t *)(void *)at = (uint32_t)v;
		break;
	case 8:
		*(int64_t *)(void *)at = v;
		break;
	default:
		break;
	}
}

static void read_bool(struct parse *p, const struct keyword *k, const struct stmt *s, void *object)
{
	bool v = true;

	if (s->n > 1 && !value_bool(s->words[1].text, &v))
		conf_error(p, &s->words[1].pos, "`%s' takes on or off, not `%s'", k->name,
			   s->words[1].text);
	else
		store(k, object, k->flags & KEYWORD_INVERTS ? !v : v);
}

static void bad_number(struct parse *p, const struct keyword *k, const struct token *t)
{
	unsigned digits = keyword_digits(k->type);
	int64_t v;

	if (digits > 0 && value_fixed(t->text, 18, &v))
		conf_error(p, &t->pos, "`%s' takes at most %u digits after the point", k->name,
			   digits);
	else
		conf_error(p, &t->pos, "`%s' takes a number, not `%s'", k->name, t->text);
}

static bool parses(const struct keyword *k, const char *text, int64_t *v)
{
	unsigned digits = keyword_digits(k->type);

	return digits == 0 ? value_int(text, v) : value_fixed(text, digits, v);
}

static bool fits(const struct keyword *k, const char *text, int64_t *v)
{
	return parses(k, text, v) && *v >= k->min && *v <= k->max;
}

static void read_number(struct parse *p, const struct keyword *k, const struct stmt *s,
			void *object)
{
	char range[KEYWORD_RANGE_STRLEN];
	const struct token *t = &s->words[1];
	int64_t v;

	if (!parses(k, t->text, &v))
		bad_number(p, k, t);
	else if (!fits(k, t->text, &v))
		conf_error(p, &t->pos, "`%s' is %s, but must be %s", k->name, t->text,
			   keyword_range(k, range));
	else
		store(k, object, v);
}

static void read_choice(struct parse *p, const struct keyword *k, const struct stmt *s,
			void *object)
{
	char range[KEYWORD_RANGE_STRLEN];
	int v = value_choice(k->choices, s->words[1].text);

	if (v < 0)
		conf_error(p, &s->words[1].pos, "`%s' takes one of %s, not `%s'", k->name,
			   keyword_range(k, range), s->words[1].text);
	else
		store(k, object, v);
}

bool read_text(struct parse *p, const struct token *t, const char *what, char *out, size_t size)
{
	size_t n = strlen(t->text);

	if (n == 0)
		conf_error(p, &t->pos, "%s is empty", what);
	else if (n >= size)
		conf_error(p, &t->pos, "%s is longer than %zu bytes", what, size - 1);
	else
		memcpy(out, t->text, n + 1);
	if (strchr(t->text, '$'))
		conf_warn(p, &t->pos, "%s `%s' holds a `$': nothing of that name is defined", what,
			  t->text);
	return n > 0 && n < size;
}

bool read_ifname(struct parse *p, const struct token *t, const char *what, char *out)
{
	if (strpbrk(t->text, "/: \t") || strcmp(t->text, ".") == 0 || strcmp(t->text, "..") == 0) {
		conf_error(p, &t->pos, "%s `%s' is no name of an interface", what, t->text);
		return false;
	}
	return read_text(p, t, what, out, CONF_IFNAME_MAX);
}

bool read_addr(struct parse *p, const struct token *t, const char *what, struct addr *out)
{
	struct prefix net;

	if (!addr_parse(t->text, out)) {
		if (prefix_parse(t->text, &net))
			conf_error(p, &t->pos, "%s is an address, without a length: `%s'", what,
				   t->text);
		else
			conf_error(p, &t->pos,
				   "%s `%s' is no address; host names are not looked up, since "
				   "nothing here may wait for a name server",
				   what, t->text);
		return false;
	}
	return true;
}

bool read_ipv4(struct parse *p, const struct token *t, const char *what, struct addr *out)
{
	if (!read_addr(p, t, what, out))
		return false;
	if (out->family != FAMILY_IPV4) {
		conf_error(p, &t->pos, "%s `%s' is not of IPv4", what, t->text);
		return false;
	}
	return true;
}

static void read_path(struct parse *p, const struct keyword *k, const struct stmt *s, void *object)
{
	if (s->words[1].text[0] != '/')
		conf_error(p, &s->words[1].pos, "`%s' takes an absolute path, not `%s'", k->name,
			   s->words[1].text);
	else
		read_text(p, &s->words[1], k->name, (char *)object + k->offset, k->size);
}

static bool wants_value(enum value_type t)
{
	return t != VALUE_BOOL && t != VALUE_CUSTOM && t != VALUE_BLOCK;
}

/* Right number of words, and braces where they belong. */
bool shape_is_right(struct parse *p, const struct keyword *k, const struct stmt *s)
{
	bool block = k->type == VALUE_BLOCK || k->flags & KEYWORD_LISTS;
	size_t most = k->type == VALUE_BLOCK ? (k->arg ? 2 : 1) : block ? 1 : 2;

	if (block && !s->has_body) {
		conf_error(p, &s->words[0].pos, "`%s' needs a block: { ... }", k->name);
		return false;
	}
	if (!block && s->has_body) {
		conf_error(p, &s->words[0].pos, "`%s' takes no block", k->name);
		return false;
	}
	if (s->n < 2 && (wants_value(k->type) || (k->type == VALUE_BLOCK && k->arg))) {
		conf_error(p, &s->words[0].pos, "`%s' needs %s", k->name,
			   k->type == VALUE_BLOCK ? "a name" : "a value");
		return false;
	}
	return (k->type == VALUE_CUSTOM && !block) || no_surplus(p, s, most);
}

static void read_value(struct parse *p, const struct keyword *k, const struct stmt *s, void *object)
{
	void *at = (char *)object + k->offset;

	switch (k->type) {
	case VALUE_BOOL:
		read_bool(p, k, s, object);
		break;
	case VALUE_UINT:
	case VALUE_SECONDS:
	case VALUE_MS:
	case VALUE_PERCENT:
		read_number(p, k, s, object);
		break;
	case VALUE_CHOICE:
		read_choice(p, k, s, object);
		break;
	case VALUE_ADDR:
		read_addr(p, &s->words[1], k->name, at);
		break;
	case VALUE_IFNAME:
		read_ifname(p, &s->words[1], k->name, at);
		break;
	case VALUE_NAME:
		read_text(p, &s->words[1], k->name, at, k->size);
		break;
	case VALUE_PATH:
		read_path(p, k, s, object);
		break;
	case VALUE_CUSTOM:
		k->read(p, k, s, object);
		break;
	case VALUE_REF:
	case VALUE_BLOCK:
		break;
	}
}

static void read_statement(struct parse *p, struct draft *d, const struct stmt *s, void *object)
{
	const struct keyword *k = keyword_find(d->block, s->words[0].text);
	const struct stmt **first;

	if (put_aside(p, d->block, s))
		return;
	if (!k && d->block == BLOCK_SYNC_GROUP && s->n == 1 && !s->has_body) {
		/* keepalived's own samples have it, and it ignores them. */
		conf_warn(
			p, &s->words[0].pos,
			"`%s' is no keyword and set aside; instances are named in `group { ... }'",
			s->words[0].text);
		return;
	}
	if (!k) {
		unknown_keyword(p, d->block, &s->words[0]);
		return;
	}
	if (refuse(p, k, s) || !shape_is_right(p, k, s))
		return;
	first = &d->seen[row_index(d->block, k)];
	if (*first && !(k->flags & KEYWORD_REPEATS)) {
		conf_error(p, &s->words[0].pos,
			   "`%s' is given twice; the first is in line %" PRIu32, k->name,
			   (*first)->words[0].pos.line);
		return;
	}
	if (!*first)
		*first = s;
	if (!s->broken || !s->has_body)
		read_value(p, k, s, object);
}

/* A word without the semicolon behind it; true when there was one. */
static bool drop_semicolon(struct parse *p, struct token *t)
{
	size_t n = strlen(t->text);

	if (n == 0 || t->text[n - 1] != ';')
		return false;
	t->text = arena_strndup(p->temp, t->text, n - 1);
	return true;
}

/*
 * A block whose statements may share a line: a keyword of the block begins a new statement, a
 * semicolon ends one. Returns the statements, one each.
 */
static const struct stmt *unfold(struct parse *p, enum conf_block b, const struct stmt *line)
{
	struct stmt *first = NULL, **tail = &first;

	for (; line; line = line->next) {
		struct token *words = arena_array(p->temp, line->n, sizeof(*words));
		struct stmt *s = NULL, *last = NULL;

		for (size_t i = 0; i < line->n; i++) {
			bool ends;

			words[i] = line->words[i];
			ends = drop_semicolon(p, &words[i]);
			if (!s || keyword_is_known(b, words[i].text)) {
				s = arena_alloc(p->temp, sizeof(*s));
				s->words = &words[i];
			}
			if (s->n == 0 && words[i].text[0]) {
				*tail = last = s;
				tail = &s->next;
			}
			s->n += words[i].text[0] != '\0';
			if (ends)
				s = NULL;
		}
		if (last) {
			last->has_body = line->has_body;
			last->body = line->body;
			last->broken = line->broken;
		}
	}
	return first;
}

static bool is_good(const struct keyword *k, const struct stmt *s)
{
	int64_t v;
	bool on;

	if (k->type == VALUE_BOOL)
		return s->n == 1 || value_bool(s->words[1].text, &on);
	return fits(k, s->words[1].text, &v);
}

static void read_defaults(struct parse *p, const struct draft *d, bool robust, void *object)
{
	const struct keyword_block *block = keyword_block(d->block);

	for (size_t i = 0; i < block->n; i++) {
		const struct keyword *k = &block->rows[i];
		const struct stmt *global = k->global ? draft_find(&p->globals, k->global) : NULL;
		const char *text = robust && k->robust ? k->robust : k->def;
		struct token words[2] = {{.text = k->name}, {.text = text}};
		struct stmt s = {.words = words, .n = 2};

		if (!text)
			continue;
		/* A bad one was reported where it stands. */
		if (global && is_good(k, global))
			s = *global;
		read_value(p, k, &s, object);
	}
}

static void check_required(struct parse *p, const struct draft *d)
{
	const struct keyword_block *block = keyword_block(d->block);
	const struct stmt *s = d->stmt;

	if (s->broken)
		return;
	for (size_t i = 0; i < block->n; i++)
		if (block->rows[i].flags & KEYWORD_REQUIRED && !d->seen[i])
			conf_error(p, &s->words[0].pos, "`%s%s%s' has no `%s'", block->name,
				   s->n > 1 ? " " : "", s->n > 1 ? s->words[1].text : "",
				   block->rows[i].name);
}

/* The profile chooses defaults, so it is looked at before anything else is read. */
static bool is_robust(const struct stmt *block)
{
	for (const struct stmt *s = block->body; s; s = s->next)
		if (s->n > 1 && strcmp(s->words[0].text, "profile") == 0)
			return strcmp(s->words[1].text, "robust") == 0;
	return false;
}

void read_more(struct parse *p, struct draft *d, const struct stmt *body, void *object)
{
	enum conf_block b = d->block;
	bool flows = b == BLOCK_SLA_GROUP || b == BLOCK_STATIC_SA || b == BLOCK_TUNNEL_GROUP;
	struct draft *outer = p->draft;

	p->draft = d;
	for (body = flows ? unfold(p, b, body) : body; body; body = body->next)
		read_statement(p, d, body, object);
	p->draft = outer;
}

void read_block(struct parse *p, struct draft *d, enum conf_block b, const struct stmt *s,
		void *object)
{
	d->block = b;
	d->stmt = s;
	d->seen = arena_array(p->temp, keyword_block(b)->n, sizeof(*d->seen));
	read_defaults(p, d, b == BLOCK_PROBE && is_robust(s), object);
	read_more(p, d, s->body, object);
	check_required(p, d);
}
