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

/* What somebody removes again and again is not worth more than this, nor what the kernel refuses.
 */
#define STATIC_PAUSE_US US_PER_S
#define STATIC_PAUSE_MAX_US (64 * US_PER_S)

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
	else if (s->refused[tunnel])
		static_sa_refusal(c, s->refused[tunnel], buf, SAS_WHY_MAX);
	else
		sas_why_no_pair(c, sas_from(s, v->first_sa), v->n_sas, sas_from(s, s->n_sas),
				s->n_nobodys, buf);
	return buf;
}

static void failed(struct tunnels *t, const char *why)
{
	t->static_pause_us = t->static_pause_us == 0 ? STATIC_PAUSE_US : 2 * t->static_pause_us;
	if (t->static_pause_us > STATIC_PAUSE_MAX_US)
		t->static_pause_us = STATIC_PAUSE_MAX_US;
	t->static_retry = mono_add(loop_now(t->loop), t->static_pause_us);
	tunnels_alarm(t, ALARM_SAS_REFUSED, why);
}

static void complete(struct tunnels *t)
{
	t->static_pause_us = 0;
	t->static_retry = MONO_NEVER;
	tunnels_alarm(t, ALARM_SAS_REFUSED, NULL);
}

int tunnels_put_sas(struct tunnels *t, struct tunnel_set *s, const struct sa_keys keys[])
{
	char why[400];
	int err = static_sa_put(t->nl, s->conf, keys, s->refused, why, sizeof(why));

	if (err < 0)
		failed(t, why);
	else
		complete(t);
	return err;
}

/* The first tunnel whose static SAs are not there; n_tunnels: none. */
static size_t first_without(const struct tunnel_set *s)
{
	size_t i = 0;

	while (i < s->conf->n_tunnels &&
	       (s->conf->tunnels[i].keys != KEYS_STATIC || has_pair(s, i)))
		i++;
	return i;
}

static void restore(struct tunnels *t, const char *tunnel)
{
	bool removed = t->static_pause_us == 0;
	struct sa_keys *keys;
	char why[400];
	int err = static_sa_read(t->set->conf, &keys, why, sizeof(why));

	if (err < 0)
		failed(t, why);
	else
		err = tunnels_put_sas(t, t->set, keys);
	static_sa_forget(t->set->conf, keys);
	if (err < 0 || !removed)
		return;
	snprintf(why, sizeof(why), "the SAs of tunnel %s were removed: put back", tunnel);
	tunnels_alarm(t, ALARM_SAS_REMOVED, why);
}

void tunnels_restore_sas(struct tunnels *t, mono_t now)
{
	size_t i = first_without(t->set);
	mono_t when = mono_is_never(t->static_retry) ? t->next_static : t->static_retry;

	if (i == t->set->conf->n_tunnels) {
		complete(t);
		return;
	}
	if (!mono_reached(when, now)) {
		t->static_retry = when;
		return;
	}
	t->next_static = mono_add(now, STATIC_PAUSE_US);
	restore(t, t->set->conf->tunnels[i].name);
	tunnels_read_sas(t, t->set, now);
}
