// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * timeline PACE_LOG STORY > SVG: reads the log of pace and a file of tab-separated lines, and draws
 * both.
 *
 *   title TEXT | subtitle TEXT | article US     once each
 *   track NAME                                  a row of states, in this order
 *   state US NAME WORD                          the row's state from then on
 *   chapter LABEL TEXT                          the title of the chapter that mark LABEL begins
 *
 * Marks without a title only end the chapter before them.
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "tests/lib/timeline.h"

#define LINE_MAX_LEN TEXT_MAX

static void fail(const char *what, const char *which)
{
	fprintf(stderr, "timeline: %s: %s\n", what, which);
	exit(1);
}

static void copy(char *to, size_t size, const char *from)
{
	snprintf(to, size, "%s", from ? from : "");
}

static int by_arrival(const void *a, const void *b)
{
	const struct packet *const *x = a, *const *y = b;

	return ((*x)->arrived_us > (*y)->arrived_us) - ((*x)->arrived_us < (*y)->arrived_us);
}

/* The log keeps the order of sending; the silences need the order of arrival. */
static void order_arrivals(struct way *w)
{
	const struct packet **sorted = calloc(w->n_packets + 1, sizeof(const struct packet *));

	if (!sorted)
		fail("memory", "arrivals");
	for (uint32_t i = 0; i < w->n_packets; i++)
		if (w->packets[i].arrived_us)
			sorted[w->n_arrivals++] = &w->packets[i];
	qsort(sorted, w->n_arrivals, sizeof(const struct packet *), by_arrival);
	for (uint32_t i = 0; i < w->n_arrivals; i++)
		w->arrivals_us[i] = sorted[i]->arrived_us;
	free(sorted);
}

static void add_mark(struct story *s, int64_t us, const char *label)
{
	if (s->n_chapters)
		s->chapters[s->n_chapters - 1].until_us = us;
	if (s->n_chapters == CHAPTERS_MAX)
		fail("too many marks", label);
	s->chapters[s->n_chapters].from_us = us;
	copy(s->chapters[s->n_chapters++].label, TEXT_MAX, label);
}

static void add_packet(struct way *w, int64_t sent_us, int64_t delay_us)
{
	uint32_t seq;

	if (!way_sent(w, sent_us, &seq))
		fail("log", "more packets than lines");
	if (delay_us >= 0)
		w->packets[seq].arrived_us = sent_us + delay_us;
}

static FILE *open_log(const char *path, uint32_t *lines)
{
	FILE *f = fopen(path, "r");
	int c;

	if (!f)
		fail("cannot read", path);
	for (*lines = 0; (c = getc(f)) != EOF;)
		*lines += c == '\n';
	rewind(f);
	return f;
}

static void read_pace(struct story *s, const char *path)
{
	char line[LINE_MAX_LEN], text[LINE_MAX_LEN];
	long long a, b;
	size_t ways = 0;
	uint32_t lines;
	FILE *f = open_log(path, &lines);

	while (fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = 0;
		if (sscanf(line, "mark %lld %255[^\n]", &a, text) == 2) {
			add_mark(s, a, text);
		} else if (sscanf(line, "way %255s", text) == 1 && ways < 2) {
			copy(s->way_names[ways], TEXT_MAX, text);
			if (!way_init(&s->ways[ways++], lines))
				fail("memory", path);
		} else if (ways && sscanf(line, "%lld %lld", &a, &b) == 2) {
			add_packet(&s->ways[ways - 1], a, b);
		} else {
			fail("not a line of a log", line);
		}
	}
	fclose(f);
	if (ways != 2 || !s->ways[0].n_packets)
		fail("no packets in", path);
	order_arrivals(&s->ways[0]);
	order_arrivals(&s->ways[1]);
	s->from_us = s->ways[0].packets[0].sent_us;
	s->until_us = s->ways[0].packets[s->ways[0].n_packets - 1].sent_us;
	s->chapters[s->n_chapters - 1].until_us = s->until_us;
}

static void add_state(struct story *s, const char *us, const char *track, const char *word)
{
	for (size_t i = 0; i < s->n_tracks; i++) {
		if (strcmp(s->tracks[i], track) || s->n_states == STATES_MAX)
			continue;
		s->states[s->n_states].us = strtoll(us, NULL, 10);
		s->states[s->n_states].track = i;
		copy(s->states[s->n_states++].word, sizeof(s->states[0].word), word);
		return;
	}
}

static void name_chapter(struct story *s, const char *label, const char *title)
{
	for (size_t i = 0; i < s->n_chapters; i++)
		if (!strcmp(s->chapters[i].label, label))
			copy(s->chapters[i].title, TEXT_MAX, title);
}

static void story_line(struct story *s, char *line)
{
	char *word[4] = {NULL};

	for (size_t i = 0; i < 4 && line; i++)
		word[i] = strsep(&line, "\t\n");
	if (!word[1])
		return;
	if (!strcmp(word[0], "title"))
		copy(s->title, TEXT_MAX, word[1]);
	else if (!strcmp(word[0], "subtitle"))
		copy(s->subtitle, TEXT_MAX, word[1]);
	else if (!strcmp(word[0], "article"))
		s->article_us = strtoll(word[1], NULL, 10);
	else if (!strcmp(word[0], "track") && s->n_tracks < TRACKS_MAX)
		copy(s->tracks[s->n_tracks++], TEXT_MAX, word[1]);
	else if (!strcmp(word[0], "state") && word[3])
		add_state(s, word[1], word[2], word[3]);
	else if (!strcmp(word[0], "chapter") && word[2])
		name_chapter(s, word[1], word[2]);
}

static void read_story(struct story *s, const char *path)
{
	char line[LINE_MAX_LEN];
	FILE *f = fopen(path, "r");

	if (!f)
		fail("cannot read", path);
	while (fgets(line, sizeof(line), f))
		story_line(s, line);
	fclose(f);
}

static int by_time(const void *a, const void *b)
{
	const struct state *x = a, *y = b;

	return (x->us > y->us) - (x->us < y->us);
}

int main(int argc, char **argv)
{
	struct story *s = calloc(1, sizeof(*s));

	if (argc != 3) {
		fputs("usage: timeline PACE_LOG STORY > SVG\n", stderr);
		return 2;
	}
	if (!s)
		fail("memory", "story");
	read_pace(s, argv[1]);
	read_story(s, argv[2]);
	qsort(s->states, s->n_states, sizeof(s->states[0]), by_time);
	timeline_draw(s, stdout);
	way_free(&s->ways[0]);
	way_free(&s->ways[1]);
	free(s);
	return ferror(stdout) != 0;
}
