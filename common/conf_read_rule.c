/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Readers of static_rules and virtual_rules. A line is ip-rule(8)'s, with keepalived's words beside
 * it. Pure.
 */
#include <linux/fib_rules.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "common/conf_internal.h"
#include "common/conf_rows.h"
#include "common/conf_value.h"

/* keepalived counts down from here when a rule gives no priority. */
#define FIRST_PRIORITY 16384

struct line {
	struct words w;
	struct rule *r;
	bool has_table, has_priority;
	bool broken; /* a word of it was not understood */
};

static void read_net(struct line *l, const struct token *t, struct prefix *out)
{
	struct prefix net, exact;

	if (value_choice("all any default", t->text) >= 0)
		return;
	if (!prefix_parse(t->text, &net)) {
		/* keepalived does so, and has it in a sample of its own. */
		conf_warn(l->w.p, &t->pos,
			  "`%s' is no address, ADDRESS/LENGTH or all: the rule is left out",
			  t->text);
		l->broken = true;
		return;
	}
	exact = prefix_network(&net);
	if (!prefix_equal(&exact, &net))
		conf_error(l->w.p, &t->pos, "`%s' has bits behind its prefix length", t->text);
	if (same_family(&l->w, t, &l->r->src.addr.family, net.addr.family) && net.len > 0)
		*out = net;
}

/* N, or N-M with `-', or N/M with `/'. */
static bool read_pair(struct line *l, const struct token *t, const char *what, char between,
		      int64_t min, int64_t max, struct range *out)
{
	const char *second = strchr(t->text, between);
	int64_t a, b = -1;
	char first[24] = "";
	size_t n = second ? (size_t)(second - t->text) : strlen(t->text);

	memcpy(first, t->text, n < sizeof(first) ? n : sizeof(first) - 1);
	if (!value_int(first, &a) || a < min || a > max ||
	    (second && (!value_int(second + 1, &b) || b < min || b > max))) {
		conf_error(l->w.p, &t->pos, "`%s' takes N or N%cN from %lld to %lld, not `%s'",
			   what, between, (long long)min, (long long)max, t->text);
		return false;
	}
	*out = (struct range){(uint32_t)a, second ? (uint32_t)b : (uint32_t)a};
	return true;
}

static void read_span(struct line *l, const struct token *option, const struct token *t,
		      int64_t min, int64_t max, struct range *out)
{
	if (read_pair(l, t, option->text, '-', min, max, out) && out->first > out->last)
		conf_error(l->w.p, &t->pos, "`%s' ends before it begins", t->text);
}

static void read_mark(struct line *l, const struct token *t)
{
	struct range pair = {0, 0};

	if (!read_pair(l, t, "fwmark", '/', 0, UINT32_MAX, &pair))
		return;
	l->r->mark = pair.first;
	l->r->mask = strchr(t->text, '/') ? pair.last : UINT32_MAX;
}

static void read_ip_proto(struct line *l, const struct token *t)
{
	static const uint8_t numbers[] = {1, 6, 17, 58, 132};
	static const char lower[] = "icmp tcp udp ipv6-icmp sctp",
			  upper[] = "ICMP TCP UDP IPV6-ICMP SCTP";
	int named = value_choice(lower, t->text);
	int64_t v = 0;

	if (named < 0)
		named = value_choice(upper, t->text);
	if (named < 0 && !value_int(t->text, &v))
		conf_error(l->w.p, &t->pos,
			   "`ip_proto' takes icmp, tcp, udp, ipv6-icmp, sctp or a "
			   "number, not `%s'",
			   t->text);
	else if (named >= 0 || read_range(l->w.p, t, "ip_proto", 1, 255, &v))
		l->r->ip_proto = named >= 0 ? numbers[named] : (uint8_t)v;
}

static void set_action(struct line *l, const struct token *t, uint8_t action)
{
	if (l->r->action || l->has_table)
		conf_error(l->w.p, &t->pos, "`%s': the rule has something else to do already",
			   t->text);
	l->r->action = action;
}

static void read_goto(struct line *l, const struct token *option, const struct token *t)
{
	int64_t v = 0;

	set_action(l, option, FR_ACT_GOTO);
	read_range(l->w.p, t, "goto", 1, UINT32_MAX, &v);
	l->r->target = (uint32_t)v;
}

static void read_priority(struct line *l, const struct token *option, const struct token *t)
{
	int64_t v = 0;

	l->has_priority = read_range(l->w.p, t, option->text, 1, UINT32_MAX, &v);
	l->r->priority = (uint32_t)v;
}

static void read_suppress(struct line *l, const struct token *t)
{
	int64_t v = 0;

	if (read_range(l->w.p, t, "suppress_prefixlength", 0, 128, &v))
		l->r->suppress = (uint16_t)(v + 1);
}

/* Those with a value first. */
static const char known[] =
	"from to table lookup goto preference order priority tos dsfield fwmark iif dev oif "
	"uidrange ip_proto ipproto sport dport suppress_prefixlength suppress_prefixlen "
	"protocol track_group realms suppress_ifgroup tun_id not blackhole unreachable prohibit "
	"nop l3mdev no_track inet inet6";
/* clang-format off */
enum { FROM, TO, TABLE, LOOKUP, GOTO, PREFERENCE, ORDER, PRIORITY, TOS, DSFIELD, FWMARK, IIF,
       DEV, OIF, UIDRANGE, IP_PROTO, IPPROTO, SPORT, DPORT, SUPPRESS_PREFIXLENGTH,
       SUPPRESS_PREFIXLEN, PROTOCOL, TRACK_GROUP, REALMS, SUPPRESS_IFGROUP, TUN_ID, NOT,
       BLACKHOLE, UNREACHABLE, PROHIBIT, NOP, L3MDEV, NO_TRACK, INET, INET6 };
/* clang-format on */

/* What a packet is asked for; false when the word is none of these. */
static bool read_question(struct line *l, int option, const struct token *t,
			  const struct token *value)
{
	struct parse *p = l->w.p;
	int64_t v = 0;

	switch (option) {
	case FROM:
		read_net(l, value, &l->r->src);
		return true;
	case TO:
		read_net(l, value, &l->r->dst);
		return true;
	case TOS:
	case DSFIELD:
		read_range(p, value, t->text, 0, 255, &v);
		l->r->tos = (uint8_t)v;
		return true;
	case FWMARK:
		read_mark(l, value);
		return true;
	case IIF:
	case DEV:
		read_ifname(p, value, t->text, l->r->iif);
		return true;
	case OIF:
		read_ifname(p, value, t->text, l->r->oif);
		return true;
	case UIDRANGE:
		l->r->by_uid = true;
		read_span(l, t, value, 0, UINT32_MAX, &l->r->uids);
		return true;
	case IP_PROTO:
	case IPPROTO:
		read_ip_proto(l, value);
		return true;
	case SPORT:
		read_span(l, t, value, 1, 65535, &l->r->sport);
		return true;
	case DPORT:
		read_span(l, t, value, 1, 65535, &l->r->dport);
		return true;
	case NOT:
		l->r->invert = true;
		return true;
	default:
		return false;
	}
}

/* What is done with it. */
static bool read_action(struct line *l, int option, const struct token *t,
			const struct token *value)
{
	switch (option) {
	case TABLE:
	case LOOKUP:
		if (l->r->action)
			conf_error(l->w.p, &t->pos,
				   "`%s': the rule has something else to do already", t->text);
		l->has_table = true;
		read_table(l->w.p, value, &l->r->table);
		return true;
	case GOTO:
		read_goto(l, t, value);
		return true;
	case BLACKHOLE:
		set_action(l, t, FR_ACT_BLACKHOLE);
		return true;
	case UNREACHABLE:
		set_action(l, t, FR_ACT_UNREACHABLE);
		return true;
	case PROHIBIT:
		set_action(l, t, FR_ACT_PROHIBIT);
		return true;
	case NOP:
		set_action(l, t, FR_ACT_NOP);
		return true;
	case L3MDEV:
		l->r->l3mdev = true;
		return true;
	default:
		return false;
	}
}

static void read_word(struct line *l, const struct token *t, struct conf_rule *out)
{
	int option = value_choice(known, t->text);
	const struct token *value = NULL;

	if (option >= 0 && option < NOT && !(value = words_value(&l->w, t)))
		return;
	if (read_question(l, option, t, value) || read_action(l, option, t, value))
		return;
	switch (option) {
	case PREFERENCE:
	case ORDER:
	case PRIORITY:
		read_priority(l, t, value);
		break;
	case SUPPRESS_PREFIXLENGTH:
	case SUPPRESS_PREFIXLEN:
		read_suppress(l, value);
		break;
	case PROTOCOL:
		word_aside(l->w.p, t, "rules carry the mark of this program");
		break;
	case TRACK_GROUP:
		word_aside(l->w.p, t, WHY_NO_TRACK_GROUP);
		break;
	case REALMS:
		word_aside(l->w.p, t, WHY_NO_REALMS);
		break;
	case SUPPRESS_IFGROUP:
	case TUN_ID:
		conf_error(l->w.p, &t->pos, "`%s' is not done by this program", t->text);
		break;
	case NO_TRACK:
		out->no_track = true;
		break;
	case INET:
	case INET6:
		same_family(&l->w, t, &l->r->src.addr.family,
			    option == INET ? FAMILY_IPV4 : FAMILY_IPV6);
		break;
	default:
		unknown_word(l->w.p, t, "a rule", known);
		l->broken = true;
	}
}

static void settle(struct line *l)
{
	const struct token *t = &l->w.s->words[0];
	struct rule *r = l->r;
	uint32_t *before;

	if (r->src.addr.family == FAMILY_NONE)
		r->src.addr.family = FAMILY_IPV4;
	if (r->action == 0 && l->has_table == r->l3mdev)
		conf_error(l->w.p, &t->pos,
			   "a rule needs one of table, l3mdev, goto, blackhole, unreachable, "
			   "prohibit or nop");
	if (!l->has_priority) {
		before = &l->w.p->rules_without[r->src.addr.family == FAMILY_IPV6];
		r->priority = FIRST_PRIORITY - (*before)++ % FIRST_PRIORITY;
	}
	if (r->action == FR_ACT_GOTO && r->target <= r->priority)
		conf_error(l->w.p, &t->pos, "a rule of priority %u cannot go back to %u",
			   r->priority, r->target);
}

/* False when nothing can be made of it, which was said. */
static bool read_rule(struct parse *p, const struct stmt *s, struct conf_rule *out)
{
	struct line l = {.w = {p, s, 0}, .r = &out->rule};

	out->rule.proto = ROUTE_PROTO_CONF;
	if (s->has_body)
		conf_error(p, &s->words[0].pos, "a rule takes no block");
	while (l.w.next < s->n && !l.broken) {
		const struct token *t = &s->words[l.w.next++];

		read_word(&l, t, out);
	}
	if (!l.broken)
		settle(&l);
	return !l.broken;
}

void read_rules(struct parse *p, const struct keyword *k, const struct stmt *s, void *object)
{
	struct conf_paths *paths = (void *)((char *)object + k->offset);

	for (const struct stmt *line = s->body; line; line = line->next) {
		paths->rules =
			arena_append(p->keep, paths->rules, paths->n_rules, sizeof(*paths->rules));
		memset(&paths->rules[paths->n_rules], 0, sizeof(*paths->rules));
		if (read_rule(p, line, &paths->rules[paths->n_rules]))
			paths->n_rules++;
	}
}
