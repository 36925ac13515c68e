/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Readers of vrrp_sync_group, track_file, vrrp_script and the notify statements. Pure. */
#include <string.h>

#include "common/arena.h"
#include "common/conf_internal.h"
#include "common/conf_rows.h"
#include "common/conf_value.h"

static void add_garp_interface(struct parse *p, const struct token *t, struct conf_garp_group *g)
{
	g->interfaces =
		arena_append(p->keep, g->interfaces, g->n_interfaces, sizeof(*g->interfaces));
	if (read_ifname(p, t, "interface", g->interfaces[g->n_interfaces]))
		g->n_interfaces++;
}

void read_garp_interface(struct parse *p, const struct keyword *k, const struct stmt *s,
			 void *object)
{
	if (s->n < 2)
		conf_error(p, &s->words[0].pos, "`%s' needs a value", k->name);
	else if (no_surplus(p, s, 2))
		add_garp_interface(p, &s->words[1], object);
}

void read_garp_interfaces(struct parse *p, const struct keyword *k, const struct stmt *s,
			  void *object)
{
	if (s->n_body == 0)
		conf_error(p, &s->words[0].pos, "`%s' is empty", k->name);
	for (const struct stmt *line = s->body; line; line = line->next) {
		if (line->has_body)
			conf_error(p, &line->words[0].pos, "`%s' takes no block",
				   line->words[0].text);
		for (size_t n = 0; n < line->n; n++)
			add_garp_interface(p, &line->words[n], object);
	}
}

/* The names are looked up when all instances are read. */
void read_sync_members(struct parse *p, const struct keyword *k, const struct stmt *s, void *object)
{
	(void)object;
	if (s->n_body == 0)
		conf_error(p, &s->words[0].pos, "`%s' is empty", k->name);
	for (const struct stmt *line = s->body; line; line = line->next)
		if (line->has_body)
			conf_error(p, &line->words[0].pos, "`%s' takes no block",
				   line->words[0].text);
}

void read_default_weight(struct parse *p, const struct keyword *k, const struct stmt *s,
			 void *object)
{
	struct conf_weight *out = (void *)((char *)object + k->offset);
	int64_t v = 1;

	if (s->n < 2)
		conf_error(p, &s->words[0].pos, "`weight' needs a value");
	else if (!value_int(s->words[1].text, &v) || v < k->min || v > k->max)
		conf_error(p, &s->words[1].pos, "`weight' is %s, but must be %d to %d",
			   s->words[1].text, (int)k->min, (int)k->max);
	else if (s->n > 2 && strcmp(s->words[2].text, "reverse") != 0)
		conf_error(p, &s->words[2].pos, "`%s' after `weight': expected reverse",
			   s->words[2].text);
	else
		no_surplus(p, s, 3);
	*out = (struct conf_weight){(int)v, s->n > 2};
}

void read_init_file(struct parse *p, const struct keyword *k, const struct stmt *s, void *object)
{
	struct conf_track_file *f = object;
	int64_t v = 0;

	f->init = true;
	for (size_t n = 1; n < s->n; n++) {
		const struct token *t = &s->words[n];

		if (strcmp(t->text, "overwrite") == 0)
			f->overwrite = true;
		else if (n > 1 || !value_int(t->text, &v) || v < k->min || v > k->max)
			conf_error(p, &t->pos, "`%s' after `%s': expected a number or overwrite",
				   t->text, k->name);
	}
	f->value = (int32_t)v;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Copies one argument without its quotes; NULL: a quote is not closed. */
static const char *take_argument(const char *at, char **out)
{
	while (*at && !is_blank(*at)) {
		char quote = *at == '\'' || *at == '"' ? *at++ : '\0';

		while (*at && (quote ? *at != quote : !is_blank(*at) && *at != '\'' && *at != '"'))
			*(*out)++ = *at++;
		if (quote && !*at)
			return NULL;
		at += quote != '\0';
	}
	*(*out)++ = '\0';
	return at;
}

struct conf_command command_of(struct parse *p, const struct token *t)
{
	size_t room = strlen(t->text) + 2; /* what is split grows by one NUL at most */
	char *args = arena_alloc(p->keep, room), *end = args;

	for (const char *at = t->text + strspn(t->text, " \t"); *at; at += strspn(at, " \t")) {
		at = take_argument(at, &end);
		if (!at) {
			conf_error(p, &t->pos, "a quote in `%s' is not closed", t->text);
			break;
		}
	}
	if (end == args || !*args)
		conf_error(p, &t->pos, "the command is empty");
	else if (end - args > CONF_COMMAND_MAX)
		conf_error(p, &t->pos, "a command has at most %d bytes", CONF_COMMAND_MAX);
	return (struct conf_command){args, (size_t)(end - args)};
}

void read_command(struct parse *p, const struct keyword *k, const struct stmt *s, void *object)
{
	struct conf_command *out = (void *)((char *)object + k->offset);

	if (s->n < 2)
		conf_error(p, &s->words[0].pos, "`%s' needs a value", k->name);
	else if (no_surplus(p, s, 2))
		*out = command_of(p, &s->words[1]);
}

void user_aside(struct parse *p, const struct token *t)
{
	conf_warn(p, &t->pos, "user `%s' is set aside: commands run as the user of the daemon",
		  t->text);
}

void read_user(struct parse *p, const struct keyword *k, const struct stmt *s, void *object)
{
	(void)object;
	if (s->n < 2)
		conf_error(p, &s->words[0].pos, "`%s' needs a value", k->name);
	else if (no_surplus(p, s, 3))
		user_aside(p, &s->words[1]);
}

void read_hook(struct parse *p, const struct keyword *k, const struct stmt *s, void *object)
{
	struct conf_command *out = (void *)((char *)object + k->offset);

	if (s->n < 2)
		conf_error(p, &s->words[0].pos, "`%s' needs a value", k->name);
	else if (no_surplus(p, s, 4))
		*out = command_of(p, &s->words[1]);
	if (s->n > 2)
		user_aside(p, &s->words[2]);
}

void read_deletion(struct parse *p, const struct keyword *k, const struct stmt *s, void *object)
{
	struct conf_instance *i = object;

	i->tells_deletion = true;
	if (s->n > 1)
		read_hook(p, k, s, object);
}

void read_fifo(struct parse *p, const struct keyword *k, const struct stmt *s, void *object)
{
	if (s->n < 2)
		conf_error(p, &s->words[0].pos, "`%s' needs a value", k->name);
	else if (s->words[1].text[0] != '/')
		conf_error(p, &s->words[1].pos, "`%s' takes an absolute path, not `%s'", k->name,
			   s->words[1].text);
	else if (no_surplus(p, s, 4))
		read_text(p, &s->words[1], k->name, (char *)object + k->offset, k->size);
	if (s->n > 2)
		conf_warn(p, &s->words[2].pos,
			  "user `%s' is set aside: the FIFO belongs to the user of the daemon",
			  s->words[2].text);
}
