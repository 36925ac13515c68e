#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# esp6-inside.sh BUILD: two routers, each with a line and a tunnel to one gateway, over real ESP: IPv6 in IPv6, IPv4 in
# IPv6, IPv6 in IPv4, and both families inside either. In each case both roles, both directions, the probes' way, the
# policies, the largest packet, and what left in the clear. At last one router with a tunnel of each family, and
# strongSwan's keys with the sample ipv6.conf.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
. tests/lib/ns.sh
. tests/lib/tap.sh
. tests/lib/tunnels.sh
. tests/lib/charon.sh
BUILD=$1
W=$(mktemp -d "${TMPDIR:-/tmp}/vrrp-sla-esp6.XXXXXX")
trap 'lab_end; rm -rf "$W"' EXIT
umask 077
. tests/lib/families.sh

family_case() { # TEXT OUTER FAMILY...
    local text=$1 outer=$2 n f
    shift 2
    printf '\n%s\n' "$text"
    gw_tunnels "$outer" "$@"
    for n in 1 2; do
        conf $n "$outer" "$@" >"$W/r$n.conf"
        start $n
    done
    expect "$text: the first router is Active" becomes 1 active
    expect '  the second one is Backup' becomes 2 backup
    for n in 1 2; do
        for f; do expect "  router $n: the IPv$f probe is up through its own tunnel" is_proven $n "line$f"; done
        expect "  router $n: its tunnel is up" are_up $n
        expect_policies r$n "$W/run$n"
        expect_number "  router $n: policies" "$(policies_ours r$n)" == $((7 * $#))
    done
    carries "$@"
    for f; do
        expect "  IPv$f: the largest packet is as reckoned" largest "$f" "$outer"
        expect "  IPv$f: the Backup's LAN traffic is closed" wait_until 5 lan_is_closed 2 "$f"
        expect '    its own address answers the cloud through its own tunnel' sees gw "${OWN[${f}2]}" "${ECS[$f]}"
    done
    reap vrrpd1
    expect "  router 1: a clean stop leaves its policies" policies_stay r1
    expect '  the second router takes over' becomes 2 active
    gw_use "$outer" 2 "$@"
    carries "$@"
    expect_policies r2 "$W/run2"
    for f; do expect "  IPv$f: the stopped router's LAN traffic is closed" wait_until 5 lan_is_closed 1 "$f"; done
    for n in 1 2; do
        finish $n
        expect "  router $n: a flush leaves nothing" nothing_left $n
    done
}

lines_watch 1 2
family_case 'IPv6 in IPv6' 6 6
family_case 'IPv4 in IPv6' 6 4
family_case 'IPv6 in IPv4' 4 6
family_case 'both in IPv6' 6 4 6
family_case 'both in IPv4' 4 4 6

# ---- one router with a tunnel of each family to one gateway: both are accepted, one is used ----
two_tunnels_case() {
    local f
    printf '\nboth in a group of IPv6 and IPv4\n'
    NEAR[g1]=${NEAR[61]} FAR[g1]=${FAR[61]} NEAR[g2]=${NEAR[41]} FAR[g2]=${FAR[41]}
    gw_tunnels g 4 6
    ns_ip r1 addr add "${OWN[42]}/24" dev lan0
    ns_ip r1 addr add "${OWN[62]}/64" dev lan0
    {
        instances 200 'ipsec_tunnel_group both'
        tunnel first 1 g 4 6
        tunnel second 2 g 4 6
        printf 'ipsec_tunnel_group both {\n tunnel first sla first6\n tunnel second sla second4\n}\n'
    } >"$W/r1.conf"
    start 1
    for f in first4 first6 second4 second6; do expect "the probe $f is up" is_proven 1 $f; done
    expect '  both tunnels are up' are_up 1
    expect_policies r1 "$W/run1"
    expect '  the first tunnel carries' is 1 '[.tunnels[].selected] | tostring' '[true,false]'
    carries 4 6
    ns_ip gw xfrm state delete src "${NEAR[g1]}" dst "${FAR[g1]}" proto esp spi 0x1001
    expect 'without the first tunnel the second carries' wait_until 5 is 1 '[.tunnels[].selected] | tostring' '[false,true]'
    gw_use g 2 4 6
    carries 4 6
    expect_policies r1 "$W/run1"
    finish 1
    expect '  a flush leaves nothing' nothing_left 1
    ns_ip r1 addr del "${OWN[42]}/24" dev lan0
    ns_ip r1 addr del "${OWN[62]}/64" dev lan0
}
two_tunnels_case

# ---- the sample, and strongSwan's settings of the other samples ----
LINE=2001:db8:51::1 PEER=2001:db8:ff::1
NEAR[s1]=$LINE FAR[s1]=$PEER NEAR[s2]=${NEAR[62]} FAR[s2]=${FAR[62]}
ike_files() { # NAME LOCAL REMOTE
    charon_files "$1" cpe01.conf
    sed -i -e "s/198\.51\.100\.1/$2/; s/203\.0\.113\.1/$3/" -e 's|0\.0\.0\.0/0|0.0.0.0/0,::/0|' \
        "$W/$1-ike/swanctl/conf.d/vrrp-sla.conf"
    ike_secret peer "$3" "$SECRET" >"$W/$1-ike/swanctl/conf.d/vrrp-sla.secrets"
}
strongswan_case() {
    local f
    printf '\nboth in IPv6, keys by strongSwan\n'
    ns_ip r1 addr add $LINE/64 dev wan0
    ns_ip r1 route add $PEER via "${FAR[61]}"
    ns_ip gw addr add $PEER/128 dev lo
    ns_ip gw route add $LINE via "${NEAR[61]}"
    SECRET=$(head -c 33 /dev/urandom | base64)
    ike_files r1 $LINE $PEER
    ike_files gw $PEER $LINE
    gw_tunnels s 4 6
    ns_ip gw xfrm state flush
    cp etc/samples/ipv6.conf "$W/r1.conf"
    start 1
    expect 'without keys the tunnel has no SA' ctl 1 wait line1 no_sa --timeout 5
    expect "strongSwan starts on the router" charon_start r1
    expect '  and on the gateway' charon_start gw
    expect 'the tunnel is up' ctl 1 wait line1 up --timeout 15
    for f in 4 6; do expect "  the IPv$f probe of the sample is up" ctl 1 wait "ecs$f" up --timeout 15; done
    expect '  router 1 is Active' ctl 1 wait OFFICE6 active --timeout 8
    carries 4 6
    expect_policies r1 "$W/run1"
    charon_stop gw
    charon_stop r1
    finish 1
    ns_ip r1 xfrm state flush
}
strongswan_case

lines_judge 1 2
tap_done
