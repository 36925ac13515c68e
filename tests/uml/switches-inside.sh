#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# switches-inside.sh BUILD CONF OUT SWITCHES: etc/samples/one-router.conf, where the kernel has ESP. The test has the IKE
# daemon's part: it puts the SAs. First slad's own verdicts over lines that die and recover, then verdicts that are played
# to vrrpd faster than any path could change, while a packet a millisecond crosses each way.
set -u
# shellcheck disable=SC2034 # used by what is sourced
BUILD=$1 OUT=$3 SWITCHES=$4
W_CONF=$(mktemp -d) CONF=$W_CONF
. "$(dirname "${BASH_SOURCE[0]}")/../lib/story.sh"
trap 'story_end; rm -rf "$W_CONF"' EXIT
SAMPLE=$(dirname "${BASH_SOURCE[0]}")/../../etc/samples/one-router.conf
SWITCH_MS=25 FLAPS=20 HOLD_UP=3

# SPIs and one set of keys for both ways and lines: what they are is none of this test's business.
KEY=0x$(printf '%064d' 7)
router_sa() { # N SRC DST SPI
    ns_ip cpe01 xfrm state add src "$2" dst "$3" proto esp spi "$4" reqid "$1" mode tunnel replay-window 64 \
        auth-trunc 'hmac(sha256)' "$KEY" 128 enc 'cbc(aes)' "$KEY"
}
keys() { # N
    local n=$1 wan=${WAN_ADDR[$1]} dir
    router_sa "$n" "$wan" "$GW_OUT" "0x${n}001"
    router_sa "$n" "$GW_OUT" "$wan" "0x${n}002"
    gateway_sa "$n" "$wan" "$GW_OUT" "0x${n}001" "$KEY" "$KEY"
    gateway_sa "$n" "$GW_OUT" "$wan" "0x${n}002" "$KEY" "$KEY"
    gateway_policies "$n"
}

# In the place of the two routers of the other tests, the second line is the first one's.
router_with_two_lines() {
    local n
    ns_add cpe01
    forwarding cpe01
    ns_sysctl cpe01 net.ipv4.conf.all.rp_filter=1 net.ipv4.conf.default.rp_filter=1
    ns_link cpe01 lan0 lan cpe01
    ns_ip lan link set dev cpe01 master sw
    # shellcheck disable=SC2153 # site.sh has it
    for n in "${LAN_ADDR[@]}" "$VIP"; do ns_ip cpe01 addr add "$n/24" dev lan0; done
    for n in 1 2; do
        ns_link cpe01 "wan$((n - 1))" "isp$n" site
        ns_ip "isp$n" link set dev site master line
        ns_ip cpe01 addr add "${WAN_ADDR[n]}/25" dev "wan$((n - 1))"
    done
    ns_ip cpe01 route add default via "${WAN_HOP[1]}"
}
conf() { # HOLD_UP
    sed "s/hold_up 10/hold_up $1/; s/^\( *\)tunnel line[12]\$/&\n\1delay_up 1/" "$SAMPLE" >"$(router_conf 1)"
}
reconfigure() { conf "$1" && ctl 1 reload; }
carries() { [ "$(status_of 1 '.tunnels[] | select(.selected) | .name')" = "$1" ]; }
crossed_in_order() { # LABEL TEXT
    local way
    for way in 'office>ECS' 'ECS>office'; do
        expect_number "$2: packets lost, $way" "$(figure "$1" "$way" lost)" == 0
        expect_number "$2: packets out of order, $way" "$(figure "$1" "$way" reordered)" == 0
    done
}
say_crossed() { # LABEL
    local way
    for way in 'office>ECS' 'ECS>office'; do
        printf '  %s: %s sent, %s lost, %s out of order, silent for %s ms at most\n' "$way" "$(figure "$1" "$way" sent)" \
            "$(figure "$1" "$way" lost)" "$(figure "$1" "$way" reordered)" "$(figure "$1" "$way" gap_ms)"
    done
}
# What the kernel itself says of replaced policies.
updates() { grep -c '^Updated' "$W/policies"; }

chapter_one_router() {
    local n
    for n in 1 2; do
        WAN_ADDR[n]=$(awk -v n="$n" '$1 == "local_address" && ++k == n { print $2 }' "$SAMPLE")
        WAN_HOP[n]=$(awk -v n="$n" '$1 == "gateway" && ++k == n { print $2 }' "$SAMPLE")
    done
    site_up
    router_with_two_lines
    gateway_devices
    for n in 1 2; do keys "$n"; done
    watch_lines
    capture outer1 isp1 line "$W/outer1.pcap" "esp and host ${WAN_ADDR[2]}"
    capture outer2 isp2 line "$W/outer2.pcap" "esp and host ${WAN_ADDR[2]}"
    conf 2
    expect "the router's daemons answer" daemons_start 1
    for n in 1 2; do
        expect "tunnel $n is up" wait_state 1 "line$n" up 5
        expect "the probe through tunnel $n is up" wait_state 1 "ecs$n" up 20
    done
    expect "line 1 carries" carries line1
    expect_policies cpe01 "$(router_run 1)"
}

# Each is asked and answers by its own tunnel, whichever one carries.
chapter_checks() { # WHEN
    local n
    for n in 1 2; do capture "vti$n" gw "vti$n" "$W/vti$n.pcap" "icmp and host $GW_IN"; done
    for n in 1 2; do ns gw ping -q -c 5 -i 0.2 -W 1 -I "$GW_IN" "${LAN_ADDR[n]}" >/dev/null 2>&1; done
    pause 0.2
    for n in 1 2; do
        reap "vti$n" INT || true
        expect_number "$1: answers to the check of tunnel $n by tunnel $n" \
            "$(captured "$W/vti$n.pcap" "icmp[0] = 0 and src host ${LAN_ADDR[n]}")" == 5
        expect_number "$1: other packets of the checks in it" \
            "$(captured "$W/vti$n.pcap" "not host ${LAN_ADDR[n]}")" == 0
    done
}

chapter_load() {
    mkfifo "$W/control"
    exec {CONTROL}<>"$W/control"
    wait_until 5 ns office ping -c 1 -W 1 "$ECS"
    spawn pace "$W/pace.log" "$BUILD/tests/lib/pace" --a "office,$(netns office),$OFFICE" \
        --b "ECS,$(netns ecs),$ECS" --control "$W/control" --report "$REPORT" --log "$PACE_LOG" --seconds 150
    pause 0.5
}

# The cloud moves its route by its own check, which is not this test's: it is moved here beforehand.
chapter_line() {
    printf '\nLine 1 dies beyond the first hop and recovers\n'
    ns_ip gw route replace "$SITE_NET" dev vti2 metric 5
    pause 0.2
    mark death
    line_dies 1
    expect "line 2 carries" wait_until 5 carries line2
    pause 0.5
    close_mark death
    say_crossed death
    expect_number "dead line: silence, office to ECS" "$(figure death 'office>ECS' gap_ms)" '<' "$DEAD_LINE_MS" ms
    expect_number "dead line: packets lost, ECS to office by line 2" "$(figure death 'ECS>office' lost)" == 0
    mark life
    line_recover 1
    expect "line 1 carries again" wait_until 20 carries line1
    ns_ip gw route del "$SITE_NET" dev vti2 metric 5
    pause 0.5
    close_mark life
    say_crossed life
    crossed_in_order life "recovery"
}

play() { # LINE: returns when it is played
    local before
    before=$(grep -c "^done" "$W/verdicts.log")
    echo "$1" >&"$STAGE"
    wait_until 60 played "$before"
}
played() { [ "$(grep -c "^done" "$W/verdicts.log")" -gt "$1" ]; }

play_verdicts() {
    expect "slad stops" reap slad1 TERM
    mkfifo "$W/stage"
    exec {STAGE}<>"$W/stage"
    # Without the descriptor the player would never see its end.
    (exec "$BUILD/tests/lib/verdicts" "$(router_run 1)/slad.sock" ecs1 ecs2 <"$W/stage" >>"$W/verdicts.log" 2>&1 {STAGE}>&-) &
    # shellcheck disable=SC2154 # an associative array of ns.sh
    LAB_PID[play]=$!
    pause 0.5
    spawn_ns policies "$W/policies" cpe01 ip xfrm monitor policy
    expect "vrrpd hears the played verdicts" play 'ecs1 down'
    expect "and obeys" wait_until 2 carries line2
    expect "a reload to no hold_up" reconfigure 0
    play 'ecs1 up'
    expect "brings line 1 back at once" wait_until 2 carries line1
}

chapter_switches() {
    local before left tries=0
    printf '\n%s changes of tunnel, %s ms apart\n' "$SWITCHES" "$SWITCH_MS"
    before=$(updates)
    mark switches
    # A guest that stalls for longer than SWITCH_MS sees two verdicts at once, which cancel each other out: they are
    # played again. An even number leaves line 1 where it was.
    for ((left = SWITCHES; left > 0 && tries < 5; tries++, left = SWITCHES - $(updates) + before)); do
        play "ecs1 flap $(((left + 1) / 2 * 2)) $SWITCH_MS"
        pause 0.3
    done
    close_mark switches
    say_crossed switches
    expect_number "policies that the kernel replaced" $(($(updates) - before)) '>=' "$SWITCHES"
    crossed_in_order switches "$SWITCHES switches"
    expect_policies cpe01 "$(router_run 1)"
}

# A flapping line: left once, and taken again once, when it has been good for hold_up.
chapter_hold_up() {
    local before
    printf '\nA probe that flaps %s times under hold_up %s\n' "$FLAPS" "$HOLD_UP"
    play 'ecs1 up'
    expect "hold_up $HOLD_UP" reconfigure "$HOLD_UP"
    wait_until 3 carries line1
    before=$(updates)
    mark flaps
    play "ecs1 flap $((2 * FLAPS)) 50"
    expect "line 2 carries meanwhile" carries line2
    expect_number "changes of tunnel" $(($(updates) - before)) == 1
    expect "line 1 is taken again" wait_until $((HOLD_UP + 2)) carries line1
    expect_number "changes of tunnel with the way back" $(($(updates) - before)) == 2
    close_mark flaps
    say_crossed flaps
    crossed_in_order flaps "flapping"
}

chapter_lines() {
    reap outer1 INT || true
    reap outer2 INT || true
    expect_number "ESP packets of tunnel 2 on line 2" "$(captured "$W/outer2.pcap")" '>' 100
    expect_number "ESP packets of tunnel 2 on line 1" "$(captured "$W/outer1.pcap")" == 0
    chapter_cleartext
}

: >"$REPORT"
chapter_one_router
chapter_checks "line 1 carries"
chapter_load
chapter_line
play_verdicts
chapter_switches
play 'ecs1 down'
chapter_checks "line 2 carries"
chapter_hold_up
chapter_lines
echo stop >&"$CONTROL"
reap pace || true
cp "$W"/*.log "$OUT/"
tap_done
