/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writes the first inputs of the fuzzers that do not find into a format by themselves.
 *
 * Usage: seeds DIR: DIR/fuzz_advert/0, ... : adverts that keepalived sent, as fuzz_advert.c takes
 * them; DIR/fuzz_claim/0, 1: our announcements.
 */
#include <err.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/unit/advert_vectors.h"
#include "vrrpd/advert.h"
#include "vrrpd/arp.h"
#include "vrrpd/nd.h"

static void write_seed(const char *dir, unsigned n, const void *head, size_t head_len,
		       const void *packet, size_t len)
{
	char path[4096];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%u", dir, n);
	f = fopen(path, "w");
	if (!f || fwrite(head, head_len, 1, f) != 1 || fwrite(packet, len, 1, f) != 1 || fclose(f))
		err(1, "%s", path);
}

/* The switches of fuzz_advert.c: none, or IPv6; and with the checksum made right. */
static void advert_seeds(const char *dir)
{
	uint8_t four = 0, four_mended = 2, six[1 + 16 + 16 + 1] = {1};
	struct addr source, group = advert_group(FAMILY_IPV6);

	addr_parse(PEER_V6_SOURCE, &source);
	memcpy(six + 1, source.b, 16);
	memcpy(six + 17, group.b, 16);
	six[33] = VRRP_TTL;
	write_seed(dir, 0, &four, 1, peer_v3, sizeof(peer_v3));
	write_seed(dir, 1, &four, 1, peer_v2, sizeof(peer_v2));
	write_seed(dir, 2, &four, 1, peer_password, sizeof(peer_password));
	write_seed(dir, 3, six, sizeof(six), peer_v6, sizeof(peer_v6));
	write_seed(dir, 4, &four_mended, 1, peer_v3, sizeof(peer_v3));
	write_seed(dir, 5, &four_mended, 1, peer_v2, sizeof(peer_v2));
	six[0] |= 2 | 4;
	write_seed(dir, 6, six, sizeof(six), peer_v6, sizeof(peer_v6));
}

static void claim_seeds(const char *dir)
{
	static const uint8_t mac[6] = {2, 0, 0, 0, 0, 10};
	uint8_t arp[ARP_FRAME_LEN], nd[ND_FRAME_LEN];
	struct addr four, six;

	addr_parse("10.1.22.254", &four);
	addr_parse("fe80::22", &six);
	arp_announcement(mac, &four, arp);
	nd_announcement(mac, &six, nd);
	write_seed(dir, 0, arp, 1, arp + 1, sizeof(arp) - 1);
	write_seed(dir, 1, nd, 1, nd + 1, sizeof(nd) - 1);
}

static void make_folder(const char *parent, const char *name, char dir[4000])
{
	snprintf(dir, 4000, "%s/%s", parent, name);
	mkdir(parent, 0777);
	mkdir(dir, 0777);
}

int main(int argc, char **argv)
{
	char dir[4000];

	if (argc != 2)
		errx(2, "usage: seeds DIR");
	make_folder(argv[1], "fuzz_advert", dir);
	advert_seeds(dir);
	make_folder(argv[1], "fuzz_claim", dir);
	claim_seeds(dir);
	return 0;
}
