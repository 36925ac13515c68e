# SPDX-License-Identifier: GPL-2.0-or-later
# `make bench` runs BENCHES, programs of the build tree, then BENCHES_SH of the source tree. They are compiled
# by `make check`, so that none rots.
BENCHES =
BENCHES_SH =

BENCHES += tests/bench/channel
check_PROGRAMS += tests/bench/channel
tests_bench_channel_SOURCES = tests/bench/channel.c
tests_bench_channel_LDADD = common/libcommon.a $(EV_LIBS)

BENCHES_SH += tests/bench/probe.sh
EXTRA_DIST += tests/bench/probe.sh

BENCHES_SH += tests/bench/failover.sh
EXTRA_DIST += tests/bench/failover.sh

.PHONY: bench
bench: all $(BENCHES)
	@for b in $(BENCHES); do echo "== $$b"; ./$$b || exit 1; done
	@for b in $(BENCHES_SH); do echo "== $$b"; $(srcdir)/$$b || exit 1; done

BENCHES += tests/bench/update
check_PROGRAMS += tests/bench/update
tests_bench_update_SOURCES = tests/bench/update.c
tests_bench_update_LDADD = vrrpd/libvrrpd.a common/libcommon.a $(LIBNL_LIBS) $(NFTABLES_LIBS) $(EV_LIBS)

BENCHES_SH += tests/bench/routes.sh
EXTRA_DIST += tests/bench/routes.sh

BENCHES_SH += tests/bench/scale.sh
EXTRA_DIST += tests/bench/scale.sh

BENCHES_SH += tests/bench/flood.sh
EXTRA_DIST += tests/bench/flood.sh

BENCHES_SH += tests/bench/stress.sh
EXTRA_DIST += tests/bench/stress.sh
