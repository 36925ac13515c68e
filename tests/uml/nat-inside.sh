#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# nat-inside.sh BUILD CONF OUT: the provider of CPE01's line translates addresses, so that the gateway sees another one and
# ESP travels in UDP (RFC 3948). The routers' samples are as they are; the gateway takes CPE01 from any address.
set -u
# shellcheck disable=SC2034 # used by what is sourced
BUILD=$1 CONF=$2 OUT=$3 CUT_S=5
. "$(dirname "${BASH_SOURCE[0]}")/../lib/story.sh"
. "$LIB/ike.sh"

NAT_ADDR=100.64.1.1 # the provider's own, from line_up
PEER_ADDR[1]=$NAT_ADDR

chapter_nat() {
    local n
    site_addresses
    site_up
    expect "line 1's provider translates addresses" \
        ns isp1 iptables-legacy -t nat -A POSTROUTING -o up -j MASQUERADE
    gateway_devices
    charons_files
    # shellcheck disable=SC2153 # router.sh fills it
    sed -i "s/remote_addrs = ${WAN_ADDR[1]}\>/remote_addrs = %any/" "$W/gw-ike/swanctl/conf.d/vrrp-sla.conf"
    expect "the gateway takes CPE01 from any address" \
        grep -q 'remote_addrs = %any' "$W/gw-ike/swanctl/conf.d/vrrp-sla.conf"
    watch_lines
    expect "the gateway's IKE daemon starts" charon_start gw
    for n in 1 2; do
        keys_by_ike "$(router_conf "$n")"
        router_plug "$n"
        expect "CPE0$n's IKE daemon starts" charon_start "cpe0$n"
        expect "CPE0$n's daemons start" daemons_start "$n"
        expect "CPE0$n's tunnel is up" wait_state "$n" line1 up 15
    done
    expect_number "CPE01's SAs in UDP" "$(in_udp cpe01)" == 2
    expect_number "CPE02's, whose provider translates nothing" "$(in_udp cpe02)" == 0
    expect "policies wanted = installed on both routers, and no other" in_time policies_of_both
}
in_udp() { ns_ip "$1" xfrm state | grep -c 'encap type espinudp'; }

# With its link the translator loses what it remembers of connections.
modem_restarts() {
    ns_ip isp1 link set dev up down
    expect "modem: CPE02 becomes Active" wait_state 2 OFFICE active 5
    pause "$CUT_S"
    ns_ip isp1 link set dev up up
    line_recover 1
    over
}

chapter_events() {
    event rekey "We rekey through the NAT: 4 CHILD_SAs, 2 IKE_SAs" we_rekey
    expect_number "CHILD_SAs that CPE01 made anew" $(($(rekeyed "$CHILD_MADE") - CHILDREN)) '>=' 4
    nothing_lost rekey
    settle
    event modem "The translator is off for $CUT_S s and forgets all" modem_restarts
    back_within modem $((DEAD_PEER_MS + NEGOTIATION_MS))
    expect_number "modem: silence, office to ECS" "$(figure modem 'office>ECS' gap_ms)" '<' "$DEAD_LINE_MS" ms
    expect_number "CPE01's live SAs are in UDP again" "$(in_udp cpe01)" '>=' 2
}

: >"$REPORT" && : >"$TUNNEL_REPORT" && : >"$CHECKS"
chapter_nat
chapter_traffic
chapter_events
chapter_cleartext
traffic_ends
tap_done
