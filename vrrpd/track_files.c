/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The numbers in files; see track_files.h. */
#include "vrrpd/track_files.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/conf_value.h"
#include "common/log.h"

/* keepalived takes an int. */
#define VALUE_LIMIT INT64_C(2147483647)
#define CHANGES (IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE)

struct file {
	const struct conf_track_file *conf;
	int watch; /* on its directory; -1: none */
	struct track_view view;
};

struct track_files {
	struct loop *loop;
	struct loop_io io;
	int fd;
	track_files_fn fn;
	void *ctx;
	struct file *files;
	size_t n;
};

/* The first word of a regular file's first line; NULL after an error. No other kind is read: it
 * could keep us waiting. */
static const char *read_line(int fd, char *buf, size_t size)
{
	struct stat st;
	ssize_t n;

	if (fstat(fd, &st) != 0)
		return NULL;
	if (!S_ISREG(st.st_mode)) {
		errno = EINVAL;
		return NULL;
	}
	n = read(fd, buf, size - 1);
	if (n < 0)
		return NULL;
	buf[n] = '\0';
	buf += strspn(buf, " \t");
	buf[strcspn(buf, " \t\r\n")] = '\0';
	return buf;
}

static void tell_useless(const struct conf_track_file *c, const char *what,
			 const struct track_view *last)
{
	if (last->state == TRACK_UNKNOWN)
		log_msg(LOG_WARNING, "track_file %s: %s %s", c->name, c->path, what);
	else
		log_msg(LOG_WARNING, "track_file %s: %s %s; the last number, %lld, stays", c->name,
			c->path, what, (long long)last->value);
}

/* What is no number changes nothing: `last` stays. */
static struct track_view look(const struct conf_track_file *c, const struct track_view *last)
{
	int fd = open(c->path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	struct track_view v = *last;
	int64_t value;
	const char *text;
	char buf[64], why[128];

	if (fd < 0 && errno == ENOENT)
		return (struct track_view){TRACK_UP, 0};
	text = fd < 0 ? NULL : read_line(fd, buf, sizeof(buf));
	if (!text) {
		snprintf(why, sizeof(why), "cannot be read: %s", strerror(errno));
		tell_useless(c, why, last);
	} else if (!value_int(text, &value) || value < -VALUE_LIMIT || value > VALUE_LIMIT) {
		tell_useless(c, "holds no number", last);
	} else {
		v.value = value;
		v.state = value == 0 ? TRACK_UP : TRACK_DOWN;
	}
	if (fd >= 0)
		close(fd);
	return v;
}

/* init_file. */
static void write_first(const struct conf_track_file *c)
{
	int how = O_WRONLY | O_CREAT | O_NONBLOCK | O_CLOEXEC | O_NOCTTY;
	int fd = open(c->path, how | (c->overwrite ? O_TRUNC : O_EXCL), 0644);

	if (fd < 0 && errno == EEXIST)
		return;
	if (fd < 0 || dprintf(fd, "%d\n", c->value) < 0)
		log_msg(LOG_WARNING, "track_file %s: %s is not written: %s", c->name, c->path,
			strerror(errno));
	if (fd >= 0)
		close(fd);
}

static void watch(const struct track_files *t, struct file *f)
{
	char path[CONF_PATH_MAX];

	strcpy(path, f->conf->path);
	f->watch = inotify_add_watch(t->fd, dirname(path), CHANGES);
	if (f->watch < 0)
		log_msg(LOG_WARNING, "track_file %s: %s cannot be watched: %s", f->conf->name,
			f->conf->path, strerror(errno));
}

static bool is_named(const struct file *f, const char *name)
{
	char path[CONF_PATH_MAX];

	strcpy(path, f->conf->path);
	return strcmp(basename(path), name) == 0;
}

/* Whether a number changed. */
static bool look_again(struct track_files *t, const struct inotify_event *e)
{
	bool changed = false;

	for (size_t k = 0; k < t->n; k++) {
		struct file *f = &t->files[k];
		struct track_view old = f->view;

		/* After an overflow anything may have changed. */
		if (!(e->mask & IN_Q_OVERFLOW) &&
		    (f->watch != e->wd || e->len == 0 || !is_named(f, e->name)))
			continue;
		f->view = look(f->conf, &old);
		changed |= f->view.state != old.state || f->view.value != old.value;
	}
	return changed;
}

static void on_change(void *ctx, unsigned events)
{
	char buf[4096] __attribute__((aligned(__alignof__(struct inotify_event))));
	struct track_files *t = ctx;
	bool changed = false;
	ssize_t n = read(t->fd, buf, sizeof(buf));

	(void)events;
	for (ssize_t at = 0; at < n;) {
		const struct inotify_event *e = (const void *)(buf + at);

		changed |= look_again(t, e);
		at += (ssize_t)(sizeof(*e) + e->len);
	}
	if (changed)
		t->fn(t->ctx);
}

static void forget(struct track_files *t)
{
	for (size_t k = 0; k < t->n; k++)
		if (t->files[k].watch >= 0)
			inotify_rm_watch(t->fd, t->files[k].watch); /* shared by a directory */
	free(t->files);
	t->files = NULL;
	t->n = 0;
}

/* What was last read of the same path. */
static struct track_view known_view(const struct track_files *t, const struct conf_track_file *c)
{
	for (size_t k = 0; k < t->n; k++)
		if (strcmp(t->files[k].conf->path, c->path) == 0)
			return t->files[k].view;
	return (struct track_view){TRACK_UNKNOWN, 0};
}

int track_files_reload(struct track_files *t, const struct conf *c)
{
	struct file *files = calloc(c->n_track_files + 1, sizeof(*files));

	if (!files)
		return -ENOMEM;
	for (size_t k = 0; k < c->n_track_files; k++)
		files[k].view = known_view(t, &c->track_files[k]);
	forget(t);
	t->files = files;
	t->n = c->n_track_files;
	for (size_t k = 0; k < t->n; k++) {
		files[k].conf = &c->track_files[k];
		watch(t, &files[k]);
		files[k].view = look(files[k].conf, &files[k].view);
	}
	return 0;
}

int track_files_open(struct track_files **out, struct loop *loop, const struct conf *c,
		     track_files_fn fn, void *ctx)
{
	struct track_files *t = calloc(1, sizeof(*t));
	int err;

	if (!t)
		return -ENOMEM;
	*t = (struct track_files){.loop = loop, .fn = fn, .ctx = ctx};
	for (size_t k = 0; k < c->n_track_files; k++)
		if (c->track_files[k].init)
			write_first(&c->track_files[k]);
	t->fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	err = t->fd < 0 ? -errno : loop_io_add(loop, &t->io, t->fd, LOOP_READ, on_change, t);
	if (!err)
		err = track_files_reload(t, c);
	if (err) {
		track_files_close(t);
		return err;
	}
	*out = t;
	return 0;
}

struct track_view track_files_view(const struct track_files *t, int file)
{
	if (!t || file < 0 || (size_t)file >= t->n)
		return (struct track_view){TRACK_UNKNOWN, 0};
	return t->files[file].view;
}

void track_files_close(struct track_files *t)
{
	if (!t)
		return;
	loop_io_del(&t->io);
	forget(t);
	if (t->fd >= 0)
		close(t->fd);
	free(t);
}
