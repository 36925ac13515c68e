/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Readers of addresses with their options, virtual and static ones. The options are
 * ip-address(8)'s, as keepalived.conf(5) has them. Pure.
 */
#include <linux/if_addr.h>
#include <string.h>

#include "common/conf_internal.h"
#include "common/conf_rows.h"
#include "common/conf_value.h"

#define FOREVER UINT32_MAX /* INFINITY_LIFE_TIME */
#define UNSAID (FOREVER - 1)

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

/* Of a point-to-point address the length is the peer's. */
static void read_far_end(struct parse *p, const struct token *t, struct conf_vip *vip)
{
	struct prefix far;

	if (!prefix_parse(t->text, &far) || !addr_is_host(&far.addr) || far.len == 0) {
		conf_error(p, &t->pos, "`peer' takes an address or ADDRESS/LENGTH, not `%s'",
			   t->text);
	} else if (far.addr.family != vip->prefix.addr.family) {
		conf_error(p, &t->pos, "the address and its peer are of different families");
	} else {
		vip->peer = far.addr;
		vip->prefix.len = far.len;
	}
}

static void read_preferred(struct parse *p, const struct token *t, struct conf_vip *vip)
{
	int64_t v = FOREVER;

	if (strcmp(t->text, "forever") != 0 && (!value_int(t->text, &v) || v < 0 || v >= UNSAID))
		conf_error(p, &t->pos, "`preferred_lft' takes seconds or forever, not `%s'",
			   t->text);
	else
		vip->preferred_s = (uint32_t)v;
}

static void set_flag(struct parse *p, const struct token *t, uint32_t flag, struct conf_vip *vip)
{
	vip->flags |= flag;
	if (vip->prefix.addr.family == FAMILY_IPV4)
		conf_warn(p, &t->pos, "`%s' has no effect on an IPv4 address", t->text);
}

/* Those with a value first. */
static const char known[] = "dev brd broadcast scope label preferred_lft peer track_group "
			    "noprefixroute no_track home -nodad mngtmpaddr autojoin use_vmac";
/* clang-format off */
enum { DEV, BRD, BROADCAST, SCOPE, LABEL, PREFERRED, PEER, TRACK_GROUP,
       NOPREFIXROUTE, NO_TRACK, HOME, NODAD, MNGTMPADDR, AUTOJOIN, USE_VMAC };
/* clang-format on */

static void read_vip_value(struct parse *p, int option, const struct token *t,
			   const struct token *value, struct conf_vip *vip)
{
	switch (option) {
	case DEV:
		read_ifname(p, value, "dev", vip->dev);
		break;
	case BRD:
	case BROADCAST:
		read_broadcast(p, value, vip);
		break;
	case SCOPE:
		read_scope(p, value, &vip->scope);
		break;
	case LABEL:
		read_text(p, value, "label", vip->label, sizeof(vip->label));
		if (vip->prefix.addr.family == FAMILY_IPV6)
			conf_warn(p, &t->pos, "`label' has no effect on an IPv6 address");
		break;
	case PREFERRED:
		read_preferred(p, value, vip);
		break;
	case PEER:
		read_far_end(p, value, vip);
		break;
	default:
		word_aside(p, t, WHY_NO_TRACK_GROUP);
	}
}

static void read_vip_word(struct parse *p, int option, const struct token *t, struct conf_vip *vip)
{
	switch (option) {
	case NOPREFIXROUTE:
		vip->flags |= IFA_F_NOPREFIXROUTE;
		break;
	case NO_TRACK:
		vip->no_track = true;
		break;
	case HOME:
		set_flag(p, t, IFA_F_HOMEADDRESS, vip);
		break;
	case NODAD:
		set_flag(p, t, IFA_F_NODAD, vip);
		break;
	case MNGTMPADDR:
		set_flag(p, t, IFA_F_MANAGETEMPADDR, vip);
		break;
	case USE_VMAC:
		vip->use_vmac = true;
		break;
	default:
		conf_error(p, &t->pos,
			   "`autojoin' is refused: the kernel joins groups for multicast addresses "
			   "only, and this is none");
	}
}

static void read_vip_option(struct words *w, const struct token *t, struct conf_vip *vip)
{
	int option = value_choice(known, t->text);
	const struct token *value;

	if (option < 0) {
		unknown_word(w->p, t, "an address", known);
		w->next = w->s->n; /* the rest cannot be understood */
	} else if (option >= NOPREFIXROUTE) {
		read_vip_word(w->p, option, t, vip);
	} else if ((value = words_value(w, t))) {
		read_vip_value(w->p, option, t, value, vip);
	}
}

bool addr_is_host(const struct addr *a)
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
	else if (!addr_is_host(&out->addr) || out->len == 0)
		conf_error(p, &t->pos, "`%s' cannot be an address of a host", t->text);
	else
		return true;
	return false;
}

static bool read_vip(struct parse *p, const struct stmt *s, struct conf_vip *vip)
{
	struct words w = {p, s, 1};

	if (s->has_body)
		conf_error(p, &s->words[0].pos, "an address takes no block");
	if (!read_vip_address(p, &s->words[0], &vip->prefix))
		return false;
	vip->preferred_s = UNSAID;
	while (w.next < s->n) {
		const struct token *option = &s->words[w.next++];

		read_vip_option(&w, option, vip);
	}
	/* Without a subnet it must not become the source of the host's own connections. */
	if (vip->preferred_s == UNSAID)
		vip->preferred_s = vip->prefix.len == 128 ? 0 : FOREVER;
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
			   t->text, family_name(first->family));
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

	/* @id lines may leave nothing of what is excluded; keepalived takes that. */
	if (s->n_body == 0 && !excluded)
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

/* Of RFC 9568's groups, which keepalived's files may write out. */
void read_mcast_group(struct parse *p, const struct keyword *k, const struct stmt *s, void *object)
{
	char text[ADDR_STRLEN];
	struct addr group;

	(void)object;
	if (s->n < 2)
		conf_error(p, &s->words[0].pos, "`%s' needs a value", k->name);
	else if (no_surplus(p, s, 2) && read_addr(p, &s->words[1], k->name, &group) &&
		 value_choice(k->choices, addr_format(&group, text)) < 0)
		conf_error(p, &s->words[0].pos,
			   "`%s' is refused: adverts go to 224.0.0.18 or ff02::12, as RFC 9568 "
			   "has it",
			   k->name);
}

void read_static_addresses(struct parse *p, const struct keyword *k, const struct stmt *s,
			   void *object)
{
	struct conf *c = object;

	for (const struct stmt *line = s->body; line; line = line->next) {
		struct conf_vip vip = {0};
		const struct token *t = &line->words[0];

		if (!read_vip(p, line, &vip))
			continue;
		if (!vip.dev[0])
			memcpy(vip.dev, c->default_interface, sizeof(vip.dev));
		if (!vip.dev[0])
			conf_error(p, &t->pos,
				   "an address of `%s' needs `dev' or a `default_interface'",
				   k->name);
		if (holds(c->static_addresses, c->n_static_addresses, &vip)) {
			conf_warn(p, &t->pos, "%s is given twice; the first counts", t->text);
			continue;
		}
		c->static_addresses = arena_append(p->keep, c->static_addresses,
						   c->n_static_addresses, sizeof(vip));
		c->static_addresses[c->n_static_addresses++] = vip;
	}
}
