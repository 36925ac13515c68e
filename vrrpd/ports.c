/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared VRRP sockets by interface and family; see ports.h. */
#include "vrrpd/ports.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "common/hash.h"
#include "vrrpd/advert_io.h"

struct port {
	LIST_ENTRY(port) next;
	struct ports *ports;
	struct advert_io *io;
	char interface[16];
	int ifindex;
	uint8_t family;
};

struct ports {
	LIST_HEAD(, port) by_name[HASH_BUCKETS];
	struct loop *loop;
	ports_fn fn;
	void *ctx;
};

struct ports *ports_new(struct loop *loop, ports_fn fn, void *ctx)
{
	struct ports *p = calloc(1, sizeof(*p));

	if (p)
		*p = (struct ports){.loop = loop, .fn = fn, .ctx = ctx};
	return p;
}

static void close_port(struct port *port)
{
	LIST_REMOVE(port, next);
	advert_io_close(port->io);
	free(port);
}

void ports_free(struct ports *p)
{
	if (!p)
		return;
	for (unsigned b = 0; b < HASH_BUCKETS; b++)
		while (!LIST_EMPTY(&p->by_name[b]))
			close_port(LIST_FIRST(&p->by_name[b]));
	free(p);
}

static struct port *find(const struct ports *p, const char *interface, uint8_t family)
{
	struct port *port;

	LIST_FOREACH(port, &p->by_name[hash_bucket(interface)], next)
		if (port->family == family && strcmp(port->interface, interface) == 0)
			return port;
	return NULL;
}

static void received(void *ctx, enum advert_fault fault, const struct advert_packet *p,
		     mono_t stamp)
{
	struct port *port = ctx;
	struct port_input in = {.interface = port->interface,
				.family = port->family,
				.fault = fault,
				.vrid = -1,
				.packet = *p,
				.received = stamp};

	if (in.fault == ADVERT_OK) {
		in.vrid = advert_peek_vrid(&in.packet);
		in.fault = advert_parse(&in.packet, &in.advert);
	}
	port->ports->fn(port->ports->ctx, &in);
}

int ports_use(struct ports *p, const struct link *link, uint8_t family, const char **step)
{
	struct port *port = find(p, link->name, family);
	int err;

	if (port && port->ifindex == link->ifindex)
		return 0;
	if (port)
		close_port(port);
	*step = "memory";
	port = calloc(1, sizeof(*port));
	if (!port)
		return -ENOMEM;
	*port = (struct port){.ports = p, .ifindex = link->ifindex, .family = family};
	snprintf(port->interface, sizeof(port->interface), "%s", link->name);
	err = advert_io_open(&port->io, p->loop, link->ifindex, link->name, family, received, port,
			     step);
	if (err) {
		free(port);
		return err;
	}
	LIST_INSERT_HEAD(&p->by_name[hash_bucket(link->name)], port, next);
	return 0;
}

void ports_drop(struct ports *p, const char *interface, uint8_t family)
{
	struct port *port = find(p, interface, family);

	if (port)
		close_port(port);
}

int ports_send(struct ports *p, const char *interface, const struct addr *source,
	       const struct addr *to, const void *message, size_t len)
{
	struct port *port = find(p, interface, to->family);

	return port ? advert_io_send(port->io, source, to, message, len) : -ENODEV;
}

void ports_drain(struct ports *p, const char *interface, uint8_t family)
{
	struct port *port = find(p, interface, family);

	if (port)
		advert_io_drain(port->io);
}
