#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# tests/bench/failover.sh [BUILD [ROUNDS [INTERVAL...]]]: how long office to server is silent when the Active
# router's power goes, for this product and for Debian's keepalived on the same links, in turns. Root. The power goes just
# after an advert, the worst moment, so that a round does not hang on chance. A line a round, "WHO INTERVAL GAP_MS
# LOST LATE_MS", then "# WHO INTERVAL median M range A to B ms".
set -u
BUILD=$(realpath "${1:-.}") ROUNDS=${2:-5}
shift $(($# < 2 ? $# : 2))
[ $# -gt 0 ] || set -- 0.1 1
lib=$(cd "$(dirname "${BASH_SOURCE[0]}")/../lib" && pwd)
. "$lib/ns.sh"
. "$lib/pair.sh"
W=$(mktemp -d)
trap 'lab_end; rm -rf "$W"' EXIT
trap 'exit 130' INT TERM

one_round() { # WHO INTERVAL
    local who=$1 interval=$2
    rm -rf "${W:?}"/*
    mkfifo "$W/control"
    exec {control}<>"$W/control"
    pair_up
    pair_start "$who" 1 "$interval"
    wait_until 20 pair_owner_is 1 || { no_owner "$who" 1; return 1; }
    pair_start "$who" 2 "$interval"
    # Long enough for r2 to have heard the Active router several times.
    pause "$(awk -v i="$interval" 'BEGIN { print 1 + 2 * i }')"
    spawn pace "$W/pace.log" "$BUILD/tests/lib/pace" --a "office,$(netns office),10.9.1.1" \
        --b "server,$(netns server),10.9.2.1" --control "$W/control" --report "$W/report" \
        --log "$W/packets" --seconds 30
    pause 0.5
    after_an_advert
    echo "mark cut" >&"$control"
    pair_power_cut 1
    kill "$listener" 2>/dev/null
    exec {adverts}<&-
    wait_until 20 pair_owner_is 2 || { no_owner "$who" 2; return 1; }
    pause 0.5
    echo stop >&"$control"
    wait_until 5 pace_ended
    exec {control}>&-
    awk -v who="$who" -v interval="$interval" '$1 == "cut" && $2 == "office>server" {
        for (i = 3; i < NF; i++) v[$i] = $(i + 1)
        print who, interval, v["gap_ms"], v["lost"], v["late_ms"] }' "$W/report" | tee -a "$RESULTS"
    [ ! -s "$W/r2/vrrp.pid" ] || reap r2 TERM || true
    lab_end
}
after_an_advert() {
    exec {adverts}< <(exec ip netns exec "$(netns lan)" tcpdump -Z root --immediate-mode -l -n -i r1 \
        "ip proto 112" 2>/dev/null)
    listener=$!
    read -ru "$adverts" -t 20 || echo "no advert seen"
}
pace_ended() { ! alive pace; }
no_owner() { # WHO N
    echo "$1: r$2 did not become Active"
    tail -n 5 "$W/r$2/log"
}

summary() { # WHO INTERVAL
    awk -v who="$1" -v interval="$2" '$1 == who && $2 == interval { print $3 }' "$RESULTS" | sort -n |
        awk -v what="$1 $2" '{ v[NR] = $1 }
            END { printf "# %s median %.1f range %.1f to %.1f ms of %d\n", what, v[int((NR + 1) / 2)], v[1], v[NR], NR }'
}

RESULTS=$(mktemp)
trap 'lab_end; rm -rf "$W" "$RESULTS"' EXIT
for interval; do
    for ((round = 0; round < ROUNDS; round++)); do
        for who in vrrp-sla keepalived; do one_round "$who" "$interval" || exit 1; done
    done
    summary vrrp-sla "$interval"
    summary keepalived "$interval"
done
