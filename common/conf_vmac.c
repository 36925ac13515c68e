/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Virtual MAC addresses: use_vmac as it is written, and the macvlans that the instances ask for,
 * with their names. An address that belongs on one gets it as its device, so that everything else
 * treats it like an address with `dev'. Names are keepalived's: the first free one of vrrp.VRID,
 * for IPv6 vrrp6.VRID, vrrp1.VRID, ... Pure. RFC 9568, 7.3: 00-00-5e-00-01-VRID for IPv4 and
 * 00-00-5e-00-02-VRID for IPv6.
 */
#include <stdio.h>
#include <string.h>

#include "common/conf_internal.h"
#include "common/conf_rows.h"

#define LINK_LOCAL_LEN 64
/* What a frame of 1500 bytes holds, behind the headers of IPv6 and VRRP. */
#define ADDRESSES6_MAX 90

/* ---- the statement ---- */

/* Octets of "00:00:5e:00:01:16", 0 when it is no such thing. */
static size_t read_mac(const char *text, uint8_t mac[6])
{
	static const char hex[] = "0123456789abcdefABCDEF";
	size_t n = 0;

	for (;;) {
		size_t digits = strspn(text, hex);
		unsigned v;

		if (n == 6 || digits < 1 || digits > 2 || sscanf(text, "%2x", &v) != 1)
			return 0;
		mac[n++] = (uint8_t)v;
		text += digits;
		if (*text == '\0')
			return n;
		if (*text++ != ':')
			return 0;
	}
}

static bool is_of_a_station(const uint8_t mac[6])
{
	static const uint8_t none[6];

	return !(mac[0] & 1) && memcmp(mac, none, sizeof(none)) != 0;
}

void read_use_vmac(struct parse *p, const struct keyword *k, const struct stmt *s, void *object)
{
	struct conf_instance *i = object;

	(void)k;
	no_surplus(p, s, 3);
	i->use_vmac = true;
}

/* The address of RFC 9568. */
static void standard_mac(const struct conf_instance *i, uint8_t family, uint8_t out[6])
{
	const uint8_t mac[6] = {0, 0, 0x5e, 0, family == FAMILY_IPV6 ? 2 : 1, i->vrid};

	memcpy(out, mac, sizeof(mac));
}

static void take_mac(struct parse *p, const struct conf_instance *i, const struct token *t,
		     uint8_t out[6])
{
	uint8_t mac[6] = {0};
	size_t octets = read_mac(t->text, mac);

	if (octets == 5)
		mac[5] = i->vrid;
	if (octets < 5 || !is_of_a_station(mac))
		conf_error(p, &t->pos, "`%s' is no MAC address of a station", t->text);
	else
		memcpy(out, mac, sizeof(mac));
}

/* NAME and MAC in any order; what is not given stays empty or the standard's. */
static void read_words(struct parse *p, const struct conf_instance *i, const struct stmt *s,
		       struct conf_vmac *v)
{
	standard_mac(i, i->family, v->mac);
	for (size_t k = 1; k < s->n && k < 3; k++) {
		const struct token *t = &s->words[k];

		if (v->name[0] || strchr(t->text, ':'))
			take_mac(p, i, t, v->mac);
		else
			read_ifname(p, t, "use_vmac", v->name);
	}
}

/* ---- names ---- */

static bool is_taken(const struct conf *c, const char *name, const struct conf_vmac *but)
{
	for (size_t n = 0; n < c->n_instances; n++) {
		const struct conf_instance *i = &c->instances[n];

		if (strcmp(i->interface, name) == 0)
			return true;
		for (size_t k = 0; k < i->n_vmacs; k++)
			if (&i->vmacs[k] != but && strcmp(i->vmacs[k].name, name) == 0)
				return true;
	}
	return false;
}

/* What names are made from, and how far each row of them has got: none becomes free again. */
struct naming {
	struct parse *p;
	const struct draft *draft;         /* of the instance whose macvlans get names */
	unsigned next[2][N_FAMILIES][256]; /* by prefix, family and VRID */
};

/* None, 1, 2, ...; for IPv6 none, 6, 1, ... 5, 7, ... */
static unsigned nth_number(uint8_t family, unsigned n)
{
	if (family != FAMILY_IPV6 || n == 0 || n > 6)
		return n;
	return n == 1 ? 6 : n - 1;
}

/* False: it is too long. */
static bool write_name(char name[CONF_IFNAME_MAX], const char *prefix, unsigned number,
		       unsigned vrid)
{
	char digits[12] = "";

	if (number > 0)
		snprintf(digits, sizeof(digits), "%u", number);
	return snprintf(name, CONF_IFNAME_MAX, "%.8s%s.%u", prefix, digits, vrid) < CONF_IFNAME_MAX;
}

static void choose_name(struct naming *naming, const struct conf_instance *i, uint8_t family,
			bool of_address, struct conf_vmac *v)
{
	const struct conf *c = naming->p->conf;
	bool other = of_address && c->vmac_addr_prefix[0];
	const char *prefix = other               ? c->vmac_addr_prefix
			     : c->vmac_prefix[0] ? c->vmac_prefix
						 : "vrrp";
	unsigned *next = &naming->next[other][family == FAMILY_IPV6][i->vrid];

	do {
		if (write_name(v->name, prefix, nth_number(family, (*next)++), i->vrid))
			continue;
		conf_error(naming->p, draft_pos(naming->draft, "use_vmac"),
			   "too many macvlans of VRID %u: the next name, `%s...', is too long",
			   i->vrid, v->name);
		return;
	} while (is_taken(c, v->name, v));
}

/* ---- the macvlans of an instance ---- */

/* One that an address asks for; several share it. */
static const struct conf_vmac *vmac_for(struct naming *naming, struct conf_instance *i,
					const char *parent, uint8_t family)
{
	struct conf_vmac *v = &i->vmacs[i->n_vmacs];
	uint8_t mac[6];

	standard_mac(i, family, mac);
	for (size_t k = 0; k < i->n_vmacs; k++)
		if (strcmp(i->vmacs[k].parent, parent) == 0 &&
		    memcmp(i->vmacs[k].mac, mac, sizeof(mac)) == 0)
			return &i->vmacs[k];
	i->n_vmacs++;
	memcpy(v->mac, mac, sizeof(mac));
	snprintf(v->parent, sizeof(v->parent), "%s", parent);
	choose_name(naming, i, family, true, v);
	return v;
}

/*
 * The device of an address. Nothing but the addresses makes a route on a macvlan, so a link-local
 * one has the link's length there, or it could not answer.
 */
static void place(struct naming *naming, struct conf_instance *i, struct conf_vip *vip)
{
	uint8_t family = vip->prefix.addr.family;
	bool elsewhere = vip->dev[0] && strcmp(vip->dev, i->interface) != 0;
	const struct conf_vmac *v = NULL;

	if (elsewhere && (vip->use_vmac || i->use_vmac_addr))
		v = vmac_for(naming, i, vip->dev, family);
	else if (!elsewhere && (vip->use_vmac || (i->use_vmac_addr && family != i->family)))
		v = vmac_for(naming, i, i->interface, family);
	else if (!elsewhere && i->use_vmac)
		v = &i->vmacs[0];
	if (!v)
		return;
	strcpy(vip->dev, v->name);
	if (addr_is_link_local(&vip->prefix.addr) && vip->prefix.len == 128)
		vip->prefix.len = LINK_LOCAL_LEN;
}

/* use_vmac's own one, first in the list. */
static void take_own(struct parse *p, size_t n)
{
	struct conf_instance *i = &p->conf->instances[n];
	const struct stmt *s = draft_find(&p->instances[n], "use_vmac");

	i->vmacs = arena_array(p->keep, 1 + i->n_vips + i->n_excluded, sizeof(*i->vmacs));
	if (!s)
		return;
	snprintf(i->vmacs->parent, sizeof(i->vmacs->parent), "%s", i->interface);
	read_words(p, i, s, i->vmacs);
	i->n_vmacs = 1;
}

static void name_all(struct naming *naming, struct conf_instance *i)
{
	if (i->use_vmac && !i->vmacs->name[0])
		choose_name(naming, i, i->family, false, i->vmacs);
	for (size_t k = 0; k < i->n_vips; k++)
		place(naming, i, &i->vips[k]);
	for (size_t k = 0; k < i->n_excluded; k++)
		place(naming, i, &i->excluded[k]);
}

/* ---- rules ---- */

static void check_own(struct parse *p, struct conf_instance *i, const struct draft *d)
{
	const struct pos *pos = draft_pos(d, "use_vmac");

	if (!i->use_vmac) {
		if (i->vmac_xmit_base)
			conf_warn(p, draft_pos(d, "vmac_xmit_base"),
				  "`vmac_xmit_base' has no effect without `use_vmac'");
		return;
	}
	if (i->n_peers > 0 && !i->vmac_xmit_base)
		conf_warn(
			p, pos,
			"adverts to `unicast_peer' have the MAC address of the interface, as with "
			"`vmac_xmit_base'");
	i->vmac_xmit_base |= i->n_peers > 0;
	if (i->family == FAMILY_IPV6 && i->n_vips > ADDRESSES6_MAX && !i->vmac_xmit_base)
		conf_error(p, draft_pos(d, "virtual_ipaddress"),
			   "%zu IPv6 addresses, but an advert with a virtual MAC address holds %d; "
			   "put some into `virtual_ipaddress_excluded'",
			   i->n_vips, ADDRESSES6_MAX);
	if (is_taken(p->conf, i->vmacs->name, i->vmacs))
		conf_error(p, pos, "`%s' is the name of another interface or macvlan",
			   i->vmacs->name);
}

/* A MAC address is one station's on a link. */
static void check_unique(struct parse *p, const struct conf_instance *i, const struct draft *d,
			 const struct conf_instance *other)
{
	for (size_t k = 0; k < i->n_vmacs; k++)
		for (size_t j = 0; j < other->n_vmacs; j++)
			if (i->vmacs[k].parent[0] &&
			    memcmp(i->vmacs[k].mac, other->vmacs[j].mac, 6) == 0 &&
			    strcmp(i->vmacs[k].parent, other->vmacs[j].parent) == 0)
				conf_error(p, draft_pos(d, "use_vmac"),
					   "instance `%s' has the same virtual MAC address on %s",
					   other->name, other->vmacs[j].parent);
}

void conf_check_vmacs(struct parse *p)
{
	struct conf *c = p->conf;
	struct naming naming = {.p = p};

	for (size_t n = 0; n < c->n_instances; n++)
		take_own(p, n);
	for (size_t n = 0; n < c->n_instances; n++) {
		naming.draft = &p->instances[n];
		name_all(&naming, &c->instances[n]);
	}
	for (size_t n = 0; n < c->n_instances; n++) {
		check_own(p, &c->instances[n], &p->instances[n]);
		for (size_t k = 0; k < n; k++)
			check_unique(p, &c->instances[n], &p->instances[n], &c->instances[k]);
	}
}
