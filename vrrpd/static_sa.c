/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Key files and static SAs; see static_sa.h. */
#include "vrrpd/static_sa.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/keyfile.h"
#include "common/nl.h"
#include "vrrpd/nl_xfrm.h"

/* Four lines of hex; a longer file is no key file. */
#define KEY_FILE_MAX 4096

/* The credential's path into buf, or false when the service manager gave none of that name. */
static bool credential(const char *key_file, char *buf, size_t size)
{
	const char *dir = secure_getenv("CREDENTIALS_DIRECTORY");
	const char *slash = strrchr(key_file, '/');

	if (!dir)
		return false;
	snprintf(buf, size, "%s/keys_%s", dir, slash ? slash + 1 : key_file);
	return access(buf, F_OK) == 0;
}

/* The directory of credentials is the service's alone, and its files may carry an ACL that shows as
 * group bits. */
static const char *unsafe(const struct stat *s, bool is_credential)
{
	if (!S_ISREG(s->st_mode))
		return "is no regular file";
	if (is_credential)
		return NULL;
	if (s->st_mode & (S_IRWXG | S_IRWXO))
		return "must not be accessible to others than its owner (chmod 600)";
	if (s->st_uid != 0 && s->st_uid != geteuid())
		return "must belong to root";
	return NULL;
}

static ssize_t read_whole(int fd, char *text, size_t size)
{
	size_t used = 0;

	for (;;) {
		ssize_t n = read(fd, text + used, size - used);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		used += (size_t)n;
		if (n == 0)
			return (ssize_t)used;
		if (used == size)
			return -EFBIG;
	}
}

/* The text of the file, or a negative errno with the problem in words. */
static ssize_t read_checked(const char *path, bool is_credential, char *text, size_t size,
			    const char **problem)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	struct stat s;
	ssize_t n;

	*problem = NULL;
	if (fd < 0)
		n = -errno;
	else if (fstat(fd, &s) < 0)
		n = -errno;
	else if ((*problem = unsafe(&s, is_credential)))
		n = -EACCES;
	else
		n = read_whole(fd, text, size);
	if (n < 0 && !*problem)
		*problem = strerror((int)-n);
	if (fd >= 0)
		close(fd);
	return n;
}

static int read_keys(const struct conf_static_sa *sa, struct sa_keys *out, char *why,
		     size_t why_size)
{
	char path[PATH_MAX], text[KEY_FILE_MAX], reason[160];
	bool is_credential = credential(sa->key_file, path, sizeof(path));
	const char *problem = reason;
	ssize_t n;

	if (!is_credential)
		snprintf(path, sizeof(path), "%s", sa->key_file);
	n = read_checked(path, is_credential, text, sizeof(text), &problem);
	if (n >= 0 && !keyfile_parse(text, (size_t)n, sa, out, reason, sizeof(reason))) {
		problem = reason;
		n = -EINVAL;
	}
	explicit_bzero(text, sizeof(text));
	if (n < 0)
		snprintf(why, why_size, "key file %s: %s", sa->key_file, problem);
	return n < 0 ? (int)n : 0;
}

int static_sa_read(const struct conf *c, struct sa_keys **out, char *why, size_t why_size)
{
	struct sa_keys *keys = calloc(c->n_tunnels + 1, sizeof(*keys));
	char reason[CONF_PATH_MAX + 200] = "out of memory";
	int err = keys ? 0 : -ENOMEM;
	size_t i = 0;

	for (; err == 0 && i < c->n_tunnels; i++)
		if (c->tunnels[i].keys == KEYS_STATIC)
			err = read_keys(&c->tunnels[i].sa, &keys[i], reason, sizeof(reason));
	*out = keys;
	if (err == 0)
		return 0;
	snprintf(why, why_size, "%s%s%s%s", i ? "tunnel " : "", i ? c->tunnels[i - 1].name : "",
		 i ? ": " : "", reason);
	static_sa_forget(c, keys);
	*out = NULL;
	return err;
}

void static_sa_forget(const struct conf *c, struct sa_keys *keys)
{
	if (keys)
		explicit_bzero(keys, c->n_tunnels * sizeof(*keys));
	free(keys);
}

const char *static_sa_refusal(const struct conf_tunnel *t, int err, char *buf, size_t size)
{
	if (err == -EPROTONOSUPPORT || err == -ENOPROTOOPT)
		snprintf(buf, size, "this kernel has no ESP (module %s)",
			 t->local.family == FAMILY_IPV6 ? "esp6" : "esp4");
	else if (err == -EPERM)
		snprintf(buf, size, "the capability CAP_NET_ADMIN is missing");
	else
		snprintf(buf, size, "the kernel refuses the SAs (%s, %s): %s", t->sa.encryption,
			 t->sa.integrity, strerror(-err));
	return buf;
}

static void explain(struct nl *nl, const struct conf_tunnel *t, int err, char *why, size_t why_size)
{
	const char *kernel = netlink_last_message(nl);
	char reason[160];

	snprintf(why, why_size, "the SAs of tunnel %s are not installed: %s%s%s", t->name,
		 static_sa_refusal(t, err, reason, sizeof(reason)), kernel[0] ? ": " : "", kernel);
}

int static_sa_put(struct nl *nl, const struct conf *c, const struct sa_keys keys[], int errors[],
		  char *why, size_t why_size)
{
	int first = 0;

	for (size_t i = 0; i < c->n_tunnels; i++) {
		const struct conf_tunnel *t = &c->tunnels[i];

		errors[i] = t->keys == KEYS_STATIC ? nl_xfrm_put_static(nl, t, &keys[i]) : 0;
		if (errors[i] == 0)
			continue;
		if (first == 0) {
			first = errors[i];
			explain(nl, t, first, why, why_size);
		}
		nl_xfrm_del_static(nl, t);
	}
	return first;
}

static bool same_pair(const struct conf_tunnel *a, const struct conf_tunnel *b)
{
	return b->keys == KEYS_STATIC && a->sa.spi_out == b->sa.spi_out &&
	       a->sa.spi_in == b->sa.spi_in && addr_equal(&a->local, &b->local) &&
	       addr_equal(&a->remote, &b->remote);
}

static bool kept(const struct conf_tunnel *t, const struct conf *keep)
{
	for (size_t i = 0; keep && i < keep->n_tunnels; i++)
		if (same_pair(t, &keep->tunnels[i]))
			return true;
	return false;
}

int static_sa_remove(struct nl *nl, const struct conf *c, const struct conf *keep, size_t *removed)
{
	int result = 0;

	for (size_t i = 0; i < c->n_tunnels; i++) {
		const struct conf_tunnel *t = &c->tunnels[i];
		int err;

		if (t->keys != KEYS_STATIC || kept(t, keep))
			continue;
		err = nl_xfrm_del_static(nl, t);
		if (err < 0 && result == 0)
			result = err;
		if (err == 0 && removed)
			(*removed)++;
	}
	return result;
}
