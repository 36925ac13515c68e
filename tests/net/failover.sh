#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A power cut of the Active router at adverts every 0.1 s, this product and keepalived in turns on the same links.
# BUILD is the build tree.
set -u
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/../lib/tap.sh"
rounds=5
# The power goes just after an advert, so both wait the same 3 intervals and the skew; what is left is how late a
# timer fires and how long the takeover takes. Medians of a run differ by some milliseconds on a busy machine.
scatter_ms=10
bound_ms=400

out=$(bash "$here/../bench/failover.sh" "${BUILD:?the build tree}" "$rounds" 0.1 2>&1)
printf '%s\n' "$out" | sed 's/^[^#]/# &/'
median() { awk -v who="$1" '$1 == "#" && $2 == who { print $5 }' <<<"$out"; }
worst() { awk -v who="$1" '$1 == "#" && $2 == who { print $9 }' <<<"$out"; }
ours=$(median vrrp-sla) theirs=$(median keepalived)
expect_number "power cut: the worst gap of $rounds" "$(worst vrrp-sla)" '<' "$bound_ms" ms
expect_number "power cut: median gap, beside keepalived's ${theirs:-none} ms and $scatter_ms ms of scatter" \
    "$ours" '<=' "$(awk -v t="${theirs:-0}" -v s="$scatter_ms" 'BEGIN { print t + s }')" ms
tap_done
