#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# password [BUILD]: version 2 with authentication PASS in namespaces, beside keepalived in both roles; another password
# or none does not count. Root.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
. tests/lib/ns.sh
. tests/lib/tap.sh
BUILD=$(readlink -f "${1:-${BUILD:-.}}")
W=$(mktemp -d "${TMPDIR:-/tmp}/vrrp-sla-pass.XXXXXX")
trap 'lab_end; rm -rf "$W"' EXIT
VIP=10.9.1.254

conf() { # N PRIORITY [PASSWORD]: both programs read it
    printf 'vrrp_instance OLD {\n version 2\n interface lan0\n virtual_router_id 22\n priority %s\n' "$2"
    [ -z "${3:-}" ] || printf ' authentication {\n  auth_type PASS\n  auth_pass %s\n }\n' "$3"
    printf ' virtual_ipaddress {\n  %s/24\n }\n}\n' $VIP
}
ours() { spawn_ns r1 "$W/r1.log" r1 "$BUILD/vrrpd/vrrpd" -f "$W/r1.conf" -r "$W/run"; }
keepalived_() {
    spawn_ns r2 "$W/r2.log" r2 keepalived --dont-fork --log-console --vrrp -f "$W/r2.conf" -p "$W/pid" -r "$W/vrrp.pid"
}
ctl() { "$BUILD/vrrpctl/vrrpctl" -r "$W/run" "$@"; }
get() { ctl --json status | jq -r ".instances[0]$1"; }
is() { [ "$(get "$1")" = "$2" ] || { echo "$1 is $(get "$1")"; return 1; }; }
soon() { wait_until 8 is "$@" || is "$@"; }
owns() { ns_ip "r$1" -o addr show dev lan0 | grep -qF " $VIP/"; }
homeless() { ! owns "$1"; }

ns_add lan r1 r2
ns_bridge lan sw
for n in 1 2; do
    ns_link "r$n" lan0 lan "p$n"
    ns_ip lan link set dev "p$n" master sw
    ns_ip "r$n" addr add "10.9.1.25$n/24" dev lan0
done

# ---- the same password ----
conf 1 200 secret >"$W/r1.conf"
conf 2 100 secret >"$W/r2.conf"
capture cap lan sw "$W/cap" ip proto 112
ours
soon .state Active >/dev/null
keepalived_
sleep 5 # in which a Backup that hears nothing takes over
expect 'keepalived takes the password of ours' homeless 2
expect 'ours is Active' is .state Active
reap r1 TERM
expect 'and its priority 0' wait_until 3 owns 2
reap cap INT
expect 'on the wire: type 1 and a good checksum' test "$(tshark -n -r "$W/cap" -Y "vrrp && ip.src == 10.9.1.251" -T fields \
    -e vrrp.auth_type -e vrrp.checksum.status 2>/dev/null | sort -u)" = $'1\t1'
conf 1 90 secret >"$W/r1.conf"
ours
sleep 5
expect 'ours takes the password of keepalived' is .state Backup
expect 'without a fault' is .counters.bad_auth 0
expect 'and knows its peer' is .peer.priority 100

# ---- another one, and none ----
for password in secret2 ''; do
    conf 1 90 "$password" >"$W/r1.conf"
    ctl reload >/dev/null 2>&1
    expect "with '$password' the adverts of keepalived do not count" soon .state Active
    expect "and are counted" test "$(get .counters.bad_auth)" -ge 3
    conf 1 90 secret >"$W/r1.conf"
    ctl reload >/dev/null 2>&1
    expect "with the right one they do at once" soon .state Backup
done
expect 'and that was told once' test "$(grep -c 'another authentication than ours: 10.9.1.252' "$W/r1.log")" = 1
reap r1 TERM
reap r2 TERM
tap_done
