/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Key files of static SAs: every reason to refuse one, and what a good one yields. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "common/keyfile.h"

#define ENC_A "000102030405060708090a0b0c0d0e0f"
#define ENC_B "101112131415161718191a1b1c1d1e1f"
#define AUTH_A "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f"
#define AUTH_B "404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f"

static const struct conf_static_sa aes128_sha256 = {.encryption = "cbc(aes)",
						    .encryption_bits = 128,
						    .integrity = "hmac(sha256)",
						    .integrity_bits = 256,
						    .integrity_trunc = 128};

static bool parse(const char *text, struct sa_keys *out, char why[128])
{
	why[0] = '\0';
	return keyfile_parse(text, strlen(text), &aes128_sha256, out, why, 128);
}

START_TEST(good)
{
	static const char text[] = "# line 1\r\n\n"
				   "integrity_in\t0x" AUTH_B " # theirs\n"
				   "  encryption_out " ENC_A "\r\n"
				   "encryption_in 0X" ENC_B "\n"
				   "integrity_out " AUTH_A;
	struct sa_keys k;
	char why[128];

	ck_assert_msg(parse(text, &k, why), "%s", why);
	for (int i = 0; i < 16; i++) {
		ck_assert_uint_eq(k.out_enc[i], i);
		ck_assert_uint_eq(k.in_enc[i], 0x10 + i);
		ck_assert_uint_eq(k.out_enc[16 + i], 0);
	}
	for (int i = 0; i < 32; i++) {
		ck_assert_uint_eq(k.out_auth[i], 0x20 + i);
		ck_assert_uint_eq(k.in_auth[i], 0x40 + i);
	}
}
END_TEST

static const struct {
	const char *text, *why;
} bad[] = {
	{"", "encryption_out is missing"},
	{"encryption_out " ENC_A "\n", "integrity_out is missing"},
	{"encryption_out " ENC_A "\nencryption_out " ENC_B "\n",
	 "line 2: encryption_out is given twice"},
	{"encryption_out\n", "line 1: encryption_out has no value"},
	{"# x\nencryption_out " ENC_A " " ENC_B "\n",
	 "line 2: surplus text after the value of encryption_out"},
	{"encryption_out 00010203\n",
	 "line 1: encryption_out has the wrong length (32 hexadecimal digits are needed)"},
	{"encryption_out " ENC_A "00\n",
	 "line 1: encryption_out has the wrong length (32 hexadecimal digits are needed)"},
	{"encryption_out secret\n",
	 "line 1: encryption_out is not hexadecimal (32 hexadecimal digits are needed)"},
	{"integrity_out 0x0000000000000000000000000000000000000000000000000000000000000000\n",
	 "line 1: integrity_out is all zeroes (64 hexadecimal digits are needed)"},
	{ENC_A "\n",
	 "line 1: expected encryption_out, integrity_out, encryption_in or integrity_in"},
	{"encryption_out " ENC_A "\nencryption_in " ENC_A "\nintegrity_out " AUTH_A
	 "\nintegrity_in " AUTH_B "\n",
	 "encryption_out and encryption_in are the same key"},
	{"encryption_out " ENC_A "\nencryption_in " ENC_B "\nintegrity_out " AUTH_A
	 "\nintegrity_in " ENC_B AUTH_A "\n",
	 "line 4: integrity_in has the wrong length (64 hexadecimal digits are needed)"},
	{"encryption_out " ENC_A "\nencryption_in " ENC_B "\nintegrity_out " AUTH_A
	 "\nintegrity_in " ENC_A ENC_B "\n",
	 "encryption_out and integrity_in are the same key"},
};

START_TEST(refused)
{
	static const struct sa_keys wiped;
	struct sa_keys k;
	char why[128];

	ck_assert(!parse(bad[_i].text, &k, why));
	ck_assert_str_eq(why, bad[_i].why);
	ck_assert_mem_eq(&k, &wiped, sizeof(k));
}
END_TEST

START_TEST(no_room)
{
	struct conf_static_sa sa = aes128_sha256;
	struct sa_keys k;
	char why[128];

	sa.integrity_bits = 1024;
	ck_assert(!keyfile_parse("", 0, &sa, &k, why, sizeof(why)));
	ck_assert_str_eq(why, "no room for keys of this algorithm");
}
END_TEST

int main(void)
{
	Suite *s = suite_create("keyfile");
	TCase *t = tcase_create("keyfile");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_add_test(t, good);
	tcase_add_loop_test(t, refused, 0, (int)(sizeof(bad) / sizeof(bad[0])));
	tcase_add_test(t, no_room);
	suite_add_tcase(s, t);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
