#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# tests/bench/flood.sh [BUILD [SECONDS [RATE]]]: an Active and a Backup router with 250 instances, adverts every 0.1 s, and a
# host on their LAN that floods it with adverts that are spoilt, came over a router, are truncated, oversized, or for a
# VRID that nobody has; RATE a second in all. Root. vrrpd has the scheduling of its unit. Prints "WHAT VALUE" a line:
#   counted COUNTER N GREW of SENT   router N's counter, and what was sent for it
#   changes                          of state, in both routers
#   growth_kb N                      of router N's memory
#   cpu_percent N                    of router N, its 250 instances' own work included
#   rate                             packets a second that the flood came to
#   adverts, gap_ms                  router 1's own in that time, and the longest pause between two of one instance
set -u
BUILD=$(realpath "${1:-.}") LASTS=${2:-30} RATE=${3:-50000}
lib=$(cd "$(dirname "${BASH_SOURCE[0]}")/../lib" && pwd)
. "$lib/ns.sh"
W=$(mktemp -d)
trap 'lab_end; rm -rf "$W"' EXIT
trap 'exit 130' INT TERM
INSTANCES=250
VIP=10.9.3.1
rss=() cpu=()

conf() { # N
    local k
    for ((k = 1; k <= INSTANCES; k++)); do
        printf 'vrrp_instance I%d {\n version 3\n interface lan0\n virtual_router_id %d\n priority %d\n advert_int 0.1\n' \
            "$k" "$k" $((300 - 100 * $1))
        printf ' virtual_ipaddress {\n  10.9.3.%d/32\n }\n}\n' "$k"
    done
}
start() { # N
    conf "$1" >"$W/r$1.conf"
    spawn_ns "r$1" "$W/r$1.log" "r$1" chrt --rr 10 "$BUILD/vrrpd/vrrpd" -f "$W/r$1.conf" -r "$W/run$1"
}
ctl() { local n=$1; shift; "$BUILD/vrrpctl/vrrpctl" -r "$W/run$n" "$@"; }
changes() { for n in 1 2; do ctl "$n" --json events 2>/dev/null; done | jq -s '[.[].events[] | select(.thing == "instance")] | length'; }
counter() { # FILE NAME: of I1, whose VRID the flood carries
    jq ".instances[0].counters.$2" "$1"
}
rss_kb() { awk '/^VmRSS/ { print $2 }' "/proc/${LAB_PID[r$1]}/status"; }
cpu_ns() { cut -d' ' -f1 "/proc/${LAB_PID[r$1]}/schedstat"; }
states() { # N STATE: how many are in it
    ctl "$1" --json status | jq "[.instances[] | select(.state == \"$2\")] | length"
}
all_are() { [ "$(states "$1" "$2")" = $INSTANCES ]; }

ns_add lan r1 r2 foe
ns_bridge lan sw
for n in 1 2; do
    ns_link "r$n" lan0 lan "p$n" "02:00:00:09:01:0$n"
    ns_ip lan link set dev "p$n" master sw
    ns_ip "r$n" addr add "10.9.1.25$n/24" dev lan0
done
ns_link foe lan0 lan foe
ns_ip lan link set dev foe master sw
ns_ip foe addr add 10.9.1.66/24 dev lan0
start 1
wait_until 10 all_are 1 Active || { echo "r1 is not Active"; exit 1; }
start 2
wait_until 10 all_are 2 Backup || { echo "r2 is not Backup"; exit 1; }
pause 6 # the second round of gratuitous ARPs

# KIND, the counter it is in, and how it is made. A socket for each, so that each has its own bundles.
kinds() {
    cat <<'LIST'
spoilt bad_checksum -b 2:251
routed bad_ttl -t 254 -p 255
truncated bad_length -l 11
oversized bad_length -l 1400
stranger bad_vrid -r 255 -p 255
LIST
}
each=$((RATE * LASTS / $(kinds | wc -l)))
capture own lan p1 "$W/own.pcap" -Q in ip proto 112
for n in 1 2; do
    ctl $n --json status >"$W/before$n"
    rss[n]=$(rss_kb $n) cpu[n]=$(cpu_ns $n)
done
before=$(changes)
while read -r kind counter options; do
    # shellcheck disable=SC2086
    spawn_ns "$kind" "$W/$kind.log" foe "$BUILD/tests/net/vrrpsend" -r 1 -n $each -R $((each / LASTS)) $options lan0 \
        10.9.1.66 $VIP
done < <(kinds)
from=$(now_us)
for kind in $(kinds | cut -d' ' -f1); do
    wait "${LAB_PID[$kind]}" || cat "$W/$kind.log"
    unset "LAB_PID[$kind]"
done
took=$(($(now_us) - from))
for n in 1 2; do
    echo "cpu_percent $n $((($(cpu_ns $n) - cpu[n]) / 10 / took))"
done
reap own INT || true
pause 0.5
for n in 1 2; do ctl $n --json status >"$W/after$n"; done
for counter in $(kinds | cut -d' ' -f2 | sort -u); do
    for n in 1 2; do
        grew=$(($(counter "$W/after$n" "$counter") - $(counter "$W/before$n" "$counter")))
        echo "counted $counter $n $grew of $((each * $(kinds | grep -c " $counter ")))"
    done
done
echo "changes $(($(changes) - before))"
for n in 1 2; do
    echo "growth_kb $n $(($(rss_kb $n) - rss[n]))"
done
echo "rate $((each * $(kinds | wc -l) * 1000 / (took / 1000)))"
tcpdump -tt -n -r "$W/own.pcap" 2>/dev/null | awk '{ t = $1 * 1000; match($0, / vrid [0-9]+/); k = substr($0, RSTART, RLENGTH)
    if (k in last && t - last[k] > gap) gap = t - last[k]
    last[k] = t; n++ } END { printf "adverts %d\ngap_ms %.1f\n", n, gap }'
