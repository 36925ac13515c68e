/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Facts from /proc, /sys and /run, and from nft, which alone reads its rules. A setting that exists
 * for all interfaces and for one counts as the kernel counts it: the larger of both (forwarding:
 * the one).
 */
#include "vrrpctl/doctor_host.h"

#include <linux/netlink.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/utsname.h>
#include <unistd.h>

#define READ_MAX (4u << 20)

/* The whole stream, malloc'ed, NULL when empty. */
static char *read_stream(FILE *f)
{
	char *data = NULL;
	size_t size = 0, used = 0, n;

	do {
		char *more = size >= READ_MAX ? NULL : realloc(data, size + 65536);

		if (!more)
			break;
		data = more;
		size += 65536;
		n = fread(data + used, 1, size - used - 1, f);
		used += n;
		data[used] = '\0';
	} while (n > 0 && !feof(f));
	if (used > 0)
		return data;
	free(data);
	return NULL;
}

static char *read_file(const char *path)
{
	FILE *f = fopen(path, "re");
	char *data = f ? read_stream(f) : NULL;

	if (f)
		fclose(f);
	return data;
}

/* -1 when it cannot be read. */
static int read_number(const char *path)
{
	char *text = read_file(path);
	int v = text ? atoi(text) : -1;

	free(text);
	return v;
}

static int interface_setting(const char *name, const char *key)
{
	char path[128];

	snprintf(path, sizeof(path), "/proc/sys/net/ipv4/conf/%s/%s", name, key);
	return read_number(path);
}

static int larger(int a, int b)
{
	return a > b ? a : b;
}

static bool file_says(const char *directory, unsigned ifindex, const char *words)
{
	char path[128], *text;
	bool says;

	snprintf(path, sizeof(path), "%s/%u", directory, ifindex);
	text = read_file(path);
	says = text && strstr(text, words);
	free(text);
	return says;
}

static const char *manager(unsigned ifindex)
{
	if (file_says("/run/systemd/netif/links", ifindex, "NETWORK_FILE="))
		return "systemd-networkd";
	if (file_says("/run/NetworkManager/devices", ifindex, "managed=true"))
		return "NetworkManager";
	return NULL;
}

static void add_interface(struct host_facts *h, const char *name)
{
	struct iface_facts *f;
	unsigned ifindex = if_nametoindex(name);
	char path[128];

	for (size_t i = 0; i < h->n_ifaces; i++)
		if (strcmp(h->ifaces[i].name, name) == 0)
			return;
	f = &h->ifaces[h->n_ifaces++];
	snprintf(f->name, sizeof(f->name), "%s", name);
	f->exists = ifindex > 0;
	f->forwarding = interface_setting(name, "forwarding");
	f->rp_filter =
		larger(interface_setting(name, "rp_filter"), interface_setting("all", "rp_filter"));
	f->arp_ignore = larger(interface_setting(name, "arp_ignore"),
			       interface_setting("all", "arp_ignore"));
	snprintf(path, sizeof(path), "/sys/class/net/%s/mtu", name);
	f->mtu = read_number(path);
	f->manager = f->exists ? manager(ifindex) : NULL;
}

static char *nft_ruleset(void)
{
	FILE *f = popen("PATH=/usr/sbin:/sbin:$PATH exec nft list ruleset 2>/dev/null", "re");
	char *text = f ? read_stream(f) : NULL;

	if (!f || pclose(f) != 0) {
		free(text);
		return NULL;
	}
	return text ? text : strdup("");
}

/* Does a list of the running kernel's modules name it? -1: no such list. */
static int listed(const char *list, const char *module)
{
	struct utsname u;
	char path[256], entry[64], *text;
	int found = -1;

	if (uname(&u) < 0)
		return -1;
	snprintf(path, sizeof(path), "/lib/modules/%s/%s", u.release, list);
	snprintf(entry, sizeof(entry), "/%s.ko", module);
	text = read_file(path);
	if (text)
		found = strstr(text, entry) != NULL;
	free(text);
	return found;
}

static enum module_state module(const char *name)
{
	char path[128];
	int builtin = listed("modules.builtin", name), loadable = listed("modules.dep", name);

	snprintf(path, sizeof(path), "/sys/module/%s", name);
	if (access(path, F_OK) == 0 || builtin > 0 || loadable > 0)
		return MODULE_THERE;
	return builtin < 0 || loadable < 0 ? MODULE_UNKNOWN : MODULE_MISSING;
}

/* The kernel itself says whether it speaks this protocol, and loads the module if it must. */
static enum module_state xfrm_user(void)
{
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_XFRM);

	if (fd < 0)
		return MODULE_MISSING;
	close(fd);
	return MODULE_THERE;
}

void host_facts_gather(const struct conf *c, struct host_facts *out)
{
	size_t max = c->n_instances + c->n_tunnels;
	char *tables = read_file("/proc/net/ip_tables_names");

	*out = (struct host_facts){
		.ifaces = calloc(max ? max : 1, sizeof(*out->ifaces)),
		.forwarding6 = read_number("/proc/sys/net/ipv6/conf/all/forwarding"),
		.routes = read_file("/proc/net/route"),
		.routes6 = read_file("/proc/net/ipv6_route"),
		.nft = nft_ruleset(),
		.legacy_iptables = tables != NULL,
		.arp_filter = interface_setting("all", "arp_filter"),
		.new_no_ipv6 = read_number("/proc/sys/net/ipv6/conf/default/disable_ipv6"),
		.xfrm_user = xfrm_user(),
		.esp4 = module("esp4"),
		.esp6 = module("esp6"),
		.xfrm_interface = module("xfrm_interface"),
		.nf_tables = module("nf_tables"),
		.macvlan = module("macvlan"),
	};
	free(tables);
	/* What nft could list is there. */
	if (out->nft)
		out->nf_tables = MODULE_THERE;
	for (size_t i = 0; out->ifaces && i < c->n_instances; i++)
		add_interface(out, c->instances[i].interface);
	for (size_t i = 0; out->ifaces && i < c->n_tunnels; i++)
		add_interface(out, c->tunnels[i].interface);
}

void host_facts_free(struct host_facts *h)
{
	free(h->ifaces);
	free(h->routes);
	free(h->routes6);
	free(h->nft);
	*h = (struct host_facts){0};
}
