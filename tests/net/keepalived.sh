#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# keepalived [BUILD]: Debian's keepalived as the other router: versions 2 and 3, IPv4 and IPv6 at once, both roles,
# hand-over, crash and return, and what a host on the LAN sees; tshark judges the wire. Then a pair of keepalived that is
# replaced by a pair of ours, one after the other, with the same files. Root.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
. tests/lib/ns.sh
. tests/lib/tap.sh
BUILD=$(readlink -f "${1:-${BUILD:-.}}")
W=$(mktemp -d "${TMPDIR:-/tmp}/vrrp-sla-keep.XXXXXX")
trap 'lab_end; rm -rf "$W"' EXIT
. tests/lib/interop.sh

keepalived_start() { # N
    spawn_ns "k$1" "$W/k$1.log" "r$1" keepalived --dont-fork --log-console --vrrp -f "$W/r$1.conf" -p "$W/k$1.pid" -r "$W/k$1.vrrp"
}
held() { ns_ip "r$1" -o addr | grep -cE " ($FOUR|$OLD|$SIX|$LOCAL)/"; }
holds() { [ "$(held "$1")" = "$2" ] || { ns_ip "r$1" -br addr; return 1; }; } # N NUMBER
peer_start() {
    ns_ip lan link set dev pr2 master sw
    keepalived_start 2
}
peer_stop() { reap k2 TERM; }
# Its children outlive a SIGKILL: the cable goes first.
peer_kill() {
    ns_ip lan link set dev pr2 nomaster
    reap k2 TERM
}
peer_is() { if [ "$1" = active ]; then holds 2 4; else holds 2 0; fi; }
peer_addresses() { printf '["10.9.1.252","10.9.1.252","%s"]' "$LOCAL2"; }
peer_reached() { by "$MAC2"; }

interop_open
wait_until 5 eval 'ns_ip r2 -6 -o addr show dev lan0 scope link -tentative | grep -q fe80'
LOCAL2=$(ns_ip r2 -6 -o addr show dev lan0 scope link | awk '{ sub("/.*", "", $4); print $4 }')
conf 200 >"$W/r1.conf"
conf 150 >"$W/r2.conf"
capture cap lan sw "$W/cap" ip proto 112 or ip6 proto 112
start 1
expect 'ours is Active' soon_ours .state "$(three Active)"
peer_start
pause 4 # in which a Backup that hears nothing takes over
better keepalived
worse keepalived
reap cap INT
judge 10.9.1.252 "$MAC2"

# ---- a pair is replaced ----
conf 200 >"$W/r1.conf"
keepalived_start 1
keepalived_start 2
expect 'a pair of keepalived' wait_until 9 holds 1 4
expect 'with a Backup' wait_until 5 holds 2 0
reap k2 TERM
start 2
ROUTER=2 # that ctl and its friends speak of
expect 'whose place ours takes' soon_ours .state "$(three Backup)"
expect 'hearing the other one' soon_ours .peer.priority '[200,200,200]'
reap k1 TERM
expect 'goes on with ours alone' soon_ours .state "$(three Active)"
expect 'which the host reaches' by "$MAC2"
start 1
expect 'and as a pair of ours' wait_until 9 holds 1 4
expect 'with a Backup as before' soon_ours .state "$(three Backup)"
expect 'without a fault' no_fault
expect 'the host reaches the better router' by "$MAC1"
reap r1 TERM
reap r2 TERM
tap_done
