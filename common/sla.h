/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What slad publishes and vrrpd and vrrpctl read: the layout of the shared memory. One header, then
 * `n_records` records; a record belongs to one sla (probe or group) by name and keeps its place for
 * the life of the mapping. slad alone writes. A new run, or a reload that changes the set, is a new
 * memory with a new nonce. Times are CLOCK_MONOTONIC microseconds unless they say otherwise: both
 * sides run on one host and boot_id proves it is the same boot (zeros where it cannot be read,
 * which proves nothing). Pure: shapes only.
 */
#ifndef COMMON_SLA_H
#define COMMON_SLA_H

#include <stdatomic.h>
#include <stdint.h>

#include "common/latch.h"

#define SLA_MAGIC UINT64_C(0x3130616c73707276) /* "vrpsla01" */
#define SLA_VERSION 2u
#define SLA_NAME_MAX 64
#define SLA_CAUSE_MAX 96
#define SLA_MAX_RECORDS 4096u
#define SLA_HISTORY 60 /* seconds */
#define SLA_NO_RTT UINT32_MAX

enum sla_state { SLA_UNKNOWN = 0, SLA_UP = 1, SLA_DOWN = 2 };
enum sla_lifecycle { SLA_STARTING = 0, SLA_RUNNING = 1, SLA_STOPPED = 2, SLA_REPLACED = 3 };
enum sla_kind { SLA_PROBE = 0, SLA_GROUP = 1 };

/* One second of a probe. */
struct sla_second {
	uint32_t rtt_us; /* mean, or SLA_NO_RTT */
	uint16_t decided, lost;
};

struct sla_verdict {
	char name[SLA_NAME_MAX];
	uint32_t kind;             /* enum sla_kind */
	uint32_t state;            /* enum sla_state */
	char cause[SLA_CAUSE_MAX]; /* of the present state, one line */
	int64_t since_us;          /* when the state was published */
	int64_t since_realtime_us;
	int64_t updated_us;
	uint64_t transitions; /* counts changes of state; shows a flap that a reader missed */
	uint64_t sent, received, lost, late, duplicate, rejected, send_errors;
	uint64_t void_probes;              /* sent or due, but no evidence about the path */
	uint32_t window_sent, window_lost; /* over the last minute, for loss_percent */
	/* -1 when unknown; the jitter is the mean absolute difference of successive RTTs */
	int64_t rtt_last_us, rtt_min_us, rtt_avg_us, rtt_p50_us, rtt_p95_us, rtt_p99_us, rtt_max_us;
	int64_t rtt_jitter_us;
	/* the same over the last hour, brought up to date every second */
	uint32_t hour_sent, hour_lost;
	int64_t hour_min_us, hour_avg_us, hour_p50_us, hour_p95_us, hour_p99_us, hour_max_us;
	int64_t hour_jitter_us;
	/* Runs of losses in the last hour, the probes that they held, and the longest. A loss that
	 * a late reply took back is one of its run still. */
	uint32_t hour_runs, hour_run_losses, hour_longest_run;
	/* Not 0: this run of slad came to a verdict, so `unknown' is one too. `transitions' does
	 * not tell: it goes on from the last run. */
	uint32_t decided;
	struct sla_second history[SLA_HISTORY]; /* oldest first; the last is that of updated_us */
	int64_t interval_us, timeout_us;
	char target[48], source[48]; /* text; empty: none */
	char tunnel[SLA_NAME_MAX];
};

struct sla_record {
	struct latch latch;
	struct sla_verdict copy[2];
};

struct sla_header {
	uint64_t magic;
	uint32_t version, header_size, record_size, n_records;
	uint8_t boot_id[16];
	uint64_t nonce; /* of this run of slad */
	int64_t pid;
	int64_t started_realtime_us;
	_Atomic int64_t heartbeat_us;
	_Atomic uint32_t lifecycle; /* enum sla_lifecycle */
	uint32_t pad;
};

_Static_assert(sizeof(struct sla_verdict) % 8 == 0, "the latch copies whole words");
_Static_assert(sizeof(struct sla_header) % 8 == 0, "records follow the header, aligned");

/* slad's heartbeat period, and when a reader calls it stale. */
#define SLA_HEARTBEAT_US 50000
#define SLA_STALE_US 250000
/* How long a reader holds the last verdict of a stale slad. */
#define SLA_HOLD_US 10000000

#endif
