/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Readers of ipsec_tunnel, static_sa, sla_probe and the two kinds of groups. Pure. */
#include <string.h>

#include "common/conf_internal.h"
#include "common/conf_rows.h"
#include "common/conf_value.h"
#include "common/nearest.h"

/* Of `resolve' without a value. */
#define RESOLVE_US SECONDS(60)

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

static bool has_value(struct parse *p, const struct keyword *k, const struct stmt *s)
{
	if (s->n < 2)
		conf_error(p, &s->words[0].pos, "`%s' needs a value", k->name);
	return s->n >= 2;
}

/* Once for each family. */
void read_own_address(struct parse *p, const struct keyword *k, const struct stmt *s, void *object)
{
	struct conf_tunnel *t = object;
	char first[ADDR_STRLEN];
	struct addr a, *own;

	if (!has_value(p, k, s) || !no_surplus(p, s, 2) || !read_addr(p, &s->words[1], k->name, &a))
		return;
	own = &t->own[a.family == FAMILY_IPV6];
	if (addr_is_set(own))
		conf_error(p, &s->words[1].pos,
			   "an `own_address' of %s is given already: %s; a router has one for each "
			   "family",
			   family_name(a.family), addr_format(own, first));
	else
		*own = a;
}

static void read_subnet(struct parse *p, const struct token *t, struct prefix *list, size_t *n)
{
	char buf[PREFIX_STRLEN];
	struct prefix net, clean;

	if (!prefix_parse(t->text, &net)) {
		conf_error(p, &t->pos, "`%s' is no network: ADDRESS/LENGTH", t->text);
		return;
	}
	clean = prefix_network(&net);
	if (!prefix_equal(&clean, &net))
		conf_error(p, &t->pos, "`%s' has bits set behind its length; did you mean `%s'?",
			   t->text, prefix_format(&clean, buf));
	for (size_t i = 0; i < *n; i++)
		if (prefix_overlaps(&list[i], &clean)) {
			conf_error(p, &t->pos, "`%s' overlaps %s of the same list", t->text,
				   prefix_format(&list[i], buf));
			return;
		}
	list[(*n)++] = clean;
}

/* Several networks may stand on a line. */
void read_subnets(struct parse *p, const struct keyword *k, const struct stmt *s, void *object)
{
	struct conf_tunnel *t = object;
	bool local = k->offset == offsetof(struct conf_tunnel, local_subnets);
	struct prefix **list = local ? &t->local_subnets : &t->remote_subnets;
	size_t *n = local ? &t->n_local_subnets : &t->n_remote_subnets;
	size_t most = 0;

	for (const struct stmt *line = s->body; line; line = line->next)
		most += line->n;
	if (most == 0)
		conf_error(p, &s->words[0].pos, "`%s' is empty: list the networks of that side",
			   k->name);
	*list = arena_array(p->keep, most, sizeof(**list));
	for (const struct stmt *line = s->body; line; line = line->next)
		for (size_t i = 0; i < line->n; i++)
			read_subnet(p, &line->words[i], *list, n);
}

/* policy, or interface [NAME]; check names one that has no name. */
void read_mode(struct parse *p, const struct keyword *k, const struct stmt *s, void *object)
{
	struct conf_tunnel *t = object;
	const struct token *w = s->n > 1 ? &s->words[1] : &s->words[0];
	int word = s->n > 1 ? value_choice("policy interface", w->text) : -1;

	if (word < 0) {
		conf_error(p, &w->pos, "`%s' takes policy or interface", k->name);
		return;
	}
	if (!no_surplus(p, s, word == MODE_INTERFACE ? 3 : 2))
		return;
	t->mode = (enum conf_mode)word;
	if (s->n > 2)
		read_ifname(p, &s->words[2], k->name, t->device);
}

void read_clamp_mss(struct parse *p, const struct keyword *k, const struct stmt *s, void *object)
{
	struct conf_tunnel *t = object;
	const struct token *w = s->n > 1 ? &s->words[1] : &s->words[0];
	int word = s->n > 1 ? value_choice("auto off", w->text) : -1;
	int64_t v;

	if (!no_surplus(p, s, 2))
		return;
	if (word >= 0) {
		t->clamp_mss = word == 0 ? MSS_AUTO : MSS_OFF;
	} else if (s->n > 1 && value_int(w->text, &v) && v >= k->min && v <= k->max) {
		t->clamp_mss = MSS_FIXED;
		t->mss = (unsigned)v;
	} else {
		conf_error(p, &w->pos, "`clamp_mss' takes auto, off or %d to %d", (int)k->min,
			   (int)k->max);
	}
}

/* Of `health_check' without values, as clouds have them. */
#define CHECK_INTERVAL_US SECONDS(3)
#define CHECK_RETRIES 3
#define CHECK_RETRIES_MAX 100

/* In any order: interval S, retries N. */
void read_health_check(struct parse *p, const struct keyword *k, const struct stmt *s, void *object)
{
	struct conf_tunnel *t = object;

	t->check_interval_us = CHECK_INTERVAL_US;
	t->check_retries = CHECK_RETRIES;
	for (size_t i = 1; i < s->n; i += 2) {
		const struct token *word = &s->words[i], *value = i + 1 < s->n ? word + 1 : NULL;
		int64_t v;

		if (!value || value_choice("interval retries", word->text) < 0) {
			conf_error(p, &word->pos, "`health_check' takes interval S and retries N");
			return;
		}
		if (word->text[0] == 'i' && value_fixed(value->text, 6, &v) && v >= k->min &&
		    v <= k->max)
			t->check_interval_us = v;
		else if (word->text[0] == 'r' && value_int(value->text, &v) && v >= 1 &&
			 v <= CHECK_RETRIES_MAX)
			t->check_retries = (unsigned)v;
		else
			conf_error(p, &value->pos,
				   word->text[0] == 'i' ? "`interval' takes 0.1 to 300 seconds"
							: "`retries' takes 1 to 100");
	}
}

void read_static_sa(struct parse *p, const struct keyword *k, const struct stmt *s, void *object)
{
	struct conf_tunnel *t = object;
	struct draft d = {0};

	(void)k;
	read_block(p, &d, BLOCK_STATIC_SA, s, &t->sa);
	if (t->sa.spi_out != 0 && t->sa.spi_out == t->sa.spi_in)
		conf_error(p, draft_pos(&d, "spi_in"), "spi_out and spi_in are the same");
}

struct algorithm {
	const char *names; /* as written, the first is the proper one */
	const char *kernel;
	unsigned bits, trunc;
};

static const struct algorithm ciphers[] = {
	{"aes-cbc-128 aes128 aes128-cbc", "cbc(aes)", 128, 0},
	{"aes-cbc-192 aes192 aes192-cbc", "cbc(aes)", 192, 0},
	{"aes-cbc-256 aes256 aes256-cbc", "cbc(aes)", 256, 0},
};

static const struct algorithm hmacs[] = {
	{"hmac-sha256-128 hmac-sha256 sha256 sha2_256 hmac(sha256)", "hmac(sha256)", 256, 128},
	{"hmac-sha384-192 hmac-sha384 sha384 sha2_384 hmac(sha384)", "hmac(sha384)", 384, 192},
	{"hmac-sha512-256 hmac-sha512 sha512 sha2_512 hmac(sha512)", "hmac(sha512)", 512, 256},
};

/* Parts of names that are refused for a reason of their own. The first that fits is given. */
static const struct {
	const char *part, *why;
} refused[] = {
	{"gmac", "its keys must not outlive a sequence counter (RFC 8221); static keys do"},
	{"gcm", "AEAD keys must not outlive a sequence counter (RFC 8221, 4106); static keys do"},
	{"ccm", "AEAD keys must not outlive a sequence counter (RFC 8221, 4106); static keys do"},
	{"chacha",
	 "AEAD keys must not outlive a sequence counter (RFC 8221, 7634); static keys do"},
	{"poly1305",
	 "AEAD keys must not outlive a sequence counter (RFC 8221, 7634); static keys do"},
	{"rfc3686", "counter mode keys must not outlive a sequence counter (RFC 8221, 3686)"},
	{"ctr", "counter mode keys must not outlive a sequence counter (RFC 8221, 3686)"},
	{"null", "NULL protects nothing"},
	{"none", "nothing would be protected"},
	{"md5", "MD5 is broken (RFC 8221)"},
	{"sha1", "SHA-1 is too old for new tunnels; use hmac-sha256-128"},
	{"des", "DES is broken (RFC 8221)"},
	{"blowfish", "its block is too short (RFC 8221)"},
};

static const char *refusal(const char *name)
{
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
		if (strcasestr(name, refused[i].part))
			return refused[i].why;
	return NULL;
}

static const struct algorithm *find_algorithm(const struct algorithm list[], size_t n,
					      const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (value_choice(list[i].names, name) >= 0)
			return &list[i];
	return NULL;
}

static void bad_algorithm(struct parse *p, const struct keyword *k, const struct token *t,
			  const struct algorithm list[3])
{
	const char *why = refusal(t->text);

	if (why)
		conf_error(p, &t->pos, "%s `%s' is refused: %s", k->name, t->text, why);
	else
		conf_error(p, &t->pos, "unknown %s `%s'; known are %.*s, %.*s and %.*s", k->name,
			   t->text, (int)strcspn(list[0].names, " "), list[0].names,
			   (int)strcspn(list[1].names, " "), list[1].names,
			   (int)strcspn(list[2].names, " "), list[2].names);
}

/* The kernel's own name with the key's length: "cbc(aes) 256". */
static const struct algorithm *kernel_cipher(const struct stmt *s)
{
	int64_t bits;

	if (s->n != 3 || strcmp(s->words[1].text, "cbc(aes)") != 0 ||
	    !value_int(s->words[2].text, &bits))
		return NULL;
	for (size_t i = 0; i < sizeof(ciphers) / sizeof(ciphers[0]); i++)
		if (ciphers[i].bits == bits)
			return &ciphers[i];
	return NULL;
}

void read_encryption(struct parse *p, const struct keyword *k, const struct stmt *s, void *object)
{
	struct conf_static_sa *sa = object;
	const struct algorithm *a = kernel_cipher(s);

	if (!a && (!has_value(p, k, s) || !no_surplus(p, s, 2)))
		return;
	if (!a)
		a = find_algorithm(ciphers, 3, s->words[1].text);
	if (!a) {
		bad_algorithm(p, k, &s->words[1], ciphers);
		return;
	}
	sa->encryption = a->kernel;
	sa->encryption_bits = a->bits;
}

void read_integrity(struct parse *p, const struct keyword *k, const struct stmt *s, void *object)
{
	struct conf_static_sa *sa = object;
	const struct algorithm *a;

	if (!has_value(p, k, s) || !no_surplus(p, s, 2))
		return;
	a = find_algorithm(hmacs, 3, s->words[1].text);
	if (!a) {
		bad_algorithm(p, k, &s->words[1], hmacs);
		return;
	}
	sa->integrity = a->kernel;
	sa->integrity_bits = a->bits;
	sa->integrity_trunc = a->trunc;
}

/*
 * Letters, digits, hyphens and underscores between dots, and a letter in the last part: what is
 * meant as an address is none.
 */
static bool is_host_name(const char *text)
{
	const char *last = strrchr(text, '.');

	last = last ? last + 1 : text;
	if (text[0] == '\0' || text[0] == '.' || text[0] == '-' || strstr(text, ".."))
		return false;
	return text[strspn(text, LETTERS "0123456789-_.")] == '\0' &&
	       strlen(text) < CONF_HOST_MAX && strpbrk(last, LETTERS);
}

/* Whether a host name may stand there is known when all is read. */
void read_target(struct parse *p, const struct keyword *k, const struct stmt *s, void *object)
{
	struct conf_probe *probe = object;
	const struct token *t = &s->words[1];
	struct prefix net;

	if (!has_value(p, k, s) || !no_surplus(p, s, 2))
		return;
	if (is_host_name(t->text))
		strcpy(probe->host, t->text);
	else if (prefix_parse(t->text, &net))
		read_addr(p, t, k->name, &probe->target);
	else
		conf_error(p, &t->pos, "target `%s' is neither an address nor a host name",
			   t->text);
}

void read_resolve(struct parse *p, const struct keyword *k, const struct stmt *s, void *object)
{
	struct conf_probe *probe = object;
	int64_t us = RESOLVE_US;

	if (!no_surplus(p, s, 2))
		return;
	if (s->n > 1 && (!value_fixed(s->words[1].text, 6, &us) || us < k->min || us > k->max))
		conf_error(p, &s->words[1].pos, "`resolve' takes %d to %d seconds, not `%s'",
			   (int)(k->min / SECONDS(1)), (int)(k->max / SECONDS(1)),
			   s->words[1].text);
	else
		probe->resolve_us = us;
}

void read_probes(struct parse *p, const struct keyword *k, const struct stmt *s, void *object)
{
	struct conf_sla_group *g = object;

	if (!has_value(p, k, s))
		return;
	g->probes = arena_array(p->keep, s->n - 1, sizeof(*g->probes));
	g->n_probes = s->n - 1;
}

void read_require(struct parse *p, const struct keyword *k, const struct stmt *s, void *object)
{
	struct conf_sla_group *g = object;
	int word;
	int64_t v;

	if (!has_value(p, k, s) || !no_surplus(p, s, 2))
		return;
	word = value_choice("all any", s->words[1].text);
	if (word >= 0) {
		g->require = word == 0 ? REQUIRE_ALL : REQUIRE_ANY;
	} else if (value_int(s->words[1].text, &v) && v >= 1 && v <= UINT32_MAX) {
		g->require = REQUIRE_COUNT;
		g->count = (unsigned)v;
	} else {
		conf_error(p, &s->words[1].pos, "`require' takes all, any or a number, not `%s'",
			   s->words[1].text);
	}
}

/* tunnel NAME [sla PROBE] */
void read_member(struct parse *p, const struct keyword *k, const struct stmt *s, void *object)
{
	struct conf_tunnel_group *g = object;
	struct draft *d = p->draft;
	bool sla = s->n > 2 && strcmp(s->words[2].text, "sla") == 0;

	if (!has_value(p, k, s))
		return;
	if (sla && s->n == 3) {
		conf_error(p, &s->words[2].pos, "`sla' needs the name of a probe or group");
		return;
	}
	if (!no_surplus(p, s, sla ? 4 : 2))
		return;
	g->members = arena_append(p->keep, g->members, g->n_members, sizeof(*g->members));
	d->refs = arena_append(p->temp, d->refs, g->n_members, sizeof(*d->refs));
	g->members[g->n_members] = (struct conf_tunnel_member){-1, -1};
	d->refs[g->n_members++] =
		(struct refs){.name = &s->words[1], .sla = sla ? &s->words[3] : NULL};
}
