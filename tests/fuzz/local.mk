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

# Finds are kept in the current folder by libFuzzer, as crash-HASH.
fuzz:
	@$(MKDIR_P) tests/fuzz
	@for f in $(FUZZERS); do \
		$(FUZZ_CC) $(DEFS) $(AM_CPPFLAGS) $(FUZZ_FLAGS) $(srcdir)/tests/fuzz/$$f.c \
			$(addprefix $(srcdir)/,$(filter common/% slad/% vrrpd/%,$(PURE_FILES))) \
			-o tests/fuzz/$$f && \
		tests/fuzz/$$f -max_total_time=$(FUZZ_SECONDS) -max_len=8192 || exit 1; \
	done
.PHONY: fuzz
