/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The per-socket bypass. An `out` policy without an SA swallows adverts while sendto(2) reports
 * success, and an `in` one discards those received; a policy that allows protocol 112 does not help
 * a socket with IP_HDRINCL. A policy of the socket's own comes before all others, in both
 * directions.
 */
#include <errno.h>
#include <linux/xfrm.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <sys/socket.h>

#include "vrrpd/nl_xfrm.h"

/* Nothing to pass by: a kernel without IPsec, or with nobody in it who makes policies of it, which
 * is what the second means for a policy that is well-formed. */
static bool no_policies(int error)
{
	return error == ENOPROTOOPT || error == EINVAL;
}

int xfrm_bypass_socket(int fd, int af)
{
	int level = af == AF_INET6 ? IPPROTO_IPV6 : IPPROTO_IP;
	int option = af == AF_INET6 ? IPV6_XFRM_POLICY : IP_XFRM_POLICY;

	for (uint8_t dir = XFRM_POLICY_IN; dir <= XFRM_POLICY_OUT; dir++) {
		struct xfrm_userpolicy_info p = {
			.sel.family = (uint16_t)af, .dir = dir, .action = XFRM_POLICY_ALLOW};

		if (setsockopt(fd, level, option, &p, sizeof(p)) < 0)
			return no_policies(errno) ? 0 : -errno;
	}
	return 0;
}
