/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The interfaces of tunnels that have one of their own. An interface is tied to its line's index,
 * which another line under the same name has not: then it is made anew. Without its line there is
 * none, and what is routed to the remote subnets meets the unreachable route.
 */
#include <errno.h>
#include <inttypes.h>
#include <linux/netlink.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vrrpd/nl_xfrmi.h"
#include "vrrpd/tunnels_int.h"

/* Somebody who removes it again and again gets no more than this of our time. */
#define DEVICE_PAUSE_US (100 * US_PER_MS)
/* What the kernel refuses now it may take later: a name or a number is free again. */
#define DEVICE_RETRY_US US_PER_S

/* What the kernel holds of ours. */
struct device_job {
	struct nl *nl;
	struct xfrmi *present;
	size_t n;
};

static int job_open(struct device_job *j)
{
	int err = netlink_open(&j->nl, NULL, NETLINK_ROUTE, NULL, 0, NULL, NULL, NULL);

	return err ? err : nl_xfrmi_dump_own(j->nl, &j->present, &j->n);
}

static void job_close(struct device_job *j)
{
	netlink_close(j->nl);
	free(j->present);
}

static bool wants_device(const struct conf *c)
{
	for (size_t i = 0; i < c->n_tunnels; i++)
		if (c->tunnels[i].mode == MODE_INTERFACE)
			return true;
	return false;
}

static void explain(const struct conf_tunnel *t, int err, char *why, size_t n)
{
	if (err == -EOPNOTSUPP)
		snprintf(why, n,
			 "tunnel %s: this kernel has no XFRM interfaces (module xfrm_interface): "
			 "use `mode policy'",
			 t->name);
	else if (err == -EEXIST)
		snprintf(why, n,
			 "tunnel %s: another program has an interface %s, or if_id %" PRIu32
			 " on another name: choose others in `mode interface' and `if_id'",
			 t->name, t->device, t->if_id);
	else
		snprintf(why, n, "tunnel %s: no interface %s: %s", t->name, t->device,
			 err == -EPERM ? "the capability CAP_NET_ADMIN is missing"
				       : strerror(-err));
}

/* In all that cannot be put right where it is. */
static bool same_device(const struct xfrmi *a, const struct xfrmi *b)
{
	return strcmp(a->name, b->name) == 0 && a->line == b->line && a->if_id == b->if_id;
}

/* Makes room for it: the kernel lets neither a name nor a number be there twice. */
static int remove_others(const struct device_job *j, const struct xfrmi *wanted)
{
	int err = 0;

	for (size_t i = 0; err == 0 && i < j->n; i++)
		if (strcmp(j->present[i].name, wanted->name) == 0 ||
		    j->present[i].if_id == wanted->if_id)
			err = nl_xfrmi_del(j->nl, j->present[i].ifindex);
	return err;
}

/* One that is there already. */
static int put_right(const struct device_job *j, struct tunnel_view *v, const struct xfrmi *present,
		     const struct xfrmi *wanted, size_t *put)
{
	struct xfrmi x = *wanted;
	int err;

	if (present->up && present->mtu == wanted->mtu)
		return 0;
	x.ifindex = present->ifindex;
	err = nl_xfrmi_set_up(j->nl, &x);
	*put += err == 0 && (!present->up || v->device_mtu == wanted->mtu);
	return err;
}

static int make_one(const struct device_job *j, struct tunnel_set *s, size_t tunnel,
		    struct xfrmi *wanted, size_t *put)
{
	int err = remove_others(j, wanted);

	s->devices[tunnel] = 0;
	if (err < 0 || wanted->line == 0)
		return err;
	err = nl_xfrmi_add(j->nl, wanted);
	*put += err == 0;
	s->made[tunnel] = err == 0;
	s->devices[tunnel] = err == 0 ? wanted->ifindex : 0;
	return err;
}

static int put_one(const struct device_job *j, struct tunnel_set *s, size_t tunnel, size_t *put)
{
	const struct guard_line line = tunnel_guard_line(s, tunnel);
	const struct conf_tunnel *t = &s->conf->tunnels[tunnel];
	struct xfrmi wanted = {.line = (int)if_nametoindex(t->interface),
			       .if_id = t->if_id,
			       .mtu = wanted_device_mtu(t, &line)};
	size_t i = 0;
	int err;

	memcpy(wanted.name, t->device, sizeof(wanted.name));
	while (i < j->n && !same_device(&j->present[i], &wanted))
		i++;
	if (i < j->n) {
		s->devices[tunnel] = j->present[i].ifindex;
		err = put_right(j, &s->views[tunnel], &j->present[i], &wanted, put);
	} else {
		err = make_one(j, s, tunnel, &wanted, put);
	}
	if (err == 0)
		s->views[tunnel].device_mtu = wanted.mtu;
	return err;
}

int tunnels_put_devices(struct tunnel_set *s, mono_t now, size_t *put, char *why, size_t why_size)
{
	const struct conf *c = s->conf;
	struct device_job j = {0};
	bool readable;
	int result;

	*put = 0;
	if (!wants_device(c))
		return 0;
	result = job_open(&j);
	readable = result == 0;
	if (result < 0)
		snprintf(why, why_size, "cannot read the interfaces: %s", strerror(-result));
	for (size_t i = 0; readable && i < c->n_tunnels; i++) {
		int err = c->tunnels[i].mode == MODE_INTERFACE ? put_one(&j, s, i, put) : 0;

		roles_line(s->roles, i, !tunnel_has_way(s, i), now);
		if (err < 0 && result == 0) {
			result = err;
			explain(&c->tunnels[i], err, why, why_size);
		}
	}
	job_close(&j);
	return result;
}

void tunnels_undo_devices(struct tunnel_set *s)
{
	struct device_job j = {0};

	if (!wants_device(s->conf))
		return;
	if (job_open(&j) == 0)
		for (size_t i = 0; i < s->conf->n_tunnels; i++)
			if (s->made[i])
				nl_xfrmi_del(j.nl, s->devices[i]);
	job_close(&j);
}

static bool has(const struct conf *c, const char *name)
{
	for (size_t i = 0; i < c->n_tunnels; i++)
		if (strcmp(c->tunnels[i].device, name) == 0)
			return true;
	return false;
}

void tunnels_sweep_devices(const struct tunnel_set *s)
{
	struct device_job j = {0};

	if (job_open(&j) == 0)
		for (size_t i = 0; i < j.n; i++)
			if (!has(s->conf, j.present[i].name))
				nl_xfrmi_del(j.nl, j.present[i].ifindex);
	job_close(&j);
}

/* ---- repair ---- */

static bool same_devices(const struct tunnel_set *s, const int before[])
{
	return memcmp(s->devices, before, s->conf->n_tunnels * sizeof(*before)) == 0;
}

/* The first tunnel whose interface had to be replaced. */
static const struct conf_tunnel *replaced(const struct tunnel_set *s, const int before[])
{
	for (size_t i = 0; i < s->conf->n_tunnels; i++)
		if (before[i] && s->devices[i] && before[i] != s->devices[i])
			return &s->conf->tunnels[i];
	return NULL;
}

static void tell(struct tunnels *t, const int before[], size_t put, int err, const char *why)
{
	const struct conf_tunnel *c = replaced(t->set, before);
	char text[400];

	if (err < 0) {
		snprintf(text, sizeof(text), "an interface is not as it must be: %s", why);
		tunnels_alarm(t, ALARM_INTERFACE_WRONG, text);
		return;
	}
	tunnels_alarm(t, ALARM_INTERFACE_WRONG, NULL);
	if (c)
		snprintf(text, sizeof(text),
			 "interface %s of tunnel %s was gone or another one: made anew", c->device,
			 c->name);
	else if (put > 0 && same_devices(t->set, before))
		snprintf(text, sizeof(text),
			 "an interface of a tunnel was down or had another MTU: put right");
	else
		return;
	tunnels_alarm(t, ALARM_INTERFACE_CHANGED, text);
}

void tunnels_repair_devices(struct tunnels *t, mono_t now)
{
	struct tunnel_set *s = t->set;
	int *before;
	char why[300] = "";
	size_t put;
	int err;

	if (!mono_reached(t->next_device, now)) {
		tunnels_wake_at(t, t->next_device);
		return;
	}
	before = calloc(s->conf->n_tunnels + 1, sizeof(*before));
	if (!before) {
		t->device_retry = mono_add(now, DEVICE_RETRY_US);
		return;
	}
	memcpy(before, s->devices, s->conf->n_tunnels * sizeof(*before));
	t->look_at_devices = false;
	err = tunnels_put_devices(s, now, &put, why, sizeof(why));
	t->device_retry = err < 0 ? mono_add(now, DEVICE_RETRY_US) : MONO_NEVER;
	if (err < 0 || put > 0)
		t->next_device = mono_add(now, DEVICE_PAUSE_US);
	if (put > 0 || !same_devices(s, before)) {
		s->n_wanted =
			s->n_lasting + wanted_passes(s->conf, s->devices, s->wanted + s->n_lasting);
		t->look_at_policies = t->look_at_routes = true;
		tunnels_apply_roles(t, now);
	}
	tell(t, before, put, err, why);
	free(before);
}

bool tunnels_want_mtu(const struct tunnel_set *s)
{
	for (size_t i = 0; i < s->conf->n_tunnels; i++) {
		const struct guard_line line = tunnel_guard_line(s, i);

		if (s->devices[i] &&
		    s->views[i].device_mtu != wanted_device_mtu(&s->conf->tunnels[i], &line))
			return true;
	}
	return false;
}

bool tunnels_is_device(const struct tunnel_set *s, const struct nlmsghdr *h)
{
	int ifindex = xfrmi_parse_index(h);

	for (size_t i = 0; ifindex && i < s->conf->n_tunnels; i++)
		if (s->devices[i] == ifindex)
			return true;
	return false;
}

int tunnels_flush_devices(size_t *removed)
{
	struct device_job j = {0};
	int err = job_open(&j), result = err;

	for (size_t i = 0; err == 0 && i < j.n; i++) {
		int refused = nl_xfrmi_del(j.nl, j.present[i].ifindex);

		*removed += refused == 0;
		result = result ? result : refused;
	}
	job_close(&j);
	return result;
}
