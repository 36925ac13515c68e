/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What shm_writer.c and shm_reader.c agree on beside the memory's layout (sla.h). */
#ifndef COMMON_SHM_WIRE_H
#define COMMON_SHM_WIRE_H

#include <stdint.h>

/* A message from writer to reader is one byte. A memory's descriptor comes with it (SCM_RIGHTS). */
#define SHM_BYTE_MEMORY 'm'
#define SHM_BYTE_WAKE 'w'

/* Of this boot; zeros where the kernel's word for it cannot be read, as under ProcSubset=pid. */
void shm_boot_id(uint8_t id[16]);

#endif
