/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An interface's flags and MTU by ioctl (netdevice(7)); see line.h. */
#include "vrrpd/line.h"

#include <net/if.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define RUNNING (IFF_UP | IFF_RUNNING)

struct line line_look(const char *interface)
{
	struct line out = {0};
	struct ifreq r = {0};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return out;
	snprintf(r.ifr_name, sizeof(r.ifr_name), "%s", interface);
	if (ioctl(fd, SIOCGIFFLAGS, &r) == 0)
		out.running = (r.ifr_flags & RUNNING) == RUNNING;
	if (ioctl(fd, SIOCGIFMTU, &r) == 0 && r.ifr_mtu > 0)
		out.mtu = (unsigned)r.ifr_mtu;
	close(fd);
	return out;
}
