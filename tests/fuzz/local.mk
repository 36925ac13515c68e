# SPDX-License-Identifier: GPL-2.0-or-later
# `make fuzz' runs every fuzzer for FUZZ_SECONDS over the pure sources; it needs clang. Nothing here is built otherwise.
FUZZERS = fuzz_conf
FUZZ_CC = clang
FUZZ_FLAGS = -std=gnu11 -g -O1 -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all
FUZZ_SECONDS = 60
EXTRA_DIST += tests/fuzz/fuzz_conf.c
CLEANFILES += tests/fuzz/fuzz_conf

FUZZERS += fuzz_echo
EXTRA_DIST += tests/fuzz/fuzz_echo.c
CLEANFILES += tests/fuzz/fuzz_echo

FUZZERS += fuzz_egress
EXTRA_DIST += tests/fuzz/fuzz_egress.c
CLEANFILES += tests/fuzz/fuzz_egress
FUZZERS += fuzz_xfrm
EXTRA_DIST += tests/fuzz/fuzz_xfrm.c
CLEANFILES += tests/fuzz/fuzz_xfrm

FUZZERS += fuzz_state
EXTRA_DIST += tests/fuzz/fuzz_state.c
CLEANFILES += tests/fuzz/fuzz_state

FUZZERS += fuzz_advert
EXTRA_DIST += tests/fuzz/fuzz_advert.c tests/fuzz/seeds.c
CLEANFILES += tests/fuzz/fuzz_advert tests/fuzz/seeds

FUZZERS += fuzz_claim
EXTRA_DIST += tests/fuzz/fuzz_claim.c
CLEANFILES += tests/fuzz/fuzz_claim

# Finds are kept in the current folder by libFuzzer, as crash-HASH; what it learned, in tests/fuzz/corpus.
FUZZ_PURE = $(addprefix $(srcdir)/,$(filter common/% slad/% vrrpd/%,$(PURE_FILES)))
fuzz:
	@$(MKDIR_P) tests/fuzz
	@$(FUZZ_CC) $(DEFS) $(AM_CPPFLAGS) -std=gnu11 $(srcdir)/tests/fuzz/seeds.c $(FUZZ_PURE) -o tests/fuzz/seeds
	@tests/fuzz/seeds tests/fuzz/corpus
	@for f in $(FUZZERS); do \
		$(MKDIR_P) tests/fuzz/corpus/$$f && \
		$(FUZZ_CC) $(DEFS) $(AM_CPPFLAGS) $(FUZZ_FLAGS) $(srcdir)/tests/fuzz/$$f.c $(FUZZ_PURE) -o tests/fuzz/$$f && \
		tests/fuzz/$$f -max_total_time=$(FUZZ_SECONDS) -max_len=8192 tests/fuzz/corpus/$$f || exit 1; \
	done
clean-local:
	rm -rf tests/fuzz/corpus
.PHONY: fuzz
