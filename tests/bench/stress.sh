#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# tests/bench/stress.sh [BUILD [SECONDS]]: adverts every 10 ms between two routers while four loops take all processors and
# two keep writing file systems back. Root. vrrpd has the scheduling of its unit. Prints "WHAT VALUE" a line:
#   takeovers       by the Backup; each was a false one
#   changes         of state, in both routers
#   adverts         that the Active router sent in that time, as its LAN saw them
#   gap_ms          the longest pause between two of them; the Backup waits 36
#   late            pauses of more than 15 ms
set -u
BUILD=$(realpath "${1:-.}") LASTS=${2:-600}
lib=$(cd "$(dirname "${BASH_SOURCE[0]}")/../lib" && pwd)
. "$lib/ns.sh"
. "$lib/pair.sh"
W=$(mktemp -d)
trap 'lab_end; rm -rf "$W"' EXIT
trap 'exit 130' INT TERM

start() { # N
    mkdir -p "$W/r$1"
    pair_conf "$1" 0.01 >"$W/r$1/pair.conf"
    spawn_ns "r$1" "$W/r$1/log" "r$1" chrt --rr 10 "$BUILD/vrrpd/vrrpd" -f "$W/r$1/pair.conf" -r "$W/r$1/run"
}
ctl() { local n=$1; shift; "$BUILD/vrrpctl/vrrpctl" -r "$W/r$n/run" "$@"; }
takeovers() { ctl 2 --json status | jq '.instances[0].counters.became_active'; }
changes() { for n in 1 2; do ctl "$n" --json events 2>/dev/null; done | jq -s '[.[].events[] | select(.thing == "instance")] | length'; }

pair_up
start 1
ctl 1 wait PAIR Active --timeout 10 || exit 1
start 2
ctl 2 wait PAIR Backup --timeout 10 || exit 1
pause 1
# timeout(1) ends them also when this script cannot.
for k in 1 2 3 4; do spawn "cpu$k" "$W/log" timeout $((LASTS + 20)) bash -c 'while :; do :; done'; done
for k in 1 2; do
    # shellcheck disable=SC2016 # for the shell that is started
    spawn "io$k" "$W/log" timeout $((LASTS + 20)) bash -c 'while :; do echo >"$1"; sync -f "$1"; done' - "$W/io$k"
done
capture own lan r1 "$W/own.pcap" -Q in ip proto 112
before=$(changes) taken=$(takeovers)
pause "$LASTS"
reap own INT || true
for key in cpu1 cpu2 cpu3 cpu4 io1 io2; do reap $key || true; done
echo "takeovers $(($(takeovers) - taken))"
echo "changes $(($(changes) - before))"
tcpdump -tt -n -r "$W/own.pcap" 2>/dev/null | awk '{ t = $1 * 1000
    if (NR > 1 && t - last > gap) gap = t - last
    if (NR > 1 && t - last > 15) late++
    last = t } END { printf "adverts %d\ngap_ms %.1f\nlate %d\n", NR, gap, late }'
