/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The daemons' command line; see options.h. */
#include "common/options.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>

#include "common/log.h"
#include "config.h"

#define OPT_FLUSH 256
#define OPT_CLOSE 257

static void usage(FILE *to, const char *program, const char *what, bool has_kernel)
{
	fprintf(to,
		"Usage: %s [OPTION]...\n"
		"%s\n\n"
		"  -f, --config FILE      the configuration (" SYSCONFDIR
		"/vrrp-sla/vrrp-sla.conf)\n"
		"  -r, --runtime-dir DIR  sockets and locks (" RUNSTATEDIR "/vrrp-sla)\n"
		"  -i, --config-id ID     which @ID lines count (the host name)\n"
		"  -t, --check            check the configuration and exit\n"
		"%s"
		"  -d, --debug            debug messages\n"
		"  -V, --version          print the version and exit\n"
		"  -h, --help             print this and exit\n",
		program, what,
		has_kernel ? "      --close            put the tunnels' policies in place, closed "
			     "for the "
			     "LAN, and exit\n"
			     "      --flush            remove from the kernel all that is ours and "
			     "exit\n"
			   : "");
}

int options_parse(struct options *o, int argc, char **argv, const char *what, bool has_kernel)
{
	static const struct option longs[] = {
		{"config", required_argument, NULL, 'f'},
		{"runtime-dir", required_argument, NULL, 'r'},
		{"config-id", required_argument, NULL, 'i'},
		{"check", no_argument, NULL, 't'},
		{"debug", no_argument, NULL, 'd'},
		{"version", no_argument, NULL, 'V'},
		{"help", no_argument, NULL, 'h'},
		{"flush", no_argument, NULL, OPT_FLUSH},
		{"close", no_argument, NULL, OPT_CLOSE},
		{0},
	};
	int c;

	*o = (struct options){
		.config = SYSCONFDIR "/vrrp-sla/vrrp-sla.conf",
		.runtime_dir = RUNSTATEDIR "/vrrp-sla",
	};
	while ((c = getopt_long(argc, argv, "f:r:i:tdVh", longs, NULL)) != -1) {
		switch (c) {
		case 'f':
			o->config = optarg;
			break;
		case 'r':
			o->runtime_dir = optarg;
			break;
		case 'i':
			o->config_id = optarg;
			break;
		case 't':
			o->check = true;
			break;
		case 'd':
			o->debug = true;
			break;
		case 'V':
			printf("%s %s\n", program_invocation_short_name, PACKAGE_VERSION);
			return EXIT_OK;
		case 'h':
			usage(stdout, argv[0], what, has_kernel);
			return EXIT_OK;
		case OPT_FLUSH:
			o->flush = true;
			break;
		case OPT_CLOSE:
			o->close = true;
			break;
		default:
			usage(stderr, argv[0], what, has_kernel);
			return EXIT_BAD_USAGE;
		}
	}
	if (optind < argc || (o->flush && o->close) || ((o->flush || o->close) && !has_kernel)) {
		if (optind < argc)
			fprintf(stderr, "%s: unexpected argument '%s'\n", argv[0], argv[optind]);
		usage(stderr, argv[0], what, has_kernel);
		return EXIT_BAD_USAGE;
	}
	return -1;
}

int refused(const char *format, ...)
{
	char text[PATH_MAX + 256];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	log_msg(LOG_ERR, "%s", text);
	return EXIT_REFUSED;
}
