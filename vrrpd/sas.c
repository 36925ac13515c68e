/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An SA belongs to the tunnel whose reqid, if_id and outer addresses it has: policies find it by
 * all. A key daemon that was given other numbers, or that sits behind another address, makes SAs
 * that no policy of ours uses; nothing else shows that.
 */
#include "vrrpd/sas.h"

#include <stdio.h>
#include <stdlib.h>

static bool goes_out(const struct conf_tunnel *t, const struct sa *sa)
{
	return addr_equal(&sa->src, &t->local) && addr_equal(&sa->dst, &t->remote);
}

static bool comes_in(const struct conf_tunnel *t, const struct sa *sa)
{
	return addr_equal(&sa->src, &t->remote) && addr_equal(&sa->dst, &t->local);
}

static bool attribute(const struct conf *c, struct sa *sa)
{
	sa->tunnel = -1;
	for (size_t i = 0; i < c->n_tunnels && sa->tunnel < 0; i++) {
		const struct conf_tunnel *t = &c->tunnels[i];

		if (sa->reqid != t->reqid || sa->if_id != t->if_id ||
		    !(goes_out(t, sa) || comes_in(t, sa)))
			continue;
		sa->tunnel = (int)i;
		sa->out = goes_out(t, sa);
	}
	return sa->tunnel >= 0;
}

static int compare(const void *a, const void *b)
{
	const struct sa *x = a, *y = b;

	if (x->tunnel != y->tunnel) /* as unsigned numbers, so that nobody's are the last */
		return (unsigned)x->tunnel < (unsigned)y->tunnel ? -1 : 1;
	if (x->out != y->out)
		return x->out ? -1 : 1;
	return x->added_realtime_us > y->added_realtime_us
		       ? -1
		       : x->added_realtime_us < y->added_realtime_us;
}

size_t sas_sort(const struct conf *c, struct sa sas[], size_t n)
{
	size_t ours = 0;

	for (size_t i = 0; i < n; i++)
		ours += attribute(c, &sas[i]);
	if (n > 0)
		qsort(sas, n, sizeof(*sas), compare);
	return ours;
}

static bool any(const struct sa sas[], size_t n, bool out)
{
	for (size_t i = 0; i < n; i++)
		if (sas[i].out == out)
			return true;
	return false;
}

bool sas_are_pair(const struct sa sas[], size_t n)
{
	return any(sas, n, true) && any(sas, n, false);
}

const char *sas_why_no_pair(const struct conf_tunnel *t, const struct sa sas[], size_t n,
			    const struct sa nobodys[], size_t n_nobodys, char buf[SAS_WHY_MAX])
{
	char src[ADDR_STRLEN], dst[ADDR_STRLEN];

	if (n > 0) {
		snprintf(buf, SAS_WHY_MAX, "no pair of SAs: none %s",
			 any(sas, n, true) ? "comes in" : "goes out");
		return buf;
	}
	snprintf(buf, SAS_WHY_MAX, "no pair of SAs");
	for (size_t i = 0; i < n_nobodys; i++) {
		const struct sa *sa = &nobodys[i];

		addr_format(&sa->src, src);
		addr_format(&sa->dst, dst);
		if (sa->reqid == t->reqid && (goes_out(t, sa) || comes_in(t, sa)))
			snprintf(buf, SAS_WHY_MAX,
				 "no pair of SAs: the one %s -> %s has if_id %u, not %u", src, dst,
				 sa->if_id, t->if_id);
		else if (goes_out(t, sa) || comes_in(t, sa))
			snprintf(buf, SAS_WHY_MAX,
				 "no pair of SAs: the one %s -> %s has reqid %u, not %u", src, dst,
				 sa->reqid, t->reqid);
		else if (sa->reqid == t->reqid)
			snprintf(buf, SAS_WHY_MAX,
				 "no pair of SAs: the one of reqid %u is %s -> %s", t->reqid, src,
				 dst);
		else
			continue;
		break;
	}
	return buf;
}
