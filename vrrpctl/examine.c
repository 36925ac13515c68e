/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `vrrpctl doctor`: reads the configuration, looks at the host, and asks the daemons what they
 * heard if they run. */
#include <stdio.h>

#include "common/conf_load.h"
#include "vrrpctl/commands.h"
#include "vrrpctl/daemons.h"
#include "vrrpctl/doctor.h"
#include "vrrpctl/doctor_host.h"
#include "vrrpctl/output.h"

static json_t *examine(const struct cmdline *o, const struct conf *c)
{
	struct host_facts facts;
	int errors[N_DAEMONS];
	json_t *findings = json_array(), *snapshot = daemons_snapshot(o->dir, errors);

	host_facts_gather(c, &facts);
	doctor_judge(c, &facts, snapshot, findings);
	host_facts_free(&facts);
	json_decref(snapshot);
	return findings;
}

enum exit_status command_doctor(const struct cmdline *o)
{
	struct text t = {.colour = output_colour()};
	struct diags diags = {0};
	struct conf *c = conf_load(o->config, NULL, &diags);
	json_t *findings, *whole;
	bool healthy, printed;

	diags_print(&diags, stderr);
	diags_free(&diags);
	if (!c)
		return STATUS_NO;
	findings = examine(o, c);
	conf_free(c);
	whole = json_pack("{s:O}", "findings", findings);
	format_findings(&t, findings);
	printed = o->json ? output_json(whole) : output_text(&t);
	healthy = doctor_count(findings, "error") == 0;
	text_free(&t);
	json_decref(whole);
	json_decref(findings);
	return healthy && printed ? STATUS_DONE : STATUS_NO;
}
