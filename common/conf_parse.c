/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The whole road from text to configuration. Two passes over the statements outside all blocks: the
 * first counts the things, so that each kind is one array; the second reads them. Pure.
 */
#include "common/conf_parse.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/conf_internal.h"

struct conf_pos conf_pos_of(const struct parse *p, const struct pos *pos)
{
	return (struct conf_pos){p->conf->files[pos->src->order], pos->line};
}

/* A kind of thing: its block, its array in the configuration, and its drafts. */
struct kind {
	enum conf_block block;
	void **list;
	size_t *n, size;
	struct draft **drafts;
};

#define N_KINDS 9

static const struct kind *find_kind(const struct kind kinds[N_KINDS], enum conf_block b)
{
	for (size_t i = 0; i < N_KINDS; i++)
		if (kinds[i].block == b)
			return &kinds[i];
	return NULL;
}

static bool is_usable(const struct keyword *k, const struct stmt *s)
{
	return k && k->status == KEYWORD_DONE && s->has_body;
}

static void make_room(struct parse *p, const struct kind kinds[N_KINDS], const struct stmt *root)
{
	for (const struct stmt *s = root->body; s; s = s->next) {
		const struct keyword *k = keyword_find(BLOCK_TOP, s->words[0].text);
		const struct kind *kind = is_usable(k, s) ? find_kind(kinds, k->body) : NULL;

		if (kind)
			++*kind->n;
	}
	for (size_t i = 0; i < N_KINDS; i++) {
		*kinds[i].list = arena_array(p->keep, *kinds[i].n, kinds[i].size);
		*kinds[i].drafts = arena_array(p->temp, *kinds[i].n, sizeof(struct draft));
		*kinds[i].n = 0;
	}
}

/* What every thing begins with. */
struct head {
	char name[CONF_NAME_MAX];
	struct conf_pos pos;
};

#define HAS_HEAD(type)                                                            \
	_Static_assert(offsetof(type, name) == 0 &&                               \
			       offsetof(type, pos) == offsetof(struct head, pos), \
		       "read_thing writes name and pos")
HAS_HEAD(struct conf_instance);
HAS_HEAD(struct conf_sync_group);
HAS_HEAD(struct conf_track_file);
HAS_HEAD(struct conf_garp_group);
HAS_HEAD(struct conf_script);
HAS_HEAD(struct conf_probe);
HAS_HEAD(struct conf_sla_group);
HAS_HEAD(struct conf_tunnel);
HAS_HEAD(struct conf_tunnel_group);

static void read_thing(struct parse *p, const struct kind *kind, const struct stmt *s)
{
	struct head *object = (void *)((char *)*kind->list + *kind->n * kind->size);
	struct draft *d = &(*kind->drafts)[*kind->n];

	++*kind->n;
	object->pos = conf_pos_of(p, &s->words[0].pos);
	if (s->n > 1)
		read_text(p, &s->words[1], "the name", object->name, CONF_NAME_MAX);
	read_block(p, d, kind->block, s, object);
}

/* Several are one, as keepalived has it. */
static void read_globals(struct parse *p, const struct stmt *root)
{
	for (const struct stmt *s = root->body; s; s = s->next) {
		if (strcmp(s->words[0].text, "global_defs") != 0 || !s->has_body)
			continue;
		if (p->globals.stmt)
			read_more(p, &p->globals, s->body, p->conf);
		else
			read_block(p, &p->globals, BLOCK_GLOBAL, s, p->conf);
	}
}

static void read_things(struct parse *p, const struct kind kinds[N_KINDS], const struct stmt *root)
{
	read_globals(p, root);
	for (const struct stmt *s = root->body; s; s = s->next) {
		const struct keyword *k = keyword_find(BLOCK_TOP, s->words[0].text);

		if (put_aside(p, BLOCK_TOP, s))
			continue;
		if (!k) {
			unknown_keyword(p, BLOCK_TOP, &s->words[0]);
			continue;
		}
		if (refuse(p, k, s))
			continue;
		/* An error in the head hides none in the body. */
		shape_is_right(p, k, s);
		if (s->has_body && k->type == VALUE_CUSTOM)
			k->read(p, k, s, p->conf);
		else if (s->has_body && k->body != BLOCK_GLOBAL)
			read_thing(p, find_kind(kinds, k->body), s);
	}
}

static void read_root(struct parse *p, const struct stmt *root)
{
	struct conf *c = p->conf;
	void *lists[N_KINDS] = {0};
	const struct kind kinds[N_KINDS] = {
		{BLOCK_INSTANCE, &lists[0], &c->n_instances, sizeof(*c->instances), &p->instances},
		{BLOCK_PROBE, &lists[1], &c->n_probes, sizeof(*c->probes), &p->probes},
		{BLOCK_SLA_GROUP, &lists[2], &c->n_sla_groups, sizeof(*c->sla_groups),
		 &p->sla_groups},
		{BLOCK_TUNNEL, &lists[3], &c->n_tunnels, sizeof(*c->tunnels), &p->tunnels},
		{BLOCK_TUNNEL_GROUP, &lists[4], &c->n_tunnel_groups, sizeof(*c->tunnel_groups),
		 &p->tunnel_groups},
		{BLOCK_SYNC_GROUP, &lists[5], &c->n_sync_groups, sizeof(*c->sync_groups),
		 &p->sync_groups},
		{BLOCK_TRACK_FILE, &lists[6], &c->n_track_files, sizeof(*c->track_files),
		 &p->track_files},
		{BLOCK_SCRIPT, &lists[7], &c->n_scripts, sizeof(*c->scripts), &p->scripts},
		{BLOCK_GARP_GROUP, &lists[8], &c->n_garp_groups, sizeof(*c->garp_groups),
		 &p->garp_groups},
	};

	make_room(p, kinds, root);
	c->instances = lists[0];
	c->probes = lists[1];
	c->sla_groups = lists[2];
	c->tunnels = lists[3];
	c->tunnel_groups = lists[4];
	c->sync_groups = lists[5];
	c->track_files = lists[6];
	c->scripts = lists[7];
	c->garp_groups = lists[8];
	read_things(p, kinds, root);
}

static void keep_file_names(struct parse *p, const struct lexer *x)
{
	struct conf *c = p->conf;

	while (lexer_file(x, (unsigned)c->n_files))
		c->n_files++;
	c->files = arena_array(p->keep, c->n_files, sizeof(*c->files));
	for (size_t i = 0; i < c->n_files; i++) {
		const char *name = lexer_file(x, (unsigned)i);

		c->files[i] = arena_strndup(p->keep, name, strlen(name));
	}
}

struct conf *conf_parse(const struct lex_file *file, const char *id, const char *host,
			lex_include_fn include, void *ctx, struct diags *out)
{
	struct parse p = {.temp = arena_new(),
			  .keep = arena_new(),
			  .diags = out,
			  .include = include,
			  .include_ctx = ctx};
	struct lexer *x = lexer_new(p.temp, out, id, include, ctx);
	const struct stmt *root;

	p.conf = arena_alloc(p.keep, sizeof(*p.conf));
	p.conf->arena = p.keep;
	snprintf(p.conf->router_id, sizeof(p.conf->router_id), "%s", host);
	lexer_start(x, file);
	root = conf_tree_read(x, p.temp, out, keyword_is_top);
	keep_file_names(&p, x);
	read_root(&p, root);
	conf_check(&p);
	diags_finish(out);
	arena_free(p.temp);
	if (out->errors == 0)
		return p.conf;
	arena_free(p.keep);
	return NULL;
}
