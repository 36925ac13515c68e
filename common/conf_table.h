/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One row a keyword: where it stands, what it takes, its range, default and help, and whether this
 * product does it. The parser and the manual page are driven by the same rows. Pure.
 */
#ifndef COMMON_CONF_TABLE_H
#define COMMON_CONF_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/conf_tree.h"

enum conf_block {
	BLOCK_TOP,
	BLOCK_GLOBAL,
	BLOCK_INSTANCE,
	BLOCK_SYNC_GROUP,
	BLOCK_TRACK_FILE,
	BLOCK_GARP_GROUP,
	BLOCK_SCRIPT,
	BLOCK_PROBE,
	BLOCK_SLA_GROUP,
	BLOCK_TUNNEL,
	BLOCK_STATIC_SA,
	BLOCK_TUNNEL_GROUP,
	N_BLOCKS
};

enum value_type {
	VALUE_BOOL, /* bare, or on/off/true/false/yes/no */
	VALUE_UINT,
	VALUE_SECONDS, /* into microseconds */
	VALUE_MS,      /* into microseconds */
	VALUE_PERCENT, /* into tenths of a percent */
	VALUE_CHOICE,  /* one of `choices`, as its number */
	VALUE_ADDR,
	VALUE_IFNAME,
	VALUE_NAME,
	VALUE_PATH,   /* absolute */
	VALUE_REF,    /* a name that is looked up when all is read */
	VALUE_CUSTOM, /* `read` does it */
	VALUE_BLOCK,  /* keywords of the block `body`; named when `arg` is set */
};

enum keyword_status {
	KEYWORD_DONE,
	KEYWORD_REFUSED, /* to ignore it would change what the router does */
};

enum keyword_flags {
	KEYWORD_REQUIRED = 1,
	KEYWORD_REPEATS = 2, /* may be given more than once */
	KEYWORD_INVERTS = 4, /* a bool that is stored negated */
	KEYWORD_LISTS = 8,   /* VALUE_CUSTOM with a block of lines */
	KEYWORD_OURS = 16,   /* keepalived does not have it */
};

struct parse;
struct keyword;
typedef void (*keyword_read_fn)(struct parse *p, const struct keyword *k, const struct stmt *s,
				void *object);

struct keyword {
	const char *name;
	enum value_type type : 8;
	enum keyword_status status : 8;
	unsigned flags : 8;
	enum conf_block body : 8;
	uint16_t offset, size; /* where the value goes in the block's struct; size 0: nowhere */
	int64_t min, max;      /* of the stored value */
	const char *arg;       /* the value's name in the manual */
	const char *def; /* read as if it were written when the statement is absent; NULL: zeroes */
	const char *robust;        /* instead of def under `profile robust' */
	const char *global;        /* a statement of global_defs that replaces def */
	const char *shown_default; /* for the manual, where def says it badly */
	const char *choices;       /* "one two": numbered from 0 */
	const char *help; /* one sentence, for the manual's maker alone; of REFUSED the reason */
	keyword_read_fn read;
};

/* What keepalived has and we do not: read, balanced, one warning. */
struct keyword_aside {
	const char *name;
	const char *why; /* what does not happen, and what to write instead */
};

struct keyword_block {
	const char *name; /* the keyword that opens it */
	const struct keyword *rows;
	size_t n;
	const struct keyword_aside *aside;
	size_t n_aside;
};

const struct keyword_block *keyword_block(enum conf_block b);
/* NULL when unknown. */
const struct keyword *keyword_find(enum conf_block b, const char *name);
const struct keyword_aside *keyword_find_aside(enum conf_block b, const char *name);
/* Either of them. */
bool keyword_is_known(enum conf_block b, const char *name);
/* True for keywords that only stand outside all blocks and open one. */
bool keyword_is_top(const char *word);
/* "1 to 255", "on or off", ... Returns buf. */
#define KEYWORD_RANGE_STRLEN 160
const char *keyword_range(const struct keyword *k, char buf[KEYWORD_RANGE_STRLEN]);
/* Digits after the point that a type keeps. */
unsigned keyword_digits(enum value_type t);

#endif
