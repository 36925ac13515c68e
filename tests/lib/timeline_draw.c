// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Draws a story as SVG: an overview of the whole run, a close-up of each chapter's moment, and the
 * outages as bars beside the one they are compared with. Every figure is computed from the log
 * here.
 */
#include <math.h>
#include <string.h>

#include "tests/lib/timeline.h"

#define WIDTH 1280
#define LEFT 150
#define RIGHT 24
#define PANEL 84 /* height of a delay panel */
#define ROW 20   /* height of a row of states */
#define DELAY_MIN_US 10.0
#define DELAY_MAX_US 1000000.0
#define LABEL_GAP_US 5000 /* shorter gaps are drawn, but not labelled */
#define CLOSE_UP_COLUMNS 3
#define NAMES 76 /* room for the names of a close-up's rows */
#define US_PER_S 1000000.0

/* A window of time on a stretch of the page. */
struct view {
	double x, width;
	int64_t from_us, until_us;
};

static const struct {
	const char *word, *fill, *text;
} colours[] = {
	{"Active", "#1b7f4d", "#ffffff"},     {"Backup", "#bcd7ee", "#1d3a52"},
	{"Initialize", "#d5d8dc", "#333333"}, {"off", "#4a4f57", "#ffffff"},
	{"up", "#a9dcb8", "#14482a"},         {"down", "#d9483b", "#ffffff"},
	{"unknown", "#e4e6e9", "#555555"},    {"ok", "#a9dcb8", "#14482a"},
	{"failed", "#d9483b", "#ffffff"},     {"tunnel 1", "#c9d9f3", "#1d3a52"},
	{"tunnel 2", "#f6d9a8", "#5b3b00"},
};

static double x_of(const struct view *v, int64_t us)
{
	double share = (double)(us - v->from_us) / (double)(v->until_us - v->from_us);

	return v->x + v->width * fmin(fmax(share, 0), 1);
}

static double y_of_delay(double top, double height, int64_t delay_us)
{
	double d = fmin(fmax((double)delay_us, DELAY_MIN_US), DELAY_MAX_US);

	return top + height * (1 - log10(d / DELAY_MIN_US) / log10(DELAY_MAX_US / DELAY_MIN_US));
}

static void put_escaped(FILE *o, const char *text)
{
	for (; *text; text++) {
		if (*text == '&')
			fputs("&amp;", o);
		else if (*text == '<')
			fputs("&lt;", o);
		else if (*text == '>')
			fputs("&#8594;", o);
		else
			putc(*text, o);
	}
}

static void text_at(FILE *o, double x, double y, const char *class, const char *text)
{
	fprintf(o, "<text x=\"%.1f\" y=\"%.1f\" class=\"%s\">", x, y, class);
	put_escaped(o, text);
	fputs("</text>\n", o);
}

static void rect(FILE *o, double x, double y, double w, double h, const char *style)
{
	fprintf(o, "<rect x=\"%.2f\" y=\"%.2f\" width=\"%.2f\" height=\"%.2f\" %s/>\n", x, y, w, h,
		style);
}

static void line(FILE *o, double x1, double y1, double x2, double y2, const char *class)
{
	fprintf(o, "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" class=\"%s\"/>\n", x1, y1,
		x2, y2, class);
}

/* "343 ms", "3.49 s" */
static const char *duration(int64_t us, char *buf, size_t size)
{
	if (us < 1000000)
		snprintf(buf, size, "%.0f ms", (double)us / 1000);
	else
		snprintf(buf, size, "%.2f s", (double)us / US_PER_S);
	return buf;
}

static void delay_axis(FILE *o, const struct view *v, double top, double height, bool labels)
{
	static const struct {
		int64_t us;
		const char *text;
	} ticks[] = {{100, "0.1 ms"}, {1000, "1 ms"}, {10000, "10 ms"}, {100000, "100 ms"}};

	rect(o, v->x, top, v->width, height, "fill=\"#ffffff\" stroke=\"#c9cdd3\"");
	for (size_t i = 0; i < sizeof(ticks) / sizeof(ticks[0]); i++) {
		double y = y_of_delay(top, height, ticks[i].us);

		line(o, v->x, y, v->x + v->width, y, "grid");
		if (labels)
			text_at(o, v->x - 5, y + 3, "tick end", ticks[i].text);
	}
}

/* A run of lost packets: from the first one's send to that of the first that came through again. */
static void draw_gap(FILE *o, const struct view *v, double top, double height, int64_t from_us,
		     int64_t until_us)
{
	double x1 = x_of(v, from_us), x2 = x_of(v, until_us);
	char text[32];

	if (until_us < v->from_us || from_us > v->until_us)
		return;
	rect(o, x1, top, fmax(x2 - x1, 1.5), height, "class=\"gap\"");
	if (until_us - from_us >= LABEL_GAP_US)
		text_at(o, fmin(x2 + 4, v->x + v->width - 46), top + 13, "gaptext",
			duration(until_us - from_us, text, sizeof(text)));
}

static void draw_gaps(FILE *o, const struct way *w, const struct view *v, double top, double height)
{
	int64_t first = 0;

	for (uint32_t i = 0; i < w->n_packets; i++) {
		const struct packet *p = &w->packets[i];

		if (!p->arrived_us && !first)
			first = p->sent_us;
		if (p->arrived_us && first) {
			draw_gap(o, v, top, height, first, p->sent_us);
			first = 0;
		}
	}
	if (first)
		draw_gap(o, v, top, height, first, w->packets[w->n_packets - 1].sent_us);
}

/* One stroke a pixel, from the least to the greatest delay of the packets sent in it. */
static void draw_delays(FILE *o, const struct way *w, const struct view *v, double top,
			double height)
{
	long column = -1;
	int64_t least = 0, most = 0;

	fputs("<path class=\"delay\" d=\"", o);
	for (uint32_t i = 0; i <= w->n_packets; i++) {
		const struct packet *p = i < w->n_packets ? &w->packets[i] : NULL;
		long here = p ? lrint(2 * x_of(v, p->sent_us)) : -2;
		int64_t delay = p ? p->arrived_us - p->sent_us : 0;

		if (p && (!p->arrived_us || p->sent_us < v->from_us || p->sent_us > v->until_us))
			continue;
		if (here != column && column >= 0)
			fprintf(o, "M%.1f %.1fV%.1f", (double)column / 2,
				y_of_delay(top, height, least) + 0.6,
				y_of_delay(top, height, most) - 0.6);
		if (here != column) {
			column = here;
			least = most = delay;
		}
		least = delay < least ? delay : least;
		most = delay > most ? delay : most;
	}
	fputs("\"/>\n", o);
}

static void draw_way(FILE *o, const struct story *s, size_t way, const struct view *v, double top,
		     double height, bool labels)
{
	delay_axis(o, v, top, height, labels);
	draw_gaps(o, &s->ways[way], v, top, height);
	draw_delays(o, &s->ways[way], v, top, height);
}

static void draw_state(FILE *o, const struct view *v, double top, double height, const char *word,
		       int64_t from_us, int64_t until_us)
{
	const char *fill = "#ece8f4", *ink = "#333333";
	double x1 = x_of(v, from_us), x2 = x_of(v, until_us);

	if (until_us <= v->from_us || from_us >= v->until_us)
		return;
	for (size_t i = 0; i < sizeof(colours) / sizeof(colours[0]); i++) {
		if (strcmp(colours[i].word, word))
			continue;
		fill = colours[i].fill;
		ink = colours[i].text;
	}
	fprintf(o,
		"<rect x=\"%.2f\" y=\"%.1f\" width=\"%.2f\" height=\"%.1f\" "
		"fill=\"%s\"><title>%s</title></rect>\n",
		x1, top + 2, fmax(x2 - x1, 1), height - 4, fill, word);
	if (x2 - x1 > 8 + 6 * (double)strlen(word))
		fprintf(o,
			"<text x=\"%.1f\" y=\"%.1f\" class=\"state\" style=\"fill:%s\">%s</text>\n",
			x1 + 4, top + height / 2 + 3.5, ink, word);
}

static void draw_track(FILE *o, const struct story *s, size_t track, const struct view *v,
		       double top, double height)
{
	const struct state *last = NULL;

	for (size_t i = 0; i < s->n_states; i++) {
		const struct state *now = &s->states[i];

		if (now->track != track)
			continue;
		if (last)
			draw_state(o, v, top, height, last->word, last->us, now->us);
		last = now;
	}
	if (last)
		draw_state(o, v, top, height, last->word, last->us, s->until_us);
}

static void draw_seconds(FILE *o, const struct view *v, int64_t zero_us, double y, double step_s)
{
	double first = ceil((double)(v->from_us - zero_us) / US_PER_S / step_s);
	double last = floor((double)(v->until_us - zero_us) / US_PER_S / step_s);

	for (double k = first; k <= last; k++) {
		double x = x_of(v, zero_us + (int64_t)(k * step_s * US_PER_S));
		char text[32];

		snprintf(text, sizeof(text), "%g s", k * step_s + 0.0);
		line(o, x, y, x, y + 4, "axis");
		text_at(o, x, y + 15, "tick middle", text);
	}
}

static void draw_bands(FILE *o, const struct story *s, const struct view *v, double top,
		       double height)
{
	unsigned n = 0;

	for (size_t i = 0; i < s->n_chapters; i++) {
		const struct chapter *c = &s->chapters[i];
		double x1 = x_of(v, c->from_us), x2 = x_of(v, c->until_us);
		char number[16];

		if (!c->title[0])
			continue;
		n++;
		rect(o, x1, top, x2 - x1, height, "class=\"band\"");
		line(o, x1, top - 14, x1, top + height, "moment");
		snprintf(number, sizeof(number), "%u", n);
		fprintf(o, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"9\" class=\"ball\"/>\n", x1,
			top - 16);
		text_at(o, x1, top - 12, "number", number);
	}
}

static double draw_overview(FILE *o, const struct story *s, double top)
{
	struct view v = {LEFT, WIDTH - LEFT - RIGHT, s->from_us, s->until_us};
	double height = 2 * (PANEL + 12) + (double)s->n_tracks * ROW, y = top;

	draw_bands(o, s, &v, top - 4, height + 4);
	for (size_t w = 0; w < 2; w++) {
		text_at(o, 12, y + 14, "label", s->way_names[w]);
		text_at(o, 12, y + 28, "tick", "one-way delay");
		draw_way(o, s, w, &v, y, PANEL, true);
		y += PANEL + 12;
	}
	for (size_t t = 0; t < s->n_tracks; t++) {
		text_at(o, 12, y + 14, "label", s->tracks[t]);
		draw_track(o, s, t, &v, y, ROW);
		y += ROW;
	}
	draw_seconds(o, &v, s->from_us, y + 2, 10);
	return y + 34;
}

/*
 * The part of a chapter to look at closely: its outage from before the mark to after the end, or
 * without one the first time a router became Active in it.
 */
static struct view close_up_of(const struct story *s, const struct chapter *c, double x,
			       double width)
{
	struct view v = {x, width, c->from_us - 300000, c->from_us + 1500000};
	bool outage = false;

	for (size_t w = 0; w < 2; w++) {
		struct way_stats stats = way_stats(&s->ways[w], c->from_us, c->until_us);
		int64_t end = stats.gap_start_us + stats.gap_us + 400000;

		outage |= stats.lost > 0;
		if (stats.lost && end > v.until_us)
			v.until_us = end;
	}
	for (size_t i = 0; i < s->n_states && !outage; i++) {
		const struct state *state = &s->states[i];

		if (strcmp(state->word, "Active") || state->us < c->from_us ||
		    state->us > c->until_us)
			continue;
		v.from_us = state->us - 700000;
		v.until_us = state->us + 900000;
		break;
	}
	return v;
}

static void draw_close_up(FILE *o, const struct story *s, const struct chapter *c, unsigned number,
			  double x, double top, double width)
{
	struct view v = close_up_of(s, c, x + NAMES, width - NAMES);
	double span_s = (double)(v.until_us - v.from_us) / US_PER_S, y = top + 22;
	double moment = c->from_us > v.from_us ? x_of(&v, c->from_us) : 0;
	char text[2 * TEXT_MAX + 64], gap[32];

	snprintf(text, sizeof(text), "%u  %s", number, c->title);
	text_at(o, x, top + 6, "heading", text);
	for (size_t w = 0; w < 2; w++) {
		struct way_stats stats = way_stats(&s->ways[w], c->from_us, c->until_us);

		snprintf(text, sizeof(text), "%s: %u of %u lost, longest silence %s",
			 s->way_names[w], stats.lost, stats.sent,
			 duration(stats.gap_us, gap, sizeof(gap)));
		text_at(o, x + NAMES, y + 3, "tick", text);
		draw_way(o, s, w, &v, y + 7, PANEL / 2.0, false);
		if (moment > 0)
			line(o, moment, y + 7, moment, y + 7 + PANEL / 2.0, "moment");
		y += PANEL / 2.0 + 20;
	}
	y -= 10;
	for (size_t t = 0; t < s->n_tracks; t++) {
		text_at(o, x + NAMES - 5, y + 9, "small end", s->tracks[t]);
		draw_track(o, s, t, &v, y, 12);
		y += 12;
	}
	draw_seconds(o, &v, c->from_us, y + 2, span_s > 8 ? 2 : span_s > 3 ? 1 : 0.5);
}

static double draw_close_ups(FILE *o, const struct story *s, double top)
{
	double width = (WIDTH - 24.0 - RIGHT - (CLOSE_UP_COLUMNS - 1) * 26) / CLOSE_UP_COLUMNS;
	double height = 22 + PANEL + 44 + (double)s->n_tracks * 12 + 30;
	unsigned n = 0;

	for (size_t i = 0; i < s->n_chapters; i++) {
		if (!s->chapters[i].title[0])
			continue;
		draw_close_up(o, s, &s->chapters[i], n + 1,
			      24 + (n % CLOSE_UP_COLUMNS) * (width + 26),
			      top + n / CLOSE_UP_COLUMNS * height, width);
		n++;
	}
	return top + (n + CLOSE_UP_COLUMNS - 1) / CLOSE_UP_COLUMNS * height;
}

static double bar_width(double full, int64_t us)
{
	return full * fmax(log10(fmax((double)us, 1000) / 1000), 0.01) / log10(100000);
}

static double draw_bar(FILE *o, double y, const char *name, int64_t us, const char *style)
{
	double full = WIDTH - 430.0 - RIGHT - 80, w = bar_width(full, us);
	char text[32];

	text_at(o, 420, y + 11, "tick end", name);
	rect(o, 430, y, w, 14, style);
	text_at(o, 436 + w, y + 11, "label", duration(us, text, sizeof(text)));
	return y + 19;
}

static double draw_bars(FILE *o, const struct story *s, double top)
{
	double y = top + 14;
	char name[2 * TEXT_MAX + 4];

	text_at(o, 24, top, "heading",
		"How long nothing came through: the longest silence, logarithmic. Without a lost "
		"packet it is the machine's own delay.");
	for (size_t i = 0; i < s->n_chapters; i++) {
		const struct chapter *c = &s->chapters[i];

		for (size_t w = 0; c->title[0] && w < 2; w++) {
			snprintf(name, sizeof(name), "%s, %s", c->title, s->way_names[w]);
			y = draw_bar(o, y, name,
				     way_stats(&s->ways[w], c->from_us, c->until_us).gap_us,
				     w ? "fill=\"#8fb3d9\"" : "fill=\"#2f6db5\"");
		}
	}
	if (s->article_us)
		y = draw_bar(o, y, "The article's routers, power-off: about", s->article_us,
			     "fill=\"#d9483b\"");
	return y + 10;
}

static double page_height(const struct story *s)
{
	unsigned n = 0;
	double close_up = 22 + PANEL + 44 + (double)s->n_tracks * 12 + 30;

	for (size_t i = 0; i < s->n_chapters; i++)
		n += s->chapters[i].title[0] != 0;
	return 96 + 2 * (PANEL + 12) + (double)s->n_tracks * ROW + 34 + 20 +
	       (n + CLOSE_UP_COLUMNS - 1) / CLOSE_UP_COLUMNS * close_up + 14 + (2 * n + 1) * 19 +
	       40;
}

void timeline_draw(const struct story *s, FILE *o)
{
	double height = page_height(s), y;

	fprintf(o,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%.0f\" "
		"viewBox=\"0 0 %d %.0f\">\n",
		WIDTH, height, WIDTH, height);
	fputs("<style>\n"
	      "text{font-family:'DejaVu Sans',Verdana,sans-serif;font-size:11px;fill:#2b2f36}\n"
	      ".title{font-size:20px;font-weight:bold}.heading{font-size:13px;font-weight:bold}\n"
	      ".label{font-size:11.5px;font-weight:bold}.tick{font-size:10px;fill:#5b626c}\n"
	      ".small{font-size:8.5px;fill:#5b626c}.end{text-anchor:end}.middle{text-anchor:middle}"
	      ".state{font-size:9.5px}\n"
	      ".number{font-size:11px;font-weight:bold;fill:#fff;text-anchor:middle}\n"
	      ".ball{fill:#2b2f36}.band{fill:#eef2f7}.moment{stroke:#2b2f36;stroke-dasharray:3 2}\n"
	      ".grid{stroke:#eceef1}.axis{stroke:#5b626c}.delay{stroke:#2f6db5;stroke-width:.9;"
	      "fill:none}\n"
	      ".gap{fill:#d9483b;fill-opacity:.55}.gaptext{font-weight:bold;fill:#b3271b}\n"
	      "</style>\n",
	      o);
	rect(o, 0, 0, WIDTH, height, "fill=\"#fbfcfd\"");
	text_at(o, 24, 32, "title", s->title);
	text_at(o, 24, 52, "tick", s->subtitle);
	y = draw_overview(o, s, 96);
	y = draw_close_ups(o, s, y + 20);
	draw_bars(o, s, y + 14);
	fputs("</svg>\n", o);
}
