/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Readers of static_routes and virtual_routes. A line is ip-route(8)'s, with keepalived's words
 * beside it; what this program does not do is refused when it would change where packets go, and
 * set aside with a warning when it would not. Pure.
 */
#include <linux/rtnetlink.h>
#include <string.h>

#include "common/conf_internal.h"
#include "common/conf_rows.h"
#include "common/conf_value.h"

/* IPv6 has no metric 0. */
#define IPV6_METRIC 1024

/* A line that is being read; its hops are in the route's array until the end. */
struct line {
	struct words w;
	struct conf_route *out;
	struct route *r; /* out's */
	size_t hop;
	bool has_dst, has_scope, has_table;
	bool broken;       /* a word of it was not understood */
	bool alternatives; /* `or': the hops share what is said of one */
	bool nexthops;
};

static void read_dst(struct line *l, const struct token *t)
{
	struct prefix dst, net;

	l->has_dst = true;
	if (strcmp(t->text, "default") == 0)
		return;
	if (!prefix_parse(t->text, &dst)) {
		conf_error(l->w.p, &t->pos, "`%s' is no destination: ADDRESS[/LENGTH] or default",
			   t->text);
		return;
	}
	net = prefix_network(&dst);
	if (!prefix_equal(&net, &dst))
		conf_error(l->w.p, &t->pos, "`%s' has bits behind its prefix length", t->text);
	if (same_family(&l->w, t, &l->r->dst.addr.family, dst.addr.family))
		l->r->dst = dst;
}

static void read_address(struct line *l, const struct token *t, struct addr *out)
{
	if (read_addr(l->w.p, t, "address", out))
		same_family(&l->w, t, &l->r->dst.addr.family, out->family);
}

/* `via [inet|inet6] ADDRESS' */
static void read_via(struct line *l, const struct token *t)
{
	int family = value_choice("inet inet6", t->text);

	if (family >= 0) {
		same_family(&l->w, t, &l->r->dst.addr.family,
			    family == 0 ? FAMILY_IPV4 : FAMILY_IPV6);
		t = words_value(&l->w, t);
	}
	if (t)
		read_address(l, t, &l->r->hops[l->hop].gateway);
}

static bool is_blank(const struct line *l)
{
	const struct hop *h = &l->r->hops[l->hop];

	return !addr_is_set(&h->gateway) && !l->out->dev[l->hop][0] && !h->onlink;
}

static bool next_hop(struct line *l, const struct token *t)
{
	if (l->hop + 1 == ROUTE_HOPS_MAX) {
		conf_error(l->w.p, &t->pos, "more than %d hops", ROUTE_HOPS_MAX);
		return false;
	}
	l->r->hops[++l->hop].weight = 1;
	return true;
}

static void begin_nexthop(struct line *l, const struct token *t)
{
	if (!l->nexthops && !is_blank(l))
		conf_error(l->w.p, &t->pos, "`nexthop' after a hop of the line itself");
	else if (l->nexthops)
		next_hop(l, t);
	l->nexthops = true;
}

static void read_or(struct line *l, const struct token *t)
{
	l->alternatives = true;
	if (next_hop(l, t))
		read_address(l, t, &l->r->hops[l->hop].gateway);
}

static void read_weight(struct line *l, const struct token *t)
{
	int64_t v = 1;

	if (!l->nexthops)
		conf_error(l->w.p, &t->pos, "`weight' belongs to a `nexthop'");
	read_range(l->w.p, t, "weight", 1, 256, &v);
	l->r->hops[l->hop].weight = (uint16_t)v;
}

/* The words that are limits, in the order of RTAX_*, with the largest that the kernel takes. */
static const char limit_words[] = "lock mtu window rtt rttvar ssthresh cwnd advmss reordering "
				  "hoplimit initcwnd features rto_min initrwnd quickack congctl "
				  "fastopen_no_cookie";

static int64_t limit_max(int limit)
{
	switch (limit) {
	case RTAX_MTU:
		return 65535 - 15;
	case RTAX_ADVMSS:
		return 65535 - 40;
	case RTAX_HOPLIMIT:
		return 255;
	case RTAX_QUICKACK:
	case RTAX_FASTOPEN_NO_COOKIE:
		return 1;
	default:
		return UINT32_MAX;
	}
}

/* Times may carry a unit; the kernel keeps them in parts of a millisecond. */
static int64_t time_limit(const char *text, int limit)
{
	int64_t parts = limit == RTAX_RTT ? 8 : limit == RTAX_RTTVAR ? 4 : 1, v;
	size_t n = strlen(text);
	char number[16] = "";

	if (n < 3 || n >= sizeof(number) || strcmp(text + n - 2, "ms") != 0)
		return -1;
	memcpy(number, text, n - 2);
	return value_int(number, &v) && v > 0 && v <= 3600000 ? v * parts : -1;
}

static void read_limit(struct line *l, const struct token *t, int limit)
{
	const struct token *value = words_value(&l->w, t);
	bool is_time = limit == RTAX_RTT || limit == RTAX_RTTVAR || limit == RTAX_RTO_MIN;
	int64_t v = -1;

	if (value && strcmp(value->text, "lock") == 0) {
		l->r->limits[RTAX_LOCK] |= 1u << limit;
		value = words_value(&l->w, value);
	}
	if (!value)
		return;
	if (limit == RTAX_FEATURES) {
		if (strcmp(value->text, "ecn") != 0)
			conf_error(l->w.p, &value->pos, "`features' takes ecn, not `%s'",
				   value->text);
		v = RTAX_FEATURE_ECN;
	} else if (is_time) {
		v = time_limit(value->text, limit);
	}
	if (v >= 0 || read_range(l->w.p, value, t->text, 0, limit_max(limit), &v))
		l->r->limits[limit] = (uint32_t)v;
}

/* RTN_UNICAST is 1, and so on. */
static const char type_words[] = "unicast local broadcast anycast multicast blackhole unreachable "
				 "prohibit throw nat xresolve";

static bool refuses(uint8_t type)
{
	return type >= RTN_BLACKHOLE && type <= RTN_THROW;
}

static void set_type(struct line *l, const struct token *t, int type)
{
	if (type != RTN_UNICAST && type != RTN_LOCAL && !refuses((uint8_t)type))
		conf_error(l->w.p, &t->pos, "routes of the type `%s' are not supported", t->text);
	l->r->type = type == RTN_UNICAST ? 0 : (uint8_t)type;
}

/* Those with a value first. */
static const char known[] =
	"src to via gw or dev oif table scope metric preference priority tos dsfield "
	"weight proto protocol realms pref track_group vrf as encap expires nhid "
	"ttl-propagate nexthop onlink append prepend no_track inet inet6";
/* clang-format off */
enum { SRC, TO, VIA, GW, OR, DEV, OIF, TABLE, SCOPE, METRIC, PREFERENCE, PRIORITY, TOS, DSFIELD,
       WEIGHT, PROTO, PROTOCOL, REALMS, PREF, TRACK_GROUP, VRF, AS, ENCAP, EXPIRES, NHID,
       TTL_PROPAGATE, NEXTHOP, ONLINK, APPEND, PREPEND, NO_TRACK, INET, INET6 };
/* clang-format on */

/* Where it goes; false when the word is none of these. */
static bool read_hop_word(struct line *l, int option, const struct token *t,
			  const struct token *value)
{
	switch (option) {
	case VIA:
	case GW:
		read_via(l, value);
		return true;
	case OR:
		read_or(l, value);
		return true;
	case DEV:
	case OIF:
		read_ifname(l->w.p, value, "dev", l->out->dev[l->hop]);
		return true;
	case WEIGHT:
		read_weight(l, value);
		return true;
	case NEXTHOP:
		begin_nexthop(l, t);
		return true;
	case ONLINK:
		l->r->hops[l->hop].onlink = true;
		return true;
	default:
		return false;
	}
}

/* What it is; false when the word is none of these. */
static bool read_route_word(struct line *l, int option, const struct token *t,
			    const struct token *value)
{
	struct parse *p = l->w.p;
	int64_t v = 0;

	switch (option) {
	case SRC:
		read_address(l, value, &l->r->source);
		return true;
	case TO:
		read_dst(l, value);
		return true;
	case TABLE:
		l->has_table = read_table(p, value, &l->r->table);
		return true;
	case SCOPE:
		read_scope(p, value, &l->r->scope);
		l->has_scope = true;
		return true;
	case METRIC:
	case PREFERENCE:
	case PRIORITY:
		read_range(p, value, t->text, 0, UINT32_MAX, &v);
		l->r->metric = (uint32_t)v;
		return true;
	case TOS:
	case DSFIELD:
		read_range(p, value, t->text, 0, 255, &v);
		l->r->tos = (uint8_t)v;
		return true;
	case APPEND:
	case PREPEND:
		l->r->behind = option == APPEND;
		return true;
	case NO_TRACK:
		l->out->no_track = true;
		return true;
	case INET:
	case INET6:
		same_family(&l->w, t, &l->r->dst.addr.family,
			    option == INET ? FAMILY_IPV4 : FAMILY_IPV6);
		return true;
	default:
		return false;
	}
}

/* What is not done; those that would change where packets go are errors. */
static void read_other_word(struct line *l, int option, const struct token *t)
{
	struct parse *p = l->w.p;

	switch (option) {
	case PROTO:
	case PROTOCOL:
		word_aside(p, t, "routes carry the mark of this program");
		return;
	case REALMS:
		word_aside(p, t, WHY_NO_REALMS);
		return;
	case PREF:
		word_aside(p, t, "it chooses among routers that advertise themselves");
		return;
	case TRACK_GROUP:
		word_aside(p, t, WHY_NO_TRACK_GROUP);
		return;
	default:
		if (option < 0)
			unknown_word(p, t, "a route", known);
		else
			conf_error(p, &t->pos, "`%s' is not done by this program", t->text);
		l->broken = true;
	}
}

static void read_option(struct line *l, const struct token *t)
{
	int option = value_choice(known, t->text);
	const struct token *value = NULL;

	if (option >= 0 && option < NEXTHOP && !(value = words_value(&l->w, t)))
		return;
	if (!read_hop_word(l, option, t, value) && !read_route_word(l, option, t, value))
		read_other_word(l, option, t);
}

static void read_word(struct line *l, const struct token *t)
{
	int limit = value_choice(limit_words, t->text) + 1;
	int type = value_choice(type_words, t->text) + 1;

	if (limit == RTAX_CC_ALGO) {
		word_aside(l->w.p, t, "connections keep the host's congestion control");
		words_value(&l->w, t);
	} else if (limit > RTAX_LOCK) {
		read_limit(l, t, limit);
	} else if (type > 0) {
		set_type(l, t, type);
	} else if (!l->has_dst && (t->text[0] == ':' || strpbrk(t->text, ".:/") ||
				   strcmp(t->text, "default") == 0)) {
		read_dst(l, t);
	} else {
		read_option(l, t);
	}
}

static void settle_hops(struct line *l, const struct token *t)
{
	struct route *r = l->r;
	size_t n = l->hop + 1;

	for (size_t i = 0; i < n; i++) {
		if (l->alternatives && i + 1 < n)
			memcpy(l->out->dev[i], l->out->dev[n - 1], CONF_IFNAME_MAX);
		if (!refuses(r->type) && !addr_is_set(&r->hops[i].gateway) && !l->out->dev[i][0])
			conf_error(l->w.p, &t->pos, "a route needs `via' or `dev' for each hop");
		if (r->hops[i].onlink && !l->out->dev[i][0])
			conf_error(l->w.p, &t->pos, "`onlink' needs `dev'");
	}
	if (refuses(r->type) && (n > 1 || !is_blank(l) || addr_is_set(&r->source)))
		conf_error(l->w.p, &t->pos, "a route that refuses has no hops and no source");
	if (n > 1) {
		r->n_hops = n;
		return;
	}
	r->gateway = r->hops[0].gateway;
	r->onlink = r->hops[0].onlink;
	r->hops[0] = (struct hop){0};
}

/* As ip-route(8) fills in what is not said. */
static void settle(struct line *l)
{
	const struct token *t = &l->w.s->words[0];
	struct route *r = l->r;
	bool local = r->type == RTN_LOCAL;

	if (!l->has_dst)
		conf_error(l->w.p, &t->pos, "a route needs a destination");
	if (r->dst.addr.family == FAMILY_NONE)
		r->dst.addr.family = FAMILY_IPV4;
	if (!l->has_table)
		r->table = local ? RT_TABLE_LOCAL : RT_TABLE_MAIN;
	settle_hops(l, t);
	if (r->dst.addr.family == FAMILY_IPV4) {
		if (!l->has_scope && !refuses(r->type) && r->n_hops == 0 &&
		    !addr_is_set(&r->gateway))
			r->scope = local ? RT_SCOPE_HOST : RT_SCOPE_LINK;
		return;
	}
	if (l->has_scope)
		conf_warn(l->w.p, &t->pos, "`scope' has no effect on an IPv6 route");
	if (r->tos)
		conf_error(l->w.p, &t->pos, "`tos' of an IPv6 route is not known to the kernel");
	r->scope = 0;
	r->metric = r->metric ? r->metric : IPV6_METRIC;
}

static void read_route(struct parse *p, const struct stmt *s, struct conf_route *out)
{
	struct line l = {.w = {p, s, 0}, .out = out, .r = &out->route};

	l.r->proto = ROUTE_PROTO_CONF;
	l.r->hops[0].weight = 1;
	if (s->has_body)
		conf_error(p, &s->words[0].pos, "a route takes no block");
	while (l.w.next < s->n && !l.broken) {
		const struct token *t = &s->words[l.w.next++];

		read_word(&l, t);
	}
	if (!l.broken)
		settle(&l);
}

static bool is_by_gateway(const struct route *r)
{
	return r->n_hops > 0 || addr_is_set(&r->gateway);
}

/* IPv6 makes one route with several hops of the two, which neither line asks for. */
static bool would_join(const struct conf_route *a, const struct conf_route *b)
{
	const struct route *x = &a->route, *y = &b->route;

	return x->dst.addr.family == FAMILY_IPV6 && prefix_equal(&x->dst, &y->dst) &&
	       x->table == y->table && x->metric == y->metric && is_by_gateway(x) &&
	       is_by_gateway(y) &&
	       (!route_same(x, y) || memcmp(a->dev, b->dev, sizeof(a->dev)) != 0);
}

static void check_alone(struct parse *p, const struct token *t, const struct conf_paths *paths,
			const struct conf_route *route)
{
	for (size_t i = 0; i < paths->n_routes; i++)
		if (would_join(&paths->routes[i], route)) {
			conf_error(
				p, &t->pos,
				"a route of this destination, table and metric is there already: "
				"give this one another `metric', or one line a `nexthop' for "
				"each gateway");
			return;
		}
}

void read_routes(struct parse *p, const struct keyword *k, const struct stmt *s, void *object)
{
	struct conf_paths *paths = (void *)((char *)object + k->offset);

	for (const struct stmt *line = s->body; line; line = line->next) {
		paths->routes = arena_append(p->keep, paths->routes, paths->n_routes,
					     sizeof(*paths->routes));
		read_route(p, line, &paths->routes[paths->n_routes]);
		check_alone(p, &line->words[0], paths, &paths->routes[paths->n_routes]);
		paths->n_routes++;
	}
}
