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

static const char *const words[N_NOTICES] = {
	"MASTER",          "BACKUP",         "FAULT", "STOP", "DELETED", "MASTER_RX_LOWER_PRI",
	"MASTER_PRIORITY", "BACKUP_PRIORITY"};

void hooks_run(struct runner *r, const struct conf_hooks *h, const char *name, enum conf_notice n)
{
	const char *const none[] = {NULL};

	if (h->on[n].len > 0)
		check(runner_hook(r, &h->on[n], none), name, words[n]);
}

void hooks_send(struct runner *r, const struct conf *c, const struct conf_hooks *h,
		const char *kind, const char *name, enum conf_notice n, unsigned priority)
{
	char number[12];
	const char *const four[] = {kind, name, words[n], number, NULL};

	snprintf(number, sizeof(number), "%u", priority);
	if (n < N_NOTICE_COMMANDS)
		hooks_run(r, h, name, n);
	if (h->any.len > 0 && n <= NOTICE_DELETED)
		check(runner_hook(r, &h->any, four), name, words[n]);
	hooks_line(r, c, kind, name, n, priority);
}

void hooks_line(struct runner *r, const struct conf *c, const char *kind, const char *name,
		enum conf_notice n, unsigned priority)
{
	char line[CONF_NAME_MAX + 48];

	snprintf(line, sizeof(line), "%s \"%s\" %s %u\n", kind, name, words[n], priority);
	for (size_t k = 0; k < N_FIFOS; k++)
		if (c->fifos[k][0])
			check(runner_line(r, c->fifos[k], line), name, words[n]);
}
