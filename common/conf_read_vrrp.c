/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Readers of vrrp_instance's lists: unicast peers, tracks, authentication. Pure. */
#include <string.h>
#include <strings.h>

#include "common/conf_internal.h"
#include "common/conf_rows.h"
#include "common/conf_value.h"

static void read_ttl(struct words *w, const struct token *option, uint8_t *out)
{
	const struct token *value = words_value(w, option);
	int64_t v;

	if (!value)
		return;
	if (value_int(value->text, &v) && v >= 0 && v <= 255)
		*out = (uint8_t)v;
	else
		conf_error(w->p, &value->pos, "`%s' is %s, but must be 0 to 255", option->text,
			   value->text);
}

static bool read_peer(struct parse *p, const struct stmt *s, struct conf_peer *peer)
{
	struct words w = {p, s, 1};

	if (s->has_body)
		conf_error(p, &s->words[0].pos, "`%s' takes no block", s->words[0].text);
	if (!read_addr(p, &s->words[0], "unicast_peer", &peer->address))
		return false;
	while (w.next < s->n) {
		const struct token *option = &s->words[w.next++];

		if (strcmp(option->text, "min_ttl") == 0) {
			read_ttl(&w, option, &peer->min_ttl);
		} else if (strcmp(option->text, "max_ttl") == 0) {
			read_ttl(&w, option, &peer->max_ttl);
		} else {
			conf_error(p, &option->pos,
				   "`%s' after `%s': expected min_ttl N or max_ttl N", option->text,
				   s->words[0].text);
			break; /* the rest cannot be understood */
		}
	}
	if (peer->min_ttl > peer->max_ttl)
		conf_error(p, &s->words[0].pos, "no advert has a TTL of at least %u and at most %u",
			   peer->min_ttl, peer->max_ttl);
	return true;
}

void read_peers(struct parse *p, const struct keyword *k, const struct stmt *s, void *object)
{
	struct conf_instance *i = object;

	if (s->n_body == 0)
		conf_error(p, &s->words[0].pos, "`%s' is empty", k->name);
	i->peers = arena_array(p->keep, s->n_body, sizeof(*i->peers));
	for (const struct stmt *line = s->body; line; line = line->next) {
		struct conf_peer peer = {.max_ttl = 255};
		const struct token *t = &line->words[0];
		bool again = false;

		if (!read_peer(p, line, &peer))
			continue;
		for (size_t n = 0; n < i->n_peers; n++)
			again |= addr_equal(&i->peers[n].address, &peer.address);
		if (again)
			conf_error(p, &t->pos, "`%s' is given twice", t->text);
		else if (!addr_is_host(&peer.address))
			conf_error(p, &t->pos, "`%s' cannot be an address of a host", t->text);
		else
			i->peers[i->n_peers++] = peer;
	}
}

static enum conf_track_kind track_kind(const struct keyword *k)
{
	return strcmp(k->name, "track_interface") == 0 ? TRACK_INTERFACE
	       : strcmp(k->name, "track_sla") == 0     ? TRACK_SLA
	       : strcmp(k->name, "track_file") == 0    ? TRACK_FILE
	       : strcmp(k->name, "track_script") == 0  ? TRACK_SCRIPT
						       : TRACK_TUNNEL;
}

/* keepalived's things need no weight. */
static bool is_ours(enum conf_track_kind k)
{
	return k == TRACK_SLA || k == TRACK_TUNNEL;
}

static void read_weight(struct words *w, const struct token *option, struct conf_track *t)
{
	const struct token *value = words_value(w, option);
	int most = t->kind == TRACK_FILE ? 254 : 253;
	int64_t v;

	if (!value)
		return;
	if (!value_int(value->text, &v) || v < -most || v > most) {
		conf_error(w->p, &value->pos, "`weight' is %s, but must be -%d to %d", value->text,
			   most, most);
		v = 1; /* so that nothing is said of a missing weight */
	} else if (v == 0 && is_ours(t->kind)) {
		conf_error(w->p, &value->pos, "`weight 0' of `%s' changes nothing", t->name);
		v = 1;
	}
	t->weight = (int)v;
}

static void read_track_option(struct words *w, const struct token *option, struct conf_track *t)
{
	if (strcmp(option->text, "weight") == 0)
		read_weight(w, option, t);
	else if (strcmp(option->text, "shutdown") == 0)
		t->shutdown = true;
	else if (strcmp(option->text, "reverse") == 0)
		t->reverse = true;
	else if (strcmp(option->text, "noreverse") == 0)
		t->reverse = false;
	else {
		conf_error(w->p, &option->pos, "`%s' after `%s': expected weight N%s or shutdown",
			   option->text, t->name, is_ours(t->kind) ? "" : " [reverse]");
		w->next = w->s->n; /* the rest cannot be understood */
	}
}

static void read_track(struct parse *p, const struct stmt *s, struct conf_track *t)
{
	struct words w = {p, s, 1};

	t->pos = conf_pos_of(p, &s->words[0].pos);
	t->index = -1;
	if (s->has_body)
		conf_error(p, &s->words[0].pos, "`%s' takes no block", s->words[0].text);
	if (!(t->kind == TRACK_INTERFACE
		      ? read_ifname(p, &s->words[0], "interface", t->name)
		      : read_text(p, &s->words[0], "name", t->name, CONF_NAME_MAX)))
		return;
	while (w.next < s->n) {
		const struct token *option = &s->words[w.next++];

		read_track_option(&w, option, t);
	}
	if (t->kind == TRACK_INTERFACE && t->weight == 0)
		t->shutdown = true;
	if (is_ours(t->kind) && t->weight == 0 && !t->shutdown && s->n == 1)
		conf_error(p, &s->words[0].pos, "`%s' needs `weight N' or `shutdown'", t->name);
	if (t->weight != 0 && t->shutdown)
		conf_error(p, &s->words[0].pos, "`%s' has a weight and shutdown; one of them",
			   t->name);
	if (t->reverse && s->n == 2)
		conf_error(p, &s->words[0].pos, "`reverse' of `%s' needs a weight", t->name);
}

void read_tracks(struct parse *p, const struct keyword *k, const struct stmt *s, void *object)
{
	struct conf_instance *i = object;
	struct conf_sync_group *g = object;
	struct draft *d = p->draft;
	bool grouped = d->block == BLOCK_SYNC_GROUP;
	struct conf_track **list = grouped ? &g->tracks : &i->tracks;
	size_t *n = grouped ? &g->n_tracks : &i->n_tracks;

	for (const struct stmt *line = s->body; line; line = line->next) {
		*list = arena_append(p->keep, *list, *n, sizeof(**list));
		d->refs = arena_append(p->temp, d->refs, *n, sizeof(*d->refs));
		(*list)[*n].kind = track_kind(k);
		d->refs[*n].name = &line->words[0];
		d->refs[*n].weighted = line->n > 1;
		read_track(p, line, &(*list)[(*n)++]);
	}
}

static void read_auth_type(struct parse *p, const struct token *t, struct conf_instance *i)
{
	i->has_password = strcasecmp(t->text, "PASS") == 0;
	if (!i->has_password)
		conf_error(p, &t->pos,
			   "authentication `%s' is refused: RFC 3768 took it out, and peers that "
			   "demand it would not hear this router",
			   t->text);
}

static void read_auth_pass(struct parse *p, const struct token *t, struct conf_instance *i)
{
	size_t n = strlen(t->text);

	if (n == 0)
		conf_error(p, &t->pos, "auth_pass is empty");
	if (n > CONF_PASSWORD_LEN)
		conf_warn(p, &t->pos, "auth_pass is cut to its first %d bytes, as an advert has it",
			  CONF_PASSWORD_LEN);
	memcpy(i->password, t->text, n < CONF_PASSWORD_LEN ? n : CONF_PASSWORD_LEN);
}

/* What stands in it has to suit the version, which is known at the end. */
void read_authentication(struct parse *p, const struct keyword *k, const struct stmt *s,
			 void *object)
{
	static const char known[] = "auth_type auth_pass";
	bool seen[2] = {false, false};

	for (const struct stmt *line = s->body; line; line = line->next) {
		const struct token *w = line->words;
		int which = value_choice(known, w[0].text);

		if (which < 0 || line->has_body) {
			conf_error(p, &w[0].pos, "unknown keyword `%s' in %s", w[0].text, k->name);
		} else if (seen[which]) {
			conf_error(p, &w[0].pos, "`%s' is given twice", w[0].text);
		} else {
			seen[which] = true;
			if (line->n < 2)
				conf_error(p, &w[0].pos, "`%s' needs a value", w[0].text);
			else if (no_surplus(p, line, 2))
				(which == 0 ? read_auth_type : read_auth_pass)(p, &w[1], object);
		}
	}
	if (!seen[0] || !seen[1])
		conf_error(p, &s->words[0].pos,
			   "`authentication' needs both auth_type and "
			   "auth_pass");
}
