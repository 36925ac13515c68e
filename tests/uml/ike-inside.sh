#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# ike-inside.sh BUILD CONF OUT CUT: strongSwan on both routers and the gateway, with the settings of etc/samples/swanctl
# as they are, under the policies of vrrpd. Two measurements run side by side, a packet each 5 ms each way:
# "tunnel", between CPE01's own address and the ECS, takes tunnel 1 whoever is Active, so it shows what
# IKE costs; "office" shows what of it the office notices. The bounds are those of the settings: a request
# is sent 4 times 1 s apart, a silent peer is asked after 2 s, and the kernel asks for an SA anew after 2 s.
# A negotiation takes 0.1 s here; a machine that has other work needs longer.
set -u
# shellcheck disable=SC2034 # used by what is sourced
BUILD=$1 CONF=$2 OUT=$3 CUT_S=$4
. "$(dirname "${BASH_SOURCE[0]}")/../lib/story.sh"
. "$LIB/charon.sh"

RETRY_MS=1000 DPD_MS=2000 TRIES=4 ACQUIRE_MS=2000 NEGOTIATION_MS=2000
DEAD_PEER_MS=$((DPD_MS + TRIES * RETRY_MS)) # until a silent peer is given up and asked anew
# A gateway answers as soon as it runs, and refuses until it has its configuration. A router that it refused
# waits for the kernel to ask again.
REFUSED_MS=$((ACQUIRE_MS + NEGOTIATION_MS))
AWAY_S=3
PACE_US=5000 PACE_SECONDS=$((PACE_SECONDS + CUT_S))
TUNNEL_REPORT=$OUT/tunnel.report
REMOTE_CHECK=172.16.41.74 # where a check of a server in the office would come from

# The replacement that the samples describe.
keys_by_ike() { # FILE
    sed -i -e '/^ *keys static$/d' -e '/^ *static_sa {$/,/^ *}$/d' -e 's/^\( *\)#keys ike$/\1keys ike/' "$1"
}

policies() { # N: one line for each that is no socket's own
    ns_ip "cpe0$1" -o xfrm policy | grep -v '[[:space:]]socket '
}
# What vrrpd wants is there, and nobody else's beside it.
policies_whole() { # N
    local wanted installed here
    read -r wanted installed < <(status_of "$1" '.tunnels[0].policies | "\(.wanted) \(.installed)"')
    here=$(policies "$1" | wc -l)
    echo "CPE0$1: wanted $wanted, installed $installed, in the kernel $here"
    [ "$wanted" -gt 0 ] && [ "$wanted" = "$installed" ] && [ "$here" = "$wanted" ]
}
# As wait_until, with the command's words as the reason.
in_time() { wait_until 5 "$@" || "$@"; }
policies_of_both() { policies_whole 1 && policies_whole 2; }
has_sas() { [ "$(ns_ip "cpe0$1" xfrm state | grep -c '^[[:space:]]enc ')" -ge 2 ]; }
tunnel_flows() { ns ecs ping -n -q -c 1 -W 1 "${LAN_ADDR[1]}"; }

both() { echo "$*" >&"$CONTROL" && echo "$*" >&"$TUNNEL_CONTROL"; }
open_event() { MOMENT[$1]=$(now_us) && both "mark $1"; }
close_event() {
    both "mark after-$1"
    pause 0.5
    both report
    wait_until 5 grep -q "^$1 ECS>office " "$REPORT" && wait_until 5 grep -q "^$1 ECS>CPE01 " "$TUNNEL_REPORT"
}
tunnel_figure() { REPORT=$TUNNEL_REPORT figure "$@"; }
larger() { awk -v a="$1" -v b="$2" 'BEGIN { print (a > b ? a : b) }'; }
tunnel_gap() { larger "$(tunnel_figure "$1" 'CPE01>ECS' gap_ms)" "$(tunnel_figure "$1" 'ECS>CPE01' gap_ms)"; }

# When packets flowed again, in ms after MOMENT[over]; negative when they did before.
again_ms() { # LABEL
    awk -v a="$(tunnel_figure "$1" 'CPE01>ECS' gap_at_ms)" -v b="$(tunnel_figure "$1" 'CPE01>ECS' gap_ms)" \
        -v over="${MOMENT[over]}" -v from="${MOMENT[$1]}" 'BEGIN { printf "%.0f", a + b - (over - from) / 1000 }'
}
lost_of() { # LABEL WAY
    printf '%s of %s' "$(figure "$1" "$2" lost)" "$(figure "$1" "$2" sent)"
}
say_event() { # LABEL
    printf '  tunnel  %8s without a packet, lost %s out and %s in\n' "$(seconds "$(tunnel_gap "$1")")" \
        "$(REPORT=$TUNNEL_REPORT lost_of "$1" 'CPE01>ECS')" "$(REPORT=$TUNNEL_REPORT lost_of "$1" 'ECS>CPE01')"
    printf '  office  %8s without a packet, lost %s out and %s in\n' "$(seconds "$(figure "$1" 'office>ECS' gap_ms)")" \
        "$(lost_of "$1" 'office>ECS')" "$(lost_of "$1" 'ECS>office')"
}

# LABEL TITLE FUNCTION: does it under traffic and waits until the tunnel carries packets again.
event() {
    printf '\n%s\n' "$2"
    open_event "$1"
    MOMENT[over]=${MOMENT[$1]}
    "$3"
    expect "$1: CPE01's tunnel is up" wait_state 1 line1 up 15
    expect "$1: CPE01's tunnel carries packets" wait_until 15 tunnel_flows
    pause 1
    close_event "$1"
    say_event "$1"
    expect "$1: policies wanted = installed on both routers" in_time policies_of_both
}
over() { MOMENT[over]=$(now_us); }

nothing_lost() { # LABEL
    local way
    for way in 'CPE01>ECS' 'ECS>CPE01'; do
        expect_number "$1: packets lost, $way" "$(tunnel_figure "$1" "$way" lost)" == 0
    done
    no_loss "$1" "$1"
}
office_loses_nothing() { # LABEL
    expect_number "$1: packets lost, office to ECS" "$(figure "$1" 'office>ECS' lost)" == 0
}
silent_below() { expect_number "$1: silence in the tunnel" "$(tunnel_gap "$1")" '<' "$2" ms; }
back_within() { expect_number "$1: packets again, after its cause ended" "$(again_ms "$1")" '<' "$2" ms; }

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
    MOMENT[over]=$(now_us)
    expect "CPE01's tunnel comes up" wait_state 1 line1 up 10
    expect_number "after the gateway's start" $((($(now_us) - MOMENT[over]) / 1000)) \
        '<' $((RETRY_MS + NEGOTIATION_MS)) ms
    router_plug 2
    expect "CPE02's IKE daemon starts, the last of them" charon_start cpe02
    expect "CPE02 has SAs before vrrpd runs" wait_until 5 has_sas 2
    expect "CPE02's daemons start" daemons_start 2
    expect "CPE02's tunnel is up" wait_state 2 line1 up 5
    expect "policies wanted = installed on both routers, and no other" in_time policies_of_both
}

# The routers as they are when nothing is wrong.
settle() {
    local n
    for n in 1 2; do expect "CPE0$n's probe of the ECS is up" wait_state "$n" ecs up 30; done
    expect "CPE01 is Active" wait_state 1 OFFICE active 5
    expect "CPE02 is Backup" wait_state 2 OFFICE backup 5
}

chapter_traffic() {
    settle
    gateway_check "$CHECKS"
    wait_until 5 ns office ping -c 1 -W 1 "$ECS"
    mkfifo "$W/control" "$W/tunnel.control"
    exec {CONTROL}<>"$W/control" {TUNNEL_CONTROL}<>"$W/tunnel.control"
    pace_between office "$OFFICE" office "$W/control" "$REPORT"
    pace_between cpe01 "${LAN_ADDR[1]}" CPE01 "$W/tunnel.control" "$TUNNEL_REPORT" --port 7008
    pause 1
}
pace_between() { # NS ADDRESS NAME FIFO REPORT [WORD...]
    spawn "pace-$1" "$W/pace-$1.log" "$BUILD/tests/lib/pace" --a "$3,$(netns "$1"),$2" --b "ECS,$(netns ecs),$ECS" \
        --control "$4" --report "$5" --log "$W/pace-$1.packets" --seconds "$PACE_SECONDS" \
        --interval-us "$PACE_US" "${@:6}"
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

# Counted in charon's own log: a command that was refused would lose nothing either.
rekeyed() { grep -cE "$1" "$W/cpe01-ike/run/charon.log"; }
CHILD_MADE='outbound CHILD_SA line1\{[0-9]+\} established' IKE_MADE='IKE_SA line1\[[0-9]+\] rekeyed'
we_rekey() {
    local k
    CHILDREN=$(rekeyed "$CHILD_MADE") IKES=$(rekeyed "$IKE_MADE")
    for k in child ike child child ike child; do
        swanctl_on cpe01 --rekey "--$k" line1 >>"$W/rekey.log" 2>&1
        pause 0.5
    done
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
cut() {
    line_dies 1
    expect "cut: CPE02 becomes Active" wait_state 2 OFFICE active 5
    pause "$CUT_S"
    line_recover 1
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
both stop
for key in office cpe01; do reap "pace-$key" || true; done
cp "$W"/*.log "$OUT/"
for key in cpe01 cpe02 gw; do cp "$W/$key-ike/run/charon.log" "$OUT/ike-$key.log"; done
tap_done
