#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# guard6-inside.sh BUILD: the assertions of tests/qemu/guard6.sh: one router whose tunnel of IPv6 carries both families,
# while its policies are flushed under traffic, and then without vrrpd.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
. tests/lib/ns.sh
. tests/lib/tap.sh
. tests/lib/tunnels.sh
BUILD=$1
W=$(mktemp -d "${TMPDIR:-/tmp}/vrrp-sla-guard6.XXXXXX")
trap 'lab_end; rm -rf "$W"' EXIT
umask 077
. tests/lib/families.sh
FLUSHES=5

guard_is_there() { [ "$(ns r1 nft list table inet vrrp_sla | grep -cE 'ip6? [sd]addr .*ipsec missing.*drop')" = 4 ]; }
flood() { spawn_ns "flood$1" "$W/flood$1" pc ping -n -q -i 0.02 -W 1 "${ECS[$1]}"; } # FAMILY: until it is reaped

lines_watch 1
gw_tunnels 6 4 6
conf 1 6 4 6 >"$W/r1.conf"
start 1
expect 'the router is Active' becomes 1 active
expect 'the guard has a rule for each family and direction' guard_is_there
for f in 4 6; do expect "the IPv$f probe is up through its tunnel" is_proven 1 "line$f"; done
carries 4 6

printf '\nSomebody flushes the policies under traffic, %s times\n' "$FLUSHES"
flood 4
flood 6
for ((i = 0; i < FLUSHES; i++)); do
    ns_ip r1 xfrm policy flush
    pause 0.5
done
expect_policies r1 "$W/run1"
carries 4 6

printf '\nWithout vrrpd and its policies, but with its table\n'
reap vrrpd1 KILL
ns_ip r1 xfrm policy flush
pause 1
for f in 4 6; do
    reap "flood$f" INT
    expect "the office went on sending IPv$f" grep -qE '^[0-9]{2,} packets transmitted' "$W/flood$f"
done
expect_number 'packets that the guard dropped' \
    "$(ns r1 nft -j list table inet vrrp_sla | jq '[.nftables[].rule?.expr[]?.counter? | values | .packets] | add')" '>' 20
finish 1
lines_judge 1
tap_done
