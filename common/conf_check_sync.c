/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rules of vrrp_sync_group. Source: keepalived.conf(5). Pure. */
#include "common/arena.h"
#include "common/conf_internal.h"

/* The names of `group`, one after the other; NULL after the last. */
static const struct token *next_name(const struct stmt **line, size_t *word)
{
	while (*line && *word == (*line)->n) {
		*line = (*line)->next;
		*word = 0;
	}
	return *line ? &(*line)->words[(*word)++] : NULL;
}

/* What a group tracks is tracked by each of its members, as if it stood there. */
static void inherit_tracks(struct parse *p, const struct conf_sync_group *g, const struct draft *d,
			   int member)
{
	struct conf_instance *i = &p->conf->instances[member];
	struct draft *to = &p->instances[member];

	for (size_t k = 0; k < g->n_tracks; k++) {
		i->tracks = arena_append(p->keep, i->tracks, i->n_tracks, sizeof(*i->tracks));
		to->refs = arena_append(p->temp, to->refs, i->n_tracks, sizeof(*to->refs));
		to->refs[i->n_tracks] = d->refs[k];
		i->tracks[i->n_tracks++] = g->tracks[k];
	}
}

static void add_member(struct parse *p, size_t group, const struct token *t)
{
	struct conf_sync_group *g = &p->conf->sync_groups[group];
	const struct conf *c = p->conf;
	int member = check_ref(p, t, "vrrp_instance", c->instances, c->n_instances,
			       sizeof(*c->instances));
	int *other;

	if (member < 0)
		return;
	other = &p->conf->instances[member].sync_group;
	if (*other >= 0) {
		conf_error(p, &t->pos, "instance `%s' is in group `%s' already", t->text,
			   p->conf->sync_groups[*other].name);
		return;
	}
	*other = (int)group;
	g->members[g->n_members++] = member;
	inherit_tracks(p, g, &p->sync_groups[group], member);
}

static void check_group(struct parse *p, size_t group)
{
	struct conf_sync_group *g = &p->conf->sync_groups[group];
	const struct stmt *s = draft_find(&p->sync_groups[group], "group");
	const struct stmt *line = s ? s->body : NULL;
	const struct token *t;
	size_t word = 0;

	while ((t = next_name(&line, &word))) {
		if (g->n_members == SYNC_MEMBERS_MAX) {
			conf_error(p, &t->pos, "a sync group has at most %d instances",
				   SYNC_MEMBERS_MAX);
			return;
		}
		g->members = arena_append(p->keep, g->members, g->n_members, sizeof(*g->members));
		add_member(p, group, t);
	}
	if (!s || g->n_members == 1)
		conf_warn(p, draft_name_pos(&p->sync_groups[group]),
			  "a sync group %s synchronizes nothing",
			  s ? "of one instance" : "without `group'");
}

void conf_check_sync_groups(struct parse *p)
{
	for (size_t k = 0; k < p->conf->n_instances; k++)
		p->conf->instances[k].sync_group = -1;
	for (size_t k = 0; k < p->conf->n_sync_groups; k++)
		check_group(p, k);
}

/* keepalived 2.2.7 takes an interface without its weight then, and leaves out others. False: left
 * out. */
static bool keeps_track(struct parse *p, struct conf_track *t, const struct token *name)
{
	if (t->weight == 0 || t->kind == TRACK_SLA || t->kind == TRACK_TUNNEL)
		return true;
	conf_warn(p, &name->pos,
		  "`%s' is %s: weights do not count in a sync group; name it in the group, or give "
		  "that `sync_group_tracking_weight'",
		  t->name,
		  t->kind == TRACK_INTERFACE ? "tracked without its weight" : "not tracked");
	t->weight = 0;
	t->shutdown = true;
	return t->kind == TRACK_INTERFACE;
}

/* Those of the group stand behind the instance's own. */
static void drop_weights(struct parse *p, const struct conf_sync_group *g, int member)
{
	struct conf_instance *i = &p->conf->instances[member];
	const struct refs *refs = p->instances[member].refs;
	size_t own = i->n_tracks - g->n_tracks, n = 0;

	for (size_t k = 0; k < i->n_tracks; k++)
		if (k >= own || keeps_track(p, &i->tracks[k], refs[k].name))
			i->tracks[n++] = i->tracks[k];
	i->n_tracks = n;
}

void conf_check_sync_weights(struct parse *p)
{
	for (size_t k = 0; k < p->conf->n_sync_groups; k++) {
		const struct conf_sync_group *g = &p->conf->sync_groups[k];

		for (size_t n = 0; n < g->n_members && g->n_members > 1 && !g->tracking_weight; n++)
			drop_weights(p, g, g->members[n]);
	}
}
