/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One table row a command: its name, what it takes, and its help, so that the usage text and the
 * checks of the command line cannot drift apart.
 */
#include "config.h"
#include "vrrpctl/cmdline.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "vrrpctl/commands.h"
#include "vrrpctl/text.h"

enum {
	TAKES_WATCH = 1,
	TAKES_FOLLOW = 2,
	TAKES_ALL = 4,
	TAKES_FORCE = 8,
	TAKES_FOR = 16,
	TAKES_TIMEOUT = 32,
	TAKES_CONFIG = 64
};

struct command {
	const char *name;
	command_fn fn;
	int args; /* words after the name; with --all none */
	unsigned takes;
	const char *usage, *help;
};

static const struct command commands[] = {
	{"status", command_status, 0, TAKES_WATCH, "status [--watch]",
	 "the verdict, instances, tunnels and probes (default)"},
	{"explain", command_explain, 1, 0, "explain NAME", "why the instance is in its state"},
	{"probes", command_probes, 0, 0, "probes", "every figure of every probe"},
	{"tunnels", command_tunnels, 0, 0, "tunnels", "SAs and policies of every tunnel"},
	{"events", command_events, 0, TAKES_FOLLOW, "events [--follow]",
	 "the timeline of transitions"},
	{"drain", command_drain, 1, TAKES_ALL | TAKES_FORCE | TAKES_FOR,
	 "drain NAME|--all [--for TIME] [--force]", "hand the virtual IP to the peer"},
	{"resume", command_resume, 1, TAKES_ALL, "resume NAME|--all", "end a drain"},
	{"reload", command_reload, 0, 0, "reload", "both daemons read their file again"},
	{"wait", command_wait, 2, TAKES_TIMEOUT, "wait NAME STATE [--timeout S]",
	 "return when NAME is in STATE"},
	{"metrics", command_metrics, 0, 0, "metrics", "OpenMetrics text"},
	{"doctor", command_doctor, 0, TAKES_CONFIG, "doctor [-f FILE]", "check this host"},
};

#define N_COMMANDS (sizeof(commands) / sizeof(commands[0]))

static void usage(FILE *to)
{
	fprintf(to, "usage: vrrpctl [-r DIR] [--json] COMMAND\n\n");
	for (size_t i = 0; i < N_COMMANDS; i++)
		fprintf(to, "  %-40s %s\n", commands[i].usage, commands[i].help);
	fprintf(to, "\n  -r, --runtime-dir DIR  where the daemons' sockets are (" RUNSTATEDIR
		    "/vrrp-sla)\n"
		    "      --json             one JSON object instead of text\n"
		    "  -h, --help             this text\n"
		    "  -V, --version          the version\n");
}

static const struct command *find(const char *name)
{
	for (size_t i = 0; i < N_COMMANDS; i++)
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	return NULL;
}

enum { OPT_JSON = 256, OPT_WATCH, OPT_FOLLOW, OPT_ALL, OPT_FORCE, OPT_FOR, OPT_TIMEOUT };

static const struct option long_options[] = {
	{"runtime-dir", required_argument, NULL, 'r'},
	{"config", required_argument, NULL, 'f'},
	{"json", no_argument, NULL, OPT_JSON},
	{"watch", no_argument, NULL, OPT_WATCH},
	{"follow", no_argument, NULL, OPT_FOLLOW},
	{"all", no_argument, NULL, OPT_ALL},
	{"force", no_argument, NULL, OPT_FORCE},
	{"for", required_argument, NULL, OPT_FOR},
	{"timeout", required_argument, NULL, OPT_TIMEOUT},
	{"help", no_argument, NULL, 'h'},
	{"version", no_argument, NULL, 'V'},
	{NULL, 0, NULL, 0},
};

static bool duration_option(const char *name, int64_t *ms)
{
	if (text_parse_duration(optarg, ms))
		return true;
	fprintf(stderr, "vrrpctl: --%s: `%s' is no duration; try 30, 1.5h, 10m or 250ms\n", name,
		optarg);
	return false;
}

/* Takes one option; the bit that a command must allow goes into *used. False: usage error. */
static bool take(int c, struct cmdline *o, unsigned *used)
{
	switch (c) {
	case 'r':
		o->dir = optarg;
		return true;
	case 'f':
		*used |= TAKES_CONFIG;
		o->config = optarg;
		return true;
	case OPT_JSON:
		return o->json = true;
	case OPT_WATCH:
		*used |= TAKES_WATCH;
		return o->watch = true;
	case OPT_FOLLOW:
		*used |= TAKES_FOLLOW;
		return o->follow = true;
	case OPT_ALL:
		*used |= TAKES_ALL;
		return o->all = true;
	case OPT_FORCE:
		*used |= TAKES_FORCE;
		return o->force = true;
	case OPT_FOR:
		*used |= TAKES_FOR;
		return duration_option("for", &o->for_ms);
	case OPT_TIMEOUT:
		*used |= TAKES_TIMEOUT;
		return duration_option("timeout", &o->timeout_ms);
	default:
		return false;
	}
}

/* The words and options against the command's row. */
static bool fits(const struct command *c, const struct cmdline *o, unsigned used)
{
	int args = o->all ? 0 : c->args;

	if (used & ~c->takes)
		fprintf(stderr, "vrrpctl: an option does not belong to `%s'\n", c->name);
	else if (o->n_args < args)
		fprintf(stderr, "vrrpctl: `%s' needs more words\n", c->name);
	else if (o->n_args > args)
		fprintf(stderr, "vrrpctl: surplus word `%s'\n", o->args[args]);
	else
		return true;
	fprintf(stderr, "usage: vrrpctl [-r DIR] [--json] %s\n", c->usage);
	return false;
}

command_fn cmdline_parse(int argc, char *argv[], struct cmdline *o, enum exit_status *status)
{
	const struct command *c;
	unsigned used = 0;
	int opt;

	*o = (struct cmdline){.dir = RUNSTATEDIR "/vrrp-sla",
			      .config = SYSCONFDIR "/vrrp-sla/vrrp-sla.conf",
			      .timeout_ms = 30000,
			      .for_ms = -1};
	*status = STATUS_USAGE;
	while ((opt = getopt_long(argc, argv, "r:f:hV", long_options, NULL)) != -1) {
		if (opt == 'h' || opt == 'V') {
			if (opt == 'h')
				usage(stdout);
			else
				printf("vrrpctl %s\n", PACKAGE_VERSION);
			*status = STATUS_DONE;
			return NULL;
		}
		if (!take(opt, o, &used))
			return NULL;
	}
	c = optind < argc ? find(argv[optind]) : find("status");
	if (!c) {
		fprintf(stderr, "vrrpctl: unknown command `%s'\n", argv[optind]);
		usage(stderr);
		return NULL;
	}
	o->args = argv + optind + 1;
	o->n_args = optind < argc ? argc - optind - 1 : 0;
	return fits(c, o, used) ? c->fn : NULL;
}
