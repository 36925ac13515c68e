#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# password [BUILD]: version 2 with authentication PASS in namespaces, beside keepalived in both roles; another password
# or none does not count. Root.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
. tests/lib/ns.sh
. tests/lib/tap.sh
. tests/lib/lan.sh
BUILD=$(readlink -f "${1:-${BUILD:-.}}")
W=$(mktemp -d "${TMPDIR:-/tmp}/vrrp-sla-pass.XXXXXX")
trap 'lab_end; rm -rf "$W"' EXIT
VIP=10.9.1.254 SOON_S=8

conf() { # N PRIORITY [PASSWORD]: both programs read it
    printf 'vrrp_instance OLD {\n version 2\n interface lan0\n virtual_router_id 22\n priority %s\n' "$2"
    [ -z "${3:-}" ] || printf ' authentication {\n  auth_type PASS\n  auth_pass %s\n }\n' "$3"
    printf ' virtual_ipaddress {\n  %s/24\n }\n}\n' $VIP
}

lan_up r1 r2
for n in 1 2; do lan_router $n; done

# ---- the same password ----
conf 1 200 secret >"$W/r1.conf"
conf 2 100 secret >"$W/r2.conf"
capture cap lan sw "$W/cap" ip proto 112
start 1
soon 1 .state Active >/dev/null
start 2 keepalived
sleep 5 # in which a Backup that hears nothing takes over
expect 'keepalived takes the password of ours' homeless 2
expect 'ours is Active' is 1 .state Active
reap r1 TERM
expect 'and its priority 0' wait_until 3 owns 2
reap cap INT
expect 'on the wire: type 1 and a good checksum' test "$(tshark -n -r "$W/cap" -Y "vrrp && ip.src == 10.9.1.251" -T fields \
    -e vrrp.auth_type -e vrrp.checksum.status 2>/dev/null | sort -u)" = $'1\t1'
conf 1 90 secret >"$W/r1.conf"
start 1
sleep 5
expect 'ours takes the password of keepalived' is 1 .state Backup
expect 'without a fault' is 1 .counters.bad_auth 0
expect 'and knows its peer' is 1 .peer.priority 100

# ---- another one, and none ----
for password in secret2 ''; do
    conf 1 90 "$password" >"$W/r1.conf"
    quiet ctl 1 reload
    expect "with '$password' the adverts of keepalived do not count" soon 1 .state Active
    expect "and are counted" test "$(get 1 .counters.bad_auth)" -ge 3
    conf 1 90 secret >"$W/r1.conf"
    quiet ctl 1 reload
    expect "with the right one they do at once" soon 1 .state Backup
done
expect 'and that was told once' test "$(grep -c 'another authentication than ours: 10.9.1.252' "$W/r1.log")" = 1
reap r1 TERM
reap r2 TERM
tap_done
