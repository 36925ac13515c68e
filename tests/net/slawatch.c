/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Looks at slad's channel with nothing but the reader's side of common/shm.h.
 *   slawatch SOCKET          follows: a line for each connection, hang-up and change of verdict,
 * with the wall clock in microseconds: "TIME connected NONCE LIFECYCLE", "TIME hangup LIFECYCLE",
 *                            "TIME verdict NAME STATE CAUSE"
 *   slawatch SOCKET NAME     prints the record once, FIELD=VALUE a line; 1 when there is none
 *   slawatch SOCKET -a N     N times, 50 ms apart, a line for each record: "TARGET STATE SENT
 *                            RECEIVED LOST VOID RTT_LAST_US"
 */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/shm.h"

struct watch {
	struct loop *loop;
	struct shm_reader *reader;
	uint64_t seen[SLA_MAX_RECORDS]; /* transitions + 1 */
};

static const char *const states[] = {"unknown", "up", "down"};

static const char *state_name(uint32_t s)
{
	return s < 3 ? states[s] : "?";
}

static void look(struct watch *w)
{
	struct sla_verdict v;

	for (size_t i = 0; i < shm_reader_count(w->reader); i++) {
		if (!shm_reader_get(w->reader, i, &v) || w->seen[i] == v.transitions + 1)
			continue;
		w->seen[i] = v.transitions + 1;
		printf("%" PRId64 " verdict %s %s %s\n", realtime_us(), v.name, state_name(v.state),
		       v.cause);
	}
}

static unsigned lifecycle(const struct watch *w)
{
	return atomic_load(&shm_reader_header(w->reader)->lifecycle);
}

static void on_event(void *ctx, enum shm_event event)
{
	struct watch *w = ctx;

	switch (event) {
	case SHM_CONNECTED:
		printf("%" PRId64 " connected %016" PRIx64 " %u\n", realtime_us(),
		       shm_reader_header(w->reader)->nonce, lifecycle(w));
		memset(w->seen, 0, sizeof(w->seen));
		look(w);
		break;
	case SHM_WAKE:
		look(w);
		break;
	case SHM_HANGUP:
		printf("%" PRId64 " hangup %u\n", realtime_us(), lifecycle(w));
		break;
	}
	fflush(stdout);
}

static void on_signal(void *ctx, int signo)
{
	struct watch *w = ctx;

	(void)signo;
	loop_stop(w->loop);
}

static int follow(const char *path)
{
	struct watch *w = calloc(1, sizeof(*w));
	int status = EXIT_FAILURE;

	if (!w)
		return status;
	w->loop = loop_new();
	if (w->loop && loop_signal(w->loop, SIGTERM, on_signal, w) == 0 &&
	    shm_reader_open(&w->reader, w->loop, path, on_event, w) == 0) {
		loop_run(w->loop);
		shm_reader_close(w->reader);
		status = EXIT_SUCCESS;
	}
	loop_free(w->loop);
	free(w);
	return status;
}

static void print(const struct sla_verdict *v, unsigned life)
{
	printf("name=%s\nkind=%u\nstate=%s\ncause=%s\nlifecycle=%u\n", v->name, v->kind,
	       state_name(v->state), v->cause, life);
	printf("transitions=%" PRIu64 "\nsent=%" PRIu64 "\nreceived=%" PRIu64 "\nlost=%" PRIu64
	       "\nlate=%" PRIu64 "\n",
	       v->transitions, v->sent, v->received, v->lost, v->late);
	printf("duplicate=%" PRIu64 "\nrejected=%" PRIu64 "\nsend_errors=%" PRIu64 "\nvoid=%" PRIu64
	       "\n",
	       v->duplicate, v->rejected, v->send_errors, v->void_probes);
	printf("window_sent=%u\nwindow_lost=%u\nrtt_last_us=%" PRId64 "\nrtt_p99_us=%" PRId64 "\n",
	       v->window_sent, v->window_lost, v->rtt_last_us, v->rtt_p99_us);
	printf("hour_sent=%u\nhour_longest_run=%u\n", v->hour_sent, v->hour_longest_run);
	printf("timeout_us=%" PRId64 "\ninterval_us=%" PRId64 "\ntarget=%s\nsource=%s\ntunnel=%s\n",
	       v->timeout_us, v->interval_us, v->target, v->source, v->tunnel);
}

static int once(const char *path, const char *name)
{
	struct shm_reader *r;
	struct sla_verdict v;
	int status = EXIT_FAILURE;

	if (shm_reader_open_once(&r, path) != 0)
		return status;
	for (size_t i = 0; i < shm_reader_count(r); i++) {
		if (!shm_reader_get(r, i, &v) || strcmp(v.name, name) != 0)
			continue;
		print(&v, atomic_load(&shm_reader_header(r)->lifecycle));
		status = EXIT_SUCCESS;
	}
	shm_reader_close(r);
	return status;
}

static int all(const char *path, int times)
{
	struct shm_reader *r;
	struct sla_verdict v;

	if (shm_reader_open_once(&r, path) != 0)
		return EXIT_FAILURE;
	for (int t = 0; t < times; t++) {
		if (t)
			usleep(50000);
		for (size_t i = 0; i < shm_reader_count(r); i++)
			if (shm_reader_get(r, i, &v))
				printf("%s %s %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64
				       " %" PRId64 "\n",
				       v.target, state_name(v.state), v.sent, v.received, v.lost,
				       v.void_probes, v.rtt_last_us);
	}
	shm_reader_close(r);
	return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
	if (argc == 4 && strcmp(argv[2], "-a") == 0)
		return all(argv[1], atoi(argv[3]));
	if (argc == 2)
		return follow(argv[1]);
	if (argc == 3)
		return once(argv[1], argv[2]);
	fprintf(stderr, "usage: %s SOCKET [NAME | -a N]\n", argv[0]);
	return 2;
}
