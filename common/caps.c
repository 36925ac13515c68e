/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Capabilities by libcap-ng; see caps.h. */
#include "common/caps.h"

#include <cap-ng.h>

static bool have(unsigned capability)
{
	return capng_get_caps_process() == 0 &&
	       capng_have_capability(CAPNG_EFFECTIVE, capability) == 1;
}

bool caps_have_net_admin(void)
{
	return have(CAP_NET_ADMIN);
}

bool caps_have_net_raw(void)
{
	return have(CAP_NET_RAW);
}

void caps_drop(void)
{
	capng_clear(CAPNG_SELECT_CAPS);
	capng_apply(CAPNG_SELECT_CAPS);
}
