/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Notify commands and FIFOs; see hooks.h. Source of words and order: keepalived.conf(5). */
#include "vrrpd/hooks.h"

#include <stdio.h>
#include <string.h>

#include "common/log.h"

static void check(int err, const char *name, const char *word)
{
	if (err)
		log_msg(LOG_WARNING, "nobody is notified that %s is %s: %s", name, word,
			strerror(-err));
}

void hooks_send(struct runner *r, const struct conf *c, const struct conf_hooks *h,
		const char *kind, const char *name, enum conf_notice n, unsigned priority)
{
	static const char *const words[N_NOTICES] = {"MASTER", "BACKUP", "FAULT", "STOP"};
	char number[12], line[CONF_NAME_MAX + 48];
	const char *const none[] = {NULL};
	const char *const four[] = {kind, name, words[n], number, NULL};

	snprintf(number, sizeof(number), "%u", priority);
	if (h->on[n].len > 0)
		check(runner_hook(r, &h->on[n], none), name, words[n]);
	if (h->any.len > 0)
		check(runner_hook(r, &h->any, four), name, words[n]);
	snprintf(line, sizeof(line), "%s \"%s\" %s %s\n", kind, name, words[n], number);
	for (size_t k = 0; k < N_FIFOS; k++)
		if (c->fifos[k][0])
			check(runner_line(r, c->fifos[k], line), name, words[n]);
}
