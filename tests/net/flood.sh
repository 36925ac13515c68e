#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A flood of bad adverts on the LAN of two routers with 250 instances. BUILD is the build tree.
set -u
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/../lib/tap.sh"
seconds=10
rate=50000
# The senders share the processors with whatever else runs here; below this it would be no flood.
least_rate=10000
# An advert's pause is 100 ms, and the Backup waits 361; between a timer, the socket's turn and the capture.
gap_ms=150
# What one page touched for the first time, or a few, comes to; a leak of a byte a packet would be 480 KiB.
growth_kb=128

out=$(bash "$here/../bench/flood.sh" "${BUILD:?the build tree}" $seconds $rate 2>&1)
printf '%s\n' "$out" | sed 's/^/# /'
fact() { awk -v what="$1" -v n="${2:-}" '$1 == what && (n == "" || $2 == n) { print $NF }' <<<"$out"; }
expect_number "packets a second" "$(fact rate)" '>=' $least_rate
while read -r _ counter n grew _ sent; do
    expect_number "router $n counts each as $counter" "$grew" '==' "$sent"
done < <(grep '^counted ' <<<"$out")
expect "that were four counters of two routers" test "$(grep -c '^counted ' <<<"$out")" = 8
expect_number "changes of state" "$(fact changes)" '==' 0
expect_number "longest pause between two adverts of an instance" "$(fact gap_ms)" '<' $gap_ms ms
for n in 1 2; do
    expect_number "memory that router $n has more" "$(fact growth_kb $n)" '<=' $growth_kb KiB
done
tap_done
