/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Readers of vrrp_instance's lists: virtual addresses, tracks, authentication. Pure. */
#include <string.h>
#include <strings.h>

#include "common/conf_internal.h"
#include "common/conf_rows.h"
#include "common/conf_value.h"
#include "common/nearest.h"

/* Words of a line, one after the other. */
struct words {
	struct parse *p;
	const struct stmt *s;
	size_t next;
};

/* The value of an option; NULL after an error. */
static const struct token *option_value(struct words *w, const struct token *option)
{
	if (w->next < w->s->n)
		return &w->s->words[w->next++];
	conf_error(w->p, &option->pos, "`%s' needs a value", option->text);
	return NULL;
}

static void read_scope(struct parse *p, const struct token *t, uint8_t *out)
{
	static const uint8_t values[] = {0, 0, 200, 253, 254, 255}; /* RT_SCOPE_* */
	int named = value_choice("global universe site link host nowhere", t->text);
	int64_t v;

	if (named >= 0)
		*out = values[named];
	else if (value_int(t->text, &v) && v >= 0 && v <= 255)
		*out = (uint8_t)v;
	else
		conf_error(p, &t->pos,
			   "`scope' takes global, site, link, host, nowhere or 0 to 255, not `%s'",
			   t->text);
}

/* `+': all host bits set, `-': all clear. */
static void read_broadcast(struct parse *p, const struct token *t, struct conf_vip *vip)
{
	struct prefix net = prefix_network(&vip->prefix);

	if (net.addr.family != FAMILY_IPV4) {
		conf_error(p, &t->pos, "an IPv6 address has no broadcast address");
		return;
	}
	if (strcmp(t->text, "+") != 0 && strcmp(t->text, "-") != 0) {
		read_ipv4(p, t, "broadcast", &vip->broadcast);
		return;
	}
	vip->broadcast = net.addr;
	for (unsigned bit = net.len; *t->text == '+' && bit < 32; bit++)
		vip->broadcast.b[bit / 8] |= (uint8_t)(0x80 >> bit % 8);
}

static void unknown_option(struct parse *p, const struct token *t)
{
	static const char *const known[] = {"dev",   "brd",   "broadcast",
					    "scope", "label", "noprefixroute"};
	struct nearest near = {0};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		nearest_try(&near, t->text, known[i]);
	conf_error(p, &t->pos, "unknown option `%s' of a virtual address%s%s%s", t->text,
		   near.best ? "; did you mean `" : "", near.best ? near.best : "",
		   near.best ? "'?" : "");
}

static void read_vip_option(struct words *w, const struct token *t, struct conf_vip *vip)
{
	static const char known[] = "dev brd broadcast scope label preferred_lft track_group peer "
				    "noprefixroute no_track home -nodad mngtmpaddr autojoin";
	enum { DEV, BRD, BROADCAST, SCOPE, LABEL, LIFETIME, TRACK_GROUP, PEER, NOPREFIXROUTE };
	int option = value_choice(known, t->text);
	const struct token *value = NULL;

	if (option >= DEV && option <= PEER && !(value = option_value(w, t)))
		return;
	switch (option) {
	case DEV:
		read_ifname(w->p, value, "dev", vip->dev);
		break;
	case BRD:
	case BROADCAST:
		read_broadcast(w->p, value, vip);
		break;
	case SCOPE:
		read_scope(w->p, value, &vip->scope);
		break;
	case LABEL:
		read_text(w->p, value, "label", vip->label, sizeof(vip->label));
		if (vip->prefix.addr.family == FAMILY_IPV6)
			conf_warn(w->p, &t->pos, "`label' has no effect on an IPv6 address");
		break;
	case PEER:
		conf_error(w->p, &t->pos,
			   "`peer' is refused: point-to-point addresses are not "
			   "supported");
		break;
	case NOPREFIXROUTE:
		vip->noprefixroute = true;
		break;
	case -1:
		unknown_option(w->p, t);
		w->next = w->s->n; /* the rest cannot be understood */
		break;
	default:
		conf_warn(w->p, &t->pos, "`%s' is not done by this program and set aside", t->text);
	}
}

static bool is_host_address(const struct addr *a)
{
	static const uint8_t few[15]; /* ::, ::1 and what is mapped from IPv4 */

	if (a->family == FAMILY_IPV6)
		return a->b[0] != 0xff && memcmp(a->b, few, 10) != 0;
	return a->b[0] != 0 && a->b[0] != 127 && a->b[0] < 224;
}

static bool read_vip_address(struct parse *p, const struct token *t, struct prefix *out)
{
	if (!prefix_parse(t->text, out))
		conf_error(p, &t->pos, "`%s' is no address or ADDRESS/LENGTH", t->text);
	else if (!is_host_address(&out->addr) || out->len == 0)
		conf_error(p, &t->pos, "`%s' cannot be an address of a host", t->text);
	else
		return true;
	return false;
}

static bool read_vip(struct parse *p, const struct stmt *s, struct conf_vip *vip)
{
	struct words w = {p, s, 1};

	if (s->has_body)
		conf_error(p, &s->words[0].pos, "a virtual address takes no block");
	if (!read_vip_address(p, &s->words[0], &vip->prefix))
		return false;
	while (w.next < s->n) {
		const struct token *option = &s->words[w.next++];

		read_vip_option(&w, option, vip);
	}
	return true;
}

static bool holds(const struct conf_vip list[], size_t n, const struct conf_vip *vip)
{
	for (size_t i = 0; i < n; i++)
		if (addr_equal(&list[i].prefix.addr, &vip->prefix.addr) &&
		    strcmp(list[i].dev, vip->dev) == 0)
			return true;
	return false;
}

/* Whether the adverts of this instance may carry it. The first address fixes the family. */
static bool may_be_carried(struct parse *p, const struct token *t, const struct conf_instance *i,
			   const struct addr *a)
{
	const struct addr *first = i->n_vips > 0 ? &i->vips[0].prefix.addr : a;

	if (a->family != first->family)
		conf_error(p, &t->pos,
			   "`%s': the first address makes this an %s instance; this one belongs "
			   "into an instance of its own, or into `virtual_ipaddress_excluded'",
			   t->text, first->family == FAMILY_IPV6 ? "IPv6" : "IPv4");
	else if (a == first && a->family == FAMILY_IPV6 && !addr_is_link_local(a))
		conf_error(p, &t->pos,
			   "`%s': the first address of a virtual router of IPv6 must be a "
			   "link-local one of its own (fe80::/10): RFC 9568, 5.2.9",
			   t->text);
	return a->family == first->family;
}

/* A repeated address is dropped: adverts would carry it twice, and a clean stop would remove it
 * twice. */
void read_vips(struct parse *p, const struct keyword *k, const struct stmt *s, void *object)
{
	struct conf_instance *i = object;
	bool excluded = k->offset == offsetof(struct conf_instance, excluded);
	struct conf_vip **list = excluded ? &i->excluded : &i->vips;
	size_t *n = excluded ? &i->n_excluded : &i->n_vips;

	if (s->n_body == 0)
		conf_error(p, &s->words[0].pos, "`%s' is empty", k->name);
	*list = arena_array(p->keep, s->n_body, sizeof(**list));
	for (const struct stmt *line = s->body; line; line = line->next) {
		struct conf_vip vip = {0};

		if (!read_vip(p, line, &vip))
			continue;
		if (!excluded && !may_be_carried(p, &line->words[0], i, &vip.prefix.addr))
			continue;
		if (holds(i->vips, i->n_vips, &vip) || holds(i->excluded, i->n_excluded, &vip))
			conf_warn(p, &line->words[0].pos, "%s is given twice; the first counts",
				  line->words[0].text);
		else
			(*list)[(*n)++] = vip;
	}
}

static void read_ttl(struct words *w, const struct token *option, uint8_t *out)
{
	const struct token *value = option_value(w, option);
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
		else if (!is_host_address(&peer.address))
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
	const struct token *value = option_value(w, option);
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
