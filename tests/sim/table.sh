#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The page of false alarms and detection times is what the simulation prints, and the traces are what their models make.
set -eu
src=${srcdir:-.}/tests/sim
status=0

for trace in "$src"/traces/*; do
    tests/sim/sim_table --trace "${trace##*/}" | cmp - "$trace" || status=1
done
tests/sim/sim_table "$src/traces" | diff -u "$src/sla.md" - || status=1
[ $status = 0 ] && echo "ok - sla.md agrees with the simulation" || echo "not ok - make sim-table, and read the difference"
exit $status
