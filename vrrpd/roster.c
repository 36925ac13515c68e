/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Instances by interface, family and VRID; see roster.h. Pure. */
#include "vrrpd/roster.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct segment *roster_find(const struct roster *r, const char *interface, uint8_t family)
{
	struct segment *s = r->buckets[hash_bucket(interface)];

	while (s && (s->family != family || strcmp(s->interface, interface) != 0))
		s = s->next;
	return s;
}

struct segment *roster_put(struct roster *r, const char *interface, uint8_t family, uint8_t vrid,
			   void *owner)
{
	struct segment *s = roster_find(r, interface, family);
	unsigned b = hash_bucket(interface);

	if (!s) {
		s = calloc(1, sizeof(*s));
		if (!s)
			return NULL;
		snprintf(s->interface, sizeof(s->interface), "%s", interface);
		s->family = family;
		s->next = r->buckets[b];
		r->buckets[b] = s;
	}
	s->by_vrid[vrid] = owner;
	return s;
}

void roster_clear(struct roster *r)
{
	for (unsigned b = 0; b < HASH_BUCKETS; b++)
		for (struct segment *s = r->buckets[b]; s; s = s->next)
			memset(s->by_vrid, 0, sizeof(s->by_vrid));
}

void roster_free(struct roster *r)
{
	for (unsigned b = 0; b < HASH_BUCKETS; b++)
		while (r->buckets[b]) {
			struct segment *s = r->buckets[b];

			r->buckets[b] = s->next;
			free(s);
		}
}
