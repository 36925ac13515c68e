/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Gathers the doctor's facts from this host. Reads only; what may not be read is unknown. */
#ifndef VRRPCTL_DOCTOR_HOST_H
#define VRRPCTL_DOCTOR_HOST_H

#include "common/conf.h"
#include "vrrpctl/doctor.h"

void host_facts_gather(const struct conf *c, struct host_facts *out);
void host_facts_free(struct host_facts *h);

#endif
