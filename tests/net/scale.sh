#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# 250 instances on one interface at adverts every 0.1 s, and one at 0.01 s: the power of the Active router is cut; this
# product and keepalived in turns on the same links. BUILD is the build tree.
set -u
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/../lib/tap.sh"
: "${BUILD:?the build tree}"
instances=250
# 3 adverts and the skew of priority 100 are 361 ms; what is left is for 250 adverts, addresses and gratuitous ARPs, and
# for a machine that does something else as well.
last_ms=420
# An advert and its ARP come from one turn of the loop, or from the next few where all move at once.
order_ms=30
# keepalived wakes for each of its adverts as well, so load from elsewhere moves both.
cpu_share=0.5
fast_scatter_ms=10
# With one instance there is nothing to wait for.
single_order_ms=5

out=$(bash "$here/../bench/scale.sh" "$BUILD" 2 $instances 2>&1)
printf '%s\n' "$out" | sed 's/^[^#]/# &/'
fact() { awk -v who="$1" -v what="$2" -v field="$3" '$1 == "#" && $2 == who && $3 == what { print $field }' <<<"$out"; }
half() { awk -v v="$(fact keepalived "$1" 5)" -v s=$cpu_share 'BEGIN { print v * s }'; }
expect_number "addresses announced in the worse of 2 takeovers" "$(fact vrrp-sla announced 7)" '==' $instances
expect_number "the last one of them, after the cut, beside keepalived's $(fact keepalived last_ms 9) ms" \
    "$(fact vrrp-sla last_ms 9)" '<' $last_ms ms
expect_number "instances whose ARP came before their advert" "$(fact vrrp-sla wrong 9)" '==' 0
expect_number "the longest time from an instance's advert to its ARP" "$(fact vrrp-sla order_ms 9)" '<' $order_ms ms
for role in active backup; do
    expect_number "CPU of the $role router, against half of keepalived's" "$(fact vrrp-sla ${role}_cpu_percent 5)" '<=' \
        "$(half ${role}_cpu_percent)" %
done

out=$(bash "$here/../bench/scale.sh" "$BUILD" 2 1 vrrp-sla 2>&1)
printf '%s\n' "$out" | sed 's/^[^#]/# &/'
expect_number "one instance: its ARP did not come first" "$(fact vrrp-sla wrong 9)" '==' 0
expect_number "one instance: from its advert to its ARP, the better of 2" "$(fact vrrp-sla order_ms 7)" '<' $single_order_ms ms

out=$(bash "$here/../bench/failover.sh" "$BUILD" 3 0.01 2>&1)
printf '%s\n' "$out" | sed 's/^[^#]/# &/'
median() { awk -v who="$1" '$1 == "#" && $2 == who { print $5 }' <<<"$out"; }
expect_number "adverts every 10 ms: median gap, beside keepalived's $(median keepalived) ms and $fast_scatter_ms ms of scatter" \
    "$(median vrrp-sla)" '<=' "$(awk -v t="$(median keepalived)" -v s=$fast_scatter_ms 'BEGIN { print t + s }')" ms
tap_done
