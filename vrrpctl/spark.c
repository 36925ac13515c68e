/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The line of spark.h. */
#include "vrrpctl/spark.h"

#include <stdio.h>

#include "vrrpctl/jsonx.h"

static const char *const blocks[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
#define TOP (sizeof(blocks) / sizeof(blocks[0]) - 1)

/* low > high when there is no RTT at all. */
static void range(const json_t *rtt, json_int_t *low, json_int_t *high)
{
	size_t i;
	json_t *v;

	*low = INT64_MAX;
	*high = -1;
	json_array_foreach(rtt, i, v) {
		json_int_t us = json_integer_value(v);

		if (!json_is_integer(v))
			continue;
		if (us < *low)
			*low = us;
		if (us > *high)
			*high = us;
	}
}

static const char *mark(const json_t *rtt, const json_t *loss, json_int_t low, json_int_t high)
{
	double lost = json_number_value(loss);

	if (!json_is_number(loss) && !json_is_integer(rtt))
		return " ";
	if (lost > 0)
		return lost < 100 ? "!" : "x";
	if (!json_is_integer(rtt) || high <= low)
		return blocks[0];
	return blocks[(size_t)((json_integer_value(rtt) - low) * (json_int_t)TOP / (high - low))];
}

const char *spark_draw(const json_t *history, char buf[SPARK_STRLEN])
{
	const json_t *rtt = json_object_get(history, "rtt_us");
	const json_t *loss = json_object_get(history, "loss_percent");
	json_int_t low, high;
	size_t used = 0, end = 0;

	buf[0] = '\0';
	range(rtt, &low, &high);
	for (size_t i = 0; i < SLA_HISTORY && i < json_array_size(loss); i++) {
		const char *m = mark(json_array_get(rtt, i), json_array_get(loss, i), low, high);

		used += (size_t)snprintf(buf + used, SPARK_STRLEN - used, "%s", m);
		if (m[0] != ' ')
			end = used;
	}
	buf[end] = '\0';
	return buf;
}
