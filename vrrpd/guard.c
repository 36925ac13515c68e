/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * nft text to the kernel by libnftables; see guard.h. The library's context lives for one call: it
 * keeps caches, which another program's changes make stale.
 */
#include "vrrpd/guard.h"

#include <errno.h>
#include <linux/netlink.h>
#include <nftables/libnftables.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* libnftables returns -1 for everything; its text ends with the kernel's strerror(). */
static int errno_of(const char *text)
{
	static const int known[] = {EPERM,        EOPNOTSUPP, EPROTONOSUPPORT, EAFNOSUPPORT,
				    EPFNOSUPPORT, ENOENT,     EINVAL};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strstr(text, strerror(known[i])))
			return -known[i];
	return -EIO;
}

static void first_line(const char *text, char *out, size_t size)
{
	snprintf(out, size, "%.*s", (int)strcspn(text, "\n"), text);
}

/* Without the protocol libnftables would end this process. */
static int has_protocol(void)
{
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER);

	if (fd < 0)
		return -errno;
	close(fd);
	return 0;
}

static int run(const char *nft, char *why, size_t why_size)
{
	int err = has_protocol();
	struct nft_ctx *ctx;

	if (err < 0) {
		snprintf(why, why_size, "no netlink socket for nftables: %s", strerror(-err));
		return err;
	}
	ctx = nft_ctx_new(NFT_CTX_DEFAULT);
	err = -ENOMEM;
	if (ctx && nft_ctx_buffer_output(ctx) == 0 && nft_ctx_buffer_error(ctx) == 0) {
		err = 0;
		if (nft_run_cmd_from_buffer(ctx, nft) != 0) {
			const char *text = nft_ctx_get_error_buffer(ctx);

			err = errno_of(text);
			first_line(text[0] ? text : "nftables refused the rules", why, why_size);
		}
	} else {
		snprintf(why, why_size, "nftables does not start");
	}
	if (ctx)
		nft_ctx_free(ctx);
	return err;
}

/* A kernel without nf_tables, or without its inet family (as User Mode Linux), says it in several
 * ways. */
static bool unsupported(int err)
{
	return err == -EOPNOTSUPP || err == -EPROTONOSUPPORT || err == -EAFNOSUPPORT ||
	       err == -EPFNOSUPPORT;
}

int guard_apply(const char *nft, char *why, size_t why_size)
{
	int err = run(nft, why, why_size);

	if (!unsupported(err))
		return err;
	snprintf(why, why_size,
		 "this kernel has no nf_tables, or not for the inet family (module nf_tables)");
	return -EOPNOTSUPP;
}

int guard_remove(const char *table, char *why, size_t why_size)
{
	char nft[128];
	int err;

	snprintf(nft, sizeof(nft), "add table inet %s\ndelete table inet %s\n", table, table);
	err = run(nft, why, why_size);

	/* Where there can be no table there is none to remove. */
	if (err != -ENOENT && !unsupported(err))
		return err;
	why[0] = '\0';
	return 0;
}
