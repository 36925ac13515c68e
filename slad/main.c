/* SPDX-License-Identifier: GPL-2.0-or-later */
/* slad's door; see daemon.c. */
#include "slad/daemon.h"

int main(int argc, char **argv)
{
	struct options o;
	int status = options_parse(&o, argc, argv, "ICMP probes and their verdicts.", false);

	return status >= 0 ? status : slad_main(&o);
}
