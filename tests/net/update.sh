#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What a takeover or a switch waits for among a thousand tunnels: the replacement of the LAN policy until the kernel
# acknowledges it; and the repair of all policies after a flush. Scheduled as vrrpd's unit does it. BUILD is the build tree.
set -u
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/../lib/tap.sh"
: "${BUILD:?the build tree}"
tunnels=1000
# A takeover at adverts of 10 ms has 30 ms to be sure in: what it then waits for must not show beside that. It takes 0.1 ms
# here, so a search of the kernel's or ours that grows with the tunnels would be seen.
switch_us=2000
# Four policies a tunnel, 8 us each here. The guard covers the hole for so long.
repair_ms=200

out=$(chrt --rr 10 "$BUILD/tests/bench/update" $tunnels 2>&1)
printf '%s\n' "$out" | sed 's/^/# /'
p99() { sed -n "s/^$1: .*p99 \([0-9]*\) us.*/\1/p" <<<"$out"; }
for what in claim release; do
    expect_number "$what among $tunnels tunnels, acknowledged, p99" "$(p99 $what)" '<' $switch_us us
done
expect_number "all policies back after a flush" \
    "$(sed -n 's/^from the flush to the last policy back: \([0-9.]*\) ms/\1/p' <<<"$out")" '<' $repair_ms ms
tap_done
