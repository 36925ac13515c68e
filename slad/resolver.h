/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Looks host names up without making anybody wait: a helper process asks the system's resolver
 * (getaddrinfo(3): hosts file, DNS, whatever nsswitch.conf says) and sends the answers over a
 * socket. One question after the other, so a slow name server delays other names, never a probe.
 * Glue; errors are negative errnos.
 */
#ifndef SLAD_RESOLVER_H
#define SLAD_RESOLVER_H

#include "common/addr.h"
#include "common/conf.h"
#include "common/loop.h"

struct resolver_question {
	char host[CONF_HOST_MAX];
	uint8_t family;   /* enum family; FAMILY_NONE: either */
	struct addr keep; /* answered when it is still one of several; may be unset */
};

struct resolver_answer {
	struct resolver_question question;
	struct addr address; /* unset: there is none, see why */
	char why[64];
};

struct resolver;

struct resolver_ops {
	void (*answered)(void *ctx, const struct resolver_answer *a);
	/* The helper died, and open questions with it. */
	void (*lost)(void *ctx);
};

/* Starts the helper; ops and ctx outlive it. */
int resolver_open(struct resolver **out, struct loop *loop, const struct resolver_ops *ops,
		  void *ctx);
/* Ends the helper, whatever it is doing. NULL is fine. */
void resolver_close(struct resolver *r);
/* -EAGAIN: it has enough to do. A helper that died is started anew. */
int resolver_ask(struct resolver *r, const struct resolver_question *q);

#endif
