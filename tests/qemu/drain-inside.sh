#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# drain-inside.sh BUILD CONF OUT: the assertions of tests/qemu/drain.sh. The Active router is drained, switched off and comes
# back, under traffic both ways, while the cloud's gateway checks both tunnels. The samples have health_check in a comment,
# which is taken away here; the routers are told of a check half as fast, and given slower adverts, since an emulated
# processor is late.
set -u
# shellcheck disable=SC2034 # used by what is sourced
BUILD=$1 CONF=$2 OUT=$3
. "$(dirname "${BASH_SOURCE[0]}")/../lib/story.sh"
PACE_US=5000
TOLD_INTERVAL=$((2 * CHECK_INTERVAL))

healthy() { # N
    sed -i -e "s/^\( *\)#health_check interval 3 retries 3.*/\1health_check interval $TOLD_INTERVAL retries $CHECK_FALL/" \
        -e 's/advert_int 0.1/advert_int 0.5/' "$(router_conf "$1")"
}
checks_of() { # N: the cloud's echo requests for router N's own address that its LAN side would answer
    ns "cpe0$1" nft list table inet vrrp_sla | sed -n 's/.*echo-request counter packets \([0-9]*\) .*/\1/p'
}

begin() {
    local n
    site_addresses
    site_up
    make_keys 1 && make_keys 2
    gateway_up "$(router_conf 1)" "$(router_keys 1)" "$(router_conf 2)" "$(router_keys 2)"
    watch_lines
    for n in 1 2; do
        healthy "$n"
        expect "CPE0$n boots and its daemons answer" router_boot "$n"
    done
    for n in 1 2; do expect "CPE0$n's probe is up" wait_state "$n" ecs up 40; done
    expect "CPE01 is Active, CPE02 is Backup" states_are Active Backup
    gateway_check "$CHECKS"
    wait_until 10 ns office ping -c 1 -W 2 "$ECS"
    mkfifo "$W/control"
    exec {CONTROL}<>"$W/control"
    spawn pace "$W/pace.log" "$BUILD/tests/lib/pace" --a "office,$(netns office),$OFFICE" \
        --b "ECS,$(netns ecs),$ECS" --control "$W/control" --report "$REPORT" --log "$PACE_LOG" \
        --seconds 200 --interval-us "$PACE_US"
    pause 2
}

chapter_drain() {
    local from took
    printf '\nCPE01 is drained\n'
    mark reboot
    from=$(now_us)
    expect "vrrpctl drain OFFICE on CPE01" ctl 1 drain OFFICE
    took=$((($(now_us) - from) / 1000))
    expect "the cloud has moved when it reports" cloud_uses 2
    expect_number "it reports after" "$took" '>' $((CHECK_FALL * TOLD_INTERVAL * 1000)) ms
    expect_number "the cloud moved after" "$(route_moved_ms reboot)" '<=' "$took" ms
    expect_number "checks that were left unanswered" "$(checks_of 1)" '>=' "$CHECK_FALL"
    expect "CPE02 is Active" states_are Backup Active
    expect "CPE01's own probe goes on through its tunnel" wait_state 1 ecs up 1
    operator_sees 1
}

chapter_reboot() {
    printf '\nCPE01 is switched off, and comes back\n'
    power_cut 1
    pause 3
    expect "CPE01 boots and its daemons answer" router_boot 1
    expect "CPE01 becomes Active again" wait_state 1 OFFICE active 60
    expect "CPE02 is Backup again" wait_state 2 OFFICE backup 10
    cloud_moves_to 1
    pause 2
    close_mark reboot
    outage_lines reboot
    no_loss reboot "a drain, a reboot and the return"
}

: >"$STORY" && : >"$CHECKS" && : >"$REPORT"
begin
chapter_drain
chapter_reboot
chapter_cleartext
echo stop >&"$CONTROL"
reap pace || true
cp "$W"/*.log "$OUT/"
tap_done
