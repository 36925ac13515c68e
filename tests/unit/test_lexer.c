/* SPDX-License-Identifier: GPL-2.0-or-later */
/* keepalived's language as tokens: what stands where, and what a callback's files become. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/lexer.h"

static struct arena *arena;
static struct diags diags;

static void setup(void)
{
	arena = arena_new();
	memset(&diags, 0, sizeof(diags));
}

static void teardown(void)
{
	arena_free(arena);
	diags_free(&diags);
}

/* Two files that exist, and one pattern that stands for both. */
static void include(void *ctx, struct arena *a, const char *from, const char *pattern,
		    struct lex_files *out)
{
	static const struct lex_file files[] = {{"one", "a\nb", 3, NULL},
						{"two", "c {\n", 4, NULL}};

	(void)ctx;
	(void)from;
	out->wild = strchr(pattern, '*') != NULL;
	out->list = arena_array(a, 2, sizeof(*out->list));
	for (size_t i = 0; i < 2; i++)
		if (out->wild ? strcmp(pattern, "*") == 0 : strcmp(pattern, files[i].name) == 0)
			out->list[out->n++] = files[i];
	if (strcmp(pattern, "main") == 0)
		out->list[out->n++] = (struct lex_file){"main", "x", 1, NULL};
}

/* The tokens as one text: words in [], EOL as a comma. */
static const char *tokens(const char *text, size_t len)
{
	static char out[4096];
	struct lex_file file = {"main", text, len, NULL};
	struct lexer *x = lexer_new(arena, &diags, "here", include, NULL);
	const struct token *t;
	size_t n = 0;

	lexer_start(x, &file);
	out[0] = '\0';
	while ((t = lexer_next(x))->kind != TOKEN_EOF) {
		static const char *const forms[] = {"[%s]", "{", "}", ","};

		if (n > sizeof(out) - 128)
			continue; /* read on, say no more */
		n += (size_t)snprintf(out + n, sizeof(out) - n,
				      t->kind == TOKEN_WORD ? "[%s]" : "%s",
				      t->kind == TOKEN_WORD ? t->text : forms[t->kind]);
	}
	ck_assert_int_eq(lexer_next(x)->kind, TOKEN_EOF);
	return out;
}

static const struct {
	const char *text, *want;
	size_t errors;
} cases[] = {
	{"", "", 0},
	{"\n \t\n# x\n!\n", "", 0},
	{"a b\tc\r\nd", "[a][b][c],[d],", 0},
	{"a{b}c", "[a]{[b]}[c],", 0},
	{"a {\n}\n", "[a]{,},", 0},
	{"a # b\nc!d\n", "[a],[c],", 0},
	{"\"a # b\" 'c d' \\#e f\\!", "[a # b][c d][#e][f!],", 0},
	{"ab\"c d\"e", "[abc de],", 0},
	{"\"a \\\"b\\\" \\\\\"", "[a \"b\" \\],", 0},
	{"\"\" x", "[][x],", 0},
	{"Bob's 'a b", "[Bob's]['a][b],", 0},
	{"'#'", "['],", 0},
	{"a \"b {\nc", "[a][b]{,[c],", 1},
	{"$A=1\n$A ${A}2 $B ${B} ${A $", "[1][12][$B][${B}][${A][$],", 0},
	{"$A=$B\n$B=1 2\nx $A\n$B=\nx $A", "[x][1][2],[x],", 0},
	{"$A = 1\n", "[$A][=][1],", 0},
	{"x $A=1", "[x][$A=1],", 0},
	{"$A=b # c\n\"$A\"", "[b],", 0},
	{"$A=\\\n x 1\\\n y\n\n$A\nz $A", "[x][1],[y],[z][x][1][y],", 0},
	{"$A=a \\\nb\nc $A", "[c][a][b],", 0},
	{"@here a\n@there b\n@^here c\n@^there d\n@here @^there e", "[a],[d],[e],", 0},
	{"@there $A=1 \\\nb\nc", "[c],", 0},
	{"@there \"x\n@here $A=2\n$A", "[2],", 0},
	{"$C=@there\n$C a\nb", "[b],", 0},
	{"${_INSTANCE} $_PWD ${_HASH}x ${_BANG}", "[here][.][#x][!],", 0},
	{"include one\nz\n", "[a],[b],[z],", 0},
	{"include *\nz\n", "[a],[b],[c]{,[z],", 0},
	{"includer none*\nz", "[z],", 0},
	{"includem none*\nz", "[z],", 1},
	{"includea none*\nincludew none*\nincludeb none*", "", 2},
	{"include none", "", 1},
	{"include", "", 1},
	{"include one two", "", 1},
	{"include main", "", 1},
	{"included x", "[included][x],", 0},
	{"$F=one\ninclude $F", "[a],[b],", 0},
	{"$A=$A\n$A\nb", "[b],", 1},
	{"~SEQ(X, 1, 2) a\nb", "[b],", 1},
	{"~LST(X, 1, 2) a\nb", "[b],", 1},
	{"\xef\xbb\xbf"
	 "a",
	 "[a],", 0},
};

START_TEST(language)
{
	ck_assert_str_eq(tokens(cases[_i].text, strlen(cases[_i].text)), cases[_i].want);
	ck_assert_uint_eq(diags.n, cases[_i].errors);
}
END_TEST

START_TEST(nul_byte)
{
	ck_assert_str_eq(tokens("a\nb\0c\nd\n", 8), "[a],[d],");
	ck_assert_uint_eq(diags.n, 1);
}
END_TEST

START_TEST(positions)
{
	static const char text[] = "$V=x y\n\n\ta  \"b\" $V {\n#\n\t}";
	static const struct {
		unsigned line, column;
	} want[] = {{3, 2}, {3, 5}, {3, 9}, {3, 9}, {3, 12}, {3, 1}, {5, 2}, {5, 1}};
	struct lex_file file = {"main", text, strlen(text), NULL};
	struct lexer *x = lexer_new(arena, &diags, "here", NULL, NULL);

	lexer_start(x, &file);
	for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
		const struct token *t = lexer_next(x);

		ck_assert_int_ne(t->kind, TOKEN_EOF);
		ck_assert_uint_eq(t->pos.line, want[i].line);
		if (t->kind != TOKEN_EOL)
			ck_assert_uint_eq(t->pos.column, want[i].column);
		ck_assert_str_eq(t->pos.src->file, "main");
	}
	ck_assert_int_eq(lexer_next(x)->kind, TOKEN_EOF);
	ck_assert_str_eq(lexer_file(x, 0), "main");
	ck_assert_ptr_null(lexer_file(x, 1));
}
END_TEST

/* Definitions that double sixteen times over, with and without text, end soon and with an error. */
START_TEST(doubling)
{
	char text[4096] = "$A0=\n$B0=xxxxxxxxxxxxxxxx\n$C0=x\\\ny\n";
	size_t n = strlen(text);

	for (int i = 1; i < 15; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n,
				      "$A%d=${A%d}${A%d}${A%d}${A%d}\n$B%d=${B%d}${B%d}\n"
				      "$C%d=\\\n$C%d\\\n$C%d\n",
				      i, i - 1, i - 1, i - 1, i - 1, i, i - 1, i - 1, i, i - 1,
				      i - 1);
	n += (size_t)snprintf(text + n, sizeof(text) - n, "$A14\n$B14\n$C14\n");
	tokens(text, n);
	ck_assert_uint_eq(diags.n, 3);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("lexer");
	TCase *t = tcase_create("lexer");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, language, 0, (int)(sizeof(cases) / sizeof(cases[0])));
	tcase_add_test(t, nul_byte);
	tcase_add_test(t, positions);
	tcase_add_test(t, doubling);
	suite_add_tcase(s, t);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
