/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Silent tunnels; see silence.h. Pure. */
#include "vrrpd/silence.h"

#include <stdlib.h>

struct silence {
	const struct conf *conf;
	bool *drained; /* per instance */
	bool *silent;  /* per tunnel */
	mono_t *since; /* per tunnel, while it is silent */
};

struct silence *silence_new(const struct conf *c)
{
	struct silence *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->conf = c;
	s->drained = calloc(c->n_instances + 1, sizeof(*s->drained));
	s->silent = calloc(c->n_tunnels + 1, sizeof(*s->silent));
	s->since = calloc(c->n_tunnels + 1, sizeof(*s->since));
	if (!s->drained || !s->silent || !s->since) {
		silence_free(s);
		return NULL;
	}
	return s;
}

void silence_free(struct silence *s)
{
	if (!s)
		return;
	free(s->drained);
	free(s->silent);
	free(s->since);
	free(s);
}

bool silence_drained(const struct silence *s, size_t owner)
{
	return s->drained[owner];
}

const bool *silence_now(const struct silence *s)
{
	return s->silent;
}

static bool uses(const struct silence *s, size_t owner, size_t tunnel)
{
	const struct conf_instance *i = &s->conf->instances[owner];
	const struct conf_tunnel *t = &s->conf->tunnels[tunnel];

	return i->tunnel == (int)tunnel || (i->tunnel_group >= 0 && i->tunnel_group == t->group);
}

static bool has_check(const struct silence *s, size_t tunnel)
{
	return s->conf->tunnels[tunnel].check_interval_us > 0;
}

static bool all_drained(const struct silence *s, size_t tunnel)
{
	for (size_t i = 0; i < s->conf->n_instances; i++)
		if (!s->drained[i] && uses(s, i, tunnel))
			return false;
	return true;
}

bool silence_drain(struct silence *s, size_t owner, bool drained, mono_t now)
{
	bool changed = false;

	if (s->drained[owner] == drained)
		return false;
	s->drained[owner] = drained;
	for (size_t t = 0; t < s->conf->n_tunnels; t++) {
		bool silent;

		if (!has_check(s, t) || !uses(s, owner, t))
			continue;
		silent = drained && all_drained(s, t);
		if (silent != s->silent[t]) {
			s->silent[t] = silent;
			s->since[t] = now;
			changed = true;
		}
	}
	return changed;
}

void silence_restart(struct silence *s, mono_t now)
{
	for (size_t t = 0; t < s->conf->n_tunnels; t++)
		if (s->silent[t])
			s->since[t] = now;
}

static mono_t moved_at(const struct silence *s, size_t tunnel)
{
	const struct conf_tunnel *t = &s->conf->tunnels[tunnel];

	return mono_add(s->since[tunnel],
			(t->check_retries + 1) * t->check_interval_us + SILENCE_MARGIN_US);
}

enum cloud_state silence_state(const struct silence *s, size_t owner, mono_t now, mono_t *until)
{
	enum cloud_state state = CLOUD_UNASKED;

	for (size_t t = 0; s->drained[owner] && t < s->conf->n_tunnels; t++) {
		if (!has_check(s, t) || !uses(s, owner, t))
			continue;
		if (!s->silent[t])
			return CLOUD_STAYS;
		if (state == CLOUD_UNASKED || mono_before(*until, moved_at(s, t)))
			*until = moved_at(s, t);
		state = mono_reached(*until, now) ? CLOUD_MOVED : CLOUD_MOVING;
	}
	return state;
}

void silence_carry_over(struct silence *to, const struct silence *from, mono_t now)
{
	for (size_t i = 0; i < from->conf->n_instances; i++) {
		int k = conf_find_instance(to->conf, from->conf->instances[i].name);

		if (k >= 0)
			silence_drain(to, (size_t)k, from->drained[i], now);
	}
	for (size_t i = 0; i < from->conf->n_tunnels; i++) {
		int k = conf_find_tunnel(to->conf, from->conf->tunnels[i].name);

		if (k >= 0 && to->silent[k] && from->silent[i])
			to->since[k] = from->since[i];
	}
}
