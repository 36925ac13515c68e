/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Samples and drawing of spark.h. */
#include "vrrpctl/spark.h"

#include <stdio.h>
#include <string.h>

#include "vrrpctl/jsonx.h"

static struct spark *find(struct sparks *s, const char *name)
{
	struct spark *p;

	for (size_t i = 0; i < s->n; i++)
		if (strcmp(s->probe[i].name, name) == 0)
			return &s->probe[i];
	if (s->n == SPARK_PROBES || strlen(name) >= sizeof(p->name))
		return NULL;
	p = &s->probe[s->n++];
	*p = (struct spark){0};
	snprintf(p->name, sizeof(p->name), "%s", name);
	return p;
}

static void sample(struct spark *p, const json_t *probe)
{
	json_int_t sent = jx_int(probe, "sent"), received = jx_int(probe, "received");
	int64_t rtt = jx_int(json_object_get(probe, "rtt_us"), "last");

	if (p->n > 0 && sent > p->sent && received == p->received)
		rtt = SPARK_LOST;
	p->rtt_us[p->n++ % SPARK_SAMPLES] = rtt;
	p->sent = sent;
	p->received = received;
}

void sparks_sample(struct sparks *s, const json_t *snapshot)
{
	size_t i;
	json_t *o;

	json_array_foreach(json_object_get(snapshot, "probes"), i, o) {
		struct spark *p = jx_is(o, "kind", "group") ? NULL : find(s, jx_str(o, "name", ""));

		if (p)
			sample(p, o);
	}
}

/* The range of what came back; low > high when nothing did. */
static void range(const struct spark *p, size_t n, int64_t *low, int64_t *high)
{
	*low = INT64_MAX;
	*high = 0;
	for (size_t i = 0; i < n; i++) {
		int64_t v = p->rtt_us[i];

		if (v == SPARK_LOST)
			continue;
		if (v < *low)
			*low = v;
		if (v > *high)
			*high = v;
	}
}

const char *sparks_draw(const struct sparks *s, const char *name, char buf[SPARK_STRLEN])
{
	static const char *const block[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
	const struct spark *p = NULL;
	int64_t low, high;
	size_t n, used = 0;

	buf[0] = '\0';
	for (size_t i = 0; i < s->n; i++)
		if (strcmp(s->probe[i].name, name) == 0)
			p = &s->probe[i];
	if (!p)
		return buf;
	n = p->n < SPARK_SAMPLES ? p->n : SPARK_SAMPLES;
	range(p, n, &low, &high);
	for (size_t i = p->n - n; i < p->n; i++) {
		int64_t v = p->rtt_us[i % SPARK_SAMPLES];
		size_t height =
			v == SPARK_LOST || high <= low ? 0 : (size_t)((v - low) * 7 / (high - low));

		used += (size_t)snprintf(buf + used, SPARK_STRLEN - used, "%s",
					 v == SPARK_LOST ? "x" : block[height]);
	}
	return buf;
}
