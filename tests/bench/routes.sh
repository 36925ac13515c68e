#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# tests/bench/routes.sh [BUILD [ROUNDS [ROUTES [RULES]]]]: an instance with many virtual routes and rules takes over, again
# and again. Root. Reads off the LAN how long after its first advert its first gratuitous ARP leaves, which waits for all
# of them. A line a round, "ORDER_MS", then "# order_ms median M range A to B of N".
set -u
BUILD=$(realpath "${1:-.}") ROUNDS=${2:-15} ROUTES=${3:-1000} RULES=${4:-0}
lib=$(cd "$(dirname "${BASH_SOURCE[0]}")/../lib" && pwd)
. "$lib/ns.sh"
W=$(mktemp -d "${TMPDIR:-/tmp}/vrrp-sla-routes.XXXXXX")
trap 'lab_end; rm -rf "$W"' EXIT
trap 'exit 130' INT TERM

ctl() { "$BUILD/vrrpctl/vrrpctl" -r "$W/run" "$@" >/dev/null; }
conf() {
    local k
    printf 'vrrp_instance A {\n version 3\n interface lan0\n virtual_router_id 22\n advert_int 0.1\n'
    printf ' virtual_ipaddress {\n  10.1.22.254/24\n }\n virtual_routes {\n'
    for ((k = 0; k < ROUTES; k++)); do
        printf '  10.%d.%d.0/24 via 192.0.2.254 dev wan0\n' $((100 + k / 250)) $((k % 250))
    done
    printf ' }\n virtual_rules {\n'
    for ((k = 0; k < RULES; k++)); do
        printf '  from 10.%d.%d.0/24 table 100\n' $((100 + k / 250)) $((k % 250))
    done
    printf ' }\n}\n'
}
put() { [ "$({ ns_ip r route show proto 113; ns_ip r rule | grep 'proto 113'; } | wc -l)" = $((ROUTES + RULES)) ]; }
judge() { # FILE
    tcpdump -tt -n -r "$1" 2>/dev/null | awk '
        / prio 0/ { next }
        / vrid 22/ && !advert { advert = $1 }
        / tell 10[.]1[.]22[.]254/ && advert { printf "%.2f\n", ($1 - advert) * 1000; exit }'
}

ns_add r far
ns_link r lan0 far lan0
ns_link r wan0 far wan0
ns_ip r addr add 10.1.22.252/24 dev lan0
ns_ip r addr add 192.0.2.1/24 dev wan0
conf >"$W/a.conf"
spawn_ns r "$W/log" r "$BUILD/vrrpd/vrrpd" -f "$W/a.conf" -r "$W/run"
wait_until 10 ctl wait A active || { cat "$W/log"; exit 1; }
for ((round = 0; round < ROUNDS; round++)); do
    ctl drain A --force
    wait_until 10 ctl wait A backup
    capture tap far lan0 "$W/tap.pcap" arp or ip proto 112
    ctl resume A
    wait_until 10 ctl wait A active
    wait_until 10 put || { echo 'routes are missing'; exit 1; }
    pause 0.1
    reap tap INT || true
    judge "$W/tap.pcap" | tee -a "$W/results"
done
sort -n "$W/results" | awk '{ v[NR] = $1 }
    END { printf "# order_ms median %s range %s to %s of %d\n", v[int((NR + 1) / 2)], v[1], v[NR], NR }'
