# SPDX-License-Identifier: GPL-2.0-or-later
check_PROGRAMS += tests/golden/confcheck
tests_golden_confcheck_SOURCES = tests/golden/confcheck.c
tests_golden_confcheck_LDADD = common/libcommon.a
TESTS += tests/golden/run.sh
EXTRA_DIST += tests/golden/run.sh tests/golden/conf
TESTS += tests/golden/keepalived.sh
EXTRA_DIST += tests/golden/keepalived.sh tests/golden/keepalived.expect
