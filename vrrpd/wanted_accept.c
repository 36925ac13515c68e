/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The nftables text of no_accept; see wanted_accept.h. One rule an address: a router that does not
 * hold it never delivers a packet to it, so the rules stand in every state, and a takeover has no
 * moment in which the address answers. Pure.
 */
#include "vrrpd/wanted_accept.h"

#include <stdio.h>
#include <stdlib.h>

#define OWNER 255

bool accept_mode(const struct conf_instance *i)
{
	return i->accept || i->priority == OWNER;
}

/* A link-local address is another one on each link. */
static void write_address(FILE *f, const struct conf_instance *i, const struct conf_vip *v)
{
	const struct addr *a = &v->prefix.addr;
	char text[ADDR_STRLEN];

	fputs("\t\t", f);
	if (addr_is_link_local(a))
		fprintf(f, "iifname \"%s\" ", v->dev[0] ? v->dev : i->interface);
	fprintf(f, "%s daddr %s counter drop\n", a->family == FAMILY_IPV6 ? "ip6" : "ip",
		addr_format(a, text));
}

static void write_instance(FILE *f, const struct conf_instance *i)
{
	for (size_t k = 0; k < i->n_vips; k++)
		write_address(f, i, &i->vips[k]);
	for (size_t k = 0; k < i->n_excluded; k++)
		write_address(f, i, &i->excluded[k]);
}

static bool any_rule(const struct conf *c)
{
	for (size_t i = 0; i < c->n_instances; i++)
		if (!accept_mode(&c->instances[i]))
			return true;
	return false;
}

static void write_table(FILE *f, const struct conf *c)
{
	fputs("add table inet " ACCEPT_TABLE "\ndelete table inet " ACCEPT_TABLE "\n"
	      "table inet " ACCEPT_TABLE " {\n"
	      "\tchain enter {\n\t\ttype filter hook input priority -1\n"
	      "\t\ticmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept\n",
	      f);
	for (size_t i = 0; i < c->n_instances; i++)
		if (!accept_mode(&c->instances[i]))
			write_instance(f, &c->instances[i]);
	fputs("\t}\n}\n", f);
}

char *wanted_accept(const struct conf *c)
{
	char *out = NULL;
	size_t size = 0;
	FILE *f = open_memstream(&out, &size);

	if (!f)
		return NULL;
	if (any_rule(c))
		write_table(f, c);
	if (fclose(f) != 0) {
		free(out);
		return NULL;
	}
	return out;
}
