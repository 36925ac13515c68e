# SPDX-License-Identifier: GPL-2.0-or-later

# 20,000 runs, about 30 million steps, a few seconds; sim_vrrp RUNS SEED for more.
check_PROGRAMS += tests/sim/sim_vrrp
TESTS += tests/sim/vrrp.sh
EXTRA_DIST += tests/sim/vrrp.sh
tests_sim_sim_vrrp_SOURCES = tests/sim/sim_vrrp.c tests/sim/lan.c tests/sim/lan.h tests/sim/lan_plan.c tests/sim/lan_plan.h
tests_sim_sim_vrrp_LDADD = vrrpd/libvrrpd.a common/libcommon.a

# A month of probes and some thousand alarms: about ten seconds.
check_PROGRAMS += tests/sim/sim_sla
TESTS += tests/sim/sim_sla
tests_sim_sim_sla_SOURCES = tests/sim/sim_sla.c tests/sim/path.c tests/sim/path.h tests/sim/chain.c tests/sim/chain.h
tests_sim_sim_sla_LDADD = slad/libslad.a common/libcommon.a -lm

# The figures that README and manuals rest on, as a page: a few seconds.
check_PROGRAMS += tests/sim/sim_table
TESTS += tests/sim/table.sh
EXTRA_DIST += tests/sim/table.sh tests/sim/sla.md tests/sim/traces/cable tests/sim/traces/mobile tests/sim/traces/wireless
tests_sim_sim_table_SOURCES = tests/sim/sim_table.c tests/sim/path.c tests/sim/path.h tests/sim/chain.c tests/sim/chain.h
tests_sim_sim_table_LDADD = slad/libslad.a common/libcommon.a -lm

sim-table: tests/sim/sim_table
	tests/sim/sim_table $(srcdir)/tests/sim/traces >tests/sim/sla.new
	mv tests/sim/sla.new $(srcdir)/tests/sim/sla.md
.PHONY: sim-table
