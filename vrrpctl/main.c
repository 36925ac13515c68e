/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vrrpctl: everything but this function is in libvrrpctl.a. */
#include "vrrpctl/cmdline.h"

int main(int argc, char *argv[])
{
	struct cmdline o;
	enum exit_status status;
	command_fn run = cmdline_parse(argc, argv, &o, &status);

	return (int)(run ? run(&o) : status);
}
