/* SPDX-License-Identifier: GPL-2.0-or-later */
/* References from one statement to another, by name: looked up, or an error that says what was
 * nearest. Pure. */
#include <string.h>

#include "common/conf_internal.h"
#include "common/nearest.h"

void unknown_name(struct parse *p, const struct token *t, const char *what,
		  const struct nearest *near)
{
	conf_error(p, &t->pos, "no %s is named `%s'%s%s%s", what, t->text,
		   near->best ? "; did you mean `" : "", near->best ? near->best : "",
		   near->best ? "'?" : "");
}

int check_ref(struct parse *p, const struct token *t, const char *what, const void *list, size_t n,
	      size_t size)
{
	struct nearest near = {0};

	for (size_t k = 0; k < n; k++) {
		/* Everything that has a name begins with it. */
		const char *name = (const char *)list + k * size;

		if (strcmp(name, t->text) == 0)
			return (int)k;
		nearest_try(&near, t->text, name);
	}
	unknown_name(p, t, what, &near);
	return -1;
}

int check_tunnel_ref(struct parse *p, const struct token *t)
{
	int i = conf_find_tunnel(p->conf, t->text);
	struct nearest near = {0};

	if (i >= 0)
		return i;
	for (size_t k = 0; k < p->conf->n_tunnels; k++)
		nearest_try(&near, t->text, p->conf->tunnels[k].name);
	unknown_name(p, t, "ipsec_tunnel", &near);
	return -1;
}

int check_sla_ref(struct parse *p, const struct token *t)
{
	int i = conf_find_sla(p->conf, t->text);
	struct nearest near = {0};

	if (i >= 0)
		return i;
	for (size_t k = 0; k < conf_n_slas(p->conf); k++)
		nearest_try(&near, t->text, conf_sla_name(p->conf, (int)k));
	unknown_name(p, t, "sla_probe or sla_group", &near);
	return -1;
}
