/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vrrpd's door; see daemon.c. */
#include "vrrpd/daemon.h"

int main(int argc, char **argv)
{
	struct options o;
	int status = options_parse(&o, argc, argv,
				   "VRRP, the virtual IP, and the kernel's IPsec policies.", true);

	return status >= 0 ? status : vrrpd_main(&o);
}
