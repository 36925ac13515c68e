#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# garp [BUILD]: the distance between gratuitous ARPs, over instances and interfaces of a garp_group, and the
# bursts after a lower advert. One router in a namespace, and adverts of another. Root.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
. tests/lib/ns.sh
. tests/lib/tap.sh
BUILD=$(readlink -f "${1:-${BUILD:-.}}")
W=$(mktemp -d "${TMPDIR:-/tmp}/vrrp-sla-garp.XXXXXX")
trap 'lab_end; rm -rf "$W"' EXIT

instance() { # N STATEMENT...
    printf 'vrrp_instance I%s {\n version 3\n interface lan%s\n virtual_router_id 1%s\n priority 150\n advert_int 0.1\n' "$1" "$1" "$1"
    printf ' virtual_ipaddress {\n'
    printf "  10.9.$1.%s/24\n" 201 202 203
    shift
    printf ' }\n'
    printf ' %s\n' "$@"
    printf '}\n'
}
get() { "$BUILD/vrrpctl/vrrpctl" -r "$W/run" --json status | jq -r ".instances[$1]$2"; }
active() { [ "$(get 0 .state)" = Active ] && [ "$(get 1 .state)" = Active ]; }
start() { spawn_ns r1 "$W/log" r1 "$BUILD/vrrpd/vrrpd" -f "$W/conf" -r "$W/run"; }
# Distances in milliseconds between the ARPs of a capture, least first.
distances() { tshark -n -r "$1" -T fields -e frame.time_delta | awk 'NR > 1 { printf "%.1f\n", $1 * 1000 }' | sort -n; }
send() { ns r2 "$BUILD/tests/net/vrrpsend" -v 3 -r 10 -p 90 lan0 10.9.0.2 10.9.0.201; }

ns_add r1 r2
ns_bridge r2 lan
for n in 0 1; do
    ns_link r1 "lan$n" r2 "port$n"
    ns_ip r2 link set dev "port$n" master lan
    ns_ip r1 addr add "10.9.$n.1/24" dev "lan$n"
done
ns_link r2 lan0 r2 lan0peer
ns_ip r2 link set dev lan0peer master lan
ns_ip r2 addr add 10.9.0.2/24 dev lan0

{
    printf 'garp_group {\n interfaces { lan0 lan1 }\n garp_interval 0.05\n}\n'
    for n in 0 1; do instance "$n" 'garp_master_repeat 2' 'garp_master_delay 0' 'garp_lower_prio_repeat 1' 'garp_lower_prio_delay 1'; done
} >"$W/conf"
capture arp r2 lan "$W/arp" 'arp and ether dst ff:ff:ff:ff:ff:ff and (src net 10.9.0.200/29 or src net 10.9.1.200/29)'
start
expect 'both are Active' wait_until 5 active
pause 1
reap arp INT
expect_number 'two rounds of three addresses of two instances' "$(captured "$W/arp")" = 12
expect_number 'keep their distance over both interfaces, at least' "$(distances "$W/arp" | head -n 1)" '>=' 40 ms

capture arp r2 lan "$W/lower" arp and ether dst ff:ff:ff:ff:ff:ff and src net 10.9.0.200/29
send
pause 0.8
expect_number 'a lower advert is answered by a burst' "$(captured "$W/lower")" = 3
pause 1.2
reap arp INT
expect_number 'and by another one after the delay' "$(captured "$W/lower")" = 6
expect_number 'which is, about' "$(distances "$W/lower" | tail -n 1)" '>=' 990 ms
reap r1

{ printf 'global_defs {\n vrrp_min_garp\n}\n'; instance 0; instance 1; } >"$W/conf"
capture arp r2 lan "$W/least" arp and ether dst ff:ff:ff:ff:ff:ff and src net 10.9.0.200/29
start
expect 'both are Active again' wait_until 5 active
pause 1
reap arp INT
expect_number 'vrrp_min_garp announces each address once' "$(captured "$W/least")" = 3
reap r1

tap_done
