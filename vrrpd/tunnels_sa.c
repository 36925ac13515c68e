/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The SAs of the tunnels: whose they are, what they make of a tunnel's state, and the static ones,
 * which have no key daemon that would bring them back.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "vrrpd/nl_xfrm.h"
#include "vrrpd/static_sa.h"
#include "vrrpd/tunnels_int.h"

/* What somebody removes again and again is not worth more than this. */
#define STATIC_PAUSE_US US_PER_S

static void index_views(struct tunnel_set *s)
{
	for (size_t i = 0; i < s->conf->n_tunnels; i++) {
		s->views[i].first_sa = s->views[i].n_sas = 0;
		s->views[i].encapsulated = false;
	}
	for (size_t i = 0; i < s->n_sas; i++) {
		struct tunnel_view *v = &s->views[s->sas[i].tunnel];

		if (v->n_sas++ == 0)
			v->first_sa = i;
		v->encapsulated |= s->sas[i].encapsulated;
	}
}

int tunnels_read_sas(const struct tunnels *t, struct tunnel_set *s, mono_t now)
{
	struct sa *sas;
	size_t n;
	int err;

	s->sas_read = now;
	err = nl_xfrm_dump_sas(t->nl, &sas, &n);
	if (err < 0)
		return err;
	free(s->sas);
	s->sas = sas;
	s->n_sas = sas_sort(s->conf, sas, n);
	s->n_nobodys = n - s->n_sas;
	index_views(s);
	return 0;
}

/* From the i-th on; NULL while there is none, which no offset may be added to. */
static const struct sa *sas_from(const struct tunnel_set *s, size_t i)
{
	return s->sas ? s->sas + i : NULL;
}

static bool has_pair(const struct tunnel_set *s, size_t tunnel)
{
	const struct tunnel_view *v = &s->views[tunnel];

	return sas_are_pair(sas_from(s, v->first_sa), v->n_sas);
}

enum tunnel_state tunnels_judge(const struct tunnel_set *s, size_t tunnel)
{
	if (!tunnel_has_way(s, tunnel))
		return TUNNEL_DOWN;
	return has_pair(s, tunnel) ? TUNNEL_UP : TUNNEL_NO_SA;
}

const char *tunnels_why(const struct tunnel_set *s, size_t tunnel, char buf[SAS_WHY_MAX])
{
	const struct conf_tunnel *c = &s->conf->tunnels[tunnel];
	const struct tunnel_view *v = &s->views[tunnel];

	if (v->state == TUNNEL_UP)
		snprintf(buf, SAS_WHY_MAX, "both SAs are there");
	else if (v->state == TUNNEL_DOWN && v->running)
		snprintf(buf, SAS_WHY_MAX, "its interface %s is missing", c->device);
	else if (v->state == TUNNEL_DOWN)
		snprintf(buf, SAS_WHY_MAX, "line %s is down or missing", c->interface);
	else
		sas_why_no_pair(c, sas_from(s, v->first_sa), v->n_sas, sas_from(s, s->n_sas),
				s->n_nobodys, buf);
	return buf;
}

void tunnels_restore_sas(struct tunnels *t, mono_t now)
{
	const struct conf *c = t->set->conf;
	char why[300], text[400];
	size_t i = 0;

	while (i < c->n_tunnels && (c->tunnels[i].keys != KEYS_STATIC || has_pair(t->set, i)))
		i++;
	if (i == c->n_tunnels)
		return;
	if (!mono_reached(t->next_static, now)) {
		t->look_at_sas = true;
		tunnels_wake_at(t, t->next_static);
		return;
	}
	t->next_static = mono_add(now, STATIC_PAUSE_US);
	if (static_sa_install(t->nl, c, why, sizeof(why)) == 0)
		snprintf(text, sizeof(text), "the SAs of tunnel %s were removed: put back",
			 c->tunnels[i].name);
	else
		snprintf(text, sizeof(text), "the SAs of tunnel %s were removed: %s",
			 c->tunnels[i].name, why);
	tunnels_alarm(t, ALARM_SAS_REMOVED, text);
	tunnels_read_sas(t, t->set, now);
}
