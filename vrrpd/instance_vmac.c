/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Virtual MAC addresses of instances; see instance_vmac.h. Adverts are sent as whole frames through
 * the interface itself: the first one leaves before the macvlan is up, the last one after it is
 * down, and no policy or route of the host can keep them.
 */
#include "vrrpd/instance_vmac.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "common/log.h"
#include "vrrpd/advert_frame.h"
#include "vrrpd/announce.h"
#include "vrrpd/instance_act.h"
#include "vrrpd/nl_link.h"

bool instance_sends_vmac(const struct instance *i)
{
	return i->conf->use_vmac && !i->conf->vmac_xmit_base;
}

bool instance_has_vmac(const struct instance *i, const char *name)
{
	for (size_t k = 0; k < i->conf->n_vmacs; k++)
		if (strcmp(i->conf->vmacs[k].name, name) == 0)
			return true;
	return false;
}

struct burst {
	int ifindex[LINKS_RAISE_MAX], errors[LINKS_RAISE_MAX];
	size_t owner[LINKS_RAISE_MAX]; /* in the caller's list */
	size_t n;
};

static void flush(struct instance *const list[], struct burst *b, bool up, int errs[])
{
	if (b->n > 0)
		links_raise(list[0]->host->links, b->ifindex, b->n, up, b->errors);
	for (size_t k = 0; k < b->n; k++)
		if (b->errors[k] && !errs[b->owner[k]])
			errs[b->owner[k]] = b->errors[k];
	b->n = 0;
}

/* Those that are not so yet; one that is not there is left out. */
static void set_all(struct instance *const list[], size_t n, bool up, int errs[])
{
	struct burst b = {.n = 0};

	for (size_t k = 0; k < n; k++) {
		const struct conf_instance *c = list[k]->conf;

		errs[k] = 0;
		for (size_t m = 0; m < c->n_vmacs; m++) {
			const struct link *link =
				links_find(list[k]->host->links, c->vmacs[m].name);

			if (!link || !link->vmac || link->up == up)
				continue;
			if (b.n == LINKS_RAISE_MAX)
				flush(list, &b, up, errs);
			b.owner[b.n] = k;
			b.ifindex[b.n++] = link->ifindex;
		}
	}
	flush(list, &b, up, errs);
}

void instance_vmacs_up(struct instance *const list[], size_t n, int errs[])
{
	set_all(list, n, true, errs);
	for (size_t k = 0; k < n; k++)
		if (errs[k])
			snprintf(list[k]->reason, sizeof(list[k]->reason),
				 "the kernel refused to set up its macvlan: %s",
				 strerror(-errs[k]));
}

void instance_vmacs_down(struct instance *const list[], size_t n)
{
	int errs[ACT_MAX];

	set_all(list, n, false, errs);
	for (size_t k = 0; k < n; k++)
		if (errs[k] && errs[k] != -ENODEV)
			log_thing(LOG_ERR, THING_INSTANCE, list[k]->conf->name,
				  "cannot set down its macvlan: %s", strerror(-errs[k]));
}

int instance_send_vmac(struct instance *i, const struct link *link, const struct addr *source,
		       const struct addr *group, const void *message, size_t len)
{
	uint8_t frame[ADVERT_FRAME_MAX];
	size_t size = advert_frame(i->conf->vmacs[0].mac, source, group, message, len, frame);

	return size ? announce_frame(&i->host->announce, link->ifindex, frame, size) : -EMSGSIZE;
}
