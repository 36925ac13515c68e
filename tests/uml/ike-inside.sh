#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# ike-inside.sh BUILD CONF OUT CUT: strongSwan on both routers and the gateway, with the settings of etc/samples/swanctl
# as they are, under the policies of vrrpd: started in any order, rekeyed, killed, cut off. What is measured: lib/ike.sh.
set -u
# shellcheck disable=SC2034 # used by what is sourced
BUILD=$1 CONF=$2 OUT=$3 CUT_S=$4
. "$(dirname "${BASH_SOURCE[0]}")/../lib/story.sh"
. "$LIB/ike.sh"

REMOTE_CHECK=172.16.41.74 # where a check of a server in the office would come from

chapter_order() {
    local n
    site_addresses
    site_up
    gateway_devices
    charons_files
    watch_lines
    printf 'In any order\n'
    for n in 1 2; do
        keys_by_ike "$(router_conf "$n")"
        expect "CPE0$n's sample with keys by IKE is a clean configuration" \
            "$BUILD/vrrpd/vrrpd" --check -f "$(router_conf "$n")"
    done
    expect "CPE01's daemons start without an IKE daemon" router_boot 1
    expect "CPE01's tunnel has no SA" wait_state 1 line1 no_sa 5
    expect "CPE01's IKE daemon starts without the gateway's" charon_start cpe01
    pause $((TRIES + 1)) # one whole negotiation fails
    expect "CPE01's tunnel has no SA yet" wait_state 1 line1 no_sa 1
    expect "the gateway's IKE daemon starts" charon_start gw
    over
    expect "CPE01's tunnel comes up" wait_state 1 line1 up 10
    # shellcheck disable=SC2154 # a key, not a name
    expect_number "after the gateway's start" $((($(now_us) - MOMENT[over]) / 1000)) \
        '<' $((RETRY_MS + NEGOTIATION_MS)) ms
    router_plug 2
    expect "CPE02's IKE daemon starts, the last of them" charon_start cpe02
    expect "CPE02 has SAs before vrrpd runs" wait_until 5 has_sas 2
    expect "CPE02's daemons start" daemons_start 2
    expect "CPE02's tunnel is up" wait_state 2 line1 up 5
    expect "policies wanted = installed on both routers, and no other" in_time policies_of_both
}

# The article's two pictures of a check of tunnel 2 while CPE02 is Backup: it leaves by tunnel 2, and what must
# come back the same way either does or does not.
check_by() { # TARGET: sets ASKED, BY1, BY2 (replies in each tunnel) and ANSWERED
    local n
    for n in 1 2; do
        capture "picture$n" gw "vti$n" "$W/picture$n.pcap" "icmp and host $1 and host $REMOTE_CHECK"
    done
    ANSWERED=$(ns gw ping -n -q -c 10 -i 0.1 -W 1 -I "$REMOTE_CHECK" "$1" | sed -n 's/.* \([0-9]*\) received.*/\1/p')
    pause 0.3
    for n in 1 2; do reap "picture$n" INT || true; done
    ASKED=$(captured "$W/picture2.pcap" 'icmp[0] = 8')
    BY1=$(captured "$W/picture1.pcap" 'icmp[0] = 0') BY2=$(captured "$W/picture2.pcap" 'icmp[0] = 0')
}
chapter_pictures() {
    printf '\nThe article'\''s two pictures: what a check of tunnel 2 may ask while CPE02 is Backup\n'
    ns_ip gw addr add "$REMOTE_CHECK/32" dev lo
    ns_ip gw route add "$OFFICE/32" dev vti2 table 102
    ns_ip gw rule add from "$REMOTE_CHECK" to "$OFFICE" lookup 102
    check_by "${LAN_ADDR[2]}"
    expect_number "a check of CPE02's own address by tunnel 2: asked" "$ASKED" == 10
    expect_number "it is right: replies by tunnel 2" "$BY2" == 10
    expect_number "replies by tunnel 1" "$BY1" == 0
    check_by "$OFFICE"
    expect_number "a check of the office's server by tunnel 2: asked" "$ASKED" == 10
    expect_number "it is wrong: the replies come by the Active router and tunnel 1" "$BY1" == 10
    expect_number "replies by tunnel 2" "$BY2" == 0
    ns_sysctl gw net.ipv4.conf.vti1.rp_filter=1
    check_by "$OFFICE"
    ns_sysctl gw net.ipv4.conf.vti1.rp_filter=0
    expect_number "so a gateway that takes a reply by the same tunnel only calls tunnel 2 dead: answered" \
        "$ANSWERED" == 0
}

gateway_rekeys() {
    CHILDREN=$(rekeyed "$CHILD_MADE")
    for _ in 1 2; do
        swanctl_on gw --rekey --child tunnel1 >>"$W/rekey.log" 2>&1
        pause 1
    done
}
gateway_deletes() { swanctl_on gw --terminate --child tunnel1 >"$W/terminate.log" 2>&1; over; pause 1; }
own_crash() { charon_stop cpe01 KILL; charon_start cpe01 >"$W/own.log" 2>&1; over; }
own_restart() { charon_stop cpe01; charon_start cpe01 >"$W/own.log" 2>&1; over; }
gateway_crash() { # its kernel goes on
    charon_stop gw KILL
    pause "$AWAY_S"
    charon_start gw >"$W/gw.log" 2>&1
    over
    # The routers notice by DPD only: what is measured comes then.
    wait_until $((DEAD_PEER_MS / 1000 + 3)) gateway_knows
}
gateway_knows() { swanctl_on gw --list-sas --ike cpe01 | grep -q 'tunnel1.*INSTALLED'; }
gateway_reboot() {
    charon_stop gw KILL
    ns_ip gw xfrm state flush
    ns_ip gw xfrm policy flush
    pause "$AWAY_S"
    charon_start gw >"$W/gw.log" 2>&1
    over
}
gateway_restart() {
    charon_stop gw
    expect "restart: CPE01's tunnel has no SA while the gateway is away" wait_state 1 line1 no_sa 2
    pause "$AWAY_S"
    charon_start gw >"$W/gw.log" 2>&1
    over
}
chapter_events() {
    event rekey "We rekey: 4 CHILD_SAs, 2 IKE_SAs" we_rekey
    expect_number "CHILD_SAs that CPE01 made anew" $(($(rekeyed "$CHILD_MADE") - CHILDREN)) '>=' 4
    expect_number "IKE_SAs that CPE01 made anew" $(($(rekeyed "$IKE_MADE") - IKES)) '>=' 2
    nothing_lost rekey

    # Who answers a rekey closes its old outbound SA before it installs the new one.
    event peer-rekey "The gateway rekeys: 2 CHILD_SAs" gateway_rekeys
    expect_number "CHILD_SAs that the gateway made anew" $(($(rekeyed "$CHILD_MADE") - CHILDREN)) '>=' 2
    silent_below peer-rekey "$NEGOTIATION_MS"

    event delete "The gateway deletes the CHILD_SA" gateway_deletes
    silent_below delete "$NEGOTIATION_MS"
    event peer-crash "The gateway's IKE daemon is killed and started again, $AWAY_S s later" gateway_crash
    silent_below peer-crash "$REFUSED_MS"

    settle
    event cut "Line 1 is cut for $CUT_S s" cut
    back_within cut $((RETRY_MS + NEGOTIATION_MS))
    expect_number "cut: silence, office to ECS" "$(figure cut 'office>ECS' gap_ms)" '<' "$DEAD_LINE_MS" ms

    # With CPE02 Active the office's own packets do not notice. The cloud's take tunnel 1 if it likes.
    expect "CPE01 is drained" ctl 1 drain OFFICE
    expect "CPE02 is Active" wait_state 2 OFFICE active 5
    event own-crash "CPE01's IKE daemon is killed and started again, while CPE02 is Active" own_crash
    back_within own-crash "$NEGOTIATION_MS"
    office_loses_nothing own-crash
    event own-restart "CPE01's IKE daemon is stopped and started again, while CPE02 is Active" own_restart
    back_within own-restart "$NEGOTIATION_MS"
    office_loses_nothing own-restart

    # Both tunnels at once, so VRRP has nothing to choose: IKE alone decides.
    event reboot "The gateway reboots, $AWAY_S s away" gateway_reboot
    back_within reboot $((DEAD_PEER_MS - AWAY_S * 1000 + NEGOTIATION_MS))
    event restart "The gateway's IKE daemon is stopped and started again, $AWAY_S s later" gateway_restart
    back_within restart "$REFUSED_MS"
}

: >"$REPORT" && : >"$TUNNEL_REPORT" && : >"$CHECKS"
chapter_order
chapter_traffic
chapter_pictures
chapter_events
chapter_cleartext
traffic_ends
tap_done
