/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What conf_parse.c, the readers of single statements and conf_check.c share: the configuration
 * that is being built, and for each thing in it the statements that it was read from, for the
 * positions of what the checks find. Pure.
 */
#ifndef COMMON_CONF_INTERNAL_H
#define COMMON_CONF_INTERNAL_H

#include "common/conf.h"
#include "common/conf_table.h"
#include "common/diag.h"
#include "common/lexer.h"
#include "common/nearest.h"

/* Names in a list of the thing, in the list's order: a track's, or a member's tunnel and sla (NULL:
 * none). */
struct refs {
	const struct token *name, *sla;
	bool weighted; /* the track gives a weight */
};

/* A thing's statements. seen[i] is the first one of the block's row i. */
struct draft {
	enum conf_block block;
	const struct stmt *stmt;
	const struct stmt **seen;
	struct refs *refs; /* n_tracks or n_members of them */
};

struct parse {
	struct arena *temp; /* until the end of the parse */
	struct arena *keep; /* the configuration's */
	struct diags *diags;
	struct conf *conf;
	lex_include_fn include; /* for files of the system that give names; NULL: there are none */
	void *include_ctx;
	struct draft globals;
	struct draft *instances, *probes, *sla_groups, *tunnels, *tunnel_groups, *sync_groups,
		*track_files, *scripts, *garp_groups; /* as in conf */
	struct draft *draft;                          /* the thing that is being read */
	uint32_t rules_without[2]; /* rules that gave no priority, of IPv4 and of IPv6 */
};

#define conf_error(p, pos, ...) diag_add((p)->diags, DIAG_ERROR, (pos), __VA_ARGS__)
#define conf_warn(p, pos, ...) diag_add((p)->diags, DIAG_WARNING, (pos), __VA_ARGS__)

/* The statement of that keyword, or NULL. */
const struct stmt *draft_find(const struct draft *d, const char *keyword);
/* Where to complain: the keyword's value, else the keyword, else the thing's name. */
const struct pos *draft_pos(const struct draft *d, const char *keyword);
/* The thing's name, or its keyword when the name is missing. */
const struct pos *draft_name_pos(const struct draft *d);

struct conf_pos conf_pos_of(const struct parse *p, const struct pos *pos);

/* Reads the statements of a block into its struct and then fills in the defaults of what is absent.
 */
void read_block(struct parse *p, struct draft *d, enum conf_block b, const struct stmt *s,
		void *object);
/* Further statements of a thing that read_block has begun; nothing is given twice. */
void read_more(struct parse *p, struct draft *d, const struct stmt *body, void *object);
void unknown_keyword(struct parse *p, enum conf_block b, const struct token *word);
/* True after the warning for a statement that is not done. */
bool put_aside(struct parse *p, enum conf_block b, const struct stmt *s);
/* True after the error for one that may not be ignored. */
bool refuse(struct parse *p, const struct keyword *k, const struct stmt *s);
/* False after an error: too few or many words, a block where none belongs or the reverse. */
bool shape_is_right(struct parse *p, const struct keyword *k, const struct stmt *s);
/* Copies with a bound. False, after an error that names `what`, when it does not fit or is empty.
 */
bool read_text(struct parse *p, const struct token *t, const char *what, char *out, size_t size);
bool read_ifname(struct parse *p, const struct token *t, const char *what, char *out);
/* False after an error. */
bool read_addr(struct parse *p, const struct token *t, const char *what, struct addr *out);
/* The same, and IPv6 is refused. */
bool read_ipv4(struct parse *p, const struct token *t, const char *what, struct addr *out);
/* False after an error when words stand behind the first `most`. */
bool no_surplus(struct parse *p, const struct stmt *s, size_t most);

/* Words of a line, one after the other. */
struct words {
	struct parse *p;
	const struct stmt *s;
	size_t next;
};

/* The value of an option; NULL after an error. */
const struct token *words_value(struct words *w, const struct token *option);
/* All addresses of a line are of one family, which the first one or a bare word gives; false after
 * an error. */
bool same_family(struct words *w, const struct token *t, uint8_t *known, uint8_t family);
/* A number; false after an error. */
bool read_range(struct parse *p, const struct token *t, const char *what, int64_t min, int64_t max,
		int64_t *out);
/* The number of a routing table, which may have a name that iproute2 knows; false after an error.
 */
bool read_table(struct parse *p, const struct token *t, uint32_t *out);
/* RT_SCOPE_*; *out stays after an error. */
void read_scope(struct parse *p, const struct token *t, uint8_t *out);
/* The warning for a word that is read and not done. */
void word_aside(struct parse *p, const struct token *t, const char *why);
#define WHY_NO_REALMS "packets take the same way without them"
#define WHY_NO_TRACK_GROUP "nothing static is tracked"
/* The error for a word that is none of "one two three". */
void unknown_word(struct parse *p, const struct token *t, const char *what, const char *known);
/* Whether a host can have it: no multicast, loopback or unspecified one. */
bool addr_is_host(const struct addr *a);

/* Cross references and rules between statements; fills in the indices. */
void conf_check(struct parse *p);
void conf_check_tunnels(struct parse *p);
/* What one tunnel's statements say of it alone. */
void conf_check_tunnel(struct parse *p, const struct conf_tunnel *t, const struct draft *d);
/* Where that own_address of the tunnel stands, and that network of local_subnet or remote_subnet.
 */
const struct pos *tunnel_own_pos(const struct draft *d, const struct addr *own);
const struct pos *tunnel_net_pos(const struct draft *d, const char *list, const struct prefix *net);

/* An outer address, and networks that must not hold it. */
struct tunnel_inside {
	const char *list; /* the networks' statement */
	const struct prefix *nets;
	size_t n;
	const char *end; /* the address's statement */
	const struct addr *address;
	const char *other; /* the tunnel that has it, NULL: the one with the networks */
	const char *why;
};
/* The error for each network that does, and whether any does; d: of the tunnel that has the
 * networks. */
bool tunnel_check_inside(struct parse *p, const struct draft *d, const struct tunnel_inside *x);
/* The tunnels' modes and what hangs on them, names and numbers filled in. Behind
 * conf_check_tunnels, which knows the groups. */
void conf_check_modes(struct parse *p);
void conf_check_instances(struct parse *p);
/* After the sync groups and instances. */
void conf_check_garp(struct parse *p);
/* Takes away the weights that a sync group does not allow. After conf_check_instances. */
void conf_check_sync_weights(struct parse *p);
/* The macvlans of the instances, and which addresses are on them. After conf_check_instances. */
void conf_check_vmacs(struct parse *p);
/* Who is in which sync group, and what the group tracks into its members. Before
 * conf_check_instances. */
void conf_check_sync_groups(struct parse *p);
/* Index of `t` as a tunnel or sla, or -1 after an error with the nearest name. */
int check_tunnel_ref(struct parse *p, const struct token *t);
int check_sla_ref(struct parse *p, const struct token *t);
/* Index of the name in an array of n things, or -1 after an error. */
int check_ref(struct parse *p, const struct token *t, const char *what, const void *list, size_t n,
	      size_t size);
/* The command of one word and the user behind it, which is set aside. */
struct conf_command command_of(struct parse *p, const struct token *t);
void user_aside(struct parse *p, const struct token *t);
/* The error for a name that nothing of the kind `what` has. */
void unknown_name(struct parse *p, const struct token *t, const char *what,
		  const struct nearest *near);

#endif
