/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An instance is made, goes on under another configuration, leaves, and is freed; see instance.h.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "vrrpd/instance_act.h"
#include "vrrpd/instance_int.h"

static void take_settings(struct instance *i)
{
	const struct conf_instance *c = i->conf;

	i->fsm_conf = (struct fsm_conf){
		.version = c->version,
		.advert_us = c->advert_us,
		.down_adverts = c->down_timer_adverts,
		.preempt = !c->nopreempt,
		.preempt_delay_us = c->preempt_delay_us,
		.synced = conf_is_synced(i->host->conf, c),
	};
	if (c->v3_checksum != CSUM_AUTO)
		i->form = c->v3_checksum == CSUM_PSEUDO ? ADVERT_PSEUDO : ADVERT_PLAIN;
}

/* What is known of a thing that was tracked before the reload. */
static struct track_view known_view(const struct instance *i, const struct conf_track *t)
{
	for (size_t k = 0; i->tracks && k < i->conf->n_tracks; k++)
		if (i->conf->tracks[k].kind == t->kind &&
		    strcmp(i->conf->tracks[k].name, t->name) == 0)
			return i->tracks[k];
	return (struct track_view){TRACK_UNKNOWN, 0};
}

/* The addresses of the adverts, and the states of the tracked things. */
static int take_lists(struct instance *i, const struct conf_instance *c)
{
	struct track_view *tracks = calloc(c->n_tracks + 1, sizeof(*tracks));
	struct addr *mine = calloc(c->n_vips + 1, sizeof(*mine));
	uint8_t *bytes = calloc(c->n_vips + 1, 16);
	size_t used = 0;

	if (!tracks || !mine || !bytes) {
		free(tracks);
		free(mine);
		free(bytes);
		return -1;
	}
	for (size_t k = 0; k < c->n_vips; k++) {
		mine[k] = c->vips[k].prefix.addr;
		memcpy(bytes + used, mine[k].b, addr_len(&mine[k]));
		used += addr_len(&mine[k]);
	}
	for (size_t k = 0; k < c->n_tracks; k++)
		tracks[k] = known_view(i, &c->tracks[k]);
	free(i->tracks);
	free(i->mine);
	free(i->mine_bytes);
	i->tracks = tracks;
	i->mine = mine;
	i->mine_bytes = bytes;
	i->n_mine = c->n_vips;
	return 0;
}

struct instance *instance_new(struct host *host, size_t index)
{
	struct instance *i = calloc(1, sizeof(*i));

	if (!i)
		return NULL;
	i->host = host;
	i->index = index;
	i->moving.owner = i->announcing.owner = i;
	i->conf = &host->conf->instances[index];
	i->resume_at = MONO_NEVER;
	i->garp_slot = MONO_NEVER;
	i->noticed = i->group_noticed = N_NOTICES;
	i->since_realtime_us = realtime_us();
	snprintf(i->reason, sizeof(i->reason), "just started");
	if (take_lists(i, i->conf) != 0) {
		instance_free(i);
		return NULL;
	}
	take_settings(i);
	fsm_init(&i->fsm, &i->fsm_conf, i->conf->priority);
	timer_init(&i->timer, host->loop, instance_on_timer, i);
	timer_init(&i->garp_timer, host->loop, instance_on_garp_timer, i);
	return i;
}

static bool same_vmacs(const struct conf_instance *a, const struct conf_instance *b)
{
	bool same = a->n_vmacs == b->n_vmacs;

	for (size_t k = 0; same && k < a->n_vmacs; k++)
		same = strcmp(a->vmacs[k].name, b->vmacs[k].name) == 0 &&
		       strcmp(a->vmacs[k].parent, b->vmacs[k].parent) == 0 &&
		       memcmp(a->vmacs[k].mac, b->vmacs[k].mac, sizeof(a->vmacs[k].mac)) == 0;
	return same;
}

bool instance_matches(const struct instance *i, const struct conf_instance *c)
{
	return strcmp(i->conf->name, c->name) == 0 &&
	       strcmp(i->conf->interface, c->interface) == 0 && i->conf->vrid == c->vrid &&
	       i->conf->version == c->version && i->conf->family == c->family &&
	       i->conf->use_vmac == c->use_vmac && same_vmacs(i->conf, c);
}

int instance_reconfigure(struct instance *i, size_t index)
{
	const struct conf_instance *old = i->conf, *c = &i->host->conf->instances[index];

	if (take_lists(i, c) != 0)
		return -1;
	i->conf = c;
	i->index = index;
	take_settings(i);
	if (i->routing.held)
		routing_adopt(i->host->routing, &i->routing, c);
	if (!i->fsm_conf.synced)
		i->sync_blocker[0] = '\0';
	fsm_reconfigure(&i->fsm, &i->fsm_conf, loop_now(i->host->loop));
	timer_set(&i->timer, i->fsm.deadline);
	if (i->fsm.state == FSM_ACTIVE)
		act_let_go(i, old);
	return 0;
}

void instance_keep(struct instance *i)
{
	const struct fsm_event refused = {.kind = FSM_REFUSED};

	if (i->fsm.state != FSM_ACTIVE || act_keep(i) == 0)
		return;
	log_thing(LOG_ERR, THING_INSTANCE, i->conf->name, "cannot stay Active: %s", i->reason);
	instance_feed(i, &refused);
}

void instance_leave(struct instance *i)
{
	if (i->fsm.state == FSM_ACTIVE)
		act_send(i, VRRP_PRIORITY_LEAVING);
	/* tunnels_reload ended its claim already; its number is another instance's now. */
	i->index = SIZE_MAX;
	act_release(&i, 1);
}

void instance_free(struct instance *i)
{
	if (!i)
		return;
	timer_set(&i->timer, MONO_NEVER);
	timer_set(&i->garp_timer, MONO_NEVER);
	work_drop(&i->host->work, &i->moving);
	work_drop(&i->host->work, &i->announcing);
	free(i->tracks);
	free(i->mine);
	free(i->mine_bytes);
	free(i);
}
