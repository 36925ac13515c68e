#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# tests/bench/scale.sh [BUILD [ROUNDS [INSTANCES [WHO...]]]]: many instances on one interface, adverts every 0.1 s, this
# product (vrrp-sla) and Debian's keepalived in turns on the same links. Root. Measures the CPU of both roles, then cuts the
# Active router's power and reads off the LAN when the other one announced its first and its last virtual address. A line
# a round, "WHO FIRST_MS LAST_MS ORDER_MS WRONG ANNOUNCED ACTIVE_CPU BACKUP_CPU", then "# WHO WHAT median M range A to B of
# N". ORDER_MS is the longest time from an instance's first advert to its first ARP, WRONG how many had it the other way
# round, the CPU in percent of one.
set -u
BUILD=$(realpath "${1:-.}") ROUNDS=${2:-5} INSTANCES=${3:-250}
shift $(($# < 3 ? $# : 3))
[ $# -gt 0 ] || set -- vrrp-sla keepalived
lib=$(cd "$(dirname "${BASH_SOURCE[0]}")/../lib" && pwd)
. "$lib/ns.sh"
. "$lib/pair.sh"
W=$(mktemp -d)
RESULTS=$(mktemp)
trap 'lab_end; rm -rf "$W" "$RESULTS"' EXIT
trap 'exit 130' INT TERM
CPU_SECONDS=4
MAC2=02:00:00:09:01:02

# Replaces pair.sh's single instance.
pair_conf() { # N INTERVAL
    local k
    for ((k = 1; k <= INSTANCES; k++)); do
        printf 'vrrp_instance I%d {\n state BACKUP\n version 3\n interface lan0\n virtual_router_id %d\n' "$k" "$k"
        printf ' priority %d\n advert_int %s\n virtual_ipaddress {\n  10.9.3.%d/32\n }\n}\n' $((300 - 100 * $1)) "$2" "$k"
    done
}
holds_all() { [ "$(ns_ip "r$1" -o -4 addr show dev lan0 | grep -cF ' 10.9.3.')" = "$INSTANCES" ]; }
holds_none() { ! ns_ip "r$1" -o -4 addr show dev lan0 | grep -qF ' 10.9.3.'; }
# Nanoseconds on a CPU so far; keepalived's work is its child's.
cpu_ns() { # N
    local pid=${LAB_PID[r$1]}
    [ ! -s "$W/r$1/vrrp.pid" ] || pid=$(<"$W/r$1/vrrp.pid")
    cut -d' ' -f1 "/proc/$pid/schedstat"
}
announced() { # FILE: how many addresses the second router has announced
    tcpdump -n -r "$1" "arp and ether src $MAC2" 2>/dev/null | grep -o 'tell [0-9.]*' | sort -u | wc -l
}
announced_all() { [ "$(announced "$1")" = "$INSTANCES" ]; }

# "FIRST LAST ORDER WRONG ANNOUNCED". The power is off from the command on, or from the first router's last frame if that
# is later.
judge() { # FILE CUT_US
    tcpdump -tt -n -e -r "$1" 2>/dev/null | awk -v cut="$2" -v mac2="$MAC2" '
        { t = $1 * 1000 }
        $2 != mac2 { if (t > off) off = t; next }
        / vrid [0-9]+/ { match($0, / vrid [0-9]+/); k = substr($0, RSTART + 6, RLENGTH - 6) + 0
                         if (!(k in advert)) advert[k] = t }
        / tell 10[.]9[.]3[.]/ { match($0, / tell 10[.]9[.]3[.][0-9]+/); k = substr($0, RSTART + 13, RLENGTH - 13) + 0
                                if (!(k in arp)) arp[k] = t }
        END { if (cut / 1000 > off) off = cut / 1000
              for (k in arp) { n++
                  if (n == 1 || arp[k] < first) first = arp[k]
                  if (arp[k] > last) last = arp[k]
                  if (!(k in advert) || advert[k] > arp[k]) wrong++
                  else if (arp[k] - advert[k] > order) order = arp[k] - advert[k] }
              printf "%.1f %.1f %.1f %d %d", first - off, last - off, order, wrong, n }'
}

one_round() { # WHO
    local who=$1 n before1 before2 cut
    rm -rf "${W:?}"/*
    pair_up
    pair_start "$who" 1 0.1
    wait_until 60 holds_all 1 || { echo "$who: r1 did not take all"; return 1; }
    pair_start "$who" 2 0.1
    pause 4
    before1=$(cpu_ns 1) before2=$(cpu_ns 2)
    pause $CPU_SECONDS
    before1=$(($(cpu_ns 1) - before1)) before2=$(($(cpu_ns 2) - before2))
    holds_none 2 || { echo "$who: r2 took some"; return 1; }
    capture tap office eth0 "$W/tap.pcap" arp or ip proto 112
    pause 0.5
    cut=$(now_us)
    pair_power_cut 1
    wait_until 30 announced_all "$W/tap.pcap" || echo "$who: $(announced "$W/tap.pcap") of $INSTANCES announced"
    reap tap INT || true
    echo "$who $(judge "$W/tap.pcap" "$cut") $before1 $before2" |
        awk -v s=$CPU_SECONDS '{ printf "%s %s %s %s %s %s %.2f %.2f\n", $1, $2, $3, $4, $5, $6, $7 / s / 1e7, $8 / s / 1e7 }' |
        tee -a "$RESULTS"
    [ ! -s "$W/r2/vrrp.pid" ] || reap r2 TERM || true
    lab_end
}

summary() { # WHO FIELD WHAT
    awk -v who="$1" -v field="$2" '$1 == who { print $field }' "$RESULTS" | sort -n |
        awk -v what="$1 $3" '{ v[NR] = $1 }
            END { printf "# %s median %s range %s to %s of %d\n", what, v[int((NR + 1) / 2)], v[1], v[NR], NR }'
}

for ((round = 0; round < ROUNDS; round++)); do
    for who; do one_round "$who" || exit 1; done
done
for who; do
    field=2
    for what in first_ms last_ms order_ms wrong announced active_cpu_percent backup_cpu_percent; do
        summary "$who" "$field" "$what"
        field=$((field + 1))
    done
done
