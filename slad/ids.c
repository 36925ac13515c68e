/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which probe an ICMP id belongs to. Pure; see ids.h. */
#include "slad/ids.h"

#include <string.h>

void ids_init(struct ids *ids, uint16_t base)
{
	memset(ids, 0, sizeof(*ids));
	ids->base = base & IDS_MASK;
}

void ids_forget(struct ids *ids)
{
	memset(ids->of, 0, sizeof(ids->of));
}

static uint16_t place(uint16_t id)
{
	return id & (uint16_t)~IDS_MASK;
}

void ids_keep(struct ids *ids, size_t owner, uint16_t id)
{
	ids->of[place(id)].owner = (uint16_t)(owner + 1);
	ids->of[place(id)].live = true;
}

uint16_t ids_take(struct ids *ids, size_t owner, uint16_t present)
{
	uint16_t id;

	if (ids_owner(ids, present) == owner)
		ids->of[place(present)].live = false;
	while (ids->of[ids->next].live)
		ids->next = place((uint16_t)(ids->next + 1));
	id = ids->base | ids->next;
	ids_keep(ids, owner, id);
	ids->next = place((uint16_t)(ids->next + 1));
	return id;
}

size_t ids_owner(const struct ids *ids, uint16_t id)
{
	uint16_t owner = ids->of[place(id)].owner;

	if ((id & IDS_MASK) != ids->base || owner == 0)
		return IDS_NOBODY;
	return (size_t)owner - 1;
}
